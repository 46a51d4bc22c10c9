"""How soon the bot can answer after its start, cold and warm, and how much memory it holds.

Cold is a new home: the database is made, migrated and started. Warm is one that was used before. What
the system itself has cached, as the programs' files, is cached in both.
"""

import asyncio
import time
from pathlib import Path

from benchmarks import proc, stage
from benchmarks.figures import Figure, of_times
from benchmarks.people import at_once
from benchmarks.processes import python
from benchmarks.run import Run

QUESTION = "/help"
ANSWER = "daybook:"
# By then what only the start needed is given back, and nothing is under way.
SETTLING = 3.0
CROWD = 20


async def measure(run: Run) -> list[Figure]:
    starts, entries = run.count(7, 5), run.count(1000, 200)
    run.progress.begin("start: cold and warm", 2 * starts)
    cold, warm, bare = [], [], []
    for number in range(starts):
        home = run.folder / f"home-{number}"
        cold.append(await start(run.folder, home))
        run.progress.step()
        warm.append(await start(run.folder, home))
        bare.append(await bare_python(run.folder))
        run.progress.step()
    times = [
        of_times("cold start of the chat, to its first answer", cold),
        of_times("warm start of the chat, to its first answer", warm),
        of_times("a Python that only imports asyncio", bare),
    ]
    if not proc.PROC.exists():
        return times
    return [*times, *await held(run, entries)]


async def start(folder: Path, home: Path) -> float:
    """Seconds from the start of `python -m bot chat` to its first answer to a piped line."""
    begun = time.perf_counter()
    async with python("bot", "chat", folder=folder, settings={"DAYBOOK_HOME": str(home)}) as program:
        await program.told(QUESTION)
        while not (await program.line()).startswith(ANSWER):
            pass
        took = time.perf_counter() - begun
        await program.ends()
    return took


async def bare_python(folder: Path) -> float:
    """What no start of ours can be quicker than."""
    begun = time.perf_counter()
    async with python("asyncio.events", folder=folder) as program:
        await program.ends()
    return time.perf_counter() - begun


async def held(run: Run, entries: int) -> list[Figure]:
    async with stage.daybook(run.folder) as ground:
        run.progress.begin("start: memory after entries", entries)
        await asyncio.sleep(SETTLING)
        idle = snapshot(ground)
        writers = ground.writers(CROWD)
        for _ in range(entries // CROWD):
            await ground.bot.while_alive(at_once(writers))
            run.progress.step(CROWD)
        await asyncio.sleep(SETTLING)
        used = snapshot(ground)
    return [
        Figure(name=f"{whose} {when}", unit="MB", statistics={"memory": megabytes})
        for when, found in (("after the start", idle), (f"after {entries:,} entries", used))
        for whose, megabytes in found.items()
    ]


def snapshot(ground: stage.Stage) -> dict[str, float]:
    return {
        "bot (RSS)": proc.resident(ground.bot.pid),
        "embedded Postgres (PSS, all its processes)": proc.shared_out(
            proc.postgres(ground.home / "postgres")
        ),
    }
