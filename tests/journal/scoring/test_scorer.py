"""A day's score: where it comes from, when it is asked for again, and when there is none."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal.scoring import DayScorer
from bot.journal.scoring.queue import ScoringQueue
from db.models import DailyScore, Entry, ModelCall
from db.queries import scores
from tests.journal.scoring.diary import MONDAY, TUESDAY, Diary, drain, quiet
from tests.locks import until_waiting
from tests.vendors import AnthropicServer

Sessions = async_sessionmaker[AsyncSession]


async def write_grave(session: AsyncSession, diary: Diary) -> None:
    """Store words of crisis as an entry of Monday, and take its score; whoever calls this commits."""
    values = {"kind": "text", "local_date": MONDAY, "written_at": datetime(2026, 5, 4, 13, tzinfo=UTC)}
    grave = Entry(user_id=diary.user_id, body="I want to kill myself", concern="acute", **values)
    session.add(grave)
    await session.flush()
    await scores.withhold(session, diary.user_id, grave.id)


async def test_a_day_is_scored_from_what_its_entries_say(diary: Diary, scorer: DayScorer) -> None:
    one = await diary.write("I felt great, slept 8 hours")
    other = await diary.write("Then I met my sister")
    day = await scorer.bring_up_to_date(diary.user_id, MONDAY)
    assert day.scores == {"mood": 85, "sleep": 100, "connection": 75}
    # (3 × 85 + 2 × 100 + 75) ÷ 6 = 88.33
    assert (day.state, day.overall, day.source, day.trouble) == ("scored", 88, "model", None)
    told = {it.category: (it.source, it.quote, it.entry_id) for it in day.categories}
    assert told == {
        "mood": ("model", "I felt great", one),
        "sleep": ("rule", "slept 8 hours", one),
        "connection": ("model", "met my sister", other),
    }
    stored = await diary.stored(MONDAY)
    assert stored
    assert (stored.state, stored.overall, stored.source) == ("scored", 88, "model")
    assert stored.scored_at is not None


async def test_unchanged_rows_ask_no_model_again_and_give_the_same(
    diary: Diary, scorer: DayScorer, anthropic: AnthropicServer, sessions: Sessions
) -> None:
    await diary.write("I felt great")
    first = await scorer.bring_up_to_date(diary.user_id, MONDAY)
    # Another answer would come, if it were asked.
    anthropic.give({"scores": []})
    assert await scorer.bring_up_to_date(diary.user_id, MONDAY) == first
    assert len(anthropic.requests) == 1
    async with sessions() as session:
        [call] = await session.scalars(select(ModelCall))
    assert (call.stage, call.prompt, call.user_id) == ("score", "score", diary.user_id)
    assert call.input_tokens > 0


async def test_two_who_want_the_same_day_at_once_ask_once(
    diary: Diary, scorer: DayScorer, anthropic: AnthropicServer
) -> None:
    await diary.write("I felt great")
    wanted = [scorer.bring_up_to_date(diary.user_id, MONDAY) for _ in range(4)]
    days = await asyncio.gather(*wanted)
    assert [day.overall for day in days] == [85] * 4
    assert len(anthropic.requests) == 1


async def test_a_day_without_entries_has_no_row(diary: Diary, scorer: DayScorer) -> None:
    await diary.write("I felt great")
    day = await scorer.bring_up_to_date(diary.user_id, TUESDAY)
    assert (day.state, day.id, day.overall) == ("empty", None, None)
    assert await diary.stored(TUESDAY) is None


async def test_a_day_that_tells_too_little_says_so(diary: Diary, scorer: DayScorer) -> None:
    await diary.write("I had no strength")
    day = await scorer.bring_up_to_date(diary.user_id, MONDAY)
    assert (day.state, day.overall, day.scores) == ("too_little", None, {"energy": 25})


async def test_a_day_with_words_of_crisis_has_no_score(
    diary: Diary, scorer: DayScorer, queue: ScoringQueue, sessions: Sessions, anthropic: AnthropicServer
) -> None:
    await diary.write("I felt great")
    before = await scorer.bring_up_to_date(diary.user_id, MONDAY)
    assert before.overall == 85
    grave = await diary.write("I want to kill myself")
    await quiet(sessions)
    await drain(sessions, queue)
    stored = await diary.stored(MONDAY)
    assert stored
    assert (stored.state, stored.overall, stored.source) == ("concern", None, None)
    assert await diary.categories(MONDAY) == []
    assert len(anthropic.requests) == 1
    # Nor has it one where they were asked of the diary.
    async with sessions.begin() as session:
        await session.execute(update(Entry).where(Entry.id == grave).values(is_question=True))
    assert (await scorer.bring_up_to_date(diary.user_id, MONDAY)).state == "concern"
    await diary.edit(grave, "I am safe now")
    await diary.delete(grave)
    await quiet(sessions)
    await drain(sessions, queue)
    assert (await scorer.bring_up_to_date(diary.user_id, MONDAY)).overall == 85


async def test_words_of_crisis_that_come_as_the_score_is_kept_leave_the_day_without_one(
    diary: Diary, scorer: DayScorer, sessions: Sessions, anthropic: AnthropicServer
) -> None:
    """They are stored after the day was looked at, and before its score is locked."""
    await diary.write("I felt great")
    anthropic.delay = 0.3
    asking = asyncio.create_task(scorer.bring_up_to_date(diary.user_id, MONDAY))
    while not anthropic.requests:  # noqa: ASYNC110 - the server tells of no change
        await asyncio.sleep(0.01)
    async with sessions.begin() as session:
        await write_grave(session, diary)
        await until_waiting(sessions)
    assert (await asking).state == "concern"
    stored = await diary.stored(MONDAY)
    assert stored
    assert (stored.state, stored.overall) == ("concern", None)
    assert await diary.categories(MONDAY) == []


async def test_words_of_crisis_that_are_stored_as_the_day_is_first_scored_leave_it_without_one(
    diary: Diary, scorer: DayScorer, sessions: Sessions, anthropic: AnthropicServer
) -> None:
    """Nobody sees them yet, and the day has no row yet: its scorer must wait for them all the same."""
    await diary.write("I felt great")
    async with sessions.begin() as session:
        await write_grave(session, diary)
        scoring = asyncio.create_task(scorer.bring_up_to_date(diary.user_id, MONDAY))
        waiting = asyncio.create_task(until_waiting(sessions))
        await asyncio.wait((scoring, waiting), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
    assert (await scoring).state == "concern"
    assert not anthropic.requests
    stored = await diary.stored(MONDAY)
    assert stored
    assert (stored.state, stored.overall) == ("concern", None)


async def test_a_day_whose_entries_are_gone_loses_its_score(
    diary: Diary, scorer: DayScorer, queue: ScoringQueue, sessions: Sessions
) -> None:
    entry = await diary.write("I felt great")
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    await diary.delete(entry)
    assert await diary.marked() == {MONDAY}
    await quiet(sessions)
    await drain(sessions, queue)
    stored = await diary.stored(MONDAY)
    assert stored
    assert (stored.state, stored.overall) == ("empty", None)
    assert await diary.categories(MONDAY) == []
    assert await diary.marked() == set()
    await diary.undo(entry)
    await quiet(sessions)
    await drain(sessions, queue)
    stored = await diary.stored(MONDAY)
    assert stored
    assert (stored.state, stored.overall) == ("scored", 85)


async def test_a_moved_entry_takes_its_part_of_the_score_along(
    diary: Diary, scorer: DayScorer, queue: ScoringQueue, sessions: Sessions
) -> None:
    await diary.write("I felt low")
    moved = await diary.write("mood 7 and wide awake")
    await diary.write("slept 8 hours", TUESDAY)
    for day in (MONDAY, TUESDAY):
        await scorer.bring_up_to_date(diary.user_id, day)
    await diary.move(moved, TUESDAY)
    assert await diary.marked() == {MONDAY, TUESDAY}
    await quiet(sessions)
    await drain(sessions, queue)
    monday = {it.category: it.score for it in await diary.categories(MONDAY)}
    tuesday = {it.category: it.score for it in await diary.categories(TUESDAY)}
    assert (monday, tuesday) == ({"mood": 30}, {"mood": 67, "energy": 80, "sleep": 100})


async def test_a_change_while_the_day_is_read_is_never_missed(
    diary: Diary, scorer: DayScorer, anthropic: AnthropicServer
) -> None:
    entry = await diary.write("I felt great")
    anthropic.delay = 0.3
    asking = asyncio.create_task(scorer.bring_up_to_date(diary.user_id, MONDAY))
    while not anthropic.requests:  # noqa: ASYNC110 - the server tells of no change
        await asyncio.sleep(0.01)
    await diary.edit(entry, "I felt low")
    day = await asking
    assert (day.scores, len(anthropic.requests)) == ({"mood": 30}, 2)
    # It was known as a day to be scored before the model was asked, so the change marked it.
    assert await diary.marked() == {MONDAY}


async def test_a_number_whose_words_are_gone_scores_nothing(
    diary: Diary, by_numbers: DayScorer, sessions: Sessions
) -> None:
    entry = await diary.write("mood 7")
    async with sessions.begin() as session:
        await session.execute(update(Entry).where(Entry.id == entry).values(body="quite something else"))
    day = await by_numbers.bring_up_to_date(diary.user_id, MONDAY)
    assert (day.state, day.categories) == ("too_little", ())


async def test_what_the_summary_said_goes_with_what_it_rested_on(
    diary: Diary, scorer: DayScorer, sessions: Sessions
) -> None:
    entry = await diary.write("I felt great")
    await diary.write("mood 7")
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    words = {"summary": "A good day.", "helped": "It helped.", "helped_quote": "I felt great"}
    async with sessions.begin() as session:
        await session.execute(update(DailyScore).values(**words, helped_entry_id=entry))
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    stored = await diary.stored(MONDAY)
    assert stored
    assert (stored.summary, stored.helped_quote) == ("A good day.", "I felt great")
    await diary.delete(entry)
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    stored = await diary.stored(MONDAY)
    assert stored
    assert (stored.summary, stored.helped, stored.helped_quote) == ("A good day.", None, None)
    assert stored.helped_entry_id is None
    await diary.write("I want to kill myself")
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    stored = await diary.stored(MONDAY)
    assert stored
    assert stored.summary is None
