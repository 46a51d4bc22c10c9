"""The server as a process of its own, and the people's side over HTTP."""

import asyncio
import base64
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from bot.playground.server import BotApiServer

TOKEN = "123456:test-token"
Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
async def url() -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.playground", "--token", TOKEN, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    yield json.loads(await process.stdout.readline())["url"]
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0


@pytest.fixture
async def ask(url: str) -> AsyncIterator[Ask]:
    async with aiohttp.ClientSession(url) as session:

        async def ask(path: str, **arguments: Any) -> Any:
            method = "GET" if path.startswith("/control/c") else "POST"
            async with session.request(method, path, json=arguments or None) as answer:
                return await answer.json()

        yield ask


async def test_a_person_in_another_process(ask: Ask) -> None:
    person = await ask("/control/persons", first_name="Mina")
    here = f"/control/persons/{person['id']}"
    message = await ask(f"{here}/writes", text="Hello")
    voice = base64.b64encode(b"OggS").decode()
    assert (await ask(f"{here}/speaks", audio=voice, duration=2))["voice"]["file_size"] == 4
    api = f"/bot{TOKEN}"
    updates = await ask(f"{api}/getUpdates")
    assert [update["message"].get("text") for update in updates["result"]] == ["Hello", None]
    keyboard = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    await ask(f"{api}/sendMessage", chat_id=person["id"], text="Hi you", reply_markup=keyboard)
    heard = await ask(f"{here}/hears", condition="you")
    assert heard["history"] == ["Hi you"]
    assert await ask(f"{here}/taps", message=heard["message_id"], button="A")
    edited = await ask(f"{here}/edits", message=message["message_id"], text="Bye")
    assert edited["history"] == ["Hello", "Bye"]
    await ask("/control/faults", kind="busy", method="sendMessage", retry_after=7)
    busy = await ask(f"{api}/sendMessage", chat_id=person["id"], text="x")
    assert busy["parameters"] == {"retry_after": 7}
    await ask("/control/release")
    chat = await ask(f"/control/chats/{person['id']}")
    assert [one.get("text") for one in chat["messages"]] == ["Bye", None, "Hi you"]
    calls = await ask("/control/calls")
    assert [one["method"] for one in calls] == ["getUpdates", "sendMessage", "sendMessage"]


async def test_mistakes_are_told(ask: Ask) -> None:
    person = await ask("/control/persons")
    here = f"/control/persons/{person['id']}"
    assert "LookupError" in (await ask(f"{here}/sings"))["error"]
    assert "TypeError" in (await ask(f"{here}/writes", words="x"))["error"]
    assert (await ask(f"{here}/hears", timeout=0.01))["error"] == "timeout"
    assert "chat not found" in (await ask("/control/chats/5"))["error"]


async def test_a_server_that_was_not_asked_has_no_such_routes() -> None:
    async with BotApiServer(token=TOKEN) as server, aiohttp.ClientSession() as session:
        answer = await session.post(f"{server.url}/control/persons")
        assert answer.status == 404
