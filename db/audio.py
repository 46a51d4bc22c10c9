"""The audio store: the original recordings, in a folder or in a bucket."""

import stat
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from obstore.store import LocalStore, ObjectStore, from_url


class AudioStore:
    """`url` is `file://`, `s3://`, `gs://` or `az://`; credentials come from the environment, as
    the vendors' own tools read them."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._store = _open(url)

    async def put(self, path: str, data: bytes) -> str:
        """Store `data` whole or not at all; its URL."""
        await self._store.put_async(path, data)
        return f"{self.url}/{path}"

    async def get(self, url: str) -> bytes:
        """What was stored under this URL; raises `FileNotFoundError` where nothing is."""
        found = await self._store.get_async(url.removeprefix(self.url + "/"))
        return bytes(await found.bytes_async())

    async def reachable(self) -> None:
        """Raise whatever the store raises when it cannot be used."""
        await self._store.list_with_delimiter_async()


def _open(url: str) -> ObjectStore:
    if urlsplit(url).scheme != "file":
        return from_url(url)
    folder = Path(url2pathname(urlsplit(url).path))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(stat.S_IRWXU)
    return LocalStore(prefix=folder)
