"""The audio store: the original recordings, in a folder or in a bucket."""

import contextlib
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from bot.errors import StoreError


class AudioStore:
    """`url` is `file://`, `s3://`, `gs://` or `az://`; credentials come from the environment, as
    the vendors' own tools read them. Every method raises a `StoreError` and nothing else."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        with _failures("opened"):
            self._store = _open(url)

    async def put(self, path: str, data: bytes) -> str:
        """Store `data` whole or not at all; its URL."""
        with _failures("written"):
            await self._store.put_async(path, data)
        return f"{self.url}/{path}"

    async def get(self, url: str) -> bytes:
        with _failures("read"):
            found = await self._store.get_async(url.removeprefix(self.url + "/"))
            return bytes(await found.bytes_async())

    async def beginning(self, path: str) -> list[str]:
        """The URLs of all that is stored in the folder of `path`, or of that URL, under names that begin
        like it."""
        path = self._path(path)
        folder, _, _ = path.rpartition("/")
        with _failures("listed"):
            found = await self._store.list_with_delimiter_async(prefix=folder)
        return [f"{self.url}/{it['path']}" for it in found["objects"] if it["path"].startswith(path)]

    async def within(self, folder: str) -> list[str]:
        """The URLs of all that is stored in `folder`, and in folders of its own."""
        with _failures("listed"):
            found = await self._store.list(prefix=folder).collect_async()
        return [f"{self.url}/{it['path']}" for it in found]

    async def delete(self, url: str) -> None:
        """Delete what `put` stored; what is gone already is no matter."""
        path = self._path(url)
        if path == url or ".." in path.split("/"):
            raise StoreError("AUDIO_STORE_URL: a recording lies in another store, which is not set any more")
        with _failures("deleted from"), contextlib.suppress(FileNotFoundError, NotFoundError):
            await self._store.delete_async(path)

    def _path(self, url: str) -> str:
        return url.removeprefix(self.url + "/")

    async def reachable(self) -> None:
        with _failures("listed"):
            await self._store.list_with_delimiter_async()


def _open(url: str) -> ObjectStore:
    if urlsplit(url).scheme != "file":
        return from_url(url)
    folder = Path(url2pathname(urlsplit(url).path))
    # One that was there before keeps its mode: it may be somebody's, and hold other things.
    folder.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
    return LocalStore(prefix=folder)


@contextmanager
def _failures(done: str) -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        raise StoreError(
            f"AUDIO_STORE_URL: the store cannot be {done} ({type(error).__name__}): "
            "check the address and the credentials"
        ) from error
