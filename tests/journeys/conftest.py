"""Whole conversations: the bot with every part real, and every server it talks to on this machine."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from bot import app
from bot.config import Settings
from bot.playground.chat import Message
from bot.playground.person import Person
from bot.playground.server import BotApiServer
from db.models import Entry, Journey, Lease, Outgoing, Update
from db.session import make_sessions
from tests.conftest import make_settings
from tests.vendors import KEY, AnthropicServer, OpenAIServer

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
TOKEN = "123456:test-token-of-the-playground"


@dataclass
class World:
    telegram: BotApiServer
    anthropic: AnthropicServer
    openai: OpenAIServer
    settings: Settings
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    bots: list[app.Daybook] = field(default_factory=list)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def bot(self) -> app.Daybook:
        return self.bots[-1]

    async def start(self, **changes: Any) -> app.Daybook:
        """Start the bot, or one more replica of it, with the same settings but for `changes`."""
        settings = self.settings.model_copy(update=changes)
        token = settings.token or TOKEN
        bot = await self.stack.enter_async_context(app.daybook(settings, self.engine, token))
        self.bots.append(bot)
        return bot

    async def stop(self) -> None:
        await self.stack.aclose()
        self.bots.clear()

    async def settle(self) -> None:
        """Wait until Telegram has handed over everything and the bot has nothing left to do."""
        await self.telegram.delivered()
        await self.bot.idle()

    def person(self, **names: Any) -> Person:
        return self.telegram.person(**{"first_name": "Mina", "language_code": "en"} | names)

    async def entries(self) -> list[Entry]:
        async with self.sessions() as session:
            return list(await session.scalars(select(Entry).order_by(Entry.id)))

    async def rows(self, table: type[Any]) -> list[Any]:
        async with self.sessions() as session:
            return list(await session.scalars(select(table)))

    async def let_time_pass(self) -> None:
        """Everything that waits for a later time is due now, and every lease has run out."""
        for table in (Update, Journey, Outgoing):
            # Each by itself: the workers, who may be at it, lock in an order of their own.
            async with self.sessions.begin() as session:
                await session.execute(update(table).values(due_at=LONG_AGO))
            async with self.sessions.begin() as session:
                held = update(table).where(table.lease_until.is_not(None))
                await session.execute(held.values(lease_until=LONG_AGO))
        async with self.sessions.begin() as session:
            await session.execute(update(Lease).values(until=LONG_AGO))
        for bot in self.bots:
            # The clock's next tick, which comes within a second.
            await bot.ticks.nudge()

    async def all_done(self) -> None:
        """Wait until no row is open any more, whoever works on it."""
        while await self._is_open():  # noqa: ASYNC110 - rows tell of no change
            await asyncio.sleep(0.02)

    async def until_parked(self) -> None:
        """Wait until an entry waits for a later try."""
        await self.until(Journey, lambda rows: any(row.waiting_for for row in rows))

    async def until_tried(self, times: int = 1) -> None:
        """Wait until an update has failed so many times."""
        await self.until(
            Update,
            lambda rows: any(row.error and not row.lease_token and row.attempts >= times for row in rows),
        )

    async def until(self, table: type[Any], condition: Callable[[list[Any]], bool]) -> None:
        while not condition(await self.rows(table)):  # noqa: ASYNC110 - rows tell of no change
            await asyncio.sleep(0.02)

    async def until_set_aside(self) -> None:
        await self.until(Journey, lambda rows: any(row.waiting_for == "set_aside" for row in rows))

    async def start_with_webhook(self) -> app.Daybook:
        """Start the bot behind a public address, which here is its own port."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        return await self.start(http_port=port, public_url=f"http://127.0.0.1:{port}")

    async def _is_open(self) -> bool:
        updates = [row for row in await self.rows(Update) if row.done_at is None]
        outgoing = [row for row in await self.rows(Outgoing) if row.state in {"waiting", "sending"}]
        journeys = [row for row in await self.rows(Journey) if row.waiting_for != "set_aside"]
        return bool(updates or outgoing or journeys)


def texts(messages: list[Message]) -> list[str]:
    return [message.text for message in messages]


@pytest.fixture
async def world(tmp_path: Path, database_url: str, engine: AsyncEngine) -> AsyncIterator[World]:
    """Every server is up, every key is set; the bot is not started."""
    async with (
        BotApiServer(token=TOKEN) as telegram,
        AnthropicServer() as anthropic,
        OpenAIServer() as openai,
    ):
        settings = make_settings(
            telegram_bot_token=TOKEN,
            telegram_api_url=telegram.url,
            database_url=database_url,
            daybook_home=tmp_path / "home",
            anthropic_api_key=KEY,
            anthropic_base_url=anthropic.url,
            openai_api_key=KEY,
            openai_base_url=openai.url,
        )
        world = World(
            telegram=telegram,
            anthropic=anthropic,
            openai=openai,
            settings=settings,
            engine=engine,
            sessions=make_sessions(engine),
        )
        yield world
        await world.stop()


@pytest.fixture
async def started(world: World) -> World:
    await world.start()
    return world
