"""Scores over HTTP: by day, with their evidence, counted by the program, and corrected by the person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.journal.scoring.weights import overall

from .conftest import Api, Door

TODAY = str(datetime.now(UTC).date())
TOLD = "Mood 8, slept 7 hours"
READ = {"language": "en", "metrics": [{"name": "mood", "value": 8, "quote": "Mood 8"}]}


def scored(**scores: int) -> dict[str, Any]:
    return {
        "scores": [
            {"category": name, "score": score, "reason": f"It says {name}", "quote": "Mood 8", "entry": 1}
            for name, score in scores.items()
        ]
    }


@pytest.fixture
async def api(door: Door) -> Api:
    api = await door.someone()
    door.world.anthropic.give(READ)
    await api.write(TOLD)
    await door.world.settle()
    return api


async def test_a_day_is_scored_when_it_is_asked_for(door: Door, api: Api) -> None:
    assert (await api.get("/scores"))["items"] == []
    door.world.anthropic.give(scored(mood=80, energy=40))
    day = await api.get(f"/scores/{TODAY}")
    assert (day["state"], day["source"]) == ("scored", "model")
    assert day["overall"] == overall({"mood": 80, "energy": 40})
    assert {it["category"]: (it["score"], it["quote"], it["weight"]) for it in day["categories"]} == {
        "mood": (80, "Mood 8", 3),
        "energy": (40, "Mood 8", 2),
    }
    [entry] = (await api.get("/entries"))["items"]
    assert {it["entry_id"] for it in day["categories"]} == {entry["id"]}
    asked = len(door.world.anthropic.requests)
    # Of the same rows nobody is asked again.
    assert (await api.get(f"/scores/{TODAY}")).body == day.body
    assert (await api.get("/scores"))["items"] == [day.body]
    assert len(door.world.anthropic.requests) == asked


async def test_a_correction_stays_and_counts(door: Door, api: Api) -> None:
    door.world.anthropic.give(scored(mood=80, energy=40))
    place = f"/scores/{TODAY}/categories"
    day = await api.patch(f"{place}/energy", {"score": 90})
    assert day.status == 200
    energy = next(it for it in day["categories"] if it["category"] == "energy")
    assert (energy["score"], energy["model_score"], energy["source"]) == (90, 40, "person")
    assert day["overall"] == overall({"mood": 80, "energy": 90})
    assert (await api.patch(f"{place}/energy", {"score": 90.0})).body == day.body
    none = await api.patch(f"{place}/energy", {"score": None})
    assert none["overall"] == overall({"mood": 80})
    # One that nothing was read for.
    await api.patch(f"{place}/calm", {"score": 10})
    door.world.anthropic.give(scored(mood=80, energy=40))
    back = await api.delete(f"{place}/energy")
    assert back["overall"] == overall({"mood": 80, "energy": 40, "calm": 10})


async def test_days_by_their_dates(door: Door, api: Api) -> None:
    for ago in (1, 2, 3):
        await api.write(TOLD, local_date=str(datetime.now(UTC).date() - timedelta(days=ago)))
    await door.world.settle()
    days = [str(datetime.now(UTC).date() - timedelta(days=ago)) for ago in range(4)]
    for day in days:
        assert (await api.get(f"/scores/{day}")).status == 200
    assert [it["local_date"] for it in (await api.get("/scores"))["items"]] == days
    page = await api.get("/scores", params={"from": days[2], "to": days[1]})
    assert [it["local_date"] for it in page["items"]] == [days[1], days[2]]
    first = await api.get("/scores", params={"limit": "2"})
    second = await api.get("/scores", params={"limit": "2", "cursor": first["next_cursor"]})
    assert [it["local_date"] for it in first["items"] + second["items"]] == days
    assert second["next_cursor"] is None


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "9999-12-31"])
async def test_a_day_without_entries_has_none(api: Api, day: str) -> None:
    assert (await api.get(f"/scores/{day}")).status == 404
    assert (await api.patch(f"/scores/{day}/categories/mood", {"score": 5})).status == 404


async def test_a_day_of_crisis_has_none_to_correct(api: Api) -> None:
    await api.write("I want to kill myself.")
    day = await api.get(f"/scores/{TODAY}")
    assert (day["state"], day["overall"], day["categories"]) == ("concern", None, [])
    assert (await api.patch(f"/scores/{TODAY}/categories/mood", {"score": 5})).status == 409


@pytest.mark.parametrize("score", [-1, 101, 5.5, "5", True])
async def test_what_is_no_score_is_refused(api: Api, score: Any) -> None:
    answer = await api.patch(f"/scores/{TODAY}/categories/mood", {"score": score})
    assert answer.status == 422
    assert (await api.patch(f"/scores/{TODAY}/categories/luck", {"score": 5})).status == 422
