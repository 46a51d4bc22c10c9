"""Search over HTTP: by words, meaning and filters, page by page."""

from typing import Any

import pytest

from .conftest import Api, Door


@pytest.fixture
async def api(door: Door) -> Api:
    api = await door.someone()
    for number in range(1, 5):
        await api.write(f"Met the heron again, number {number}", local_date=f"2026-01-0{number}")
    await api.write("Rain all day", local_date="2026-02-01")
    await door.world.settle()
    return api


def bodies(answer: Any) -> list[str]:
    return [it["entry"]["body"] for it in answer["items"]]


async def test_words_with_their_part(api: Api) -> None:
    found = await api.get("/search", params={"q": "heron"})
    by_words = [it for it in found["items"] if it["found_by"] == "words"]
    assert len(by_words) == 4
    assert "heron" in by_words[0]["snippet"]
    assert (found["meaning"], found["problems"], found["care"]) == ("used", [], None)


async def test_filters_in_the_words_and_beside_them(api: Api) -> None:
    assert bodies(await api.get("/search", params={"q": "in:february"})) == ["Rain all day"]
    one = await api.get("/search", params={"q": "from:2026-01-02 to:2026-01-03"})
    assert [it["found_by"] for it in one["items"]] == ["filters", "filters"]
    narrowed = await api.get("/search", params={"q": "from:2026-01-02", "to": "2026-01-02", "kind": "text"})
    assert bodies(narrowed) == ["Met the heron again, number 2"]
    assert bodies(await api.get("/search", params={"q": "heron", "kind": "voice"})) == []
    unread = await api.get("/search", params={"q": "heron kind:novel"})
    assert "novel" in unread["problems"][0]
    assert "<" not in unread["problems"][0]


async def test_pages_stay_as_they_were_found(api: Api) -> None:
    asked = {"q": "in:january", "limit": "3"}
    first = await api.get("/search", params=asked)
    assert (len(first["items"]), first["total"]) == (3, 4)
    await api.write("Met the heron again, number 5", local_date="2026-01-05")
    await api.delete(f"/entries/{first['items'][0]['entry']['id']}")
    second = await api.get("/search", params=asked | {"cursor": first["next_cursor"]})
    assert bodies(second) == ["Met the heron again, number 1"]
    assert second["next_cursor"] is None


async def test_nothing_asks_the_embedder_twice_for_a_page(door: Door, api: Api) -> None:
    first = await api.get("/search", params={"q": "heron", "limit": "1"})
    asked = len(door.world.openai.requests)
    await api.get("/search", params={"q": "heron", "limit": "1", "cursor": first["next_cursor"]})
    assert len(door.world.openai.requests) == asked


async def test_words_that_ask_for_care_get_it(api: Api) -> None:
    for words in ("how to kill myself", "my friend killed herself"):
        found = await api.get("/search", params={"q": words})
        assert "findahelpline.com" in found["care"]["text"]
        assert "kept" not in found["care"]["text"]


@pytest.mark.parametrize(
    "q", ["\x00", "😀", " ", "%", "'; DROP TABLE users; --", "\u202e", "mood>=1e9", "in:", '"']
)
async def test_anything_can_be_looked_for(api: Api, q: str) -> None:
    assert (await api.get("/search", params={"q": q})).status == 200
