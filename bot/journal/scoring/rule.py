"""Category scores by rule, from the numbers of a day: those that its entries state, and those tapped.

The mapping stands in docs/scoring.md, and a test holds both together. A number that says what somebody
did, but not how it was for them (cups of coffee, hours of work), scores nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from bot.journal import numbers
from bot.journal import phrases_score as phrases
from bot.journal.metrics import ADDITIVE, KINDS
from bot.journal.quotes import find_quote
from db.queries.scores import CategoryReading, DayEntry, DayNumber

Points = Sequence[tuple[float, int]]


def rising(value: float) -> float:
    """1 to 10 points as 0 to 100: mood 7 is 66.7."""
    return (value - 1) / 9 * 100


def falling(value: float) -> float:
    """As `rising`, where 10 is the worst."""
    return (10 - value) / 9 * 100


def between(points: Points) -> Callable[[float], float]:
    """Straight lines between (value, score) pairs, level before the first and after the last."""

    def score(value: float) -> float:
        if value <= points[0][0]:
            return points[0][1]
        for (low, at_low), (high, at_high) in pairwise(points):
            if value <= high:
                return at_low + (at_high - at_low) * (value - low) / (high - low)
        return points[-1][1]

    return score


HOURS_OF_SLEEP: Points = ((3, 10), (5, 40), (6, 65), (7, 90), (8, 100), (9, 100), (10, 85), (12, 60))
EXERCISE: Points = ((0, 30), (20, 60), (30, 75), (60, 100))
STEPS: Points = ((0, 20), (4_000, 50), (8_000, 80), (12_000, 100))
PAIN: Points = ((0, 100), (10, 0))
WITH_PEOPLE: Points = ((0, 20), (30, 60), (60, 75), (120, 100))
READING: Points = ((0, 20), (15, 55), (30, 75), (60, 100))

# For each category the metrics that tell of it; where a day has several, the mean of what each gives.
RULES: dict[str, dict[str, Callable[[float], float]]] = {
    "mood": {"mood": rising},
    "energy": {"energy": rising},
    "sleep": {"sleep_hours": between(HOURS_OF_SLEEP), "sleep_quality": rising},
    "body": {
        "exercise_minutes": between(EXERCISE),
        "steps": between(STEPS),
        "pain": between(PAIN),
    },
    "focus": {"focus": rising},
    "connection": {"social_minutes": between(WITH_PEOPLE)},
    "growth": {"reading_minutes": between(READING)},
    "calm": {"stress": falling, "anxiety": falling},
}


@dataclass(frozen=True, kw_only=True)
class Total:
    """What one metric comes to over a day. `quote` are words of the entry `entry_id` that state it, None
    where the person tapped or typed the number: then the number itself is what there is to show."""

    name: str
    value: float
    quote: str | None
    entry_id: UUID


def standing(entries: Sequence[DayEntry], known: Sequence[DayNumber]) -> list[DayNumber]:
    """The numbers that can be shown for what they are: those that the person gave themselves, and those
    whose words stand in their entry as it is now."""
    bodies = {entry.id: entry.body for entry in entries}
    kept = []
    for number in known:
        body = bodies.get(number.entry_id)
        quoted = find_quote(number.quote, body) if body and number.quote else None
        if body is not None and (number.source == "person" or quoted):
            kept.append(number)
    return kept


def totals(known: Sequence[DayNumber]) -> dict[str, Total]:
    """What each metric comes to, in the order of the vocabulary. Points are averaged over the day; minutes,
    km, cups and their like are added up; of the rest, such as hours of sleep, the last one counts."""
    grouped: dict[str, list[DayNumber]] = {}
    for number in known:
        if number.name in KINDS:
            grouped.setdefault(number.name, []).append(number)
    return {name: _total(name, grouped[name]) for name in KINDS if name in grouped}


def _total(name: str, same: Sequence[DayNumber]) -> Total:
    values = [number.value for number in same]
    if name in ADDITIVE:
        value = sum(values)
    elif KINDS[name].unit == "points":
        value = sum(values) / len(values)
    else:
        value = values[-1]
    last = same[-1]
    quote = None if last.source == "person" else last.quote
    return Total(name=name, value=value, quote=quote, entry_id=last.entry_id)


def by_rule(known: Mapping[str, Total]) -> list[CategoryReading]:
    """A score for each category that the day's numbers tell of."""
    return [reading for category in RULES if (reading := _scored(category, known))]


def _scored(category: str, known: Mapping[str, Total]) -> CategoryReading | None:
    rules = RULES[category]
    told = [known[name] for name in rules if name in known]
    if not told:
        return None
    scores = [rules[total.name](total.value) for total in told]
    shown = [numbers.shown(total.name, total.value) for total in told]
    # Words are better evidence than a tap, where there are both.
    best = next((total for total in told if total.quote), told[0])
    return CategoryReading(
        category=category,
        score=int(sum(scores) / len(scores) + 0.5),
        reason=phrases.by_numbers(shown, has_quote=best.quote is not None),
        quote=best.quote,
        entry_id=best.entry_id,
        source="rule",
    )
