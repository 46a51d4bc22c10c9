"""What a person says of a category of their day, against what was read of it."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal.scoring import DayScorer, said
from bot.journal.scoring.queue import ScoringQueue
from db.models import Entry
from tests.journal.scoring.diary import MONDAY, Diary, drain, quiet
from tests.vendors import AnthropicServer

Sessions = async_sessionmaker[AsyncSession]


async def test_what_a_person_says_of_a_category_stays(
    diary: Diary, scorer: DayScorer, queue: ScoringQueue, sessions: Sessions, anthropic: AnthropicServer
) -> None:
    entry = await diary.write("I felt low and had no strength")
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    async with sessions.begin() as session:
        corrected = await said.say(session, diary.user_id, MONDAY, "mood", 55)
        assert corrected
        # (3 × 55 + 2 × 25) ÷ 5
        assert corrected.overall == 43
        assert await said.say(session, diary.user_id, MONDAY, "energy", None)
    await diary.edit(entry, "I felt great and had no strength")
    await quiet(sessions)
    await drain(sessions, queue)
    assert len(anthropic.requests) == 2
    kept = {it.category: (it.score, it.model_score, it.source) for it in await diary.categories(MONDAY)}
    assert kept == {"mood": (55, 85, "person"), "energy": (None, 25, "person")}
    stored = await diary.stored(MONDAY)
    assert stored
    assert stored.overall == 55
    await diary.delete(entry)
    async with sessions.begin() as session:
        # As a day later, for good.
        await session.delete(await session.get_one(Entry, entry))
    await diary.write("I met my sister")
    await quiet(sessions)
    await drain(sessions, queue)
    day = await scorer.bring_up_to_date(diary.user_id, MONDAY)
    # (3 × 55 + 75) ÷ 4
    assert (day.scores, day.overall) == ({"mood": 55, "connection": 75}, 60)


async def test_a_correction_can_be_taken_back(diary: Diary, scorer: DayScorer, sessions: Sessions) -> None:
    await diary.write("I felt low")
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    async with sessions.begin() as session:
        await said.say(session, diary.user_id, MONDAY, "mood", 90)
    async with sessions.begin() as session:
        await said.take_back(session, diary.user_id, MONDAY, "mood")
    day = await scorer.bring_up_to_date(diary.user_id, MONDAY)
    [mood] = day.categories
    assert (mood.score, mood.source, mood.quote, day.overall) == (30, "model", "I felt low", 30)


async def test_nobody_corrects_the_day_of_another(
    diary: Diary, scorer: DayScorer, sessions: Sessions
) -> None:
    other = Diary(sessions)
    await diary.write("I felt low")
    await other.write("nothing")
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    async with sessions.begin() as session:
        assert await said.say(session, other.user_id, MONDAY, "mood", 90) is None
    assert [it.score for it in await diary.categories(MONDAY)] == [30]


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("70", 70),
        ("70/100", 70),
        ("50.5", 51),
        ("50,4", 50),
        ("−3", -3),
        ("140", 140),
        ("none", "none"),
        ("70 people", None),
        ("1.2.3", None),
        ("", None),
    ],
)
def test_a_score_is_read_as_people_type_it(text: str, score: int | str | None) -> None:
    assert said.typed(text) == score
