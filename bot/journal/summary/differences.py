"""What went with good days: only what the scored days show clearly, with the days that stand behind it.

A thing that was there on some days and not on others is told when there are at least `LEAST_SCORED` scored
days that tell of it, `LEAST_BESIDE` of them on each side, when the sides lie at least `LEAST_POINTS` apart,
and when chance would part them so in fewer than one of twenty reviews: by the rank-sum test of Mann and
Whitney (two-sided, normal approximation with continuity and tie corrections), the limit divided among all
that was looked at (Holm). A thing that has a category of its own, as sleep has, is held against the other
categories, since a score would else be compared with itself.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import erfc, sqrt
from statistics import fmean

from bot.journal.charts.facts import whole

LEAST_SCORED, LEAST_BESIDE, LEAST_POINTS = 14, 5, 5
CHANCE = 0.05

Scored = Mapping[date, Mapping[str, int]]


@dataclass(frozen=True, kw_only=True)
class Factor:
    """Something that `days` had, of those that tell whether they had it. `category` is the one of a
    day's score that it belongs to."""

    name: str
    days: frozenset[date]
    among: frozenset[date]
    category: str | None = None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Averages of 0 to 100 on so many days each."""

    name: str
    days_with: int
    days_without: int
    average_with: int
    average_without: int
    category: str | None = None

    @property
    def points(self) -> int:
        return self.average_with - self.average_without


def differences(scored: Scored, factors: Sequence[Factor]) -> list[Difference]:
    """Those that are clear, the largest first."""
    tried: list[tuple[float, Difference]] = []
    for factor in factors:
        has, lacks = _sides(scored, factor)
        if min(len(has), len(lacks)) < LEAST_BESIDE or len(has) + len(lacks) < LEAST_SCORED:
            continue
        told = Difference(
            name=factor.name,
            days_with=len(has),
            days_without=len(lacks),
            average_with=whole(fmean(has)),
            average_without=whole(fmean(lacks)),
            category=factor.category,
        )
        tried.append((by_chance(has, lacks), told))
    clear = [it for it in _beyond_chance(tried) if abs(it.points) >= LEAST_POINTS]
    return sorted(clear, key=lambda it: (-abs(it.points), it.name))


def _sides(scored: Scored, factor: Factor) -> tuple[list[float], list[float]]:
    """What the days with it and those without come to."""
    has: list[float] = []
    lacks: list[float] = []
    for day in sorted(factor.among & scored.keys()):
        scores = [score for name, score in scored[day].items() if name != factor.category]
        if scores:
            (has if day in factor.days else lacks).append(fmean(scores))
    return has, lacks


def _beyond_chance(tried: Sequence[tuple[float, Difference]]) -> list[Difference]:
    kept = []
    for place, (chance, told) in enumerate(sorted(tried, key=lambda it: (it[0], it[1].name))):
        if chance >= CHANCE / (len(tried) - place):
            break
        kept.append(told)
    return kept


def by_chance(one: Sequence[float], other: Sequence[float]) -> float:
    """How likely two rows of numbers of one kind would lie at least as far apart; 1 where all are equal."""
    n, m = len(one), len(other)
    ranks = _ranks([*one, *other])
    apart = abs(sum(ranks[:n]) - n * (n + m + 1) / 2)
    ties = sum(count**3 - count for count in Counter([*one, *other]).values())
    variance = n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)))
    if variance <= 0:
        return 1.0
    return min(erfc(max(apart - 0.5, 0.0) / sqrt(2 * variance)), 1.0)


def _ranks(values: Sequence[float]) -> list[float]:
    """From 1 on; equal values share the middle of theirs."""
    counts = Counter(values)
    rank: dict[float, float] = {}
    below = 0
    for value in sorted(counts):
        rank[value] = below + (counts[value] + 1) / 2
        below += counts[value]
    return [rank[value] for value in values]
