"""The audio store: what is put there can be found by its beginning, and deleted."""

from pathlib import Path

import pytest

from bot.errors import StoreError
from db.audio import AudioStore


@pytest.fixture
def store(tmp_path: Path) -> AudioStore:
    return AudioStore(f"file://{tmp_path}/audio")


async def test_a_recording_is_put_read_and_deleted(store: AudioStore) -> None:
    url = await store.put("7/2026/11/one.v1.ogg", b"sound")
    assert await store.get(url) == b"sound"
    await store.delete(url)
    with pytest.raises(StoreError):
        await store.get(url)


async def test_deleting_twice_is_no_matter(store: AudioStore) -> None:
    url = await store.put("7/2026/11/one.v1.ogg", b"sound")
    await store.delete(url)
    await store.delete(url)


async def test_only_what_begins_so_is_found(store: AudioStore) -> None:
    mine = {await store.put(f"7/2026/11/one.v{version}.ogg", b"sound") for version in (1, 2)}
    for other in ("7/2026/11/other.v1.ogg", "7/2026/12/one.v1.ogg"):
        await store.put(other, b"sound")
    assert set(await store.beginning("7/2026/11/one.v")) == mine
    assert await store.beginning("7/2027/01/one.v") == []


@pytest.mark.parametrize("url", ["s3://elsewhere/one.ogg", "/etc/passwd", ""])
async def test_nothing_outside_the_store_is_deleted(store: AudioStore, url: str) -> None:
    with pytest.raises(StoreError):
        await store.delete(url)


async def test_no_path_leads_out_of_the_store(store: AudioStore, tmp_path: Path) -> None:
    outside = tmp_path / "outside.ogg"
    outside.write_bytes(b"not ours")
    with pytest.raises(StoreError):
        await store.delete(f"{store.url}/../outside.ogg")
    assert outside.exists()


async def test_a_folder_of_somebody_keeps_its_mode(tmp_path: Path) -> None:
    shared, fresh = tmp_path / "shared", tmp_path / "fresh" / "audio"
    shared.mkdir()
    shared.chmod(0o755)
    for folder in (shared, fresh):
        await AudioStore(folder.as_uri()).put("one.ogg", b"sound")
    assert shared.stat().st_mode & 0o777 == 0o755
    assert fresh.stat().st_mode & 0o777 == 0o700
