"""How soon a person sees that an entry is safe, when they write alone and when many do at once."""

from benchmarks import overhead, stage
from benchmarks.figures import Figure, Target, of_times, ratio
from benchmarks.people import Moments, Writer, at_once, one_by_one, spans
from benchmarks.run import Run

CROWD = 50
TARGET = Target(statistic="p95", limit=300)
WARMING = 2


async def measure(run: Run) -> list[Figure]:
    alone, rounds = run.count(100, 20), run.count(10, 3)
    async with stage.daybook(run.folder, overhead.SECONDS) as ground:
        writers = ground.writers(CROWD)
        for _ in range(WARMING):
            await ground.bot.while_alive(at_once(writers))
        run.progress.begin("saved: one person writes", alone)
        one: list[Moments] = []
        for _ in range(alone):
            one += await ground.bot.while_alive(one_by_one(writers[0], 1))
            run.progress.step()
        run.progress.begin(f"saved: {CROWD} people write at once", rounds)
        many = await crowd(run, ground, writers, rounds)
    return figures(one, many)


async def crowd(run: Run, ground: stage.Stage, writers: list[Writer], rounds: int) -> list[Moments]:
    found: list[Moments] = []
    for _ in range(rounds):
        found += await ground.bot.while_alive(at_once(writers))
        run.progress.step()
    return found


def figures(one: list[Moments], many: list[Moments]) -> list[Figure]:
    alone = of_times("sending to saved, 1 person", spans(one, "sent", "saved"))
    together = of_times(f"sending to saved, {CROWD} at once", spans(many, "sent", "saved"), target=TARGET)
    return [
        alone,
        together,
        ratio(f"{CROWD} at once / 1 person", together, alone),
        of_times(f"sending to reply, {CROWD} at once", spans(many, "sent", "replied")),
    ]
