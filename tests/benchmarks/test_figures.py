import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.figures import OK, OVER, Figure, Target, number, of_times, percentile, ratio

SAMPLES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


@given(SAMPLES, st.integers(1, 100))
def test_a_percentile_is_the_least_sample_that_so_many_do_not_exceed(
    samples: list[float], percent: int
) -> None:
    found = percentile(samples, percent)
    enough = math.ceil(len(samples) * percent / 100)
    assert found in samples
    assert sum(it <= found for it in samples) >= enough
    assert sum(it < found for it in samples) < enough


@pytest.mark.parametrize(("percent", "expected"), [(1, 2), (50, 100), (95, 190), (99, 198), (100, 200)])
def test_percentiles_of_two_hundred(percent: int, expected: int) -> None:
    assert percentile([float(it) for it in range(200, 0, -1)], percent) == expected


@pytest.mark.parametrize(("samples", "percent"), [([], 50), ([1.0], 0), ([1.0], 101)])
def test_no_percentile_without_a_sample_or_a_sensible_percent(samples: list[float], percent: int) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(samples, percent)


def test_times_are_told_in_milliseconds() -> None:
    figure = of_times("recall", [0.001, 0.002, 0.004], percents=(50, 99))
    assert figure.unit == "ms"
    assert figure.statistics == {"p50": 2.0, "p99": 4.0}
    assert list(figure.samples) == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("target", "value", "expected"),
    [
        (Target(statistic="p95", limit=60), 60.0, OK),
        (Target(statistic="p95", limit=60), 60.01, OVER),
        (Target(statistic="recall", limit=1.0, at_least=True), 1.0, OK),
        (Target(statistic="recall", limit=1.0, at_least=True), 0.998, OVER),
    ],
)
def test_a_target_is_met_up_to_its_limit(target: Target, value: float, expected: str) -> None:
    assert Figure(name="x", unit="", statistics={target.statistic: value}, target=target).verdict == expected


def test_without_a_target_there_is_no_verdict() -> None:
    assert of_times("x", [1.0]).verdict is None


def test_a_ratio_compares_what_both_have() -> None:
    one = Figure(name="a", unit="ms", statistics={"p50": 6.0, "p95": 9.0, "p99": 1.0})
    other = Figure(name="b", unit="ms", statistics={"p50": 2.0, "p95": 6.0})
    assert ratio("a / b", one, other).statistics == {"p50": 3.0, "p95": 1.5}


def test_a_ratio_of_different_units_is_refused() -> None:
    other = Figure(name="b", unit="MB", statistics={"p50": 2.0})
    with pytest.raises(ValueError, match="compared"):
        ratio("a / b", of_times("a", [1.0]), other)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (1.0, "1.00"), (0.12345, "0.123"), (0.0004, "0.000"), (12.345, "12.3"), (1234.6, "1235")],
)
def test_numbers_show_three_digits(value: float, shown: str) -> None:
    assert number(value) == shown
