"""A crowd's summaries: what they leave to people who write meanwhile, and the process that draws for all."""

import asyncio
import os
import signal
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from bot import work
from bot.ai.claude import ClaudeAnalyst, ClaudeCoach, make_client
from bot.journal import phrases_summary as phrases
from bot.journal.charts import DayCard
from bot.journal.charts.painter import PAINTER, drawn
from bot.journal.evenings import Evenings
from bot.journal.message import Reply
from bot.journal.scoring import DayScorer
from bot.journal.summary import Summaries
from bot.journal.summary_queue import FEW, SummaryQueue
from bot.turns import Turns
from bot.work import Lease
from db import owned
from db.models import Entry, StoredPicture, User
from tests.journal.evening.people import Clock, Illustrator, Town, Writer
from tests.vendors import KEY, AnthropicServer, Fault

CARD = DayCard(local_date=date(2026, 6, 10), overall=62)


def lease() -> Lease:
    return Lease(work.now())


async def frozen_painter() -> int:
    """The process that draws, which gets to nothing that it is asked for from now on."""
    await drawn(CARD)
    assert PAINTER.pid is not None
    os.kill(PAINTER.pid, signal.SIGSTOP)
    return PAINTER.pid


@pytest.fixture
async def eight(town: Town, evenings: Evenings, clock: Clock) -> set[UUID]:
    people = {await town.person() for _ in range(8)}
    await evenings.plan()
    clock.goes_to("2026-06-10T20:57")
    await evenings.plan()
    return people


async def test_the_process_that_draws_may_be_killed_at_any_time(
    town: Town, sessions: Any, clock: Clock, eight: set[UUID]
) -> None:
    writer = Illustrator(crowd=8)
    queue = SummaryQueue(sessions, writer, clock)
    killed = await frozen_painter()
    handled = [asyncio.create_task(queue.handle(it, lease())) for it in await queue.claim(100)]
    await writer.all_asked.wait()
    os.kill(killed, signal.SIGKILL)
    await asyncio.gather(*handled)
    assert {row.user_id for row in await town.shown()} == eight
    async with sessions() as session:
        owners = set(await session.scalars(select(StoredPicture.user_id)))
    assert owners == eight
    assert PAINTER.pid != killed


class Handed(Lease):
    """Is asked once the picture is there."""

    def __init__(self, pictures: list[str]) -> None:
        super().__init__(work.now())
        self._pictures = pictures

    def check(self) -> None:
        self._pictures.append("crowd")
        super().check()


async def their_own(pictures: list[str]) -> None:
    await drawn(CARD)
    pictures.append("own")


@pytest.mark.usefixtures("eight")
async def test_a_person_s_own_picture_goes_before_a_crowd_s(sessions: Any, clock: Clock) -> None:
    writer, pictures = Illustrator(crowd=8), list[str]()
    queue = SummaryQueue(sessions, writer, clock)
    painter = await frozen_painter()
    handled = [asyncio.create_task(queue.handle(it, Handed(pictures))) for it in await queue.claim(100)]
    await writer.all_asked.wait()
    own = asyncio.create_task(their_own(pictures))
    await asyncio.sleep(0)
    os.kill(painter, signal.SIGCONT)
    await asyncio.gather(own, *handled)
    assert pictures == ["crowd", "own", *["crowd"] * 7]


async def test_they_let_people_go_first(town: Town, sessions: Any, clock: Clock, eight: set[UUID]) -> None:
    turns = Turns(most=60.0)
    own = owned.Sessions(sessions, turns.taken)
    writer = Writer()
    queue = SummaryQueue(sessions, writer, clock, own)
    jobs = await queue.claim(100)
    async with turns.taken():
        handled = [asyncio.create_task(queue.handle(it, lease())) for it in jobs]
        # However much somebody's own work asks for, it is through before the first of theirs.
        for _ in range(20):
            async with own.begin(None) as session:
                await session.execute(text("SELECT 1"))
        assert writer.asked == []
    await asyncio.gather(*handled)
    assert {row.user_id for row in await town.shown()} == eight


async def test_those_who_would_be_late_let_nobody_go_first(
    town: Town, sessions: Any, clock: Clock, eight: set[UUID]
) -> None:
    clock.goes_to("2026-06-10T20:59:30")
    turns = Turns(most=60.0)
    queue = SummaryQueue(sessions, Writer(), clock, owned.Sessions(sessions, turns.taken))
    async with turns.taken():
        await asyncio.gather(*(queue.handle(it, lease()) for it in await queue.claim(100)))
    assert {row.user_id for row in await town.shown()} == eight


async def test_of_a_crowd_that_is_late_the_numbers_go_out_though_every_mind_hangs(
    town: Town, sessions: Any, clock: Clock
) -> None:
    """More than are prepared side by side, past their minute. Asked in peace the minds would have an hour."""
    await town.crowd(FEW + 4, datetime(2026, 6, 10, 21, tzinfo=UTC))
    clock.goes_to("2026-06-10T21:00")
    await Evenings(sessions=sessions, now=clock).plan()
    async with sessions.begin() as session:
        for user_id in await session.scalars(select(User.id)):
            told = {"body": "Walked along the canal.", "local_date": date(2026, 6, 10), "written_at": clock()}
            session.add(Entry(user_id=user_id, kind="text", **told))
    clock.goes_on(minutes=1)
    own = owned.Sessions(sessions)
    async with AnthropicServer() as server, make_client(KEY, server.url, silence=3600) as client:
        server.always = Fault(kind="stall")
        scorer = DayScorer(own, ClaudeAnalyst(client, seconds=3600))
        writer = Summaries(own, ClaudeCoach(client, seconds=3600), scorer, within=3600)
        queue = SummaryQueue(sessions, writer, clock, hurried=0.2)
        await asyncio.gather(*(queue.handle(it, lease()) for it in await queue.claim(100)))
    shown = [Reply.from_content(it.content).html for it in await town.shown() if it.content]
    assert len(shown) == FEW + 4
    assert all(phrases.WORDS_FOLLOW in it for it in shown)


async def test_of_few_that_are_late_each_is_asked_for_in_peace(
    town: Town, sessions: Any, clock: Clock, eight: set[UUID]
) -> None:
    clock.goes_to("2026-06-10T21:01")
    writer = Writer()
    queue = SummaryQueue(sessions, writer, clock)
    for job in await queue.claim(100):
        await queue.handle(job, lease())
    assert writer.patience == [None] * len(eight)


async def test_planning_a_crowd_lets_people_go_first(town: Town, sessions: Any, clock: Clock) -> None:
    await town.crowd(300, datetime(2026, 6, 10, 21, tzinfo=UTC))
    clock.goes_to("2026-06-10T21:00")
    turns = Turns(most=60.0)
    async with turns.taken():
        planned = asyncio.create_task(Evenings(sessions=sessions, now=clock, turn=turns.taken).plan())
        for _ in range(20):
            async with sessions() as session:
                await session.execute(text("SELECT 1"))
        assert await town.summaries() == []
    assert await planned == 300
