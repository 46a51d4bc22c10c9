"""Goals over HTTP: made, changed, moved by what the person writes, and deleted."""

import asyncio
from typing import Any

import pytest

from bot.journal.goals.changes import MOST_ACTIVE

from .conftest import Door

RUN = {
    "title": "Run three times a week",
    "why": "My back",
    "measure": "runs",
    "cadence": "week",
    "target": 3,
    "unit": "times",
    "category": "body",
}


async def test_a_goal_is_made_and_moved_by_an_entry(door: Door) -> None:
    api = await door.someone()
    made = await api.post("/goals", RUN)
    assert made.status == 201
    assert {name: made[name] for name in RUN} == RUN
    assert (made["state"], made["progress"], made["done"]) == ("active", 0, 0)
    step = {"goal": 1, "amount": 1, "quote": "ran along the lake"}
    door.world.anthropic.give({"language": "en", "metrics": [], "progress": [step]})
    entry_id = await api.write("I ran along the lake")
    await door.world.settle()
    goal = await api.get(made.headers["Location"])
    assert (goal["progress"], goal["done"]) == (1, 1)
    [it] = (await api.get(f"/goals/{goal['id']}/progress"))["items"]
    assert (it["entry_id"], it["amount"], it["quote"]) == (entry_id, 1, "ran along the lake")
    assert (await api.get("/goals"))["items"] == [goal.body]


async def test_only_what_is_named_is_changed(door: Door) -> None:
    api = await door.someone()
    place = f"/goals/{(await api.post('/goals', RUN))['id']}"
    changed = await api.patch(place, {"title": "Run  or\nswim", "why": None, "target": 2.5})
    assert (changed["title"], changed["why"], changed["target"]) == ("Run or swim", None, 2.5)
    assert (changed["measure"], changed["cadence"], changed["state"]) == ("runs", "week", "active")
    assert (await api.patch(place, {})).body == changed.body
    assert (await api.get(place)).body == changed.body


async def test_words_of_crisis_become_no_goal_and_get_help(door: Door) -> None:
    api = await door.someone(time_zone="Europe/Berlin")
    place = f"/goals/{(await api.post('/goals', RUN))['id']}"
    for refused in (
        await api.post("/goals", {"title": "Kill myself on Friday"}),
        await api.post("/goals", RUN | {"why": "So that I can kill myself without anybody noticing"}),
        await api.patch(place, {"title": "Kill myself on Friday", "state": "paused"}),
    ):
        assert refused.status == 409
        assert "entry" in refused["detail"]
        assert "112" in refused["care"]["text"]
        assert "kept" not in refused["care"]["text"]
    [goal] = (await api.get("/goals"))["items"]
    assert {name: goal[name] for name in RUN} == RUN
    assert goal["state"] == "active"
    # Any other clash has the one shape that all have.
    await api.patch(place, {"state": "finished"})
    assert set((await api.patch(place, {"state": "paused"})).body) == {"detail"}


async def test_paused_finished_and_resumed(door: Door) -> None:
    api = await door.someone()
    place = f"/goals/{(await api.post('/goals', RUN))['id']}"
    for state in ("paused", "active", "paused", "finished"):
        assert (await api.patch(place, {"state": state}))["state"] == state
    assert (await api.get(place))["finished_at"]
    refused = await api.patch(place, {"state": "paused", "title": "Walk"})
    assert refused.status == 409
    # Of what is refused nothing is done.
    assert (await api.get(place))["title"] == RUN["title"]
    assert (await api.get("/goals", params={"state": "active"}))["items"] == []
    again = await api.patch(place, {"state": "active"})
    assert (again["state"], again["finished_at"]) == ("active", None)


async def test_what_is_deleted_is_named_no_more_in_the_chat(door: Door) -> None:
    person = door.world.person()
    await person.writes("hello")
    await door.world.settle()
    api = await door.behind(person)
    made = await api.post("/goals", RUN)
    step = {"goal": 1, "amount": 1, "quote": "Ran along the lake"}
    door.world.anthropic.give({"language": "en", "metrics": [], "progress": [step]})
    await person.writes("Ran along the lake")
    await door.world.settle()
    reply, title = person.chat.bot_messages[-1], str(RUN["title"])
    assert title in reply.text
    assert (await api.delete(f"/goals/{made['id']}")).status == 204
    await door.world.settle()
    assert title not in reply.text


async def test_deleted(door: Door) -> None:
    api = await door.someone()
    place = f"/goals/{(await api.post('/goals', RUN))['id']}"
    assert (await api.delete(place)).status == 204
    for answer in (await api.get(place), await api.delete(place), await api.patch(place, {"title": "x"})):
        assert answer.status == 404
    assert (await api.get(f"{place}/progress")).status == 404


async def test_there_are_only_so_many_at_once(door: Door) -> None:
    api = await door.someone()
    titles = [f"Goal {number}" for number in range(MOST_ACTIVE)]
    made = [await api.post("/goals", {"title": title}) for title in titles[:-5]]
    # More than there is room for, at once.
    made += await asyncio.gather(*(api.post("/goals", {"title": titles[-1]}) for _ in range(15)))
    made = [it for it in made if it.status == 201]
    assert len(made) == MOST_ACTIVE
    assert (await api.post("/goals", {"title": "One more"})).status == 409
    await api.patch(f"/goals/{made[0]['id']}", {"state": "paused"})
    assert (await api.post("/goals", {"title": "One more"})).status == 201
    assert (await api.patch(f"/goals/{made[0]['id']}", {"state": "active"})).status == 409
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await api.get("/goals", params={"limit": "8"} | cursor)
        seen += [it["title"] for it in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == ["One more", *[titles[-1]] * 5, *reversed(titles[:-5])]


async def test_a_request_that_is_sent_again_makes_nothing_again(door: Door) -> None:
    api, other = await door.someone(), await door.someone()
    key = {"Idempotency-Key": "1"}
    made = await asyncio.gather(*(it.post("/goals", RUN, headers=key) for it in (api, api, other)))
    assert made[0].body == made[1].body
    assert made[0]["id"] != made[2]["id"]
    assert len((await api.get("/goals"))["items"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": " \u200f\n"},
        {"title": "x" * 121},
        {"why": "x" * 301},
        {"measure": "x" * 121},
        {"unit": "x" * 25},
        {"target": 0},
        {"target": -1},
        {"target": 1e9},
        {"target": "3"},
        {"cadence": "year"},
        {"category": "luck"},
        {"state": "proposed"},
        {"progress": 7},
    ],
)
async def test_what_is_no_goal_is_refused(door: Door, wrong: dict[str, Any]) -> None:
    api = await door.someone()
    assert (await api.post("/goals", RUN | wrong)).status == 422
    made = await api.post("/goals", RUN)
    assert (await api.patch(f"/goals/{made['id']}", wrong)).status == 422
    assert (await api.get("/goals"))["items"] == [made.body]
