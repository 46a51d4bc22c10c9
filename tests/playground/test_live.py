"""The terminal chat on a terminal: a real process behind a pseudo-terminal."""

import asyncio
import os
import pty
import re
import sys
import termios
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>])")


class Terminal:
    """80 columns by 24 rows. `seen` is everything that was written, without its escapes."""

    def __init__(self, descriptor: int, process: asyncio.subprocess.Process):
        self.process = process
        self.raw = ""
        self._descriptor = descriptor
        self._written = asyncio.Event()
        asyncio.get_running_loop().add_reader(descriptor, self._read)

    @property
    def seen(self) -> str:
        return re.sub(r"\s+", " ", ESCAPES.sub("", self.raw))

    def types(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())

    async def shows(self, text: str, times: int = 1) -> None:
        async with asyncio.timeout(20):
            while self.seen.count(text) < times:
                await self._written.wait()
                self._written.clear()

    async def ends(self) -> int:
        async with asyncio.timeout(20):
            return await self.process.wait()

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._descriptor)
        os.close(self._descriptor)

    def _read(self) -> None:
        try:
            self.raw += os.read(self._descriptor, 1 << 16).decode("utf-8", "replace")
        except OSError:
            asyncio.get_running_loop().remove_reader(self._descriptor)
        self._written.set()


@pytest.fixture
async def terminal(tmp_path: Path) -> AsyncIterator[Terminal]:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.playground.parrot", str(tmp_path),
        cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"},
    )  # fmt: skip
    os.close(theirs)
    terminal = Terminal(ours, process)
    await terminal.shows("/keys is the terminal's. ›")
    yield terminal
    if process.returncode is None:
        process.kill()
        await process.wait()
    terminal.close()


async def test_a_conversation(terminal: Terminal) -> None:
    terminal.types("Slept well and long, with a dream\r")
    await terminal.shows("#1 you Slept well and long, with a dream")
    await terminal.shows("✍")
    await terminal.shows("#2 daybook You said Slept well and long, with a dream │ quoted")
    await terminal.shows("/1 Good /2 Bad /3 Site (http://a.org/)")
    assert re.search(r"/1 Good +/2 Bad\s*\n +/3 Site", ESCAPES.sub("", terminal.raw))
    assert "\x1b[0;1m" in terminal.raw
    terminal.types("/3\r")
    await terminal.shows("Site: http://a.org/")
    terminal.types("/1\r")
    await terminal.shows("you press: Good")
    await terminal.shows("Noted")
    await terminal.shows("#2 daybook (edited) You chose good")
    terminal.types("/edit Slept badly\r")
    await terminal.shows("#1 you (edited) Slept badly")
    await terminal.shows("#3 daybook (answers #1) Now: Slept badly")
    terminal.types("\x04")
    assert await terminal.ends() == 0


async def test_the_draft_grows_before_the_message(terminal: Terminal) -> None:
    terminal.types("abcdefghi " * 30 + "\r")
    await terminal.shows("#2 daybook")
    before, _, after = terminal.seen.partition("#2 daybook")
    assert "▍" in before
    assert "▍" not in after


async def test_lines_and_keys(terminal: Terminal) -> None:
    terminal.types("one\x1b\rtwo\\\rthree\r")
    await terminal.shows("#1 you one two three")
    await terminal.shows("#2 daybook You said one two three")
    terminal.types("   \rnot this\x03/keys\r")
    await terminal.shows("/voice FILE")
    assert "you not this" not in terminal.seen
    terminal.types("\x03")
    assert await terminal.ends() == 0
    assert "Traceback" not in terminal.raw


async def test_where_the_pages_are_is_said_by_itself(terminal: Terminal) -> None:
    await terminal.shows("The parrot has no pages")


async def test_leaving_with_a_command(terminal: Terminal) -> None:
    terminal.types("/quit\r")
    assert await terminal.ends() == 0


async def test_lines_that_still_wait_when_the_person_leaves_are_sent(terminal: Terminal) -> None:
    terminal.types("".join(f"line {number}\r" for number in range(1, 21)) + "\x04")
    assert await terminal.ends() == 0
    assert all(f"you line {number} " in f"{terminal.seen} " for number in range(1, 21))


async def test_nothing_is_sent_after_quitting(terminal: Terminal) -> None:
    terminal.types("one\r/quit\rtwo\r")
    assert await terminal.ends() == 0
    assert "you one" in terminal.seen
    assert "you two" not in terminal.seen


async def test_a_bot_that_takes_nothing_more_is_not_left_in_silence(terminal: Terminal) -> None:
    terminal.types("/hang\r")
    await terminal.shows("✍")
    terminal.types("lost\r\x04")
    assert await terminal.ends() == 1
    await terminal.shows("daybook: the bot did not take what you wrote last: it is not kept")
