"""The bot in a process of its own that kills itself, with SIGKILL, at a chosen moment.

A moment is right before or right after a commit or a call to Telegram. They are counted from the
first update on; `doom` says at which one the process dies, 0 for never.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from bot import app, logs
from bot.config import Settings
from bot.telegram.inbox import Inbox
from bot.telegram.transport import Transport

CONTEXT = multiprocessing.get_context("forkserver")
# What a bot reads at its start, and where it lies makes no difference to what is lost.
PRELOADED = [
    "tests.journeys.doomed",
    "tests.journeys.rules_read",
    "bot.ai.claude_batches",
    "bot.ai.openai",
    "bot.web.server",
    "db.migrate",
    "httpcore2",
    "numpy",
]
CONTEXT.set_forkserver_preload(PRELOADED)


class Doom:
    def __init__(self, at: int, report: Connection) -> None:
        self._left = at
        self._report = report
        self._counting = False

    def begin(self) -> None:
        self._counting = True

    def moment(self, name: str) -> None:
        if not self._counting:
            return
        self._report.send(name)
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def start(settings: dict[str, Any], at: int = 0) -> tuple[BaseProcess, Connection]:
    """The process, and a pipe that tells the moments as they come."""
    here, there = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=run, args=(settings, at, there), daemon=True)
    process.start()
    there.close()
    return process, here


def run(values: dict[str, Any], at: int, report: Connection) -> None:
    doom = Doom(at, report)
    watch_commits(doom)
    watch_calls(doom)
    begin_with_the_first_update(doom)
    settings = Settings(_env_file=None, **values)
    logs.configure("WARNING", "text", settings.secrets())
    asyncio.run(app.serve(settings, settings.token or ""))


def watch_commits(doom: Doom) -> None:
    event.listen(Engine, "commit", lambda _: doom.moment("before a commit"))
    event.listen(Session, "after_commit", lambda _: doom.moment("after a commit"))


def watch_calls(doom: Doom) -> None:
    original: Callable[..., Awaitable[tuple[int, bytes]]] = Transport.do_request

    async def do_request(self: Transport, url: str, *arguments: Any, **more: Any) -> tuple[int, bytes]:
        method = url.rsplit("/", 1)[1]
        if method == "getUpdates":
            return await original(self, url, *arguments, **more)
        doom.moment(f"before {method}")
        answer = await original(self, url, *arguments, **more)
        doom.moment(f"after {method}")
        return answer

    Transport.do_request = do_request  # type: ignore[method-assign]


def begin_with_the_first_update(doom: Doom) -> None:
    original = Inbox.put

    async def put(self: Inbox, payloads: Any) -> None:
        doom.begin()
        await original(self, payloads)

    Inbox.put = put  # type: ignore[method-assign]
