"""An evening: the summaries of 20,000 people, all due in one minute, from one bot, while somebody chats.

They are planned and prepared ahead, as ever. Once all are ready their minute is brought nearer instead of
waited for; up to then nothing of it is moved. Where only the delivery is measured, the bot prepares a few
people's, and the others get copies.
"""

import asyncio
import gc
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from benchmarks import meanwhile, overhead, stage, usage
from benchmarks.crowd import Crowd, hour_for
from benchmarks.figures import Figure, Target
from benchmarks.meanwhile import Meanwhile
from benchmarks.post import CountedLimits, Forgetful, Post, delivered
from benchmarks.run import Run
from benchmarks.stage import Stage
from bot.journal.evenings import lead
from bot.journal.message import Reply
from bot.playground.server import BotApiServer
from db.queries import outbox, pictures, summaries
from db.session import make_engine, make_sessions

PEOPLE, FEW = 20_000, 600
# Whose summaries the bot itself prepares where only their delivery is measured.
MODELS = 40
# Of the 30 messages a second the summaries leave what somebody needs who writes so often, in seconds.
PACE, QUICK_PACE = 3.0, 1.0
ENTRIES_BEFORE, FEW_BEFORE = 120, 15
WARMING = 5
# Earlier than that before its minute the bot would ask for the words in a batch, which costs it less.
LONGEST_AHEAD = timedelta(minutes=85)
SETTLING, LOOKS = 5.0, 2.0
# Nothing more comes where nothing came for so long.
SILENCE = 60.0
NEARER, LATER, LASTS = timedelta(seconds=10), timedelta(hours=1), timedelta(hours=3)
BATCH = 100
TAKES = Target(statistic="took", limit=690)
WAITS = Target(statistic="p95", limit=1.1)
BEFORE, PREPARING, DELIVERING = "before", "while they are prepared", "while they go out"

PLANNED = "SELECT count(*), count(*) FILTER (WHERE state <> 'waiting') FROM summaries WHERE kind = 'day'"
MOVE = (
    "UPDATE summaries SET shown_at = $1 WHERE state = 'prepared'",
    "UPDATE outbox SET due_at = $1 WHERE purpose = 'summary' AND state = 'waiting'",
)
MODEL_ROWS = """
    SELECT o.content, p.png FROM outbox o JOIN pictures p ON p.id = CAST(o.content ->> 'picture' AS uuid)
    WHERE o.purpose = 'summary'
"""
WITHOUT = """
    SELECT user_id, chat_id FROM telegram_identities i
    WHERE chat_id = ANY($1) AND NOT EXISTS (SELECT FROM outbox o WHERE o.chat_id = i.chat_id)
"""


@dataclass(frozen=True, kw_only=True)
class Evening:
    """`limits` are the server's."""

    run: Run
    ground: Stage
    limits: CountedLimits
    driver: Any
    crowd: Crowd
    post: Post
    meanwhile: Meanwhile

    @property
    def people(self) -> int:
        return len(self.crowd.ids)

    @property
    def is_whole(self) -> bool:
        """A few people are not held to the times of the whole crowd."""
        return self.people >= PEOPLE


@dataclass(frozen=True, kw_only=True)
class Ready:
    """In seconds from the moment when their hour was known."""

    planned: float
    prepared: float


async def measure(run: Run) -> list[Figure]:
    people = run.count(PEOPLE, FEW)
    async with evening(run, people, prepared=people) as it:
        async with it.meanwhile.part(PREPARING):
            ready = await _prepare(it, people)
        await _before_and_delivery(it)
    return [*preparing(people, ready, it.meanwhile), *figures(it)]


async def measure_delivery(run: Run) -> list[Figure]:
    async with evening(run, run.count(PEOPLE, FEW), prepared=MODELS) as it:
        await _prepare(it, MODELS)
        await _move(it, LATER)
        await _copy(it)
        await _before_and_delivery(it)
    return figures(it)


@asynccontextmanager
async def evening(run: Run, people: int, *, prepared: int) -> AsyncIterator[Evening]:
    """The bot with all of them, of whom so many are to have their hour soon, and somebody who chats."""
    limits = CountedLimits()
    # Calls are not looked at, and hold pictures.
    server = BotApiServer(token=stage.TOKEN, limits=limits, journal=0)
    server.world.files = Forgetful()
    async with stage.daybook(run.folder, overhead.SECONDS, server) as ground:
        driver = await asyncpg.connect(ground.database_url)
        try:
            chats = [server.person().chat for _ in range(people)]
            (writer,) = ground.writers(1)
            hour = hour_for(datetime.now(UTC) + min(lead(prepared), LONGEST_AHEAD) - timedelta(minutes=2))
            crowd = Crowd(hour=hour, ids=[it.id for it in chats])
            run.progress.begin("evening: loading people", people)
            await crowd.load(driver, run.progress.step)
            pace = QUICK_PACE if run.quick else PACE
            for _ in range(WARMING):
                await writer.writes()
            # What is there for good is not looked through again and again while times are taken.
            gc.freeze()
            yield Evening(
                run=run,
                ground=ground,
                limits=limits,
                driver=driver,
                crowd=crowd,
                post=Post.of(chats),
                meanwhile=Meanwhile(ground=ground, writer=writer, pace=pace),
            )
        finally:
            gc.unfreeze()
            await driver.close()


async def _prepare(it: Evening, people: int) -> Ready:
    """Let the hour of so many come. Raises TimeoutError where it comes before all are ready."""
    it.run.progress.begin("evening: summaries are prepared", people)
    begun, prepared, all_planned = time.perf_counter(), 0, 0.0
    await it.crowd.begin(it.driver, people)
    while prepared < people:
        if datetime.now(UTC) >= it.crowd.hour.at:
            raise TimeoutError(f"by their minute only {prepared:,} of {people:,} were prepared")
        await it.ground.bot.while_alive(asyncio.sleep(LOOKS))
        planned, now_prepared = await it.driver.fetchrow(PLANNED)
        it.run.progress.step(now_prepared - prepared)
        prepared = now_prepared
        if planned >= people and not all_planned:
            all_planned = time.perf_counter() - begun
    return Ready(planned=all_planned, prepared=time.perf_counter() - begun)


async def _move(it: Evening, ahead: timedelta) -> None:
    for moved in MOVE:
        await it.driver.execute(moved, datetime.now(UTC) + ahead)


async def _copy(it: Evening) -> None:
    """Put the summaries that are there into the outbox for all who have none, as the bot puts them."""
    models = itertools.cycle(await it.driver.fetch(MODEL_ROWS))
    rows = await it.driver.fetch(WITHOUT, it.crowd.ids)
    it.run.progress.begin("evening: the others get copies", len(rows))
    engine = make_engine(it.ground.database_url, is_direct=True)
    try:
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]
            async with make_sessions(engine).begin() as session:
                for user_id, chat_id in some:
                    model = next(models)
                    content = json.loads(model["content"])
                    await _put(session, user_id, chat_id, content, model["png"])
            it.run.progress.step(len(some))
    finally:
        await engine.dispose()
    await it.driver.execute("ANALYZE outbox")


async def _put(
    session: AsyncSession, user_id: UUID, chat_id: int, content: dict[str, Any], png: bytes
) -> None:
    at = datetime.now(UTC) + LATER
    picture = await pictures.put(session, user_id, png)
    words = Reply.from_content(content)
    await outbox.put(
        session,
        slot=summaries.slot_of(uuid7()),
        purpose="summary",
        chat_id=chat_id,
        content=Reply(html=words.html, buttons=words.buttons, picture=picture).as_content(),
        user_id=user_id,
        replace=True,
        due_at=at,
        stale_at=at + LASTS,
    )


async def _before_and_delivery(it: Evening) -> None:
    progress, meanwhile_ = it.run.progress, it.meanwhile
    await asyncio.sleep(SETTLING)
    entries = it.run.count(ENTRIES_BEFORE, FEW_BEFORE)
    progress.begin("evening: somebody chats before it", entries)
    async with meanwhile_.part(BEFORE, progress.step):
        await it.ground.bot.while_alive(asyncio.sleep(entries * meanwhile_.pace))
    async with meanwhile_.part(DELIVERING):
        await _deliver(it)
    await asyncio.sleep(SETTLING)


async def _deliver(it: Evening) -> None:
    it.run.progress.begin("evening: summaries go out", it.people)
    await _move(it, NEARER)
    told, it.post.latest = it.post.count, time.time()
    while it.post.count < it.people and time.time() < it.post.latest + SILENCE:
        await it.ground.bot.while_alive(asyncio.sleep(0.2))
        it.run.progress.step(it.post.count - told)
        told = it.post.count


def figures(it: Evening) -> list[Figure]:
    return [
        *delivered(it.post, it.limits.refused, TAKES if it.is_whole else None),
        *per_message(it),
        *meanwhile.waits(it.meanwhile.moments, BEFORE, {DELIVERING: WAITS} if it.is_whole else {}),
        *usage.figures(it.meanwhile.used),
    ]


def per_message(it: Evening) -> list[Figure]:
    return spent("a summary delivered", it.post.count, DELIVERING, it.meanwhile)


def preparing(people: int, ready: Ready, found: Meanwhile) -> list[Figure]:
    """The bot begins so early that what it takes is less than what it has."""
    has = Target(statistic="took", limit=lead(people).total_seconds())
    many = f"{people:,} summaries"
    return [
        Figure(name=f"{many} planned", unit="s", statistics={"took": ready.planned}),
        Figure(
            name=f"{many} planned and prepared", unit="s", statistics={"took": ready.prepared}, target=has
        ),
        *spent("a summary prepared", people, PREPARING, found),
    ]


def spent(what: str, times: int, when: str, found: Meanwhile) -> list[Figure]:
    """What somebody's entries cost meanwhile, as they did before, is no summary's."""
    chatted = len(found.moments[when]) / len(found.moments[BEFORE])
    return [
        Figure(
            name=f"{who}, {what}",
            unit="ms",
            statistics={"mean": (seconds - chatted * found.used[BEFORE].computed[who]) * 1000 / times},
        )
        for who, seconds in found.used[when].computed.items()
    ]
