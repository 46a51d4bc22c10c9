"""Nothing is acknowledged to Telegram before it is committed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from telegram.error import TelegramError

from bot.playground.server import BotApiServer
from bot.telegram.application import ALLOWED_UPDATES, make_bot
from bot.telegram.hurry import Hurry
from bot.telegram.inbox import Inbox
from bot.telegram.poller import Poller
from bot.work import Wake
from db.models import Update

TOKEN = "123456:test-token-of-the-playground"
Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def telegram() -> AsyncIterator[BotApiServer]:
    async with BotApiServer(token=TOKEN) as server:
        yield server


async def test_an_update_that_could_not_be_stored_is_asked_for_again(
    telegram: BotApiServer, sessions: Sessions
) -> None:
    """`put` sees what Telegram still holds while each batch is stored."""
    held: list[int] = []
    inbox = Inbox(sessions, Wake(), Hurry())

    async def put(payloads: Sequence[dict[str, Any]]) -> None:
        held.append(telegram.world.updates.pending)
        if len(held) == 1:
            raise OSError("the database is away")
        await inbox.put(payloads)

    person = telegram.person()
    await person.writes("One")
    await person.writes("Two")
    async with make_bot(TOKEN, telegram.url) as bot:
        poller = Poller(bot, sessions, put, ALLOWED_UPDATES)
        await poller.start()
        await telegram.delivered()
        await poller.stop()
    assert held == [2, 2]
    async with sessions() as session:
        rows = [
            await session.get(Update, number)
            for number in range(telegram.world.updates.next_id - 2, telegram.world.updates.next_id)
        ]
    assert all(rows)


async def test_nothing_is_confirmed_while_the_commit_is_under_way(
    telegram: BotApiServer, sessions: Sessions
) -> None:
    storing, committed = asyncio.Event(), asyncio.Event()

    async def put(_payloads: Sequence[dict[str, Any]]) -> None:
        storing.set()
        await committed.wait()

    await telegram.person().writes("One")
    async with make_bot(TOKEN, telegram.url) as bot:
        poller = Poller(bot, sessions, put, ALLOWED_UPDATES)
        await poller.start()
        await storing.wait()
        await bot.get_me()
        assert telegram.world.updates.pending == 1
        assert telegram.count("getUpdates") == 1
        committed.set()
        await telegram.delivered()
        await poller.stop()


async def test_a_server_that_is_none_is_told_from_a_bot_api(telegram: BotApiServer) -> None:
    async with make_bot(TOKEN, telegram.url) as bot:
        telegram.world.bot = {"hello": "world"}
        with pytest.raises(TelegramError, match="no answer of a Bot API server"):
            await bot.get_me()


async def test_what_is_no_update_is_dropped_and_the_rest_is_kept(sessions: Sessions) -> None:
    inbox = Inbox(sessions, Wake(), Hurry())
    odd: list[Any] = [None, [], "x", {}, {"update_id": "7"}, {"update_id": True}, {"update_id": 7}]
    await inbox.put(odd)
    async with sessions() as session:
        assert await session.get(Update, 7)
