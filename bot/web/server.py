"""The web server, in the bot's own event loop."""

import asyncio
import contextlib
import errno
import socket

import uvicorn
from fastapi import FastAPI

from bot.errors import ConfigurationError

# Who listens everywhere is reached on this machine.
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


class Server:
    """Serves `app` until `stop`. Port 0 takes any free one; `port` tells which. Who calls is told by
    `trusted_proxies` where they pass a call on; nobody else may say so."""

    def __init__(self, app: FastAPI, host: str, port: int, trusted_proxies: str = "127.0.0.1,::1") -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            forwarded_allow_ips=trusted_proxies,
        )
        self._server = uvicorn.Server(config)
        self._host, self.port = host, port
        self._task: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        """By which this machine reaches it."""
        host = EVERYWHERE.get(self._host, self._host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    async def start(self, *, or_any_port: bool = False) -> None:
        """Raises `ConfigurationError` where it may not listen there; where just the port is taken,
        `or_any_port` finds another."""
        try:
            listener = listen(self._host, self.port)
        except ConfigurationError:
            if not or_any_port:
                raise
            listener = listen(self._host, 0)
        self.port = listener.getsockname()[1]
        # The bot stops by its own signal handlers, in its own order.
        self._server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]), name="web")

    async def stop(self) -> None:
        if self._task is not None:
            self._server.should_exit = True
            await asyncio.gather(self._task, return_exceptions=True)


def listen(host: str, port: int) -> socket.socket:
    """Raises ConfigurationError, which names the setting that stands in the way."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
    except (OSError, ValueError):
        # A name that no address can be asked for is a UnicodeError, which is a ValueError.
        raise _not_ours(host) from None
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConfigurationError(
                f"HTTP_PORT: {port} is in use by another program: choose a free port, or 0 for any"
            ) from None
        if error.errno == errno.EACCES:
            raise ConfigurationError(
                f"HTTP_PORT: {port} is for the system's own programs only: choose one from 1024 on"
            ) from None
        raise _not_ours(host) from None


def _not_ours(host: str) -> ConfigurationError:
    return ConfigurationError(
        f"HTTP_HOST: {host} is no address of this machine: "
        "set it to 127.0.0.1, or to 0.0.0.0 for all of its addresses"
    )
