from datetime import date, timedelta

import pytest

from bot.journal.charts import GoalProgress, Goals, Per, Theme, Week, draw
from bot.journal.charts.goals import COLUMN, MOST_GOALS, ROOM, SLOT
from bot.journal.charts.progress import amount, recent
from bot.journal.charts.style import COLOURS, MARGIN
from tests.journal.charts.looking import count, opened, places, seen

LAST = date(2026, 11, 16)
LIGHT = COLOURS["light"]


def goal(done: float = 2, target: float | None = 3, **more: object) -> GoalProgress:
    return GoalProgress(title="Run", done=done, target=target, **more)  # type: ignore[arg-type]


def weeks(*done: float | None) -> list[Week]:
    starts = [LAST - timedelta(weeks=len(done) - 1 - it) for it in range(len(done))]
    return [Week(starts=day, done=it) for day, it in zip(starts, done, strict=True) if it is not None]


def one(it: GoalProgress, theme: Theme = "light") -> set[tuple[int, int]]:
    return places(seen(Goals(goals=[it]), theme), COLOURS[theme].accent)


def across(marks: set[tuple[int, int]]) -> int:
    return max(x for x, _ in marks) - min(x for x, _ in marks) + 1 if marks else 0


@pytest.mark.parametrize(("done", "target"), [(1, 4), (2, 3), (3, 3), (12.5, 40), (999, 1000)])
@pytest.mark.parametrize("theme", COLOURS)
def test_a_bar_is_as_long_as_the_way(done: float, target: float, theme: Theme) -> None:
    assert across(one(goal(done, target), theme)) == pytest.approx(ROOM * done / target, abs=3)


def test_more_than_the_goal_fills_the_bar() -> None:
    assert across(one(goal(5, 3))) == pytest.approx(ROOM, abs=3)
    assert draw(Goals(goals=[goal(5, 3)])) != draw(Goals(goals=[goal(3, 3)]))


def test_nothing_done_is_an_empty_bar_and_no_end_has_none() -> None:
    assert not one(goal(0, 3))
    assert count(seen(Goals(goals=[goal(0, 3)])), LIGHT.track) > 20_000
    assert count(seen(Goals(goals=[goal(7, None)])), LIGHT.track) == 0


def test_weeks_are_columns_and_a_missing_one_is_a_gap() -> None:
    def columns(*done: float | None) -> set[int]:
        marks = one(goal(0, weeks=weeks(*done)))
        return {int((x - MARGIN) // SLOT) for x, _ in marks}

    assert columns(1, 2, 3) == {0, 1, 2}
    assert columns(1, None, 3) == {0, 2}
    assert columns(1, 0, 3) == {0, 2}
    assert draw(Goals(goals=[goal(weeks=weeks(1, 0, 3))])) != draw(
        Goals(goals=[goal(weeks=weeks(1, None, 3))])
    )


def test_a_column_is_as_high_as_its_week() -> None:
    marks = one(goal(0, weeks=weeks(20, 40)))
    heights = [sum(1 for x, _ in marks if (x - MARGIN) // SLOT == it) / COLUMN for it in (0, 1)]
    assert heights[1] == pytest.approx(2 * heights[0], rel=0.05)


@pytest.mark.parametrize(("per", "target"), [("week", 3), ("day", 21), ("month", None), (None, None)])
def test_what_a_week_should_bring(per: Per | None, target: float | None) -> None:
    assert goal(per=per).weekly_target == target


def test_the_weeks_target_is_a_line() -> None:
    with_line, without = (Goals(goals=[goal(0, per=it, weeks=weeks(1, 2))]) for it in ("week", None))
    assert count(seen(with_line), LIGHT.muted) > count(seen(without), LIGHT.muted) + 800


def test_only_the_last_weeks_count() -> None:
    many = goal(weeks=weeks(*range(1, 30)))
    assert list(recent(many).values()) == list(range(22, 30))
    assert not recent(goal())
    # Weeks of long ago do not push the last one out.
    old = [Week(starts=date(2020, 1, 6), done=9), *weeks(4)]
    assert recent(goal(weeks=old)) == {LAST: 4}


def test_several_goals_are_numbered_and_the_many_are_counted() -> None:
    heights = [seen(Goals(goals=[goal()] * it)).height for it in range(1, MOST_GOALS + 3)]
    assert heights[: MOST_GOALS + 1] == sorted(set(heights[: MOST_GOALS + 1]))
    assert heights[MOST_GOALS] == heights[MOST_GOALS + 1]
    assert draw(Goals(goals=[goal()] * 1000)) != draw(Goals(goals=[goal()] * 999))


def test_what_the_font_lacks_is_left_to_the_caption() -> None:
    nameless = GoalProgress(title="", done=5, target=3)
    assert draw(Goals(goals=[GoalProgress(title="每周跑步", done=5, target=3, unit="次")])) == draw(
        Goals(goals=[nameless])
    )
    # Of several, a number stands for it.
    several = [draw(Goals(goals=[goal(), GoalProgress(title=it, done=5)])) for it in ("跑步", "", "Goal 2")]
    assert several[0] == several[1] != several[2]


@pytest.mark.parametrize("title", ["x" * 5000, "long words " * 500, "اركض " * 1000, "$\\frac{1}{2}$ 100%"])
def test_a_title_keeps_to_two_lines(title: str) -> None:
    long = seen(Goals(goals=[GoalProgress(title=title, done=1, target=2)]))
    short = seen(Goals(goals=[goal()]))
    assert long.height - short.height in {0, 54}
    assert max(x for x, _ in places(long, LIGHT.ink)) <= long.width - MARGIN + 4


def test_no_goals_yet() -> None:
    image = opened(draw(Goals(goals=[])))
    assert count(image, LIGHT.ink) > 3_000


@pytest.mark.parametrize(
    ("it", "told"),
    [
        (goal(unit="times", per="week"), "2 of 3 times this week"),
        (goal(1250.5, 2000, unit="€"), "1,250.5 of 2,000 €"),
        (goal(7, None), "7 so far"),
        (goal(7, None, unit="km", per="month"), "7 km this month"),
        (goal(0, 10_000, unit="steps", per="day"), "0 of 10,000 steps today"),
    ],
)
def test_the_amount_in_words(it: GoalProgress, told: str) -> None:
    assert amount(it) == told


@pytest.mark.parametrize("amount", [-1, float("nan"), float("inf"), 1e10])
def test_no_amounts_that_mean_nothing(amount: float) -> None:
    with pytest.raises(ValueError, match="amount"):
        goal(done=amount)
    with pytest.raises(ValueError, match="amount"):
        goal(target=amount)
    with pytest.raises(ValueError, match="amount"):
        Week(starts=LAST, done=amount)


def test_no_target_of_nothing() -> None:
    with pytest.raises(ValueError, match="target"):
        goal(target=0)
