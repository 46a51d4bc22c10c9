"""The files of the chats, in memory, by the ids that Telegram would give them."""

import secrets
from dataclasses import dataclass
from typing import Any

from bot.playground.errors import ApiRefused, bad_request

DOWNLOAD_LIMIT = 20 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """`size` may be larger than `data`, to stand for a recording that a test need not carry."""

    file_id: str
    file_unique_id: str
    path: str
    data: bytes
    size: int

    @property
    def ids(self) -> dict[str, Any]:
        return {"file_id": self.file_id, "file_unique_id": self.file_unique_id, "file_size": self.size}


class FileStore:
    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def add(self, data: bytes, *, folder: str, suffix: str, size: int | None = None) -> StoredFile:
        """Keep `data`; `folder` and `suffix` as in `voice/file_7.oga`."""
        stored = StoredFile(
            file_id="BQAD" + secrets.token_urlsafe(45),
            file_unique_id="AgAD" + secrets.token_urlsafe(9),
            path=f"{folder}/file_{len(self._by_id)}{suffix}",
            data=data,
            size=len(data) if size is None else size,
        )
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        return stored

    def by_id(self, file_id: str) -> StoredFile:
        """Raises ApiRefused (400) for an id that is not of this server."""
        stored = self._by_id.get(file_id)
        if stored is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return stored

    def for_download(self, file_id: str) -> dict[str, Any]:
        """The File object of getFile. Raises ApiRefused (400) past the 20 MB that a bot may fetch."""
        stored = self.by_id(file_id)
        if stored.size > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        return {**stored.ids, "file_path": stored.path}

    def by_path(self, path: str) -> StoredFile:
        stored = self._by_path.get(path)
        if stored is None:
            raise ApiRefused(404, "Not Found")
        return stored
