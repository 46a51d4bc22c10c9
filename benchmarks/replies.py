"""The reply path beside a stock python-telegram-bot echo bot, in turns, under the same load.

Both bots have a process of their own, and both their Bot API servers are in this one. The echo bot's
whole work is one sendMessage; Daybook stores, marks, understands, recalls, asks a coach and stores
again, with minds that answer at once.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks import stage, texts
from benchmarks.figures import Figure, of_times, ratio
from benchmarks.people import Moments, Writer, at_once, one_by_one, spans
from benchmarks.processes import Program, python
from benchmarks.run import Run
from bot.playground.server import BotApiServer

TOKEN = "654321:token-of-the-echo-bot"  # noqa: S105 - of a server on this machine
CROWD = 50
TURN = 10
WARMING = 2


async def measure(run: Run) -> list[Figure]:
    turns, rounds = run.count(20, 4), run.count(10, 3)
    async with stage.daybook(run.folder) as ground, echo(run.folder) as (server, program):
        listeners = [Writer(server.person(), texts.entries(it), marks=False) for it in range(CROWD)]
        bots = {"echo bot": (program, listeners), "Daybook": (ground.bot, ground.writers(CROWD))}
        for bot, writers in bots.values():
            for _ in range(WARMING):
                await bot.while_alive(at_once(writers))
        run.progress.begin("replies: one person, bot by bot", turns)
        alone = await in_turns(run, bots, turns, crowded=False)
        run.progress.begin(f"replies: {CROWD} at once, bot by bot", rounds)
        together = await in_turns(run, bots, rounds, crowded=True)
    return [*compared(alone, "1 person"), *compared(together, f"{CROWD} at once")]


async def in_turns(
    run: Run, bots: dict[str, tuple[Program, list[Writer]]], turns: int, *, crowded: bool
) -> dict[str, list[Moments]]:
    """Turn by turn, so that whatever else the machine does falls on both."""
    found: dict[str, list[Moments]] = {name: [] for name in bots}
    for _ in range(turns):
        for name, (program, writers) in bots.items():
            load = at_once(writers) if crowded else one_by_one(writers[0], TURN)
            found[name] += await program.while_alive(load)
        run.progress.step()
    return found


def compared(found: dict[str, list[Moments]], load: str) -> list[Figure]:
    echoed = of_times(f"echo bot: reply, {load}", spans(found["echo bot"], "sent", "replied"))
    saved = of_times(f"Daybook: saved mark, {load}", spans(found["Daybook"], "sent", "saved"))
    replied = of_times(f"Daybook: reply, {load}", spans(found["Daybook"], "sent", "replied"))
    return [
        echoed,
        saved,
        replied,
        ratio(f"saved mark / echo, {load}", saved, echoed),
        ratio(f"reply / echo, {load}", replied, echoed),
    ]


@asynccontextmanager
async def echo(folder: Path) -> AsyncIterator[tuple[BotApiServer, Program]]:
    async with (
        BotApiServer(token=TOKEN) as server,
        python("benchmarks.echo", "--token", TOKEN, "--url", server.url, folder=folder) as program,
    ):
        await program.while_alive(stage.polled(server))
        yield server, program
