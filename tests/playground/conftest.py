"""A server, a person, and a bot: python-telegram-bot's own client over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.playground.person import Person
from bot.playground.server import BotApiServer

TOKEN = "123456:test-token"


class Caller:
    """Calls methods by name and keeps Telegram's exact words, which clients reword."""

    def __init__(self, server: BotApiServer, session: aiohttp.ClientSession):
        self._server = server
        self._session = session

    async def __call__(self, method: str, /, **parameters: Any) -> Any:
        """The result."""
        answer = await self.answer(method, **parameters)
        assert answer["ok"], answer
        return answer["result"]

    async def refused(self, method: str, /, **parameters: Any) -> str:
        """The description of the refusal."""
        answer = await self.answer(method, **parameters)
        assert not answer["ok"], answer
        return str(answer["description"])

    async def answer(self, method: str, /, **parameters: Any) -> dict[str, Any]:
        url = f"{self._server.url}/bot{TOKEN}/{method}"
        async with self._session.post(url, json=parameters) as response:
            payload: dict[str, Any] = await response.json()
            assert response.status == payload.get("error_code", 200)
            return payload


@pytest.fixture(autouse=True)
def _durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """What python-telegram-bot warns about until it is told."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer(token=TOKEN) as server:
        yield server


@pytest.fixture
def person(server: BotApiServer) -> Person:
    return server.person("Mina")


@pytest.fixture
async def call(server: BotApiServer) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(server, session)


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with make_bot(server) as bot:
        yield bot


def make_bot(server: BotApiServer) -> Bot:
    return Bot(
        TOKEN,
        base_url=f"{server.url}/bot",
        base_file_url=f"{server.url}/file/bot",
        request=HTTPXRequest(connection_pool_size=8),
        get_updates_request=HTTPXRequest(connection_pool_size=4),
    )


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()
