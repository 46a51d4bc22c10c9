"""Daybook as it serves people: the bot, its embedded Postgres and the minds in processes of their own,
and the Bot API server with the people in this one."""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from benchmarks import minds, proc, texts
from benchmarks.people import Writer
from benchmarks.processes import PATIENCE, Program, python
from bot.playground.server import BotApiServer
from db.embedded import EmbeddedPostgres
from tests.vendors import KEY

TOKEN = "123456:token-of-the-measured-daybook"  # noqa: S105 - of a server on this machine
INSTANT = {minds.COACH: 0.0, minds.ANALYST: 0.0, minds.EMBEDDER: 0.0}


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A call of a mind as its server saw it: from its arrival to the end of its answer, in Unix seconds."""

    mind: str
    begun: float
    ended: float


@dataclass(frozen=True, kw_only=True)
class Minds:
    """`seconds` is how long each takes."""

    seconds: Mapping[str, float]
    addresses: Mapping[str, str]

    async def marks(self) -> list[Mark]:
        """Of the calls since they were last asked for."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.addresses['anthropic']}/_marks") as answer,
        ):
            return [Mark(mind=it[0], begun=it[1], ended=it[2]) for it in await answer.json()]


@dataclass(frozen=True, kw_only=True)
class Stage:
    server: BotApiServer
    bot: Program
    minds: Minds
    home: Path
    site: str

    @property
    def database_url(self) -> str:
        return EmbeddedPostgres(self.home / "postgres").url

    def computed(self) -> dict[str, float]:
        """Seconds on a processor until now, where the system tells."""
        if not proc.PROC.exists():
            return {}
        server = proc.postgres(self.home / "postgres")
        return {
            "processor time of the bot": proc.computed(self.bot.pid),
            "processor time of the process that draws": sum(map(proc.computed, proc.drawing(self.bot.pid))),
            "processor time of its Postgres": sum(map(proc.computed, server)),
            "processor time of the Bot API server": proc.computed(os.getpid()),
        }

    def writers(self, count: int) -> list[Writer]:
        return [Writer(self.server.person(), texts.entries(seed)) for seed in range(count)]


@asynccontextmanager
async def thinking(folder: Path, seconds: Mapping[str, float]) -> AsyncIterator[Minds]:
    async with python("benchmarks.minds", *minds.arguments(seconds), folder=folder) as program:
        yield Minds(seconds=seconds, addresses=json.loads(await program.line()))


@asynccontextmanager
async def daybook(
    folder: Path, seconds: Mapping[str, float] = INSTANT, server: BotApiServer | None = None
) -> AsyncIterator[Stage]:
    """The bot, ready and polling. `seconds` is what each mind takes for an answer; a `server` of its own
    knows `TOKEN`."""
    home, port = folder / "home", free_port()
    server = server or BotApiServer(token=TOKEN)
    async with server, thinking(folder, seconds) as found:
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": server.url,
            "DAYBOOK_HOME": str(home),
            "HTTP_PORT": str(port),
            "ANTHROPIC_API_KEY": KEY,
            "ANTHROPIC_BASE_URL": found.addresses["anthropic"],
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": found.addresses["openai"],
            "LOG_LEVEL": "WARNING",
        }
        async with python("bot", "run", folder=folder, settings=settings) as program:
            await program.while_alive(polled(server))
            yield Stage(server=server, bot=program, minds=found, home=home, site=f"http://127.0.0.1:{port}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


async def polled(server: BotApiServer) -> None:
    async with asyncio.timeout(PATIENCE):
        await server.polled()
