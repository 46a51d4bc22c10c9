"""The queue of updates: long polling, confirming, what is allowed, two pollers."""

import asyncio

import pytest
from telegram import Bot
from telegram.error import Conflict

from bot.playground.person import Person
from bot.playground.server import BotApiServer
from bot.playground.updates import LIFETIME

from .conftest import TOKEN, Caller, Clock, make_bot


async def test_updates_stay_until_they_are_confirmed(bot: Bot, server: BotApiServer, person: Person) -> None:
    for number in range(3):
        await person.writes(f"Entry {number}")
    first = await bot.get_updates(limit=2)
    assert [update.message.text for update in first if update.message] == ["Entry 0", "Entry 1"]
    assert await bot.get_updates(limit=2) == first
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [update.update_id for update in rest] == [first[-1].update_id + 1]
    assert server.world.updates.pending == 1
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == ()
    await server.delivered()


async def test_a_long_poll_ends_with_the_next_update(bot: Bot, person: Person) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    while not poll.done():
        await person.writes("Hello")
        await asyncio.wait({poll}, timeout=0.05)
    assert (await poll)[0].message is not None


async def test_a_long_poll_may_end_empty(bot: Bot) -> None:
    assert await bot.get_updates(timeout=1) == ()


async def test_a_negative_offset_keeps_the_last(bot: Bot, server: BotApiServer, person: Person) -> None:
    for number in range(5):
        await person.writes(f"Entry {number}")
    [update] = await bot.get_updates(offset=-1)
    assert update.message is not None
    assert update.message.text == "Entry 4"
    assert server.world.updates.pending == 1


async def test_a_second_poller_ends_the_first(server: BotApiServer, bot: Bot, person: Person) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await server.polled()
    async with make_bot(server) as other:
        second = asyncio.create_task(other.get_updates(timeout=30))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        await person.writes("Hello")
        assert len(await second) == 1


async def test_some_updates_come_only_when_asked_for(call: Caller, person: Person) -> None:
    message = await person.writes("Hello")
    await person.reacts(message, "👍")
    assert [set(one) - {"update_id"} for one in await call("getUpdates")] == [{"message"}]
    await call("getUpdates", allowed_updates=["message_reaction"])
    await person.writes("Not now")
    await person.reacts(message, "🔥")
    await call("getUpdates")
    await person.reacts(message, None)
    kinds = [set(one) - {"update_id"} for one in await call("getUpdates")]
    assert kinds == [{"message"}, {"message_reaction"}, {"message_reaction"}]
    last = (await call("getUpdates"))[-1]["message_reaction"]
    assert last["old_reaction"] == [{"type": "emoji", "emoji": "🔥"}]
    assert last["new_reaction"] == []
    await call("getUpdates", allowed_updates=[])
    await person.writes("Again")
    assert "message" in (await call("getUpdates"))[-1]


async def test_ids_may_begin_anew_anywhere(call: Caller, server: BotApiServer, person: Person) -> None:
    """As after a week without updates: an offset from before confirms nothing."""
    await person.writes("Before")
    [before] = await call("getUpdates")
    offset = before["update_id"] + 1
    assert await call("getUpdates", offset=offset) == []
    server.world.updates.next_id = 17
    await person.writes("After")
    [after] = await call("getUpdates", offset=offset)
    assert after["update_id"] == 17
    assert await call("getUpdates", offset=18) == []


async def test_a_new_server_goes_on_with_higher_ids(clock: Clock) -> None:
    async with BotApiServer(token=TOKEN, clock=clock) as server:
        old = [await server.person().writes("Hello") for _ in range(20)][-1]
    clock.now += 10
    async with BotApiServer(token=TOKEN, clock=clock) as server:
        assert (await server.person().writes("Hello")).message_id > old.message_id


async def test_updates_are_kept_for_a_day(clock: Clock) -> None:
    async with BotApiServer(token=TOKEN, clock=clock) as server, make_bot(server) as bot:
        person = server.person()
        await person.writes("Old")
        clock.now += LIFETIME + 1
        await person.writes("New")
        [update] = await bot.get_updates()
        assert update.message is not None
        assert update.message.text == "New"


async def test_a_poll_outlives_nothing(server: BotApiServer, bot: Bot) -> None:
    """A server stops while somebody polls."""
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await server.polled()
    await server.stop()
    with pytest.raises(Exception, match=r"(?i)disconnected|ReadError"):
        await poll
