"""What may be said of a row of scored days, in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import floor, sqrt
from statistics import fmean, median, quantiles

from bot.journal.charts.values import LEAST_DAYS

# A direction is told when chance alone would give it in fewer than one of twenty rows of days
# (Mann-Kendall, two-sided), and when it comes to this many points (Theil-Sen).
SIGNIFICANT = 1.96
LEAST_POINTS = 5


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Of at least `LEAST_DAYS` days, half of which lie between `low` and `high`."""

    average: int
    low: float
    high: float
    best: tuple[date, int]
    hardest: tuple[date, int]


def facts(scores: Mapping[date, int]) -> Facts | None:
    """None for too few days to say anything. Of equal days the later one is the best and the hardest."""
    if len(scores) < LEAST_DAYS:
        return None
    low, _, high = quantiles(scores.values(), n=4, method="inclusive")
    return Facts(
        average=whole(fmean(scores.values())),
        low=low,
        high=high,
        best=max(scores.items(), key=lambda it: (it[1], it[0])),
        hardest=min(scores.items(), key=lambda it: (it[1], -it[0].toordinal())),
    )


def average(scores: Mapping[date, int]) -> int | None:
    return whole(fmean(scores.values())) if len(scores) >= LEAST_DAYS else None


def whole(value: float) -> int:
    """Rounded as people round: halves go up."""
    return floor(value + 0.5)


def change(scores: Mapping[date, int]) -> int:
    """By how many points the days rise (or fall, below 0) from the first to the last of them; 0 where
    no direction is clear. Its time grows with the square of their number."""
    if len(scores) < LEAST_DAYS:
        return 0
    days = sorted(scores)
    pairs = list(combinations(days, 2))
    ups = sum(_sign(scores[later] - scores[earlier]) for earlier, later in pairs)
    if abs(ups) - 1 < SIGNIFICANT * sqrt(_variance(list(scores.values()))):
        return 0
    slope = median((scores[later] - scores[earlier]) / (later - earlier).days for earlier, later in pairs)
    # A slope through a few days can reach beyond the scores that there were.
    most = max(scores.values()) - min(scores.values())
    points = min(whole(abs(slope) * (days[-1] - days[0]).days), most)
    return _sign(slope) * points if points >= LEAST_POINTS else 0


def _variance(values: list[int]) -> float:
    """Of the number of rises over falls, were the order of the days chance; ties make it smaller."""
    ties = [values.count(value) for value in set(values)]
    return (_term(len(values)) - sum(_term(tied) for tied in ties)) / 18


def _term(count: int) -> int:
    return count * (count - 1) * (2 * count + 5)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
