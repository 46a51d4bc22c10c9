"""Figures: what was measured, by which statistic, and whether it meets its target."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

OK, OVER = "ok", "over"


@dataclass(frozen=True, kw_only=True)
class Target:
    """`statistic` should be at most `limit`, in the figure's unit; at least it where `at_least`."""

    statistic: str
    limit: float
    at_least: bool = False

    def verdict(self, value: float) -> str:
        meets = value >= self.limit if self.at_least else value <= self.limit
        return OK if meets else OVER

    def __str__(self) -> str:
        return f"{self.statistic} {'>=' if self.at_least else '<='} {number(self.limit)}"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`statistics` by name, in `unit`; `samples` are the single measurements that they are of."""

    name: str
    unit: str
    statistics: Mapping[str, float]
    samples: Sequence[float] = ()
    target: Target | None = None

    @property
    def verdict(self) -> str | None:
        return self.target.verdict(self.statistics[self.target.statistic]) if self.target else None


def of_times(
    name: str, seconds: Sequence[float], *, percents: Sequence[int] = (50, 95), target: Target | None = None
) -> Figure:
    """A figure in milliseconds. Raises ValueError without any measurement."""
    samples = [it * 1000 for it in seconds]
    statistics = {f"p{percent}": percentile(samples, percent) for percent in percents}
    return Figure(name=name, unit="ms", statistics=statistics, samples=samples, target=target)


def ratio(name: str, one: Figure, other: Figure) -> Figure:
    """How many times `other` `one` is, by each statistic that both have. Raises ValueError where their
    units differ."""
    if one.unit != other.unit:
        raise ValueError(f"{one.unit} and {other.unit} are not compared")
    shared = [it for it in one.statistics if it in other.statistics]
    return Figure(
        name=name,
        unit="x",
        statistics={it: one.statistics[it] / other.statistics[it] for it in shared if other.statistics[it]},
    )


def percentile(samples: Sequence[float], percent: float) -> float:
    """By the nearest rank: the least of `samples` that `percent` percent of them do not exceed, so always
    one that was measured."""
    if not samples or not 0 < percent <= 100:
        raise ValueError("a percentile needs samples and a percent above 0, up to 100")
    ordered = sorted(samples)
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


def number(value: float) -> str:
    """Three digits that tell, and never fewer than the whole number has."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    places = max(2 - math.floor(math.log10(abs(value))), 0)
    return f"{value:.{min(places, 3)}f}"
