"""What is counted for a goal changes, while something was counted already."""

import pytest

from bot.journal import phrases_goals as words
from bot.playground.chat import Message
from bot.playground.person import Person

from .conftest import World
from .correcting import tap
from .goals import added, goal_of

STAY = "Numbers counted so far stay as they are"


async def typed(world: World, person: Person, message: Message, text: str) -> str:
    """Another target, and what the chat says to it."""
    await tap(world, person, message, "✎ Change", "How much")
    await person.writes(text)
    answer = await person.hears(lambda it: it.text.startswith("Run"), since=message)
    await world.settle()
    await tap(world, person, message, "‹ Back", "‹ Back")
    return answer.text


async def test_who_counted_something_is_told_that_its_number_stays(started: World) -> None:
    person = started.person()
    message = await added(started, person)
    await tap(started, person, message, "+1")
    answer = await typed(started, person, message, "20 pages")
    told = words.told_anew("1", "times", "pages")
    assert told in answer
    assert "1× is now told as 1 pages" in told
    goal = await goal_of(started)
    assert (goal.unit, goal.target, goal.progress) == ("pages", 20, 1)


@pytest.mark.parametrize(("taps", "text"), [([], "20 pages"), (["+1"], "5"), (["+1"], "5 Times")])
async def test_where_no_number_changes_its_meaning_nothing_is_said(
    started: World, taps: list[str], text: str
) -> None:
    person = started.person()
    message = await added(started, person)
    await tap(started, person, message, *taps)
    assert STAY not in await typed(started, person, message, text)
