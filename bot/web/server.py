"""The web server, in the bot's own event loop."""

import asyncio
import contextlib
import socket

import uvicorn
from fastapi import FastAPI

from bot.errors import ConfigurationError


class Server:
    """Serves `app` until `stop`. Port 0 takes any free one; `port` tells which."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", server_header=False)
        self._server = uvicorn.Server(config)
        self._host, self.port = host, port
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        listener = _listen(self._host, self.port)
        self.port = listener.getsockname()[1]
        # The bot stops by its own signal handlers, in its own order.
        self._server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]), name="web")

    async def stop(self) -> None:
        if self._task is not None:
            self._server.should_exit = True
            await asyncio.gather(self._task, return_exceptions=True)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise ConfigurationError(
            f"HTTP_PORT: cannot listen on {host}:{port} ({error.strerror}): choose a free port, or 0 for any"
        ) from None
