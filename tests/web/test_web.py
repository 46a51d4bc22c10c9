"""The webhook refuses what is not Telegram's, and acknowledges only what is committed."""

import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal.accounts import Accounts
from bot.telegram.hurry import Hurry
from bot.telegram.inbox import Inbox
from bot.web import app as web
from bot.web.paths import WEBHOOK
from bot.web.server import Server
from bot.work import Wake
from db.models import Update

SECRET = "s3cret-token"
HEADER = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
UPDATE = {"update_id": 5, "message": {"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}}}


async def ok() -> dict[str, str]:
    return {"database": "ok"}


class Site:
    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    async def post(self, headers: dict[str, str] | None = None, **body: Any) -> int:
        async with (
            aiohttp.ClientSession() as client,
            client.post(self.url + WEBHOOK, headers=headers or {}, **body) as answer,
        ):
            return answer.status

    async def get(self, path: str) -> tuple[int, Any]:
        async with aiohttp.ClientSession() as client, client.get(self.url + path) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def site(sessions: async_sessionmaker[AsyncSession], accounts: Accounts) -> AsyncIterator[Site]:
    inbox = Inbox(sessions, Wake(), Hurry())
    server = Server(web.build(inbox.put, SECRET, ok, accounts), "127.0.0.1", 0)
    await server.start()
    yield Site(server.port)
    await server.stop()


async def stored(sessions: async_sessionmaker[AsyncSession]) -> Sequence[Update]:
    async with sessions() as session:
        return (await session.scalars(select(Update))).all()


async def test_an_update_is_committed_before_the_answer(
    site: Site, sessions: async_sessionmaker[AsyncSession]
) -> None:
    assert await site.post(HEADER, json=UPDATE) == 200
    [update] = await stored(sessions)
    assert (update.update_id, update.chat_id, update.payload) == (5, 7, UPDATE)
    assert await site.post(HEADER, json=UPDATE) == 200
    assert len(await stored(sessions)) == 1


@pytest.mark.parametrize("given", [{}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}])
async def test_a_wrong_or_missing_secret_is_401(
    site: Site, sessions: async_sessionmaker[AsyncSession], given: dict[str, str]
) -> None:
    assert await site.post(given, json=UPDATE) == 401
    assert not await stored(sessions)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (413, b"[" * 10_000_000),
        (400, b"[" * 100_000 + b"]" * 100_000),
        (400, b'{"update_id": ' + b"[" * 65 + b"]" * 65 + b"}"),
        (400, b""),
        (400, b"not json"),
        (400, b"\xff\xfe"),
        (400, b"[]"),
        (400, b"{}"),
        (400, b'{"update_id": "5"}'),
        (400, b'{"update_id": true}'),
        (400, b'{"update_id": 5.0}'),
        (400, b'{"update_id": 99999999999999999999}'),
        (400, b'{"update_id": 7, "x": 1e999}'),
        (400, b'{"update_id": 7, "x": NaN}'),
    ],
)
async def test_a_bad_body_is_refused(
    site: Site, sessions: async_sessionmaker[AsyncSession], status: int, body: bytes
) -> None:
    assert await site.post(HEADER, data=io.BytesIO(body)) == status
    assert not await stored(sessions)


async def test_a_large_body_without_a_length_is_refused(site: Site) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b" " * 65536

    assert await site.post(HEADER, data=endless()) == 413


async def test_text_that_jsonb_could_not_hold_is_kept(
    site: Site, sessions: async_sessionmaker[AsyncSession]
) -> None:
    assert await site.post(HEADER, data=b'{"update_id": 6, "x": "\\u0000 \\ud83d"}') == 200
    [update] = await stored(sessions)
    assert update.payload["x"] == "\x00 \ud83d"


async def test_health(site: Site) -> None:
    assert await site.get("/health") == (200, {"status": "healthy"})
    assert await site.get("/health/ready") == (200, {"status": "ready", "parts": {"database": "ok"}})


async def test_polling_bots_have_no_webhook(accounts: Accounts) -> None:
    server = Server(web.build(None, SECRET, ok, accounts), "127.0.0.1", 0)
    await server.start()
    assert await Site(server.port).post(HEADER, json=UPDATE) == 404
    await server.stop()


async def test_a_sick_database_shows(accounts: Accounts) -> None:
    async def sick() -> dict[str, str]:
        return {"database": "unreachable (OSError)"}

    server = Server(web.build(None, SECRET, sick, accounts), "127.0.0.1", 0)
    await server.start()
    assert await Site(server.port).get("/health") == (503, {"status": "unhealthy"})
    assert (await Site(server.port).get("/health/ready"))[0] == 503
    await server.stop()
