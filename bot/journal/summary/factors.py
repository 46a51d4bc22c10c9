"""What may have gone with good days: what people told of their days in numbers, and their goals."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from statistics import fmean, median

from bot.journal import numbers
from bot.journal import phrases_summary as phrases
from bot.journal.metrics import ADDITIVE, KINDS
from bot.journal.summary.differences import Factor
from db.models import Metric
from db.queries.summing import GoalDays

# There or not: a day that says nothing of it counts as one without.
PRESENT = {
    "exercise_minutes": "body",
    "outdoor_minutes": "body",
    "alcohol_drinks": "body",
    "meditation_minutes": "calm",
    "reading_minutes": "growth",
    "social_minutes": "connection",
}
# Much or little, parted at the middle of the days that say it.
MUCH = {
    "sleep_hours": "sleep",
    "steps": "body",
    "coffee_cups": "body",
    "water_glasses": "body",
    "work_hours": "focus",
    "screen_hours": "focus",
}


def by_day(told: Iterable[tuple[date, Metric]]) -> dict[date, dict[str, float]]:
    """What each number of a day comes to, in the order of the vocabulary: points are averaged, minutes
    and their like added up, and of the rest the last one counts, as the score of a day has it."""
    of_day: dict[date, dict[str, list[float]]] = {}
    for day, metric in told:
        of_day.setdefault(day, {}).setdefault(metric.name, []).append(metric.value)
    return {
        day: {name: _total(name, values[name]) for name in KINDS if name in values}
        for day, values in of_day.items()
    }


def _total(name: str, values: Sequence[float]) -> float:
    if name in ADDITIVE:
        return sum(values)
    return fmean(values) if KINDS[name].unit == "points" else values[-1]


def factors(
    days: Iterable[date], told: Mapping[date, Mapping[str, float]], goals: Sequence[GoalDays]
) -> list[Factor]:
    """`days` are the scored ones."""
    scored = frozenset(days)
    found = [_present(name, category, scored, told) for name, category in PRESENT.items()]
    found += [it for name, category in MUCH.items() if (it := _much(name, category, scored, told))]
    return found + [
        Factor(name=phrases.on_goal(it.title), days=it.days, among=scored, category=it.category)
        for it in goals
    ]


def _present(
    name: str, category: str, scored: frozenset[date], told: Mapping[date, Mapping[str, float]]
) -> Factor:
    days = frozenset(day for day in scored if told.get(day, {}).get(name, 0) > 0)
    return Factor(name=phrases.with_(name), days=days, among=scored, category=category)


def _much(
    name: str, category: str, scored: frozenset[date], told: Mapping[date, Mapping[str, float]]
) -> Factor | None:
    values = {day: told[day][name] for day in scored if name in told.get(day, {})}
    if not values:
        return None
    middle = median(values.values())
    days = frozenset(day for day, value in values.items() if value >= middle)
    label = phrases.at_least(name, numbers.plain(middle))
    return Factor(name=label, days=days, among=frozenset(values), category=category)
