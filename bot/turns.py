"""Who uses the processor and the database first: what a person waits for goes before what nobody waits for.

Jobs that nobody waits for run within `unhurried`. Each of their transactions begins in turn, a few at a time
however many jobs there are, and none while a person's is under way or was a moment ago. That can hold them up
for a part of the time only, so that they are done however many people write.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from typing import Literal

# With one at a time the processor would idle while Postgres works.
PLACES = 2
# Between two transactions of a person's entry is work, too.
LINGERS = 0.04
# Of the time so much is given away at most, and so many seconds of it in a row, which is more than an entry
# takes without its minds.
SHARE, MOST = 1 / 3, 2.0

Step = Literal["hurried", "unhurried", "begun"]
_STEP: ContextVar[Step] = ContextVar("step", default="hurried")


@contextmanager
def unhurried() -> Iterator[None]:
    """What is done here, nobody waits for."""
    token = _STEP.set("unhurried")
    try:
        yield
    finally:
        _STEP.reset(token)


class Turns:
    """Of one event loop. `most` is how many seconds are given away in a row."""

    def __init__(self, most: float = MOST) -> None:
        self._most = most
        self._people = 0
        self._calm = asyncio.Event()
        self._calm.set()
        self._lingers: asyncio.TimerHandle | None = None
        self._places = asyncio.Semaphore(PLACES)
        self._door = asyncio.Lock()
        # How many seconds may be given away just now, as of then.
        self._left, self._as_of = most, time.monotonic()

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """For one transaction, or for one step that has several."""
        step = _STEP.get()
        if step == "begun":
            yield
        elif step == "hurried":
            with self._hurry():
                yield
        else:
            async with self._places:
                async with self._door:
                    await self._give_way()
                token = _STEP.set("begun")
                try:
                    yield
                finally:
                    _STEP.reset(token)

    @contextmanager
    def _hurry(self) -> Iterator[None]:
        self._people += 1
        self._calm.clear()
        if self._lingers:
            self._lingers.cancel()
            self._lingers = None
        try:
            yield
        finally:
            self._people -= 1
            if not self._people:
                self._lingers = asyncio.get_running_loop().call_later(LINGERS, self._calm.set)

    async def _give_way(self) -> None:
        now = time.monotonic()
        self._left = min(self._left + SHARE * (now - self._as_of), self._most)
        self._as_of = now
        if self._calm.is_set() or self._left <= 0:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._left):
                await self._calm.wait()
        self._left -= time.monotonic() - now
