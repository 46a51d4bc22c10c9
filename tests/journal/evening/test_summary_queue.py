"""The summaries as a queue: prepared under a lease, put where the outbox shows them on time, once."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update

from bot import work
from bot.errors import LeaseLost, MindUnavailable
from bot.journal.evenings import Evenings, renew
from bot.journal.message import Reply
from bot.journal.summary.values import Prepared
from bot.journal.summary_queue import MOST_TRIES, SummaryJob, SummaryQueue
from bot.work import Lease
from db.models import DailyScore, Outgoing, Scoring, StoredPicture, Summary, TelegramIdentity
from db.queries import outbox, scorings, summaries
from db.queries.summaries import ClaimedSummary
from tests.journal.evening.people import Clock, Illustrator, Town, Writer
from tests.locks import until_waiting

TODAY = date(2026, 6, 10)


def lease() -> Lease:
    return Lease(work.now())


async def run(queue: SummaryQueue) -> int:
    """Handle what is due, as the worker does; how many that was."""
    jobs = await queue.claim(100)
    for job in jobs:
        try:
            await queue.handle(job, lease())
        except MindUnavailable as error:
            await queue.failed(job, error)
    return len(jobs)


@pytest.fixture
async def one(town: Town, evenings: Evenings, clock: Clock) -> UUID:
    """Somebody whose summary is planned for 21:00; it is three minutes before that."""
    user_id = await town.person()
    await evenings.plan()
    clock.goes_to("2026-06-10T20:57")
    await evenings.plan()
    return user_id


def html(row: Outgoing) -> str:
    assert row.content is not None
    return Reply.from_content(row.content).html


async def test_it_waits_in_the_outbox_for_its_minute(town: Town, queue: SummaryQueue, one: UUID) -> None:
    assert await run(queue) == 1
    [summary] = await town.summaries()
    [row] = await town.shown()
    assert summary.state == "prepared"
    assert (row.slot, row.purpose, row.state) == (f"summary:{summary.id}", "summary", "waiting")
    assert (row.due_at, row.stale_at) == (summary.shown_at, summary.stale_at)
    assert (row.user_id, html(row)) == (one, "day 2026-06-10 v1")
    assert await run(queue) == 0


async def test_it_is_not_prepared_before_it_is_due(
    town: Town, evenings: Evenings, queue: SummaryQueue, clock: Clock
) -> None:
    await town.person(settings={"quiet_from": "20:00", "quiet_to": "23:00"})
    await evenings.plan()
    clock.goes_to("2026-06-10T20:57")
    await evenings.plan()
    assert await run(queue) == 0
    clock.goes_to("2026-06-10T22:57")
    assert await run(queue) == 1


async def test_its_picture_is_drawn_and_stored_with_it(
    town: Town, sessions: Any, clock: Clock, one: UUID
) -> None:
    await run(SummaryQueue(sessions, Illustrator(), clock))
    [row] = await town.shown()
    async with sessions() as session:
        [picture] = await session.scalars(select(StoredPicture))
    assert row.content is not None
    assert Reply.from_content(row.content).picture == picture.id
    assert picture.png.startswith(b"\x89PNG")
    assert picture.user_id == one


async def test_nothing_to_say_shows_nothing(
    town: Town, queue: SummaryQueue, writer: Writer, one: UUID
) -> None:
    writer.mute = True
    await run(queue)
    [summary] = await town.summaries()
    assert summary.state == "skipped"
    assert await town.shown() == []


async def test_words_that_follow_are_noted(town: Town, sessions: Any, clock: Clock, one: UUID) -> None:
    class Late(Writer):
        async def prepare(self, claim: ClaimedSummary, patience: float | None = None) -> Prepared:
            return Prepared(html="numbers", waits_for_words=True)

    await run(SummaryQueue(sessions, Late(), clock))
    [summary] = await town.summaries()
    assert (summary.state, summary.waits_for_words) == ("prepared", True)


async def test_who_blocked_the_bot_meanwhile_gets_none_and_the_day_is_scored(
    town: Town, queue: SummaryQueue, clock: Clock, sessions: Any, one: UUID
) -> None:
    await town.blocks(one, clock())
    await run(queue)
    [summary] = await town.summaries()
    assert summary.state == "skipped"
    assert await town.shown() == []
    async with sessions() as session:
        assert await session.get(Scoring, (one, TODAY)) is not None


async def test_one_that_is_too_late_by_now_is_skipped(
    town: Town, queue: SummaryQueue, writer: Writer, clock: Clock, one: UUID
) -> None:
    clock.goes_to("2026-06-11T01:00")
    await run(queue)
    [summary] = await town.summaries()
    assert summary.state == "skipped"
    assert writer.asked == []


async def test_what_fails_is_tried_again_and_at_last_given_up(
    town: Town, queue: SummaryQueue, writer: Writer, clock: Clock, one: UUID
) -> None:
    writer.fails = MOST_TRIES
    for _ in range(MOST_TRIES):
        assert await run(queue) == 1
        assert await run(queue) == 0
        clock.goes_on(minutes=2)
    [summary] = await town.summaries()
    assert summary.state == "skipped"
    assert await run(queue) == 0
    assert len(writer.asked) == MOST_TRIES


async def test_a_crash_between_preparing_and_storing_leaves_it_to_the_next(
    town: Town, queue: SummaryQueue, sessions: Any, one: UUID
) -> None:
    [job] = await queue.claim(10)
    assert await queue.claim(10) == []
    async with sessions.begin() as session:
        await session.execute(update(Summary).values(lease_until=datetime(2000, 1, 1, tzinfo=UTC)))
    assert await run(queue) == 1
    # The one that was thought dead wakes up.
    with pytest.raises(LeaseLost):
        await queue.handle(job, lease())
    [row] = await town.shown()
    assert row.revision == 1


async def test_two_replicas_prepare_each_once(
    town: Town, evenings: Evenings, sessions: Any, writer: Writer, clock: Clock
) -> None:
    await town.crowd(40, datetime(2026, 6, 10, 21, tzinfo=UTC))
    clock.goes_to("2026-06-10T20:57")
    await evenings.plan()
    replicas = [SummaryQueue(sessions, writer, clock) for _ in range(3)]
    counts = await asyncio.gather(*(run(replica) for replica in replicas))
    assert sum(counts) == 40
    assert len({claim.id for claim in writer.asked}) == len(writer.asked) == 40
    assert len(await town.shown()) == 40


async def test_a_stop_gives_it_back_and_counts_no_try(queue: SummaryQueue, one: UUID) -> None:
    jobs = await queue.claim(10)
    assert await queue.extend(jobs) == {job.key for job in jobs}
    await queue.release(jobs)
    [again] = await queue.claim(10)
    assert again.claim.attempts == 1
    assert await queue.extend(jobs) == set()


class TestChanged:
    """Entries of now: what the day's mark does goes by the database's own clock."""

    @pytest.fixture
    def clock(self) -> Clock:
        return Clock(datetime.now(UTC))

    @pytest.fixture
    async def claim(
        self, town: Town, evenings: Evenings, queue: SummaryQueue, clock: Clock
    ) -> ClaimedSummary:
        """Of somebody whose minute is in ten minutes."""
        user_id = await town.person()
        soon = clock() + timedelta(minutes=10)
        await town.change(user_id, next_summary_at=soon, summary_time=soon.time().replace(microsecond=0))
        await Evenings(sessions=town.sessions, now=clock, ahead=timedelta(hours=1)).plan()
        async with town.sessions.begin() as session:
            await session.execute(delete(Summary).where(Summary.kind != "day"))
        clock.goes_on(minutes=6)
        [job] = await queue.claim(10)
        return job.claim

    async def day_changes(self, town: Town, claim: ClaimedSummary, days: int = 0) -> None:
        async with town.sessions.begin() as session:
            await scorings.mark(session, claim.user_id, claim.local_date + timedelta(days=days))

    async def test_a_change_before_the_minute_prepares_it_anew(
        self, town: Town, queue: SummaryQueue, writer: Writer, claim: ClaimedSummary
    ) -> None:
        await queue.handle(SummaryJob(claim=claim), lease())
        await self.day_changes(town, claim)
        [summary] = await town.summaries()
        assert summary.state == "waiting"
        assert timedelta(seconds=50) < summary.due_at - datetime.now(UTC) <= timedelta(seconds=60)
        # Should it take too long, what is ready goes out.
        [row] = await town.shown()
        assert (row.state, html(row)) == ("waiting", f"day {claim.local_date} v1")
        writer.version = 2
        assert await run(queue) == 1
        [row] = await town.shown()
        assert html(row) == f"day {claim.local_date} v2"
        assert (row.due_at, row.stale_at) == (summary.shown_at, summary.stale_at)

    @pytest.mark.parametrize(("days", "state"), [(0, "waiting"), (-3, "waiting"), (1, "prepared")])
    async def test_a_review_is_prepared_anew_when_a_day_before_its_end_changes(
        self, town: Town, queue: SummaryQueue, claim: ClaimedSummary, days: int, state: str
    ) -> None:
        async with town.sessions.begin() as session:
            await session.execute(update(Summary).values(kind="week"))
        await queue.handle(SummaryJob(claim=claim), lease())
        await self.day_changes(town, claim, days)
        assert [row.state for row in await town.summaries("week")] == [state]

    async def test_a_change_while_it_is_prepared_refuses_the_old_one(
        self, town: Town, queue: SummaryQueue, claim: ClaimedSummary
    ) -> None:
        await self.day_changes(town, claim)
        with pytest.raises(LeaseLost):
            await queue.handle(SummaryJob(claim=claim), lease())
        assert await town.shown() == []
        assert await run(queue) == 1

    async def test_one_that_had_nothing_to_say_is_asked_again(
        self, town: Town, queue: SummaryQueue, writer: Writer, claim: ClaimedSummary
    ) -> None:
        writer.mute = True
        await queue.handle(SummaryJob(claim=claim), lease())
        writer.mute = False
        await self.day_changes(town, claim)
        assert await run(queue) == 1
        assert len(await town.shown()) == 1

    async def test_an_entry_that_says_less_takes_back_what_was_ready(
        self, town: Town, queue: SummaryQueue, writer: Writer, claim: ClaimedSummary
    ) -> None:
        await queue.handle(SummaryJob(claim=claim), lease())
        await self.day_changes(town, claim)
        writer.mute = True
        await run(queue)
        assert await town.shown() == []

    async def test_a_change_while_it_is_skipped_waits_its_turn(
        self, town: Town, queue: SummaryQueue, writer: Writer, claim: ClaimedSummary
    ) -> None:
        await queue.handle(SummaryJob(claim=claim), lease())
        async with town.sessions.begin() as session:
            session.add(DailyScore(user_id=claim.user_id, local_date=claim.local_date, state="scored"))
        await self.day_changes(town, claim)
        async with town.sessions.begin() as session:
            await session.execute(delete(Scoring))
        writer.mute = True
        async with town.sessions.begin() as holding:
            # It holds the skip up in the middle.
            await holding.execute(select(Outgoing).with_for_update())
            [job] = await queue.claim(1)
            skipping = asyncio.create_task(queue.handle(job, lease()))
            await until_waiting(town.sessions, 1)
            changing = asyncio.create_task(self.day_changes(town, claim))
            await until_waiting(town.sessions, 2)
        await skipping
        await changing
        [summary] = await town.summaries()
        assert summary.state == "waiting"

    async def test_another_day_changes_nothing(
        self, town: Town, queue: SummaryQueue, claim: ClaimedSummary
    ) -> None:
        await queue.handle(SummaryJob(claim=claim), lease())
        await self.day_changes(town, claim, days=-1)
        assert await run(queue) == 0

    async def test_what_is_shown_is_not_prepared_again(
        self, town: Town, queue: SummaryQueue, claim: ClaimedSummary
    ) -> None:
        await queue.handle(SummaryJob(claim=claim), lease())
        async with town.sessions.begin() as session:
            await session.execute(update(Summary).values(shown_at=func.now() - timedelta(seconds=1)))
        await self.day_changes(town, claim)
        assert await run(queue) == 0


class TestTakenBack:
    async def test_a_new_hour_withdraws_what_was_prepared(
        self, town: Town, queue: SummaryQueue, clock: Clock, one: UUID
    ) -> None:
        await run(queue)
        async with town.sessions.begin() as session:
            await renew(session, one, now=clock())
        assert await town.shown() == []
        assert await town.summaries() == []

    async def test_what_may_be_in_the_chat_already_stays(
        self, town: Town, queue: SummaryQueue, clock: Clock, one: UUID
    ) -> None:
        await run(queue)
        async with town.sessions.begin() as session:
            await session.execute(update(Outgoing).values(state="sending"))
        async with town.sessions.begin() as session:
            await renew(session, one, now=clock())
        assert len(await town.shown()) == len(await town.summaries()) == 1
        assert await town.next_at(one) == datetime(2026, 6, 11, 21, tzinfo=UTC)

    async def test_one_under_way_is_refused_when_it_was_planned_anew(
        self, town: Town, queue: SummaryQueue, clock: Clock, one: UUID
    ) -> None:
        [job] = await queue.claim(1)
        async with town.sessions.begin() as session:
            await renew(session, one, now=clock())
        with pytest.raises(LeaseLost):
            await queue.handle(job, lease())
        assert await town.shown() == []

    async def test_a_block_and_a_return_before_the_minute_bring_it_after_all(
        self, town: Town, evenings: Evenings, queue: SummaryQueue, clock: Clock, one: UUID
    ) -> None:
        await run(queue)
        async with town.sessions.begin() as session:
            chat_id = await session.scalar(select(TelegramIdentity.chat_id))
            await outbox.close_chat(session, chat_id or 0)
        async with town.sessions.begin() as session:
            await renew(session, one, now=clock())
        await evenings.plan()
        await run(queue)
        [row] = await town.shown()
        assert row.state == "waiting"

    async def test_an_erased_person_leaves_nothing(self, town: Town, queue: SummaryQueue, one: UUID) -> None:
        from db.models import User

        [job] = await queue.claim(1)
        async with town.sessions.begin() as session:
            await session.execute(delete(User).where(User.id == one))
        with pytest.raises(LeaseLost):
            await queue.handle(job, lease())


async def test_claims_of_two_workers_do_not_mix(sessions: Any, queue: SummaryQueue, one: UUID) -> None:
    [job] = await queue.claim(1)
    async with sessions.begin() as session:
        assert await summaries.hold(session, job.claim)
    await queue.release([job])
    [again] = await queue.claim(1)
    async with sessions.begin() as session:
        assert not await summaries.hold(session, job.claim)
        assert await summaries.hold(session, again.claim)
