"""What went with good days: nothing without the days behind it, and nothing that chance would show."""

import random
from datetime import date, timedelta
from statistics import fmean

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.journal.charts.facts import whole
from bot.journal.summary.differences import (
    LEAST_BESIDE,
    LEAST_POINTS,
    LEAST_SCORED,
    Factor,
    by_chance,
    differences,
)

FIRST = date(2026, 8, 1)
scores = st.integers(0, 100)


def days(count: int) -> list[date]:
    return [FIRST + timedelta(days=number) for number in range(count)]


def factor(has: list[date], among: list[date], category: str | None = None, name: str = "sport") -> Factor:
    return Factor(name=name, days=frozenset(has), among=frozenset(among), category=category)


def test_a_plain_difference_is_told_with_its_days() -> None:
    span = days(20)
    scored = {day: {"mood": 80 if place < 8 else 50, "calm": 60} for place, day in enumerate(span)}
    [found] = differences(scored, [factor(span[:8], span)])
    assert (found.days_with, found.days_without) == (8, 12)
    assert (found.average_with, found.average_without, found.points) == (70, 55, 15)


def test_its_own_category_proves_nothing() -> None:
    span = days(30)
    scored = {day: {"sleep": 95 if place % 2 else 20, "mood": 60} for place, day in enumerate(span)}
    assert differences(scored, [factor(span[1::2], span)])
    assert not differences(scored, [factor(span[1::2], span, "sleep")])


def test_a_day_with_nothing_but_its_own_category_is_no_day() -> None:
    span = days(20)
    scored = {day: {"sleep": 90} for day in span}
    assert not differences(scored, [factor(span[:10], span, "sleep")])


def test_thirteen_days_are_too_few_and_fourteen_are_not() -> None:
    for count, told in ((LEAST_SCORED - 1, 0), (LEAST_SCORED, 1)):
        span = days(count)
        scored = {day: {"mood": 90 if place < 6 else 30} for place, day in enumerate(span)}
        assert len(differences(scored, [factor(span[:6], span)])) == told


def test_four_days_on_a_side_are_too_few() -> None:
    span = days(40)
    for count, told in ((LEAST_BESIDE - 1, 0), (LEAST_BESIDE, 1)):
        scored = {day: {"mood": 100 if place < count else 10} for place, day in enumerate(span)}
        assert len(differences(scored, [factor(span[:count], span)])) == told
        assert len(differences(scored, [factor(span[count:], span)])) == told


def test_days_that_do_not_say_count_on_no_side() -> None:
    span = days(40)
    scored = {day: {"mood": 100 if place < 8 else 10} for place, day in enumerate(span)}
    [found] = differences(scored, [factor(span[:8], span[:16])])
    assert (found.days_with, found.days_without) == (8, 8)


def test_a_clear_but_small_difference_is_not_told() -> None:
    span = days(60)
    scored = {day: {"mood": 60 + LEAST_POINTS - 1 if place % 2 else 60} for place, day in enumerate(span)}
    assert not differences(scored, [factor(span[1::2], span)])


def test_many_things_looked_at_need_more_each() -> None:
    """One that passes alone does not among thirty that show nothing."""
    span = days(16)
    values = [80, 78, 76, 74, 66, 64, 70, 68, 62, 61, 60, 59, 58, 57, 56, 55]
    scored = {day: {"mood": value} for day, value in zip(span, values, strict=True)}
    one = factor(span[:6], span)
    assert differences(scored, [one])
    chance = random.Random(7)
    idle = [factor(chance.sample(span, 8), span, name=f"idle {number}") for number in range(200)]
    assert "sport" not in {it.name for it in differences(scored, [one, *idle])}


def test_chance_alone_is_seldom_told() -> None:
    """Of rows of days without any meaning, fewer than one in twenty tells something, whatever is tried."""
    chance = random.Random(20261122)
    span = days(60)
    told = 0
    for _ in range(400):
        scored = {day: {"mood": chance.randint(0, 100)} for day in span}
        tried = [
            factor(chance.sample(span, chance.randint(5, 55)), span, name=str(number)) for number in range(8)
        ]
        told += bool(differences(scored, tried))
    assert told <= 400 * 0.06


def test_the_test_agrees_with_tables() -> None:
    # Two rows that do not overlap, of five each: the exact two-sided chance is 2/252 = 0.0079, and the
    # normal approximation with its correction gives 0.0122.
    assert abs(by_chance([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]) - 0.01219) < 0.0001
    assert by_chance([5, 5, 5, 5, 5], [5, 5, 5, 5, 5]) == 1.0
    assert by_chance([1, 2, 3], [2]) == 1.0


@given(st.lists(scores, min_size=1, max_size=30), st.lists(scores, min_size=1, max_size=30))
def test_chance_is_a_probability_and_knows_no_sides(one: list[int], other: list[int]) -> None:
    chance = by_chance(one, other)
    assert 0 <= chance <= 1
    assert abs(chance - by_chance(other, one)) < 1e-12
    assert abs(chance - by_chance([100 - it for it in one], [100 - it for it in other])) < 1e-12


@settings(max_examples=200)
@given(st.lists(st.tuples(scores, st.booleans()), max_size=60), st.randoms(use_true_random=False))
def test_whatever_is_told_can_be_counted_again(rows: list[tuple[int, bool]], chance: random.Random) -> None:
    span = days(len(rows))
    scored = {day: {"mood": score} for day, (score, _) in zip(span, rows, strict=True)}
    has = [day for day, (_, it) in zip(span, rows, strict=True) if it]
    found = differences(scored, [factor(has, span)])
    for told in found:
        with_, without = ([s for s, it in rows if it is side] for side in (True, False))
        assert (told.days_with, told.days_without) == (len(with_), len(without))
        assert (told.average_with, told.average_without) == (whole(fmean(with_)), whole(fmean(without)))
        assert abs(told.points) >= LEAST_POINTS
        assert min(len(with_), len(without)) >= LEAST_BESIDE
        assert len(rows) >= LEAST_SCORED
    # The order of the days, and which side is called which, change nothing.
    order = list(scored.items())
    chance.shuffle(order)
    assert differences(dict(order), [factor(has, span)]) == found
    lacks = [day for day in span if day not in has]
    assert len(differences(scored, [factor(lacks, span)])) == len(found)


@given(st.integers(7, 30), st.integers(7, 30), st.integers(0, 40), st.integers(20, 60))
def test_what_always_parts_the_days_is_found(one: int, other: int, low: int, apart: int) -> None:
    assume(low + apart <= 100)
    span = days(one + other)
    scored = {day: {"mood": low + apart if place < one else low} for place, day in enumerate(span)}
    [found] = differences(scored, [factor(span[:one], span)])
    assert found.points == apart
