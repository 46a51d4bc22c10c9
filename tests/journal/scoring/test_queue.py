"""Days in the queue: which are marked, when they are due, and what becomes of a change meanwhile."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.errors import MindBusy, MindGarbled, MindRejected, MindUnavailable
from bot.journal.scoring import DayScorer
from bot.journal.scoring.over import mark_days_that_are_over
from bot.journal.scoring.queue import LONG, MOST_GARBLED, MOST_TRIES, ScoringQueue, _again
from bot.work import Lease, now
from db.models import Entry, Scoring
from db.queries import scorings
from tests.journal.scoring.diary import LONG_AGO, MONDAY, TUESDAY, Diary, drain, quiet
from tests.vendors import AnthropicServer

Sessions = async_sessionmaker[AsyncSession]


async def row(sessions: Sessions) -> Scoring | None:
    async with sessions() as session:
        return await session.scalar(select(Scoring))


async def test_only_a_day_that_was_scored_is_marked(
    diary: Diary, scorer: DayScorer, sessions: Sessions
) -> None:
    await diary.write("mood 7")
    entry = await diary.write("mood 3", TUESDAY)
    assert await diary.marked() == set()
    await scorer.bring_up_to_date(diary.user_id, TUESDAY)
    await diary.write("mood 3")
    assert await diary.marked() == set()
    await diary.tap(entry, "energy", 5)
    assert await diary.marked() == {TUESDAY}


async def test_a_marked_day_waits_for_quiet(
    diary: Diary, scorer: DayScorer, queue: ScoringQueue, sessions: Sessions
) -> None:
    entry = await diary.write("mood 7")
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    await diary.tap(entry, "mood", 5)
    assert await queue.claim(8) == []
    async with sessions.begin() as session:
        soon = func.now() + literal(scorings.DEBOUNCE)
        left = await session.scalar(select(soon - Scoring.due_at))
        assert left is not None
        assert timedelta(0) <= left < scorings.DEBOUNCE
        # A moment before it would be due, the next change puts it off again.
        await session.execute(update(Scoring).values(due_at=LONG_AGO, attempts=3))
    await diary.tap(entry, "mood", 6)
    assert await queue.claim(8) == []
    found = await row(sessions)
    assert found
    assert found.attempts == 0


async def test_a_day_that_changes_while_it_is_scored_stays_marked(
    diary: Diary, scorer: DayScorer, queue: ScoringQueue, sessions: Sessions
) -> None:
    entry = await diary.write("mood 7")
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    await diary.tap(entry, "mood", 5)
    await quiet(sessions)
    [job] = await queue.claim(8)
    assert await queue.claim(8) == []
    await diary.tap(entry, "mood", 10)
    await queue.handle(job, Lease(now()))
    found = await row(sessions)
    assert found
    assert (found.version, found.lease_token) == (job.claim.version + 1, None)
    await quiet(sessions)
    assert len(await drain(sessions, queue)) == 1
    stored = await diary.stored(MONDAY)
    assert stored
    assert stored.overall == 100
    assert await row(sessions) is None


async def test_a_lease_is_kept_lost_and_given_back(
    diary: Diary, scorer: DayScorer, queue: ScoringQueue, sessions: Sessions
) -> None:
    entry = await diary.write("mood 7")
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    await diary.tap(entry, "mood", 5)
    await quiet(sessions)
    [job] = await queue.claim(8)
    assert await queue.extend([job]) == {job.key}
    await queue.release([job])
    assert await queue.extend([job]) == set()
    [again] = await queue.claim(8)
    assert again.claim.attempts == 1
    # A worker that slept through its lease neither finishes nor puts off what another has now.
    async with sessions.begin() as session:
        await scorings.finish(session, job.claim)
        await scorings.put_off(session, job.claim, timedelta(days=1))
    assert await queue.extend([again]) == {again.key}
    await queue.failed(again, RuntimeError())
    found = await row(sessions)
    assert found
    assert found.lease_token is None
    assert await queue.claim(8) == []


async def test_a_mistake_of_ours_does_not_try_for_ever(
    diary: Diary, scorer: DayScorer, queue: ScoringQueue, sessions: Sessions
) -> None:
    await diary.write("mood 7")
    async with sessions.begin() as session:
        await scorings.want(session, diary.user_id, MONDAY, timedelta(0))
    tries = 0
    while await row(sessions):
        await quiet(sessions)
        for job in await queue.claim(8):
            await queue.failed(job, RuntimeError())
            tries += 1
    assert tries == 10


def test_how_long_the_analyst_is_left_in_peace() -> None:
    down = MindUnavailable("", mind="analyst", model="m")
    garbled = MindGarbled("", mind="analyst", model="m")
    first, second = _again(1, down), _again(4, down)
    assert first
    assert second
    assert first < timedelta(seconds=10) < second
    assert _again(10, down) == LONG
    assert _again(MOST_TRIES - 1, down) == LONG
    assert _again(MOST_TRIES, down) is None
    assert _again(MOST_GARBLED - 1, garbled)
    assert _again(MOST_GARBLED, garbled) is None
    refused = _again(1, MindRejected("", mind="analyst", model="m"))
    assert refused
    assert refused >= timedelta(minutes=10)
    busy = MindBusy("", retry_after=900, mind="analyst", model="m")
    assert _again(1, busy) == timedelta(minutes=15)


async def test_what_is_scored_already_asks_nobody(
    diary: Diary, scorer: DayScorer, queue: ScoringQueue, sessions: Sessions, anthropic: AnthropicServer
) -> None:
    entry = await diary.write("I felt great")
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    await diary.edit(entry, "I felt low")
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    assert len(anthropic.requests) == 2
    await quiet(sessions)
    assert len(await drain(sessions, queue)) == 1
    assert len(anthropic.requests) == 2


async def test_a_marked_day_without_its_person_is_no_matter(
    diary: Diary, scorer: DayScorer, queue: ScoringQueue, sessions: Sessions
) -> None:
    entry = await diary.write("I felt great")
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    await diary.delete(entry)
    await quiet(sessions)
    async with sessions.begin() as session:
        # As the deletion for good does, a day later.
        found = await session.get(Entry, entry)
        await session.delete(found)
    await drain(sessions, queue)
    stored = await diary.stored(MONDAY)
    assert stored
    assert stored.state == "empty"


async def test_a_day_that_is_over_is_scored_without_being_asked_for(
    diary: Diary, queue: ScoringQueue, sessions: Sessions
) -> None:
    await diary.write("I felt great")
    await diary.write("met my sister", TUESDAY)
    # 03:59 and 04:00 on Wednesday, which is still Tuesday and no more.
    before, after = (datetime(2026, 5, 6, 4, tzinfo=UTC) - timedelta(minutes=it) for it in (1, 0))
    async with sessions.begin() as session:
        # The entries of this test are stored now, though they are of May.
        assert await scorings.never_scored(session, datetime.now(UTC) + timedelta(minutes=1)) == []
        found = await scorings.never_scored(session, before)
    assert {it.local_date for it in found} == {MONDAY, TUESDAY}
    assert await mark_days_that_are_over(sessions, before) == 1
    assert await diary.marked() == {MONDAY}
    assert await mark_days_that_are_over(sessions, after) == 1
    assert await diary.marked() == {MONDAY, TUESDAY}
    assert len(await drain(sessions, queue)) == 2
    assert await mark_days_that_are_over(sessions, after) == 0
    stored = await diary.stored(MONDAY)
    assert stored
    assert stored.overall == 85


async def test_a_day_of_nothing_but_questions_and_deleted_entries_is_not_scored(
    diary: Diary, sessions: Sessions
) -> None:
    question, gone = await diary.write("When did I last sleep well?"), await diary.write("mood 7")
    async with sessions.begin() as session:
        await session.execute(update(Entry).where(Entry.id == question).values(is_question=True))
    await diary.delete(gone)
    assert await mark_days_that_are_over(sessions, datetime(2026, 5, 9, tzinfo=UTC)) == 0


async def test_an_entry_that_nobody_could_read_yet_marks_its_day_too(
    diary: Diary, scorer: DayScorer, queue: ScoringQueue, sessions: Sessions
) -> None:
    first = await diary.write("I felt great")
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    await diary.write("met my sister", is_read=False)
    assert await diary.marked() == {MONDAY}
    await quiet(sessions)
    await drain(sessions, queue)
    await diary.edit(first, "I felt low", is_read=False)
    assert await diary.marked() == {MONDAY}
    await quiet(sessions)
    await drain(sessions, queue)
    kept = {it.category: it.score for it in await diary.categories(MONDAY)}
    assert kept == {"mood": 30, "connection": 75}
