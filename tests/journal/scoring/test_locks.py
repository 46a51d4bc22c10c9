"""Everybody at the same day of the same person at once: whoever must wait for whom, it comes to an end."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.ai.offline import OfflineCoach
from bot.errors import LeaseLost
from bot.journal import evenings
from bot.journal.scoring import DayScorer, said
from bot.journal.scoring.queue import ScoringQueue
from bot.journal.summary import Summaries
from bot.journal.summary_queue import SummaryQueue
from bot.work import Lease, now
from db import owned
from db.models import Goal, Scoring, Summary, User
from db.queries import goal_progress as progress
from db.queries import goals, preferences, scorings, summaries, summary_words
from db.queries.goal_progress import Step
from tests.journal.scoring.diary import MONDAY, TUESDAY, Diary

Sessions = async_sessionmaker[AsyncSession]
WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


async def tonight(sessions: Sessions, user_id: UUID, *days: date) -> None:
    """Their summaries of these days come in an hour, and are to be prepared now."""
    soon = datetime.now(UTC) + timedelta(hours=1)
    async with sessions.begin() as session:
        for day in days:
            for kind in ("day", "week"):
                times = {"shown_at": soon, "stale_at": soon + timedelta(hours=4)}
                row = insert(Summary).values(user_id=user_id, kind=kind, local_date=day, **times)
                await session.execute(row.on_conflict_do_nothing())


async def until_somebody_waits(sessions: Sessions) -> None:
    while True:
        async with sessions() as session:
            if await session.scalar(WAITING):
                return


async def test_a_summary_that_is_left_out_and_a_change_of_its_day_do_not_block_each_other(
    sessions: Sessions, diary: Diary, by_numbers: DayScorer
) -> None:
    await diary.write("mood 7")
    await by_numbers.bring_up_to_date(diary.user_id, MONDAY)
    async with sessions.begin() as session:
        await session.execute(delete(Scoring))
    await tonight(sessions, diary.user_id, MONDAY)
    async with sessions.begin() as session:
        claims = await summaries.claim(session, 9, datetime.now(UTC))

    async def changes() -> None:
        async with sessions.begin() as session:
            await scorings.mark(session, diary.user_id, MONDAY)

    async with asyncio.TaskGroup() as tasks, sessions.begin() as session:
        for claim in claims:
            assert await summaries.hold(session, claim)
        tasks.create_task(changes())
        await until_somebody_waits(sessions)
        await scorings.want(session, diary.user_id, MONDAY, timedelta(0))


class Crowd:
    """Everything that works on a person's days, each by the functions that the bot calls."""

    def __init__(self, sessions: Sessions, diary: Diary, scorer: DayScorer, goal_id: UUID) -> None:
        self.sessions, self.diary, self.scorer, self.goal_id = sessions, diary, scorer, goal_id
        self.entries: list[UUID] = []
        self.dice = random.Random(7)
        self.scorings = ScoringQueue(sessions, scorer)
        self.summaries = SummaryQueue(sessions, Summaries(owned.Sessions(sessions), OfflineCoach(), scorer))

    def entry(self) -> UUID:
        return self.dice.choice(self.entries)

    def day(self) -> date:
        return self.dice.choice([MONDAY, TUESDAY])

    async def edits(self) -> None:
        """Now and then into words of crisis, which hold back what is ready."""
        also = self.dice.choice(["", "", "I want to kill myself. "])
        await self.diary.edit(self.entry(), f"mood {self.dice.choice('37')}. {also}{uuid4()}")

    async def taps(self) -> None:
        await self.diary.tap(self.entry(), "mood", float(self.dice.randint(1, 10)))

    async def moves(self) -> None:
        await self.diary.move(self.entry(), self.day())

    async def deletes(self) -> None:
        entry = self.entry()
        await self.diary.delete(entry)
        await self.diary.undo(entry)

    async def corrects(self) -> None:
        async with self.sessions.begin() as session:
            await said.step(session, self.diary.user_id, self.day(), "mood", "up")

    async def reads(self) -> None:
        """An entry that moves the goal, as the journey keeps it."""
        entry_id, user_id = self.entry(), self.diary.user_id
        async with self.sessions.begin() as session:
            entry = await self.diary._entry(session, entry_id)
            step = {self.goal_id: Step(amount=1.0, quote="mood", source="model")}
            day = entry.local_date
            await progress.replace_read(session, user_id, entry_id, step, asked=[self.goal_id], day=day)
            await scorings.mark(session, user_id, day)

    async def adds(self) -> None:
        await self.add(self.goal_id, self.day())
        for mark in (progress.take_back, progress.bring_back):
            async with self.sessions.begin() as session:
                goal = await goals.lock(session, self.diary.user_id, self.goal_id)
                assert goal is not None
                counted = await progress.counted(session, goal, most=9)
                await mark(session, goal, self.dice.choice(counted).id)

    async def add(self, goal_id: UUID, day: date) -> None:
        """As a tap does, which is for one day."""
        async with self.sessions.begin() as session:
            goal = await goals.lock(session, self.diary.user_id, goal_id)
            assert goal is not None
            await progress.add(session, goal, day, 1.0)

    async def drops(self) -> None:
        """A goal of its own, with days that it counted for."""
        goal_id = uuid4()
        async with self.sessions.begin() as session:
            session.add(Goal(id=goal_id, user_id=self.diary.user_id, title="Walk", state="active"))
        for day in (TUESDAY, MONDAY):
            await self.add(goal_id, day)
        async with self.sessions.begin() as session:
            await goals.lock(session, self.diary.user_id, goal_id)
            await goals.forget(session, self.diary.user_id, goal_id)

    async def prefers(self) -> None:
        async with self.sessions.begin() as session:
            level = self.dice.choice(["full", "numbers"])
            await preferences.change(session, self.diary.user_id, evening=level)

    async def renews(self) -> None:
        async with self.sessions.begin() as session:
            await preferences.change(session, self.diary.user_id, theme=self.dice.choice(["dark", "light"]))
            await evenings.renew(session, self.diary.user_id)
        await tonight(self.sessions, self.diary.user_id, self.day())

    async def prepares(self) -> None:
        await self.due(Summary)
        jobs = await self.summaries.claim(4)
        await self.summaries.extend(jobs)
        for job in jobs:
            # What changes while it is prepared is prepared anew.
            with suppress(LeaseLost):
                await self.summaries.handle(job, Lease(now()))
        await self.summaries.release(jobs)

    async def skips(self) -> None:
        await self.due(Summary)
        for job in await self.summaries.claim(4):
            with suppress(LeaseLost):
                await self.summaries._skip(job.claim)

    async def follows(self) -> None:
        async with self.sessions.begin() as session:
            for one in await summary_words.claim(session, 4):
                if await summary_words.hold(session, one):
                    await summary_words.done(session, one)

    async def scores(self) -> None:
        await self.due(Scoring)
        jobs = await self.scorings.claim(4)
        await self.scorings.extend(jobs)
        for job in jobs:
            await self.scorings.handle(job, Lease(now()))
        await self.scorings.release(jobs)

    async def looks(self) -> None:
        await self.scorer.bring_up_to_date(self.diary.user_id, self.day())

    async def due(self, table: type[Summary | Scoring]) -> None:
        """Time has passed. Row by row: it is the test's own lock."""
        key = Summary.id if table is Summary else Scoring.local_date
        async with self.sessions() as session:
            keys = list(await session.scalars(select(key)))
        for one in keys:
            async with self.sessions.begin() as session:
                await session.execute(update(table).where(key == one).values(due_at=func.now()))


async def test_many_at_one_day_at_once_all_come_to_an_end(
    sessions: Sessions, diary: Diary, by_numbers: DayScorer
) -> None:
    goal_id = uuid4()
    first = await diary.write("mood 7")
    async with sessions.begin() as session:
        session.add(Goal(id=goal_id, user_id=diary.user_id, title="Run", state="active", unit="times"))
        far = datetime.now(UTC) + timedelta(days=2)
        await session.execute(update(User).values(next_summary_at=far))
    crowd = Crowd(sessions, diary, by_numbers, goal_id)
    crowd.entries = [first, await diary.write("mood 3", TUESDAY), await diary.write("slept 8 hours")]
    for day in (MONDAY, TUESDAY):
        await by_numbers.bring_up_to_date(diary.user_id, day)
    await tonight(sessions, diary.user_id, MONDAY, TUESDAY)
    works: list[Callable[[], Awaitable[None]]] = [
        crowd.edits, crowd.taps, crowd.moves, crowd.deletes, crowd.corrects, crowd.reads, crowd.adds,
        crowd.drops, crowd.prefers, crowd.renews, crowd.prepares, crowd.skips, crowd.follows, crowd.scores,
        crowd.looks,
    ]  # fmt: skip

    async def again(work: Callable[[], Awaitable[None]]) -> None:
        for _ in range(ROUNDS):
            await work()

    async with asyncio.TaskGroup() as tasks:
        for work in works:
            tasks.create_task(again(work))


ROUNDS = 12
