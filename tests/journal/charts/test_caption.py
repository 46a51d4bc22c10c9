from datetime import date, timedelta

import pytest

from bot.journal.charts import (
    MOST_UNITS,
    Category,
    DayCard,
    DayPoint,
    GoalProgress,
    Goals,
    Picture,
    Trend,
    Week,
    Year,
    caption,
)
from bot.journal.message import utf16_length

DAY = date(2026, 11, 19)


def trend(*scores: int | None, **more: object) -> Trend:
    """The last of `scores` is of `DAY`."""
    days = [
        DayPoint(local_date=DAY - timedelta(days=len(scores) - 1 - it), overall=score)
        for it, score in enumerate(scores)
    ]
    return Trend(days=days, last=DAY, **more)  # type: ignore[arg-type]


def test_a_day() -> None:
    card = DayCard(
        local_date=DAY,
        overall=72,
        categories=[
            Category(name="mood", score=80),
            Category(name="sleep", score=0),
            Category(name="calm", score=None),
        ],
        numbers=[("sleep", "7.5 h"), ("steps", "8,200")],
        title="Today so far",
    )
    assert caption(card) == (
        "Today so far. Thu 19 Nov: 72 of 100. Mood 80, sleep 0, calm not scored. "
        "Noted: sleep 7.5 h, steps 8,200."
    )


def test_a_day_without_anything() -> None:
    assert caption(DayCard(local_date=DAY)) == "Thu 19 Nov: no score. Days without a score are fine too."


def test_a_day_of_another_year_has_its_year() -> None:
    assert caption(DayCard(local_date=DAY, overall=0, this_year=2027)) == "Thu 19 Nov 2026: 0 of 100."


def test_a_trend() -> None:
    scores = [40, None, 45, 52, 50, None, 61, 66, 70]
    assert caption(trend(*scores, title="Your month")) == (
        "Your month. 21 Oct – 19 Nov 2026: 7 of 30 days scored. Average 55 of 100 over 7 days. "
        "Highest on Thu 19 Nov with 70, lowest on Wed 11 Nov with 40. "
        "Direction: rising, by about 30 points from the first to the last of 7 days."
    )


@pytest.mark.parametrize("count", range(1, 7))
def test_few_days_are_told_as_they_are_and_claim_nothing(count: int) -> None:
    told = caption(trend(*range(10, 10 + 10 * count, 10)))
    assert f"Thu 19 Nov {10 * count}" in told
    assert "From 7 scored days on there is an average, too." in told
    for claim in ("Average ", "Highest", "lowest", "Direction", "direction in"):
        assert claim not in told


def test_a_trend_says_when_there_is_no_direction() -> None:
    assert "No clear direction in these 8 days." in caption(trend(20, 80, 20, 80, 20, 80, 20, 80))
    assert "falling, by about 60 points" in caption(trend(70, 60, 50, 40, 30, 20, 10))
    assert "Every scored day has 50." in caption(trend(*[50] * 7))


def test_the_categories_of_a_trend() -> None:
    days = [
        DayPoint(local_date=DAY - timedelta(days=it), categories={"calm": 60, "mood": 41} if it < 6 else {})
        for it in range(9)
    ]
    days[8] = DayPoint(local_date=DAY - timedelta(days=8), categories={"mood": 48})
    told = caption(Trend(days=days, last=DAY))
    assert told == (
        "21 Oct – 19 Nov 2026: 0 of 30 days scored. Averages: mood 42 (7 days). Also scored: calm on 6 days."
    )


def test_a_trend_of_nothing() -> None:
    assert caption(trend()) == (
        "21 Oct – 19 Nov 2026: 0 of 30 days scored. "
        "No day of these has a score yet. A few words about a day are enough to begin."
    )


def test_a_year() -> None:
    scores = {date(2026, 1, 1) + timedelta(days=it): 50 + it for it in range(10)}
    scores |= {date(2026, 3, 1): 90, date(2025, 3, 1): 1}
    assert caption(Year(year=2026, scores=scores)) == (
        "2026: 11 days scored. Average 58 of 100 over 11 days. "
        "Highest on Sun 1 Mar with 90, lowest on Thu 1 Jan with 50. By month: Jan 55 (10 days), Mar 1 day."
    )
    assert caption(Year(year=2026, scores={DAY: 3})) == "2026: 1 day scored. Thu 19 Nov 3."
    assert caption(Year(year=2026, scores={})) == "2026: 0 days scored. Each scored day finds its place here."


def test_goals() -> None:
    run = GoalProgress(
        title="Run three times a week",
        done=2,
        target=3,
        unit="times",
        per="week",
        weeks=[Week(starts=date(2026, 11, 9), done=3), Week(starts=date(2026, 11, 16), done=2)],
    )
    assert caption(Goals(goals=[run])) == (
        "Run three times a week. 2 of 3 times this week.\nWeek by week: 9 Nov 3, 16 Nov 2."
    )
    assert caption(Goals(goals=[run, GoalProgress(title="Sleep more?", done=1)])) == (
        "1. Run three times a week. 2 of 3 times this week.\n2. Sleep more? 1 so far.\n"
        "1. Week by week: 9 Nov 3, 16 Nov 2."
    )
    assert "And 994 more goals." in caption(Goals(goals=[run] * 1000))
    assert caption(Goals(goals=[])).startswith("No goals yet.")


def test_names_that_no_picture_can_draw_are_told() -> None:
    told = caption(Goals(goals=[GoalProgress(title="每周跑步三次 🏃", done=5, target=3, unit="次")]))
    assert told == "每周跑步三次 🏃. 5 of 3 次."


def test_right_to_left_names_keep_to_themselves() -> None:
    told = caption(DayCard(local_date=DAY, overall=70, title="يوم \u202eجيد"))
    assert told == "\u2068يوم جيد\u2069. Thu 19 Nov: 70 of 100."


EMOJI = "👩‍👩‍👧‍👦" * 800


@pytest.mark.parametrize(
    "picture",
    [
        DayCard(
            local_date=DAY,
            title=EMOJI,
            categories=[Category(name=EMOJI, score=None)] * 20,
            numbers=[(EMOJI, EMOJI)] * 40,
        ),
        trend(*range(9), title="x" * 5000),
        Trend(
            days=[DayPoint(local_date=DAY, categories={f"{it}{EMOJI}": 1 for it in range(40)})],
            last=DAY,
            title=EMOJI,
        ),
        Goals(goals=[GoalProgress(title=EMOJI, done=1, unit=EMOJI)] * 40, title=EMOJI),
        Goals(goals=[GoalProgress(title="x" * 5000, done=1e9, target=1e9, unit="y" * 99)] * 3),
    ],
)
def test_endless_words_leave_room_for_the_rest(picture: Picture) -> None:
    told = caption(picture)
    assert utf16_length(told) <= MOST_UNITS
    # What counts most is there in any case.
    expected = {
        DayCard: ["Thu 19 Nov: no score."],
        Trend: ["of 30 days scored."],
        Goals: [f"\n{it}. " for it in range(1, min(len(picture.goals), 6) + 1)]
        if isinstance(picture, Goals)
        else [],
    }
    assert all(it in "\n" + told for it in expected[type(picture)])
