"""A day's score where the analyst does not answer, and where none is set: what stands meanwhile, and when it
is asked again."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.errors import MindError, MindUnavailable
from bot.journal.scoring import DayScorer
from bot.journal.scoring.queue import ScoringQueue
from tests.journal.scoring.diary import MONDAY, TUESDAY, Diary, drain, quiet
from tests.vendors import AnthropicServer
from tests.vendors.server import Fault

Sessions = async_sessionmaker[AsyncSession]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="status", status=529, type="overloaded_error"),
        Fault(kind="cut_midway"),
        Fault(kind="refusal"),
        Fault(kind="max_tokens"),
        Fault(kind="invalid_json"),
        Fault(kind="status", status=401, type="authentication_error"),
    ],
    ids=lambda it: f"{it.kind}-{it.status}",
)
async def test_with_the_analyst_down_the_numbers_count_and_the_day_is_read_later(
    fault: Fault,
    diary: Diary,
    scorer: DayScorer,
    queue: ScoringQueue,
    sessions: Sessions,
    anthropic: AnthropicServer,
) -> None:
    await diary.write("mood 7, and I felt great")
    anthropic.next(fault)
    day = await scorer.bring_up_to_date(diary.user_id, MONDAY)
    assert (day.overall, day.source, day.scores) == (67, "rule", {"mood": 67})
    assert isinstance(day.trouble, MindError)
    assert await diary.marked() == {MONDAY}
    # Whoever only looks does not wait for it again.
    looked = await scorer.bring_up_to_date(diary.user_id, MONDAY, again=False)
    assert (looked.overall, type(looked.trouble), len(anthropic.requests)) == (67, MindUnavailable, 1)
    await quiet(sessions)
    await drain(sessions, queue)
    stored = await diary.stored(MONDAY)
    assert stored
    assert (stored.overall, stored.source) == (85, "model")
    assert await diary.marked() == set()


async def test_an_analyst_that_stays_down_is_asked_later_and_later(
    diary: Diary, scorer: DayScorer, queue: ScoringQueue, sessions: Sessions, anthropic: AnthropicServer
) -> None:
    await diary.write("mood 7")
    anthropic.always = Fault(kind="status", status=529, type="overloaded_error")
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    for _ in range(3):
        await quiet(sessions)
        assert len(await drain(sessions, queue)) == 1
    assert await diary.marked() == {MONDAY}
    # Due in a while, and not at once.
    assert await queue.claim(8) == []


async def test_an_analyst_that_hangs_is_given_so_many_seconds(
    diary: Diary, scorer: DayScorer, anthropic: AnthropicServer
) -> None:
    await diary.write("mood 7")
    anthropic.next(Fault(kind="stall"))
    day = await scorer.bring_up_to_date(diary.user_id, MONDAY, patience=0.05)
    assert (day.overall, type(day.trouble)) == (67, MindUnavailable)


async def test_without_a_key_stated_and_tapped_numbers_make_a_score(
    diary: Diary, by_numbers: DayScorer
) -> None:
    entry = await diary.write("slept 8 hours")
    await diary.tap(entry, "mood", 7)
    day = await by_numbers.bring_up_to_date(diary.user_id, MONDAY)
    # (3 × 67 + 2 × 100) ÷ 5 = 80.2
    assert (day.overall, day.source, day.trouble) == (80, "rule", None)
    told = {it.category: (it.reason, it.quote, it.entry_id) for it in day.categories}
    assert told == {
        "mood": ("You told me: mood 7/10.", None, entry),
        "sleep": ("Your number: slept 8 h.", "slept 8 hours", entry),
    }
    assert await diary.marked() == set()


async def test_what_a_model_read_stays_when_the_key_is_gone(
    diary: Diary, scorer: DayScorer, by_numbers: DayScorer
) -> None:
    await diary.write("I felt great")
    await scorer.bring_up_to_date(diary.user_id, MONDAY)
    assert (await by_numbers.bring_up_to_date(diary.user_id, MONDAY)).overall == 85
    await diary.write("wide awake, mood 7", TUESDAY)
    assert (await by_numbers.bring_up_to_date(diary.user_id, TUESDAY)).scores == {"mood": 67}
    # And with a key again, the day is read.
    assert (await scorer.bring_up_to_date(diary.user_id, TUESDAY)).scores == {"mood": 67, "energy": 80}
