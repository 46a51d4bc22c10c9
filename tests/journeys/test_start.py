"""The first moments: a start waits for nothing that can be done meanwhile, and loses nothing by it."""

import importlib

import pytest

from .conftest import World


@pytest.fixture
def unread() -> None:
    """As in a new process, the rules of the safety check are still to be read."""
    importlib.import_module("bot.journal.safety.grammar").forget()


@pytest.mark.usefixtures("unread")
async def test_words_of_crisis_that_come_before_the_rules_are_read(world: World) -> None:
    person = world.person(language_code="en")
    await person.writes("I want to kill myself tonight")
    await world.start()
    await world.settle()
    assert [entry.concern for entry in await world.entries()] == ["acute"]
    assert any("findahelpline" in str(it.payload) for it in person.chat.bot_messages)


@pytest.mark.usefixtures("unread")
async def test_a_stop_in_the_first_moment(world: World) -> None:
    person = world.person()
    await person.writes("Slept 7 hours")
    await world.start()
    await world.stop()
    await world.start()
    await world.settle()
    assert [entry.body for entry in await world.entries()] == ["Slept 7 hours"]
    assert len(person.chat.bot_messages) == 1
