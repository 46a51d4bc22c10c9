"""The closed vocabulary of metrics, and the checks that a proposed one must pass."""

import logging
from collections.abc import Sequence

from bot.ai.protocols import MetricKind, ProposedMetric
from bot.journal.quotes import find_quote
from db.queries.metrics import Reading

log = logging.getLogger(__name__)


def _kind(name: str, unit: str, minimum: float, maximum: float, meaning: str) -> MetricKind:
    return MetricKind(name=name, unit=unit, minimum=minimum, maximum=maximum, meaning=meaning)


VOCABULARY: tuple[MetricKind, ...] = (
    _kind("mood", "points", 1, 10, "how good they felt; 1 is terrible, 10 is wonderful"),
    _kind("energy", "points", 1, 10, "how much energy they had; 1 is drained"),
    _kind("stress", "points", 1, 10, "how stressed they were; 10 is the most"),
    _kind("anxiety", "points", 1, 10, "how anxious they were; 10 is the most"),
    _kind("focus", "points", 1, 10, "how well they could concentrate; 10 is best"),
    _kind("sleep_hours", "hours", 0, 24, "how long they slept in the night before this day"),
    _kind("sleep_quality", "points", 1, 10, "how well they slept; 10 is best"),
    _kind("exercise_minutes", "minutes", 0, 1440, "sport and brisk movement, each activity by itself"),
    _kind("steps", "steps", 0, 200_000, "steps walked in the day"),
    _kind("distance_km", "km", 0, 500, "distance run, walked, ridden or swum"),
    _kind("weight_kg", "kg", 20, 500, "body weight"),
    _kind("water_glasses", "glasses", 0, 50, "glasses of water"),
    _kind("coffee_cups", "cups", 0, 50, "cups of coffee"),
    _kind("alcohol_drinks", "drinks", 0, 50, "alcoholic drinks"),
    _kind("screen_hours", "hours", 0, 24, "leisure time at screens"),
    _kind("work_hours", "hours", 0, 24, "time worked"),
    _kind("meditation_minutes", "minutes", 0, 1440, "meditation or breathing practice"),
    _kind("reading_minutes", "minutes", 0, 1440, "reading for themselves"),
    _kind("outdoor_minutes", "minutes", 0, 1440, "time spent outdoors"),
    _kind("social_minutes", "minutes", 0, 1440, "time spent with people they like"),
    _kind("pain", "points", 0, 10, "how much it hurt; 0 is none"),
)
KINDS = {kind.name: kind for kind in VOCABULARY}

# Several of these in one entry are several readings; of the others the first one counts.
ADDITIVE = {kind.name for kind in VOCABULARY if kind.unit in {"minutes", "km", "cups", "drinks", "glasses"}}
MOST_PER_NAME = 10


def check(proposed: Sequence[ProposedMetric], text: str, source: str) -> list[Reading]:
    """Those that are in the vocabulary, in range and quoted from `text`, as they stand there; the
    rest is dropped one by one, never clamped and never zeroed."""
    readings: list[Reading] = []
    for metric in proposed:
        reading = _check_one(metric, text, source, readings)
        if reading is not None:
            readings.append(reading)
    if len(readings) < len(proposed):
        log.info("%d of %d proposed metrics did not pass", len(proposed) - len(readings), len(proposed))
    return readings


def _check_one(metric: ProposedMetric, text: str, source: str, earlier: Sequence[Reading]) -> Reading | None:
    kind = KINDS.get(metric.name) if isinstance(metric.name, str) else None
    value = metric.value
    # bool is an int to Python; a string may look like a number, but it isn't what was asked for.
    if kind is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Not a number compares false with everything.
    if not kind.minimum <= value <= kind.maximum:
        return None
    quote = find_quote(metric.quote, text) if isinstance(metric.quote, str) else None
    same_name = [reading for reading in earlier if reading.name == kind.name]
    most = MOST_PER_NAME if kind.name in ADDITIVE else 1
    if quote is None or len(same_name) >= most or any(r.quote == quote for r in same_name):
        return None
    return Reading(
        name=kind.name,
        ordinal=len(same_name),
        value=float(value),
        unit=kind.unit,
        quote=quote,
        source=source,
        several=kind.name in ADDITIVE,
    )
