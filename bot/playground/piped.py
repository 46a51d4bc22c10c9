"""The chat when its lines come from a file or another program: a plain transcript."""

import asyncio
import io
import os
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TextIO

from bot.playground.conversation import Conversation, Shown
from bot.playground.lines import understood
from bot.playground.person import Person
from bot.playground.render import plain_text, printable
from bot.playground.server import BotApiServer

_LINES_AHEAD = 16


class PlainScreen:
    """`closed` is set once nobody reads what is printed."""

    def __init__(self, output: TextIO):
        self.closed = False
        self._output = output

    def show(self, shown: Shown) -> None:
        author = f"{shown.author} ({shown.note})" if shown.note else shown.author
        text = plain_text(shown.text, shown.entities)
        lines = [*(text.split("\n") if text else []), *shown.extras, *map("   ".join, shown.keyboard)]
        first, *rest = map(printable, lines or [""])
        self._print("\n".join([f"{author}: {first}", *(f"  {line}".rstrip() for line in rest)]))

    def reaction(self, number: int, emoji: str) -> None:
        if emoji:
            self._print(f"  {emoji}")

    def aside(self, text: str) -> None:
        self._print("  " + printable(text).replace("\n", "\n  "))

    def _print(self, text: str) -> None:
        if self.closed:
            return
        try:
            print(text, file=self._output, flush=True)
        except (BrokenPipeError, ValueError):
            self.closed = True


async def chat_piped(
    server: BotApiServer,
    person: Person,
    idle: Callable[[], Awaitable[object]],
    *,
    folder: Path,
    patience: float,
) -> int:
    """Send each line of stdin once the bot has nothing left to do about the last one.

    Exit codes: 0, or 1 when the bot is busy for `patience` seconds or nobody reads the transcript.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    screen = PlainScreen(sys.stdout)
    conversation = Conversation(person, server.world.files, screen, folder)
    stop = conversation.begin()
    try:
        async for line in _lines_of(sys.stdin.fileno()):
            if not line.strip():
                continue
            if not await conversation.obey(understood(line)):
                break
            async with asyncio.timeout(patience):
                await server.delivered()
                await idle()
            if screen.closed:
                break
    except TimeoutError:
        print(f"daybook: the bot is still busy after {patience:g} s", file=sys.stderr)
        return 1
    finally:
        stop()
    return _ended(screen)


def _ended(screen: PlainScreen) -> int:
    if not screen.closed:
        return 0
    # What is left in the buffer of stdout has nowhere to go; without this, Python complains at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


async def _lines_of(descriptor: int) -> AsyncIterator[str]:
    """Lines as they come; one that ends in a backslash goes on in the next.

    A thread reads, because a file cannot be waited for; it is a daemon, so that a read that never
    ends does not keep the process alive. It stays a few lines ahead at most.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes | None] = asyncio.Queue()
    room = threading.Semaphore(_LINES_AHEAD)

    def put(line: bytes | None) -> None:
        room.acquire()
        loop.call_soon_threadsafe(queue.put_nowait, line)

    threading.Thread(target=_read, args=(descriptor, put), daemon=True).start()
    text = ""
    while (line := await queue.get()) is not None:
        room.release()
        text += line.decode("utf-8", "replace")
        if text.endswith("\\"):
            text = text[:-1] + "\n"
            continue
        yield text
        text = ""
    if text:
        yield text


def _read(descriptor: int, put: Callable[[bytes | None], None]) -> None:
    try:
        with open(descriptor, "rb", closefd=False) as lines:
            for line in lines:
                put(line.rstrip(b"\r\n"))
        put(None)
    except RuntimeError:
        return  # the loop is closed: nobody waits for more
