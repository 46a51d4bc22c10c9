"""Somebody who chats with the bot while something else goes on there, and how they fare."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from benchmarks import usage
from benchmarks.figures import Figure, Target, of_times, ratio
from benchmarks.people import Moments, Writer, spans
from benchmarks.stage import Stage
from benchmarks.usage import Usage


def nothing() -> None:
    """For whoever need not hear of each entry."""


@dataclass(frozen=True, kw_only=True)
class Meanwhile:
    """Of each part, by its name: what `writer` waited who writes every `pace` seconds, and what the part
    took of the machine."""

    ground: Stage
    writer: Writer
    pace: float
    moments: dict[str, list[Moments]] = field(default_factory=dict)
    used: dict[str, Usage] = field(default_factory=dict)

    @asynccontextmanager
    async def part(self, name: str, step: Callable[[], None] = nothing) -> AsyncIterator[None]:
        """They chat as long as this goes on; `step` hears of each entry."""
        over = asyncio.Event()
        chatting = asyncio.create_task(chat(self.writer, self.pace, over, step))
        try:
            async with usage.watched(self.ground) as self.used[name]:
                yield
                over.set()
                self.moments[name] = await chatting
        finally:
            chatting.cancel()
            await asyncio.gather(chatting, return_exceptions=True)


async def chat(
    writer: Writer, pace: float, over: asyncio.Event, step: Callable[[], None] = nothing
) -> list[Moments]:
    """One entry after the other, at least `pace` seconds apart, until it is `over`."""
    found: list[Moments] = []
    while not over.is_set():
        moments = await writer.writes()
        found.append(moments)
        step()
        try:
            async with asyncio.timeout(max(moments.sent + pace - time.time(), 0.0)):
                await over.wait()
        except TimeoutError:
            continue
    return found


def waits(moments: dict[str, list[Moments]], before: str, targets: dict[str, Target]) -> list[Figure]:
    """How long somebody waited in each part, and how many times what they waited `before`; `targets` are
    for that, by the part's name."""
    rows: list[Figure] = []
    ratios: list[Figure] = []
    for what, stop in (("the saved mark", "saved"), ("the reply", "replied")):
        each = {when: of_times(f"to {what}, {when}", spans(it, "sent", stop)) for when, it in moments.items()}
        rows += each.values()
        for when in each.keys() - {before}:
            compared = ratio(f"to {what}, {when} / {before}", each[when], each[before])
            ratios.append(
                Figure(
                    name=compared.name,
                    unit=compared.unit,
                    statistics=compared.statistics,
                    target=targets.get(when),
                )
            )
    return [*rows, *sorted(ratios, key=lambda it: it.name)]
