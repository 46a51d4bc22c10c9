"""Reviews of a week and a month: numbers with the days behind them, goals, a memory, and restraint."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from bot.journal import phrases_summary as phrases
from bot.playground.chat import Message
from bot.telegram.showing import CAPTION
from db.models import Goal, GoalProgress, Summary
from tests.vendors import overloaded

from .conftest import World
from .evenings import Minds, by_tap, evening, prefers, score, shown, words
from .past import Past, past_of
from .test_evening import bring, due_again

SUNDAY = date(2026, 11, 22)


async def a_diary(world: World, days: int, last: date = SUNDAY, *, sport: int = 0) -> tuple[Minds, Past]:
    """So many scored days; on every `sport`th of them the person moved, and the rest of it was better."""
    minds = Minds(world)
    past = await past_of(world, world.person())
    for back in range(days):
        day = last - timedelta(days=back)
        moved = bool(sport) and back % sport == 0
        values: dict[str, Any] = {"exercise_minutes": 30.0} if moved else {}
        await past.write(f"An ordinary day, number {back}.", day, **values)
        await score(past, day, 80 if moved else 55, mood=80 if moved else 55, body=90, calm=60)
    await by_tap(past)
    return minds, past


async def a_goal(past: Past, title: str, *days: date) -> UUID:
    async with past.world.sessions.begin() as session:
        goal = Goal(user_id=past.user_id, title=title, cadence="week", target=3, unit="times", state="active")
        session.add(goal)
        await session.flush()
        for day in days:
            session.add(
                GoalProgress(user_id=past.user_id, goal_id=goal.id, local_date=day, amount=1, source="person")
            )
        return goal.id


def together(messages: list[Message]) -> str:
    return "\n".join(it.text for it in messages)


async def test_a_week_tells_what_it_came_to_and_what_went_together(started: World) -> None:
    minds, past = await a_diary(started, 42, sport=3)
    await a_goal(past, "Run", SUNDAY, SUNDAY - timedelta(days=2))
    minds.summary = words("A week of short walks.", suggestion="Run on Monday.", goal=1, question="What now?")
    messages = await shown(past, await evening(past, SUNDAY, "week"))
    assert messages[0].payload["photo"]
    text = together(messages)
    assert f"{phrases.WEEK} · 16–22 Nov 2026" in text
    assert "A week of short walks." in text
    assert text.count(phrases.WEEK) == 1
    assert "7 of 7 days scored" in text
    # Every third of 42 days, held against the categories but for the body's own: (80+60)/2, (55+60)/2.
    assert (
        "Exercise: the categories without body averaged 70 on 14 days with it and 58 on 28 days without."
    ) in text
    assert "Run: 2 of 3 times this week · 2 days of these" in text
    assert "→ Run on Monday. (Run)" in text
    content = minds.asked[0]["messages"][0]["content"]
    assert "number 6." in content
    assert "number 7." not in content
    assert "your week" not in content.lower()


async def test_too_few_days_claim_nothing(started: World) -> None:
    _, past = await a_diary(started, 13, sport=3)
    text = together(await shown(past, await evening(past, SUNDAY, "week")))
    assert "Exercise" not in text
    assert phrases.WENT_TOGETHER.split("<b>")[1].split("</b>")[0] not in text


async def test_a_month_reaches_from_its_first_day_to_its_last(started: World) -> None:
    minds, past = await a_diary(started, 40, date(2026, 10, 31))
    await a_goal(past, "Run", date(2026, 10, 29), date(2026, 10, 31))
    text = together(await shown(past, await evening(past, date(2026, 10, 31), "month")))
    assert f"{phrases.MONTH} · 1–31 Oct 2026" in text
    assert "31 of 31 days scored" in text
    assert "Run: 2 of 3 times in its last week" in text
    content = minds.asked[0]["messages"][0]["content"]
    assert "number 30." in content
    assert "number 31." not in content
    assert "back at their month" in str(minds.asked[0]["system"])


async def test_a_memory_of_a_year_ago_comes_before_one_of_a_month(started: World) -> None:
    _, past = await a_diary(started, 3)
    await past.write("The harbour smelled of rain.", date(2026, 10, 22))
    text = together(await shown(past, await evening(past, SUNDAY, "week")))
    assert "A month ago · Thu 22 Oct\nThe harbour smelled of rain." in text
    await past.write("We moved in today.", date(2025, 11, 24))
    await past.write("The bridge was quiet.", date(2025, 11, 22))
    await past.write("Why could I not go on?", date(2025, 11, 22), concern="acute", is_question=True)
    text = together(await shown(past, await evening(past, SUNDAY - timedelta(days=1), "week")))
    assert "About a year ago · Mon 24 Nov 2025\nWe moved in today." in text
    assert "The bridge" not in text


async def test_an_empty_week_gets_nothing_and_a_thin_one_says_so(started: World) -> None:
    _, past = await a_diary(started, 1)
    assert await shown(past, await evening(past, SUNDAY - timedelta(days=7), "week")) == []
    [message] = await shown(past, await evening(past, SUNDAY, "week"))
    assert "photo" not in message.payload
    assert phrases.FEW_FOR_REVIEW in message.text


async def test_after_words_of_crisis_no_review_comes(started: World) -> None:
    minds, past = await a_diary(started, 7)
    grave = await past.write("I don't want to live anymore.", SUNDAY - timedelta(days=1), concern="acute")
    assert await shown(past, await evening(past, SUNDAY, "week")) == []
    # Nor one of a month that was over, which comes on the day after.
    await past.change(grave, local_date=SUNDAY + timedelta(days=1))
    assert await shown(past, await evening(past, SUNDAY, "month")) == []
    assert not minds.asked


async def test_days_of_crisis_are_not_read_to_the_coach(started: World) -> None:
    minds, past = await a_diary(started, 20)
    await past.write("I don't want to live anymore.", SUNDAY - timedelta(days=5), concern="acute")
    await evening(past, SUNDAY, "week")
    content = minds.asked[0]["messages"][0]["content"]
    assert "live anymore" not in content
    assert "number 5." not in content
    assert "number 4." in content


@pytest.mark.parametrize("level", ["plain", "numbers", "weekdays"])
async def test_a_quieter_review_has_no_picture(started: World, level: str) -> None:
    minds, past = await a_diary(started, 10)
    await prefers(past, evening=level)
    [message] = await shown(past, await evening(past, SUNDAY, "week"))
    assert "photo" not in message.payload
    assert bool(minds.asked) is (level == "plain")


async def test_its_words_follow_too_and_nothing_under_it_is_lost(started: World) -> None:
    minds, past = await a_diary(started, 42, sport=3)
    for number in range(5):
        await a_goal(past, f"Something that I want for myself, number {number}", SUNDAY)
    await past.write("The harbour smelled of rain. " * 6, date(2026, 10, 22))
    started.anthropic.always = overloaded()
    summary_id = await evening(past, SUNDAY, "week")
    assert "will follow here" in together(await shown(past, summary_id))
    started.anthropic.always = None
    minds.summary = words(
        "A week of short walks. " + "It went on and on in the fog. " * 3, question="What now?"
    )
    await due_again(started)
    await bring(started)
    messages = await shown(past, summary_id)
    text = together(messages)
    assert messages[0].payload["photo"]
    assert all(len(it.text.encode("utf-16-le")) // 2 <= CAPTION for it in messages[:1])
    for told in ("A week of short walks.", "number 4:", "The harbour", "What now?", "Exercise:"):
        assert told in text
    assert "follow" not in text
    [row] = await started.rows(Summary)
    assert not row.waits_for_words


async def test_invented_numbers_of_the_coach_are_left_out(started: World) -> None:
    minds, past = await a_diary(started, 10)
    minds.summary = words("You moved on 9 days more than before, 83 percent. The fog stayed.")
    text = together(await shown(past, await evening(past, SUNDAY, "week")))
    assert "The fog stayed." in text
    assert "83" not in text


async def test_the_bot_without_keys_tells_the_numbers_of_a_week(world: World) -> None:
    await world.start(anthropic_api_key=None, openai_api_key=None)
    past = await past_of(world, world.person())
    for back in range(8):
        day = SUNDAY - timedelta(days=back)
        await past.write("Mood 7 today", day, mood=7)
        await score(past, day, 66, mood=66)
    messages = await shown(past, await evening(past, SUNDAY, "week"))
    assert messages[0].payload["photo"]
    text = together(messages)
    assert "7 of 7 days scored" in text
    assert "follow" not in text


async def test_goals_of_one_title_are_told_apart(started: World) -> None:
    _, past = await a_diary(started, 7)
    await a_goal(past, "Run", SUNDAY)
    await a_goal(past, "Run", SUNDAY, SUNDAY - timedelta(days=1), SUNDAY - timedelta(days=2))
    text = together(await shown(past, await evening(past, SUNDAY, "week")))
    assert "Run: 1 of 3 times this week · 1 day of these" in text
    assert "Run: 3 of 3 times this week · 3 days of these" in text
