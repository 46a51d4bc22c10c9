"""Another day for an entry, by a tap or typed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.models import Scoring

from .conftest import World
from .correcting import all_went_well, answered, forge, labels, tap


async def test_another_day_by_a_tap_and_no_edit_moves_it_back(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    [entry] = await started.entries()
    yesterday = entry.local_date - timedelta(days=1)
    await tap(started, person, reply, "⋯", "Another day")
    assert labels(reply)[0].startswith("• Today")
    said = await tap(started, person, reply, labels(reply)[1])
    shown = f"{yesterday:%a} {yesterday.day} {yesterday:%b}"
    assert said == f"Noted: this is about {shown}."
    assert reply.text == f"I see.\n\nfor {shown} · mood 7/10 · slept 6.5 h"
    started.anthropic.say("Anew.")
    await person.edits(person.chat.messages[0], "Mood 3")
    await person.hears(lambda it: it.text.startswith("Anew."))
    await started.settle()
    [moved] = await started.entries()
    assert (moved.local_date, moved.day_is_chosen, moved.version) == (yesterday, True, 2)
    await tap(started, person, reply, "⋯", "Another day", labels_of_today(entry.local_date))
    [back] = await started.entries()
    assert (back.local_date, back.day_is_chosen) == (entry.local_date, False)
    assert "for " not in reply.text


def labels_of_today(day: Any) -> str:
    return f"Today, {day:%a} {day.day} {day:%b}"


async def test_an_entry_that_begins_with_yesterday_is_asked_about_it(started: World) -> None:
    person = started.person()
    reply = await answered(started, person, "Yesterday I walked to the lake, mood 7")
    [entry] = await started.entries()
    yesterday = entry.local_date - timedelta(days=1)
    shown = f"{yesterday:%a} {yesterday.day} {yesterday:%b}"
    assert await tap(started, person, reply, f"📅 {shown}?") == f"Noted: this is about {shown}."
    assert f"📅 {shown}?" not in labels(reply)
    [entry] = await started.entries()
    assert (entry.local_date, entry.day_is_chosen) == (yesterday, True)


async def test_another_day_can_be_typed_and_none_that_is_to_come(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    await tap(started, person, reply, "⋯", "Another day", "Another date…")
    ahead = datetime.now(UTC).date() + timedelta(days=40)
    await person.writes(ahead.isoformat())
    await person.hears("still to come")
    await person.writes("3 May 2020")
    await person.hears("this is about Sun 3 May 2020")
    await started.settle()
    assert reply.text.startswith("I see.\n\nfor Sun 3 May 2020")
    [entry] = await started.entries()
    assert (entry.local_date.isoformat(), entry.day_is_chosen) == ("2020-05-03", True)
    # Long over, and with nothing in it until now: it is to be scored.
    assert entry.local_date in {it.local_date for it in await started.rows(Scoring)}
    await tap(started, person, reply, "⋯", "Another day", "Another date…")
    await person.writes("Yesterday was long")
    await started.settle()
    assert len(await started.entries()) == 2


@pytest.mark.parametrize("day", ["29990101", "20261399", "00000000", "18991231", "99999999"])
async def test_no_forged_day_is_taken(started: World, day: str) -> None:
    person = started.person()
    reply = await answered(started, person)
    [entry] = await started.entries()
    forge(started, person, reply, f"day:{day}:{entry.id.hex}")
    await started.settle()
    assert [it.local_date for it in await started.entries()] == [entry.local_date]
    await all_went_well(started)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("31 February", "a single day, today or earlier"),
        ("0001-01-01", "a single day, today or earlier"),
        ("last week", "a single day, today or earlier"),
        ("tomorrow", "still to come"),
        ("Next Friday!", "still to come"),
    ],
)
async def test_a_day_that_cannot_be_is_asked_for_again(started: World, typed: str, answer: str) -> None:
    person = started.person()
    reply = await answered(started, person)
    [entry] = await started.entries()
    await tap(started, person, reply, "⋯", "Another day", "Another date…")
    await person.writes(typed)
    await person.hears(answer)
    await started.settle()
    assert [it.local_date for it in await started.entries()] == [entry.local_date]
    await person.writes("yesterday")
    await person.hears("Noted: this is about")
    await started.settle()
    [moved] = await started.entries()
    assert moved.local_date == entry.local_date - timedelta(days=1)


@pytest.mark.parametrize("line", ["Tomorrow will be better", "8/10", "May", "31 sober days"])
async def test_a_diary_line_is_no_day(started: World, line: str) -> None:
    person = started.person()
    reply = await answered(started, person)
    await tap(started, person, reply, "⋯", "Another day", "Another date…")
    await person.writes(line)
    await started.settle()
    assert (await started.entries())[-1].body == line
