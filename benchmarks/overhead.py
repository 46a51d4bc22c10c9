"""What the bot itself adds to one text entry, from its delivery to its reply, and where that goes."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import stage
from benchmarks.figures import Figure, Target, of_times
from benchmarks.minds import ANALYST, COACH, EMBEDDER
from benchmarks.people import Moments, delivered, one_by_one, spans
from benchmarks.run import Run
from benchmarks.stage import Mark

SECONDS = {COACH: 0.3, ANALYST: 0.15, EMBEDDER: 0.05}
# The embedder works beside the analyst, and the coach after both.
CRITICAL = SECONDS[COACH] + max(SECONDS[ANALYST], SECONDS[EMBEDDER])
WARMING = 10
BATCH = 10
TARGET = Target(statistic="p95", limit=60)
PERCENTS = (50, 95, 99)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The bot's own seconds for one entry: before the first mind was asked, between the analyst and the
    coach, and after the coach had said everything."""

    before: float
    between: float
    after: float


async def measure(run: Run) -> list[Figure]:
    entries = run.count(200, 30)
    async with stage.daybook(run.folder, SECONDS) as ground:
        (writer,) = ground.writers(1)
        await ground.bot.while_alive(one_by_one(writer, WARMING))
        await ground.minds.marks()
        before = ground.computed()
        run.progress.begin("overhead: one person writes", entries)
        moments: list[Moments] = []
        while len(moments) < entries:
            moments += await ground.bot.while_alive(one_by_one(writer, BATCH))
            run.progress.step(BATCH)
        marks = await ground.minds.marks()
        moments = delivered(moments, ground.server)
        after = ground.computed()
    return [
        *figures(moments, marks),
        *(per_entry(who, after[who] - before[who], entries) for who in before),
    ]


def per_entry(who: str, seconds: float, entries: int) -> Figure:
    return Figure(name=f"{who}, an entry", unit="ms", statistics={"mean": seconds * 1000 / entries})


def figures(moments: Sequence[Moments], marks: Sequence[Mark]) -> list[Figure]:
    whole = spans(moments, "delivered", "replied")
    parts = [split(it, marks) for it in moments]
    rows = [
        ("delivery to reply, minds and all", whole, None),
        (f"overhead: that less {CRITICAL * 1000:.0f} ms of minds", [it - CRITICAL for it in whole], TARGET),
        ("· until the first mind is asked", [it.before for it in parts], None),
        ("· between analyst and coach", [it.between for it in parts], None),
        ("· from the coach's last word to the reply", [it.after for it in parts], None),
        ("delivery to the saved mark", spans(moments, "delivered", "saved"), None),
    ]
    return [of_times(name, times, percents=PERCENTS, target=target) for name, times, target in rows]


def split(entry: Moments, marks: Sequence[Mark]) -> Parts:
    """Raises ValueError where the entry was not answered, or not each mind was asked exactly once."""
    if entry.delivered is None or entry.replied is None:
        raise ValueError("an entry was never answered")
    its = {it.mind: it for it in marks if entry.delivered <= it.begun <= entry.replied}
    calls = sum(entry.delivered <= it.begun <= entry.replied for it in marks)
    if calls != len(its) or its.keys() != SECONDS.keys():
        raise ValueError("an entry did not ask each mind once")
    understood = max(its[ANALYST].ended, its[EMBEDDER].ended)
    return Parts(
        before=min(its[ANALYST].begun, its[EMBEDDER].begun) - entry.delivered,
        between=its[COACH].begun - understood,
        after=entry.replied - its[COACH].ended,
    )
