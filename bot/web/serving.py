"""When the web server is there: from the bot's start to its stop, or a moment later."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from bot.web.server import Server


class Serving:
    """`make` builds the server, which loads a library that takes half a second. In a playground, where the
    chat is what a person waits for, that goes `beside`, and a port that is taken (by a bot that serves
    Telegram) is no trouble. `public_url` is where people come from elsewhere, if they do."""

    def __init__(self, make: "Callable[[], Server]", public_url: str | None, *, beside: bool) -> None:
        self._make = make
        self._public_url = public_url
        self._beside = beside
        self._server: asyncio.Task[Server] | None = None

    async def start(self) -> None:
        """Raises `ConfigurationError` where it may not listen; beside, that is told by `address`."""
        self._server = asyncio.create_task(self._serve(), name="web starts")
        if not self._beside:
            await self._server

    async def _serve(self) -> "Server":
        server = await asyncio.to_thread(self._make) if self._beside else self._make()
        await server.start(or_any_port=self._beside)
        return server

    async def address(self) -> str:
        """Where people reach the pages: the public one, or else an address of this machine."""
        if self._public_url:
            return self._public_url
        if self._server is None:
            raise RuntimeError("it was not started")
        # Whoever waits no longer must not end the start for everybody.
        return (await asyncio.shield(self._server)).address

    async def stop(self) -> None:
        if self._server is not None:
            with contextlib.suppress(ConfigurationError):
                # Whoever waited for its address heard of it.
                await (await self._server).stop()
