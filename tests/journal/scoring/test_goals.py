"""What a goal counted for is part of its days: when it goes, they are scored again."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal.goals import changes
from bot.journal.scoring import DayScorer
from bot.journal.scoring.queue import ScoringQueue
from db.models import Goal, Scoring
from db.queries import goal_progress as progress
from db.queries import goals
from tests.journal.scoring.diary import MONDAY, TUESDAY, Diary, drain, quiet

Sessions = async_sessionmaker[AsyncSession]
WEDNESDAY = date(2026, 5, 6)


@pytest.fixture
async def goal_id(sessions: Sessions, diary: Diary, by_numbers: DayScorer) -> UUID:
    """It counted on Monday, and on Tuesday what was taken back; these days and Wednesday are scored."""
    goal_id = uuid4()
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        await diary.write("mood 7", day)
    async with sessions.begin() as session:
        session.add(Goal(id=goal_id, user_id=diary.user_id, title="Run", state="active"))
    async with sessions.begin() as session:
        goal = await goals.lock(session, diary.user_id, goal_id)
        assert goal is not None
        for day in (MONDAY, TUESDAY):
            await progress.add(session, goal, day, 1.0)
        await progress.take_back(session, goal, (await progress.counted(session, goal, most=1))[0].id)
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        await by_numbers.bring_up_to_date(diary.user_id, day)
    async with sessions.begin() as session:
        await session.execute(delete(Scoring))
    return goal_id


async def test_a_deleted_goal_has_the_days_scored_again_that_it_counted_for(
    sessions: Sessions, diary: Diary, by_numbers: DayScorer, goal_id: UUID
) -> None:
    before = await diary.stored(MONDAY)
    async with sessions.begin() as session:
        await goals.forget(session, diary.user_id, goal_id)
    assert await diary.marked() == {MONDAY}
    await quiet(sessions)
    assert len(await drain(sessions, ScoringQueue(sessions, by_numbers))) == 1
    now = await diary.stored(MONDAY)
    assert before is not None
    assert now is not None
    assert now.fingerprint != before.fingerprint
    assert now.overall == before.overall


async def test_anothers_goal_stays_and_marks_nothing(sessions: Sessions, diary: Diary, goal_id: UUID) -> None:
    other = Diary(sessions)
    await other.write("mood 3")
    async with sessions.begin() as session:
        await goals.forget(session, other.user_id, goal_id)
        assert await goals.lock(session, diary.user_id, goal_id) is not None
    assert await diary.marked() == await other.marked() == set()


async def test_a_pause_and_an_end_change_no_day(sessions: Sessions, diary: Diary, goal_id: UUID) -> None:
    async with sessions.begin() as session:
        goal = await goals.lock(session, diary.user_id, goal_id)
        assert goal is not None
        await changes.finish(session, await changes.pause(session, goal))
    assert await diary.marked() == set()
