import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from benchmarks.people import Moments, Writer, at_once, delivered, deliveries, one_by_one, spans
from bot.playground.server import BotApiServer, Call

TOKEN = "123456:test-token"


class Answering:
    """A bot that polls, marks and answers; `silent` bots only poll."""

    def __init__(self, url: str, session: aiohttp.ClientSession, *, marks: bool) -> None:
        self._url = f"{url}/bot{TOKEN}/"
        self._session = session
        self._marks = marks

    async def work(self) -> None:
        offset = 0
        while True:
            for update in await self._call("getUpdates", offset=offset, timeout=30):
                offset = update["update_id"] + 1
                message = update["message"]
                place = {"chat_id": message["chat"]["id"]}
                await self._call("sendMessage", **place, text="Noted")
                if self._marks:
                    reaction = [{"type": "emoji", "emoji": "✍"}]
                    at = {**place, "message_id": message["message_id"]}
                    await self._call("setMessageReaction", **at, reaction=reaction)

    async def _call(self, method: str, **parameters: Any) -> Any:
        async with self._session.post(self._url + method, json=parameters) as answer:
            return (await answer.json())["result"]


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer(token=TOKEN) as server:
        yield server


@pytest.fixture(params=[True, False], ids=["marking", "unmarking"])
async def marks(request: pytest.FixtureRequest, server: BotApiServer) -> AsyncIterator[bool]:
    async with aiohttp.ClientSession() as session:
        working = asyncio.create_task(Answering(server.url, session, marks=request.param).work())
        yield request.param
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def test_every_moment_of_a_message_is_seen_in_its_order(server: BotApiServer, marks: bool) -> None:
    writer = Writer(server.person(), iter(["one", "two", "three"]), marks=marks)
    found = delivered(await one_by_one(writer, 3), server)
    assert len({it.message_id for it in found}) == 3
    last = 0.0
    for it in found:
        assert it.delivered is not None
        assert it.replied is not None
        assert last < it.sent <= it.delivered <= it.replied
        if marks:
            assert it.saved is not None
            assert it.replied <= it.saved
        else:
            assert it.saved is None
        last = it.saved or it.replied


async def test_many_write_before_anyone_is_answered(server: BotApiServer, marks: bool) -> None:
    writers = [Writer(server.person(), iter(["hello"]), marks=marks) for _ in range(20)]
    found = await at_once(writers)
    assert len({it.chat_id for it in found}) == 20
    assert max(it.sent for it in found) < min(it.replied or 0.0 for it in found)


def call(at: float, *messages: tuple[int, int], method: str = "getUpdates", error: str | None = None) -> Call:
    result = [{"message": {"chat": {"id": chat}, "message_id": number}} for chat, number in messages]
    return Call(method=method, parameters={}, result=None if error else result, error=error, at=at)


def test_a_message_is_delivered_when_it_is_first_handed_over() -> None:
    calls = [
        call(1.0),
        call(2.0, (7, 1), (8, 2), error="Conflict"),
        call(3.0, (7, 1)),
        call(4.0, (7, 1), (8, 2)),
        Call(method="getUpdates", parameters={}, result=[{"callback_query": {}}], at=5.0),
        Call(method="sendMessage", parameters={}, result={"message_id": 3}, at=6.0),
    ]
    assert deliveries(calls) == {(7, 1): 3.0, (8, 2): 4.0}


def test_spans_are_taken_between_any_two_moments() -> None:
    moments = [Moments(sent=1.0, chat_id=1, message_id=1, saved=1.25, replied=3.0)]
    assert spans(moments, "sent", "saved") == [0.25]
    assert spans(moments, "saved", "replied") == [1.75]
    with pytest.raises(ValueError, match="never delivered"):
        spans(moments, "delivered", "replied")
