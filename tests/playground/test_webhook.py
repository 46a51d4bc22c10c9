"""Webhooks: what is posted, in what order, and what happens when it is not taken."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot

from bot.playground.person import Person
from bot.playground.server import BotApiServer

from .conftest import TOKEN, Caller, make_bot


class Receiver:
    """Keeps what is posted. `statuses` are answered first, then 200; `gate` holds every answer back."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.statuses: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.open = self.most_open = 0
        self.posted = asyncio.Event()
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        self.bodies.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.posted.set()
        await self.gate.wait()
        self.open -= 1
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            await self.posted.wait()
            self.posted.clear()

    @property
    def texts(self) -> list[str]:
        return [body["message"]["text"] for body in self.bodies]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer(token=TOKEN, webhook_delay=0.01) as server:
        yield server


async def test_updates_are_posted_with_the_secret(
    bot: Bot, server: BotApiServer, person: Person, receiver: Receiver
) -> None:
    await person.writes("Before")
    await bot.set_webhook(receiver.url, secret_token="s3cret_-")
    await person.writes("After")
    await server.delivered()
    assert receiver.texts == ["Before", "After"]
    assert set(receiver.secrets) == {"s3cret_-"}
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.last_error_message) == (receiver.url, 0, None)


async def test_what_is_not_taken_comes_again_and_in_order(
    bot: Bot, server: BotApiServer, person: Person, receiver: Receiver
) -> None:
    receiver.statuses = [500, 302, 404]
    await bot.set_webhook(receiver.url)
    await person.writes("One")
    await person.writes("Two")
    await server.delivered()
    assert receiver.texts == ["One", "One", "One", "One", "Two"]
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 404 Not Found"


async def test_chats_do_not_wait_for_each_other(
    bot: Bot, server: BotApiServer, person: Person, receiver: Receiver
) -> None:
    receiver.gate.clear()
    await bot.set_webhook(receiver.url, max_connections=2)
    others = [server.person() for _ in range(3)]
    for one in (person, person, *others):
        await one.writes("Hello")
    await receiver.until(lambda: receiver.open == 2)
    receiver.gate.set()
    await server.delivered()
    assert receiver.most_open == 2
    assert len(receiver.bodies) == 5


async def test_what_was_not_delivered_can_be_polled(bot: Bot, person: Person, receiver: Receiver) -> None:
    receiver.statuses = [500] * 1000
    await bot.set_webhook(receiver.url, allowed_updates=["message"])
    for number in range(3):
        await person.writes(f"Entry {number}")
    await receiver.until(lambda: bool(receiver.bodies))
    await bot.delete_webhook()
    updates = await bot.get_updates()
    assert [one.message.text for one in updates if one.message] == ["Entry 0", "Entry 1", "Entry 2"]


async def test_dropping_what_waits(bot: Bot, server: BotApiServer, person: Person) -> None:
    await person.writes("Gone")
    await bot.delete_webhook(drop_pending_updates=True)
    await server.delivered()
    assert await bot.get_updates() == ()


async def test_polling_and_webhook_exclude_each_other(
    bot: Bot, call: Caller, server: BotApiServer, receiver: Receiver
) -> None:
    poll = asyncio.create_task(call.refused("getUpdates", timeout=30))
    await server.polled()
    await bot.set_webhook(receiver.url)
    assert await poll == "Conflict: terminated by setWebhook request"
    assert (await call.refused("getUpdates")).startswith(
        "Conflict: can't use getUpdates method while webhook"
    )
    await bot.set_webhook("")
    assert await call("getUpdates") == []


async def test_a_webhook_that_nobody_answers(
    bot: Bot, server: BotApiServer, person: Person, receiver: Receiver
) -> None:
    await bot.set_webhook("http://127.0.0.1:1/hook")
    await person.writes("Hello")
    while (info := await bot.get_webhook_info()).last_error_message is None:
        continue
    assert (info.last_error_message, info.pending_update_count) == ("Connection refused", 1)
    await bot.set_webhook(receiver.url)
    await server.delivered()
    assert receiver.texts == ["Hello"]


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"url": "ftp://x"}, "invalid webhook URL specified"),
        ({"url": "https://x", "secret_token": "x" * 257}, "secret token is too long"),
        ({"url": "https://x", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({}, 'parameter "url" is required'),
    ],
)
async def test_refused_webhooks(call: Caller, parameters: dict[str, str], reason: str) -> None:
    assert await call.refused("setWebhook", **parameters) == f"Bad Request: {reason}"


async def test_a_busy_webhook_says_when(bot: Bot, server: BotApiServer, person: Person) -> None:
    asked = []

    async def take(request: web.Request) -> web.Response:
        asked.append(await request.json())
        return web.Response(status=200 if len(asked) > 1 else 429, headers={"Retry-After": "0"})

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with make_bot(server) as other:
        await other.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    await person.writes("Hello")
    await server.delivered()
    assert len(asked) == 2
    await runner.cleanup()
