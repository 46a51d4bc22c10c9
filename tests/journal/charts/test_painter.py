"""The process that draws: it gives what `draw` gives, may be killed at any time, and outlives nobody."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.journal.charts import DayCard, Trend, draw
from bot.journal.charts.painter import PAINTER, drawn

ROOT = Path(__file__).parents[3]
DAY = date(2026, 11, 19)
CARD = DayCard(local_date=DAY, overall=71, numbers=[("Mood", "7"), ("Sleep", "6 h")])
# A process that has a picture drawn, tells who draws, and stays until it is told to end.
BOT = """
import asyncio, sys
from datetime import date
from bot.journal.charts import DayCard
from bot.journal.charts.painter import PAINTER, drawn
asyncio.run(drawn(DayCard(local_date=date(2026, 11, 19))))
print(PAINTER.pid, "matplotlib" in sys.modules, flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True, kw_only=True)
class Broken(DayCard):
    """Becomes, in whatever process reads it, the call of a function there."""

    does: Any
    given: tuple[Any, ...]

    def __reduce__(self) -> tuple[Any, ...]:
        return self.does, self.given


def is_there(pid: int) -> bool:
    """Whether it runs; one that ended may still be listed where nobody asks what became of it."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False)
    return done.stdout.strip()[:1] not in {b"", b"Z"}


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(30):
        while is_there(pid):  # noqa: ASYNC110 - another's child tells nobody
            await asyncio.sleep(0.01)


async def test_it_draws_the_same_bytes() -> None:
    trend = Trend(days=[], last=DAY)
    for picture in (CARD, trend):
        assert await drawn(picture, "light") == draw(picture, "light")
        assert await drawn(picture, "dark") == draw(picture, "dark")


async def test_one_that_was_killed_is_started_anew() -> None:
    before = await drawn(CARD)
    pid = PAINTER.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert await drawn(CARD) == before
    assert PAINTER.pid != pid


async def test_one_that_is_killed_while_it_draws_is_started_anew() -> None:
    await drawn(CARD)
    pid = PAINTER.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    drawing = asyncio.create_task(drawn(CARD))
    await asyncio.sleep(0)
    os.kill(pid, signal.SIGKILL)
    assert await drawing == draw(CARD)


async def test_what_ends_it_each_time_is_not_drawn(caplog: pytest.LogCaptureFixture) -> None:
    assert await drawn(Broken(local_date=DAY, does=os._exit, given=(1,))) is None
    assert [it.message for it in caplog.records] == [
        "a picture was given up: the process that draws it was lost 2 times"
    ]
    assert await drawn(CARD) is not None


async def test_what_cannot_be_drawn_says_where_and_not_what(caplog: pytest.LogCaptureFixture) -> None:
    await drawn(CARD)
    pid = PAINTER.pid
    assert await drawn(Broken(local_date=DAY, does=DayCard.__new__, given=(DayCard,))) is None
    [line] = [it.message for it in caplog.records]
    assert line.startswith("a picture could not be drawn: AttributeError at ")
    assert PAINTER.pid == pid


async def test_it_has_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123:canary")
    PAINTER.stop()
    await drawn(CARD)
    told = await asyncio.create_subprocess_exec(
        *("ps", "eww", "-o", "command=", "-p", str(PAINTER.pid)), stdout=subprocess.PIPE
    )
    said, _ = await told.communicate()
    assert b"painting" in said
    assert b"canary" not in said


@pytest.mark.parametrize("end", ["returns", "terminated", "killed"])
async def test_it_ends_with_who_started_it(end: str) -> None:
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-c", BOT, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert bot.stdin is not None
    assert bot.stdout is not None
    pid, has_matplotlib = (await bot.stdout.readline()).split()
    assert has_matplotlib == b"False"
    assert is_there(int(pid))
    if end == "returns":
        bot.stdin.close()
    else:
        bot.send_signal(signal.SIGTERM if end == "terminated" else signal.SIGKILL)
    await bot.wait()
    if end == "returns":
        # It was seen to its end.
        assert not is_there(int(pid))
    await until_gone(int(pid))
