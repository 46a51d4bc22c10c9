"""The web server beside a chat, which comes up a moment later."""

import asyncio

from fastapi import FastAPI

from bot.web.server import Server
from bot.web.serving import Serving


async def test_who_waits_no_longer_for_the_address_ends_nothing() -> None:
    serving = Serving(lambda: Server(FastAPI(), "127.0.0.1", 0), None, beside=True)
    await serving.start()
    waiting = asyncio.create_task(serving.address())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert (await serving.address()).startswith("http://127.0.0.1:")
    await serving.stop()
