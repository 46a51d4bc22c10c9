"""How soon a person's own entries are found among everybody's, and whether they are the right ones."""

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import numpy as np
from pgvector.asyncpg import register_vector
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.figures import Figure, Target, of_times
from benchmarks.loading import LANGUAGE, LAST_DAY, MODEL, Floats, Maker, Owned, load
from benchmarks.run import Run
from bot.journal.recall import Question, recall
from db import migrate
from db.embedded import EmbeddedPostgres
from db.owned import Sessions
from db.queries import entries
from db.queries.entries import EntryRecord
from db.session import make_engine, make_sessions

SIZES = (1_000, 3_650, 10_000)
OTHERS = 100
TARGETS = {3_650: Target(statistic="p95", limit=10), 10_000: Target(statistic="p95", limit=25)}
EXACT = Target(statistic="recall@10", limit=1.0, at_least=True)
WARMING = 20
NEWEST = 20
TOP = 10
QUESTIONS = (
    "when did i last {0} the {1} with {2}",
    "how often was i {0} and {1} last month",
    "what did {0} say about the {1} {2} in may",
    "{0} {1} {2} {3}",
)

Ask = Callable[[AsyncSession], Awaitable[Any]]


async def measure(run: Run) -> list[Figure]:
    rows, asks = run.count(200_000, 20_000), run.count(200, 60)
    async with EmbeddedPostgres(run.folder / "postgres") as server:
        # Loading and VACUUM take longer than any command of the bot may.
        engine = make_engine(server.url, command_seconds=None, is_direct=True)
        try:
            await migrate.upgrade(engine)
            maker = Maker()
            run.progress.begin("recall: loading rows", rows)
            people = await fill(server.url, maker, rows, run.progress.step)
            across = make_sessions(engine)
            # Of its pool the bot has more than one connection open, as its workers use several at once.
            async with across() as one, across() as other:
                await one.connection()
                await other.connection()
            run.progress.begin("recall: asking", len(SIZES) * asks * 4)
            return [
                figure
                for owner in people[: len(SIZES)]
                for figure in await of_person(
                    run, Asker(Sessions(across), maker, owner), people[len(SIZES) :], asks
                )
            ]
        finally:
            await engine.dispose()


async def fill(url: str, maker: Maker, rows: int, step: Callable[[int], None]) -> list[Owned]:
    """The people who are asked for, and then the others, who have the rest of the rows."""
    left = rows - sum(SIZES)
    shares = [left // OTHERS + (place < left % OTHERS) for place in range(OTHERS)]
    driver = await asyncpg.connect(url)
    try:
        await register_vector(driver)
        people = await load(driver, maker, [*SIZES, *shares], step, known=len(SIZES))
        await driver.execute("VACUUM ANALYZE")
        await driver.execute("CHECKPOINT")
    finally:
        await driver.close()
    return people


class Asker:
    """Asks for one person's entries in the ways that the bot does."""

    def __init__(self, sessions: Sessions, maker: Maker, owner: Owned) -> None:
        self.owner = owner
        self._sessions = sessions
        self._maker = maker

    def of(self, owner: Owned) -> "Asker":
        return Asker(self._sessions, self._maker, owner)

    async def timed(self, ask: Ask) -> float:
        """Seconds, those for a connection and its transaction included."""
        begun = time.perf_counter()
        async with self._sessions.begin(self.owner.user_id) as session:
            await ask(session)
        return time.perf_counter() - begun

    def question(self) -> Ask:
        """As `/ask` does: a text with its vector, and sometimes with days in it."""
        maker = self._maker
        text = QUESTIONS[maker.below(len(QUESTIONS))].format(*maker.pick(4))
        question = Question(
            user_id=self.owner.user_id,
            text=text,
            today=LAST_DAY,
            language=LANGUAGE,
            model=MODEL,
            vector=maker.vectors(1)[0].tolist(),
        )
        return lambda session: recall(session, question)

    async def entry(self) -> Ask:
        """As the journey does before the coach is asked: by one of the newest entries."""
        place = len(self.owner.ids) - 1 - self._maker.below(min(NEWEST, len(self.owner.ids)))
        async with self._sessions.begin(self.owner.user_id) as session:
            found = await entries.get(session, self.owner.user_id, self.owner.ids[place])
        if found is None:
            raise LookupError("an entry that was loaded is not there")
        entry: EntryRecord = found
        return lambda session: recall(session, entry, model=MODEL)

    def scan(self) -> Ask:
        """The path by meaning alone."""
        question = self._by_meaning(self._maker.vectors(1)[0])
        return lambda session: recall(session, question, most=TOP)

    def _by_meaning(self, vector: Floats) -> Question:
        return Question(
            user_id=self.owner.user_id,
            text="",
            today=LAST_DAY + timedelta(days=1),
            model=MODEL,
            vector=vector.tolist(),
            paths=frozenset({"meaning"}),
        )

    async def agreement(self, matrix: Floats) -> float:
        """The share of the ten nearest by brute force that the scan finds, for one vector."""
        vector = self._maker.vectors(1)[0]
        async with self._sessions.begin(self.owner.user_id) as session:
            found = await recall(session, self._by_meaning(vector), most=TOP)
        nearest = {self.owner.ids[it] for it in brute_force(matrix, vector, TOP)}
        return len(nearest & {it.entry_id for it in found}) / TOP


def brute_force(matrix: Floats, vector: Floats, most: int) -> list[int]:
    """The rows of `matrix` (n, d) with the largest cosine to `vector` (d), in doubles."""
    wide, asked = matrix.astype(np.float64), vector.astype(np.float64)
    cosines = wide @ asked / (np.linalg.norm(wide, axis=1) * np.linalg.norm(asked))
    return [int(it) for it in np.argsort(-cosines, kind="stable")[:most]]


async def of_person(run: Run, asker: Asker, others: list[Owned], asks: int) -> list[Figure]:
    size = len(asker.owner.ids)
    for _ in range(WARMING):
        await asker.timed(asker.question())
    whole, journeys, scans, cold = [], [], [], []
    for _ in range(asks):
        whole.append(await asker.timed(asker.question()))
        journeys.append(await asker.timed(await asker.entry()))
        scans.append(await asker.timed(asker.scan()))
        run.progress.step(3)
    for place in range(asks):
        stranger = asker.of(others[place % len(others)])
        await stranger.timed(stranger.question())
        cold.append(await asker.timed(asker.question()))
        run.progress.step()
    matrix = np.array(asker.owner.vectors)
    right = [await asker.agreement(matrix) for _ in range(asks // 2)]
    named = f"{size:,} entries"
    return [
        of_times(f"{named}: recall for a question", whole, target=TARGETS.get(size)),
        of_times(f"{named}: recall for a new entry", journeys, target=TARGETS.get(size)),
        of_times(f"{named}: recall, others asking in between", cold),
        of_times(f"{named}: the scan by meaning alone", scans),
        Figure(
            name=f"{named}: the scan against brute force",
            unit="share",
            statistics={EXACT.statistic: float(np.mean(right))},
            samples=right,
            target=EXACT,
        ),
    ]
