"""`kill -9` right before and after every commit and every call to Telegram, then a restart: the
entry is there, and it is answered once."""

import asyncio
import os
from typing import Any

import pytest

from bot.playground.person import Person

from . import doomed
from .conftest import World

# One text entry has about thirty moments. The suite tries some; `scripts/soak` tries all.
EVERY = bool(os.environ.get("EVERY_MOMENT"))
MOMENTS = range(1, 40) if EVERY else range(2, 40, 4)


def settings_of(world: World) -> dict[str, Any]:
    values = world.settings.model_dump(exclude_none=True)
    return {
        name: value.get_secret_value() if hasattr(value, "get_secret_value") else value
        for name, value in values.items()
    }


async def wait_for_end(process: Any) -> None:
    await asyncio.to_thread(process.join)


@pytest.mark.parametrize("at", MOMENTS)
async def test_killed_at(world: World, at: int) -> None:
    person = world.person()
    process, moments = doomed.start(settings_of(world), at)
    await person.writes("Mood 7 and a walk in the rain")
    survived = await dies_or_finishes(world, process, person)
    await world.let_time_pass()
    if not survived:
        process, moments = doomed.start(settings_of(world))
    try:
        await person.hears(lambda it: "Mood 7" in it.text)
        await world.all_done()
    finally:
        process.kill()
        await wait_for_end(process)
        moments.close()
    assert len(person.chat.bot_messages) == 1
    assert person.chat.messages[0].bot_reactions == ("✍",)
    [entry] = await world.entries()
    assert entry.replied_at
    assert entry.reply_message_id == person.chat.bot_messages[0].message_id


async def dies_or_finishes(world: World, process: Any, person: Person) -> bool:
    """Whether the process outlived its entry."""
    death = asyncio.create_task(wait_for_end(process))
    finish = asyncio.create_task(finishes(world, person))
    await asyncio.wait({death, finish}, return_when=asyncio.FIRST_COMPLETED)
    death.cancel()
    finish.cancel()
    return not process.exitcode


async def finishes(world: World, person: Person) -> None:
    await person.hears(lambda it: it.from_bot)
    await world.all_done()
