"""What the bot and its Postgres use of the machine while something goes on."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from benchmarks import proc
from benchmarks.figures import Figure
from benchmarks.stage import Stage

EVERY = 2.0


@dataclass(kw_only=True)
class Usage:
    """Over so many `seconds`: the bot's memory in MB as it was looked at, that of Postgres and of the process
    that draws at the end, and seconds on a processor of each."""

    seconds: float = 0.0
    resident: list[float] = field(default_factory=list)
    postgres_memory: float = 0.0
    drawing_memory: float = 0.0
    computed: dict[str, float] = field(default_factory=dict)


@asynccontextmanager
async def watched(ground: Stage) -> AsyncIterator[Usage]:
    """It is filled by the end, and stays empty where the system tells nothing of its programs."""
    usage = Usage()
    if not proc.PROC.exists():
        yield usage
        return
    begun, before = time.perf_counter(), ground.computed()
    watching = asyncio.create_task(_watch(ground, usage))
    try:
        yield usage
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
    after = ground.computed()
    usage.seconds = time.perf_counter() - begun
    usage.computed = {who: after[who] - before[who] for who in before}
    usage.drawing_memory = proc.shared_out(proc.drawing(ground.bot.pid))
    usage.postgres_memory = proc.shared_out(proc.postgres(ground.home / "postgres"))


async def _watch(ground: Stage, usage: Usage) -> None:
    while True:
        usage.resident.append(proc.resident(ground.bot.pid))
        await asyncio.sleep(EVERY)


def figures(found: dict[str, Usage]) -> list[Figure]:
    """By what went on."""
    known = {when: it for when, it in found.items() if it.seconds}
    memory = [
        Figure(
            name=f"memory of the bot (RSS), {when}",
            unit="MB",
            statistics={"mean": sum(it.resident) / len(it.resident), "most": max(it.resident)},
            samples=it.resident,
        )
        for when, it in known.items()
    ]
    others = [
        Figure(name=f"memory of {who} (PSS), {when}", unit="MB", statistics={"most": most})
        for when, it in known.items()
        for who, most in (
            ("the process that draws", it.drawing_memory),
            ("its Postgres", it.postgres_memory),
        )
    ]
    processor = [
        Figure(name=f"{who}, {when}", unit="%", statistics={"mean": 100 * seconds / it.seconds})
        for when, it in known.items()
        for who, seconds in it.computed.items()
    ]
    return [*memory, *others, *processor]
