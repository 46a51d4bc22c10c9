"""Faults that a test puts in the way of the bot's next calls."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

from bot.playground.errors import ApiRefused, too_many_requests

FaultKind = Literal["refuse", "bad_gateway", "lost_answer", "late_answer", "unsent", "hold"]
FILE_DOWNLOAD = "file"
"""The method name that stands for the download of a file."""


@dataclass(eq=False, kw_only=True)
class Fault:
    """What happens to the next `times` calls of `method` (in chat `chat_id`, when given).

    refuse       the answer is `refusal`, and nothing is done
    bad_gateway  502 with an HTML page, and nothing is done
    lost_answer  the call is done, then the connection is cut without an answer
    late_answer  the call is done, and its answer waits for `release()`
    unsent       the connection is cut, and nothing is done
    hold         the call waits for `release()`, then goes on as usual
    """

    kind: FaultKind
    method: str
    chat_id: int | None = None
    times: int = 1
    refusal: ApiRefused | None = None
    met: int = 0
    """How many calls it has hit."""
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        self._released.set()

    async def released(self) -> None:
        await self._released.wait()

    def fits(self, method: str, chat_id: int | None) -> bool:
        return self.method.lower() == method.lower() and self.chat_id in {None, chat_id}


_PLAIN: dict[str, FaultKind] = {
    "bad_gateway": "bad_gateway",
    "lost_answer": "lost_answer",
    "late_answer": "late_answer",
    "unsent": "unsent",
    "hold": "hold",
}


def fault(
    kind: str, method: str, *, chat_id: int | None = None, times: int = 1, retry_after: int = 5
) -> Fault:
    """A Fault by a short name: one of its kinds, or busy (429), forbidden (403), broken (500)."""
    refusals = {
        "busy": too_many_requests(retry_after),
        "forbidden": ApiRefused(403, "Forbidden: bot was blocked by the user"),
        "broken": ApiRefused(500, "Internal Server Error"),
    }
    if kind in refusals:
        return Fault(kind="refuse", method=method, chat_id=chat_id, times=times, refusal=refusals[kind])
    if kind in _PLAIN:
        return Fault(kind=_PLAIN[kind], method=method, chat_id=chat_id, times=times)
    raise ValueError(f"no such fault: {kind}")


class Faults:
    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self._met: list[Fault] = []

    def plan(self, planned: Fault) -> Fault:
        self._planned.append(planned)
        return planned

    def next_for(self, method: str, chat_id: int | None) -> Fault | None:
        for planned in self._planned:
            if planned.fits(method, chat_id):
                planned.met += 1
                if planned.met == planned.times:
                    self._planned.remove(planned)
                    self._met.append(planned)
                return planned
        return None

    def release_all(self) -> None:
        """Let every held call go, and forget the faults that have met none."""
        for one in (*self._planned, *self._met):
            one.release()
        self._planned.clear()
