"""Numbers over HTTP: what is read, and what the person says of it."""

from typing import Any

import pytest

from bot.journal.metrics import VOCABULARY
from db.models import Metric
from tests.journeys.correcting import TOLD, answered

from .conftest import Api, Door

READ = {
    "language": "en",
    "metrics": [
        {"name": "mood", "value": 7, "quote": "Mood 7"},
        {"name": "exercise_minutes", "value": 30, "quote": "ran 30 min"},
    ],
}


async def told(door: Door, api: Api, text: str = "Mood 7, ran 30 min", **more: Any) -> str:
    door.world.anthropic.give(READ)
    entry_id = await api.write(text, **more)
    await door.world.settle()
    return entry_id


def values(answer: Any) -> dict[str, float]:
    return {it["name"]: it["value"] for it in answer["items"]}


async def test_they_are_listed_by_name_day_and_entry(door: Door) -> None:
    api = await door.someone()
    first = await told(door, api, local_date="2026-01-01")
    second = await told(door, api, local_date="2026-01-02")
    page = await api.get("/metrics")
    assert [(it["entry_id"], it["name"]) for it in page["items"]].count((first, "mood")) == 1
    assert len(page["items"]) == 4
    assert {it["local_date"] for it in page["items"]} == {"2026-01-01", "2026-01-02"}
    assert values(await api.get("/metrics", params={"name": "mood", "from": "2026-01-02"})) == {"mood": 7}
    of_second = await api.get("/metrics", params={"entry_id": second})
    assert values(of_second) == {"mood": 7, "exercise_minutes": 30}
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(4):
        one = await api.get("/metrics", params={"limit": "1"} | cursor)
        seen += [it["id"] for it in one["items"]]
        cursor = {"cursor": one["next_cursor"] or ""}
    assert seen == [it["id"] for it in page["items"]]
    assert one["next_cursor"] is None


async def test_a_correction_stays_and_the_chat_shows_it(door: Door) -> None:
    person = door.world.person()
    reply = await answered(door.world, person)
    api = await door.behind(person)
    [mood] = (await api.get("/metrics", params={"name": "mood"}))["items"]
    place = f"/metrics/{mood['id']}"
    corrected = await api.patch(place, {"value": 4})
    assert (corrected["value"], corrected["model_value"], corrected["source"]) == (4, 7, "person")
    assert corrected["quote"] == "Mood 7"
    await door.world.settle()
    assert "mood 4/10" in reply.text
    # Read again, it stays.
    await api.patch(f"/entries/{mood['entry_id']}", {"body": f"{TOLD} after all"})
    await door.world.settle()
    assert (await api.get(place))["value"] == 4


async def test_what_is_removed_counts_no_more_until_it_is_brought_back(door: Door) -> None:
    api = await door.someone()
    entry_id = await told(door, api)
    [mood] = (await api.get("/metrics", params={"name": "mood"}))["items"]
    place = f"/metrics/{mood['id']}"
    assert (await api.delete(place)).status == 204
    for answer in (await api.get(place), await api.patch(place, {"value": 3}), await api.delete(place)):
        assert answer.status == 404
    assert values(await api.get("/metrics")) == {"exercise_minutes": 30}
    assert values(await api.get("/metrics", params={"removed": "true"})) == {"mood": 7}
    assert [it["name"] for it in (await api.get(f"/entries/{entry_id}"))["metrics"]] == ["exercise_minutes"]
    back = await api.post(f"{place}/restore")
    assert (back.status, back["value"]) == (200, 7)


async def test_what_is_said_by_the_person(door: Door) -> None:
    api = await door.someone()
    place = f"/entries/{await told(door, api)}/metrics"
    energy = await api.post(place, {"name": "energy", "value": 3})
    assert energy.status == 201
    assert (await api.get(energy.headers["Location"])).body == energy.body
    assert (energy["source"], energy["unit"], energy["quote"]) == ("person", "points", None)
    # One mood an entry, but any number of runs.
    mood = await api.post(place, {"name": "mood", "value": 5})
    assert (mood["value"], mood["model_value"]) == (5, 7)
    key = {"Idempotency-Key": "swam"}
    for _ in range(2):
        await api.post(place, {"name": "exercise_minutes", "value": 20}, headers=key)
    counted = sorted((it.name, it.value) for it in await door.world.rows(Metric))
    assert counted == [("energy", 3), ("exercise_minutes", 20), ("exercise_minutes", 30), ("mood", 5)]
    # What only the person said is gone once it is removed.
    assert (await api.delete(f"/metrics/{energy['id']}")).status == 204
    assert (await api.post(f"/metrics/{energy['id']}/restore")).status == 404


@pytest.mark.parametrize("value", [0, 10.5, 70])
async def test_what_is_out_of_range_is_refused_and_the_range_told(door: Door, value: float) -> None:
    api = await door.someone()
    entry_id = await told(door, api)
    answer = await api.post(f"/entries/{entry_id}/metrics", {"name": "mood", "value": value})
    assert (answer.status, answer["detail"]) == (422, "mood goes from 1 to 10 points")
    [mood] = (await api.get("/metrics", params={"name": "mood"}))["items"]
    answer = await api.patch(f"/metrics/{mood['id']}", {"value": value})
    assert (answer.status, answer["detail"]) == (409, "mood goes from 1 to 10 points")
    assert (await api.get(f"/metrics/{mood['id']}"))["value"] == 7


@pytest.mark.parametrize("value", [True, "7", None, [7], -1, 1e308])
async def test_what_is_no_value_of_anything_is_refused(door: Door, value: Any) -> None:
    api = await door.someone()
    entry_id = await told(door, api)
    assert (await api.post(f"/entries/{entry_id}/metrics", {"name": "mood", "value": value})).status == 422
    [mood] = (await api.get("/metrics", params={"name": "mood"}))["items"]
    assert (await api.patch(f"/metrics/{mood['id']}", {"value": value})).status == 422


async def test_the_vocabulary_is_closed_and_told(door: Door) -> None:
    api = await door.someone()
    kinds = (await api.get("/metric-kinds"))["items"]
    assert [(it["name"], it["minimum"], it["maximum"]) for it in kinds] == [
        (it.name, it.minimum, it.maximum) for it in VOCABULARY
    ]
    entry_id = await api.write("A lucky day")
    assert (await api.post(f"/entries/{entry_id}/metrics", {"name": "luck", "value": 7})).status == 422
