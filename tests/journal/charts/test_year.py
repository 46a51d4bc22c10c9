from datetime import date, timedelta

import pytest

from bot.journal.charts import Theme, Year, draw
from bot.journal.charts.style import COLOURS
from bot.journal.charts.year import CELL, PITCH
from tests.journal.charts.looking import count, places, seen

LIGHT = COLOURS["light"]


def every_day(year: int, score: int) -> dict[date, int]:
    days = 366 if year % 4 == 0 else 365
    return {date(year, 1, 1) + timedelta(days=it): score for it in range(days)}


def cells(year: Year, theme: Theme = "light") -> list[float]:
    """How many cells each step of the ramp has, without that in the legend."""
    image = seen(year, theme)
    legend = seen(Year(year=year.year, scores={}), theme)
    ramp = COLOURS[theme].ramp
    return [(count(image, it) - count(legend, it)) / count(legend, it) for it in ramp]


@pytest.mark.parametrize("theme", COLOURS)
def test_each_day_is_a_cell_of_its_colour(theme: Theme) -> None:
    scores = [0, 19, 20, 40, 59, 60, 80, 100, 99, 90]
    days = {date(2026, 1, 1) + timedelta(days=37 * it): score for it, score in enumerate(scores)}
    assert cells(Year(year=2026, scores=days), theme) == pytest.approx([2, 1, 2, 1, 4], abs=0.01)


@pytest.mark.parametrize(("year", "days"), [(2024, 366), (2023, 365), (2000, 366), (9996, 366), (4, 366)])
def test_a_year_has_all_its_days(year: int, days: int) -> None:
    assert cells(Year(year=year, scores=every_day(year, 50)))[2] == pytest.approx(days, abs=0.5)


def test_the_last_of_february_is_a_day_of_leap_years_only() -> None:
    assert cells(Year(year=2024, scores={date(2024, 2, 29): 90}))[4] == pytest.approx(1, abs=0.01)
    other_year = Year(year=2023, scores={date(2024, 2, 29): 90})
    assert draw(other_year) == draw(Year(year=2023, scores={}))


def test_a_day_without_a_score_is_a_dot() -> None:
    dots = [count(seen(Year(year=2026, scores=it)), LIGHT.empty) for it in ({}, {date(2026, 5, 5): 0})]
    scored = every_day(2026, 0)
    del scored[date(2026, 5, 5)]
    one = count(seen(Year(year=2026, scores=scored)), LIGHT.empty) - count(
        seen(Year(year=2026, scores=every_day(2026, 0))), LIGHT.empty
    )
    assert one > 30
    assert dots[0] - dots[1] == one


def test_days_stand_in_columns_of_weeks() -> None:
    def corner(day: date, first_weekday: int = 0) -> tuple[int, int]:
        before = places(seen(Year(year=2026, scores={}, first_weekday=first_weekday)), LIGHT.ramp[4])
        drawn = seen(Year(year=2026, scores={day: 100}, first_weekday=first_weekday))
        new = places(drawn, LIGHT.ramp[4]) - before
        assert max(x for x, _ in new) - min(x for x, _ in new) < CELL
        return min(x for x, _ in new), min(y for _, y in new)

    # A Monday, the Tuesday after it, and the Monday of the next week.
    monday, tuesday, next_monday = (corner(date(2026, 3, it)) for it in (9, 10, 16))
    assert tuesday == (monday[0], monday[1] + PITCH)
    assert next_monday == (monday[0] + PITCH, monday[1])
    # Where weeks begin with Sunday, it stands at their top.
    sunday, saturday = (corner(date(2026, 3, it), 6) for it in (8, 14))
    assert saturday == (sunday[0], sunday[1] + 6 * PITCH)
    # Each band of four months has its own height.
    assert corner(date(2026, 4, 30))[1] < corner(date(2026, 5, 1))[1] < corner(date(2026, 9, 1))[1]


def test_today_is_marked_where_it_lies_in_the_year() -> None:
    plain = Year(year=2026, scores={})
    marked = Year(year=2026, scores={}, today=date(2026, 11, 19))
    ring = places(seen(marked), LIGHT.ink) - places(seen(plain), LIGHT.ink)
    assert len(ring) > 300
    assert max(x for x, _ in ring) - min(x for x, _ in ring) < CELL + 16
    assert draw(Year(year=2026, scores={}, today=date(2025, 11, 19))) == draw(plain)


def test_the_average_needs_seven_days() -> None:
    days = list(every_day(2026, 50))
    muted = [count(seen(Year(year=2026, scores=dict.fromkeys(days[:it], 50))), LIGHT.muted) for it in (6, 7)]
    assert muted[1] > muted[0] + 500


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar(year: int) -> None:
    assert cells(Year(year=year, scores={date(year, 12, 31): 50}))[2] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(("year", "weekday"), [(0, 0), (10_000, 0), (2026, 7), (2026, -1)])
def test_no_other_years_and_weeks(year: int, weekday: int) -> None:
    with pytest.raises(ValueError, match="no calendar"):
        Year(year=year, scores={}, first_weekday=weekday)
