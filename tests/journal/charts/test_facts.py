from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.journal.charts.facts import average, change, facts, whole

FIRST = date(2026, 10, 1)


def row(*scores: int, apart: int = 1) -> dict[date, int]:
    return {FIRST + timedelta(days=apart * number): score for number, score in enumerate(scores)}


def test_the_numbers_of_a_row() -> None:
    known = facts(row(50, 60, 70, 80, 40, 30, 90))
    assert known is not None
    assert known.average == 60
    assert (known.low, known.high) == (45, 75)
    assert known.best == (FIRST + timedelta(days=6), 90)
    assert known.hardest == (FIRST + timedelta(days=5), 30)


def test_of_equal_days_the_later_one_is_told() -> None:
    known = facts(row(90, 10, 90, 10, 50, 50, 50))
    assert known is not None
    assert known.best == (FIRST + timedelta(days=2), 90)
    assert known.hardest == (FIRST + timedelta(days=3), 10)


@pytest.mark.parametrize("count", range(7))
def test_six_days_say_nothing(count: int) -> None:
    scores = row(*range(0, 15 * count, 15))
    assert facts(scores) is None
    assert average(scores) is None
    assert change(scores) == 0


@pytest.mark.parametrize(
    ("scores", "points"),
    [
        (row(10, 20, 30, 40, 50, 60, 70), 60),
        (row(70, 60, 50, 40, 30, 20, 10), -60),
        (row(10, 20, 30, 40, 50, 60, 70, apart=3), 60),
        (row(50, 50, 50, 50, 50, 50, 50), 0),
        (row(50, 51, 51, 52, 52, 53, 54), 0),
        (row(20, 80, 20, 80, 20, 80, 20, 80), 0),
        (row(60, 20, 90, 40, 70, 30, 80, 50), 0),
        # Thirty points, but chance would often do that.
        (row(30, 60, 20, 70, 40, 80, 50), 0),
        # One wild day does not make a direction.
        (row(50, 52, 49, 51, 50, 48, 51, 100), 0),
        (row(40, 44, 0, 50, 55, 58, 62, 66, 70), 31),
    ],
)
def test_a_direction_is_told_only_when_it_is_clear(scores: dict[date, int], points: int) -> None:
    assert change(scores) == pytest.approx(points, abs=2)
    assert (change(scores) == 0) == (points == 0)


@example([35, 84, 67, 34, 0, 0, 0])
@given(st.lists(st.integers(0, 100), min_size=7, max_size=40))
def test_the_mirrored_row_goes_the_other_way(scores: list[int]) -> None:
    there = change(row(*scores))
    assert change(row(*reversed(scores))) == -there
    assert change(row(*(100 - it for it in scores))) == -there
    assert abs(there) <= max(scores) - min(scores)


@given(st.lists(st.integers(0, 100), min_size=7, max_size=40))
def test_the_facts_lie_within_the_scores(scores: list[int]) -> None:
    known = facts(row(*scores))
    assert known is not None
    assert min(scores) <= known.low <= known.high <= max(scores)
    assert min(scores) <= known.average <= max(scores)
    assert (known.hardest[1], known.best[1]) == (min(scores), max(scores))
    assert abs(known.average - sum(scores) / len(scores)) <= 0.5


def test_halves_go_up() -> None:
    assert [whole(it) for it in (0.5, 1.5, 2.5, 2.49)] == [1, 2, 3, 2]
