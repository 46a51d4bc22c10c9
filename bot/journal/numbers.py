"""Numbers as people read and write them: their short forms, the steps of a tap, typed values."""

import re
import unicodedata
from collections.abc import Sequence
from math import ceil, floor
from typing import Literal

from bot.ai.protocols import MetricKind
from bot.journal import phrases_correcting as phrases
from bot.journal.metrics import ADDITIVE, VOCABULARY
from db.models import Metric

# How far a tap on − or + goes, by unit.
STEPS = {"hours": 0.5, "minutes": 5.0, "steps": 500.0, "km": 0.5, "kg": 0.1}
# What the quiet line holds at most: pieces, and characters.
MOST_PIECES, LONGEST_LINE = 7, 90

# The units that may be typed after a number, and what one of them is in the metric's own unit.
_HOUR = ("h", "hr", "hrs", "hour", "hours", "std", "ч")
_MINUTE = ("m", "min", "mins", "minute", "minutes", "мин")
_UNITS: dict[str, dict[str, float]] = {
    "hours": dict.fromkeys(_HOUR, 1.0) | dict.fromkeys(_MINUTE, 1 / 60),
    "minutes": dict.fromkeys(_MINUTE, 1.0) | dict.fromkeys(_HOUR, 60.0),
    "steps": {"step": 1.0, "steps": 1.0, "k": 1000.0},
    "km": {"km": 1.0, "m": 0.001, "mi": 1.609344, "mile": 1.609344, "miles": 1.609344},
    "kg": {"kg": 1.0, "lb": 0.45359237, "lbs": 0.45359237, "pounds": 0.45359237},
    "points": {"/10": 1.0, "out of 10": 1.0, "of 10": 1.0},
    "glasses": {"glass": 1.0, "glasses": 1.0},
    "cups": {"cup": 1.0, "cups": 1.0},
    "drinks": {"drink": 1.0, "drinks": 1.0},
}
_NUMBER = re.compile(r"([+-]?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?)\s*(\D.*)?")
_CLOCK = re.compile(r"(\d{1,4})\s*(?::|h|hrs?|hours?|std)\s*([0-5]?\d)\s*(?:m|mins?|minutes?)?")
_THOUSANDS = re.compile(r"(?<=\d)[ ,.'’\u202f](?=\d{3}(?!\d))")
# Units in which three decimals make sense; elsewhere "12,000" is twelve thousand.
_FINE = {"km", "kg"}
_SAME = str.maketrans({"−": "-", "–": "-", "٫": ".", "٬": ","})
_NONE = {"none", "nothing", "no value", "remove", "delete", "-"}


def shown(name: str, value: float) -> str:
    """“slept 6.5 h”."""
    return phrases.value(name, plain(value))


def plain(value: float) -> str:
    """At most two decimals, and none that say nothing."""
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")


def line(known: Sequence[Metric]) -> str:
    """“mood 7/10 · slept 6.5 h · +5”: the first few, several of one name added up."""
    pieces = [shown(name, value) for name, value in totals(known)]
    kept: list[str] = []
    for piece in pieces[:MOST_PIECES]:
        if kept and len(" · ".join([*kept, piece])) > LONGEST_LINE:
            break
        kept.append(piece)
    if len(kept) < len(pieces):
        kept.append(f"+{len(pieces) - len(kept)}")
    return " · ".join(kept)


def totals(known: Sequence[Metric]) -> list[tuple[str, float]]:
    """What each name comes to, in the order of the vocabulary."""
    found: dict[str, float] = {}
    for it in in_order(known):
        found[it.name] = found.get(it.name, 0.0) + it.value if it.name in ADDITIVE else it.value
    return list(found.items())


def in_order(known: Sequence[Metric]) -> list[Metric]:
    place = {kind.name: number for number, kind in enumerate(VOCABULARY)}
    return sorted(known, key=lambda it: (place.get(it.name, len(place)), it.name, it.ordinal))


def fits(kind: MetricKind, value: float) -> bool:
    # Not a number compares false with everything.
    return kind.minimum <= value <= kind.maximum


def step(kind: MetricKind, value: float, direction: Literal["up", "down"]) -> float:
    """The next value that is a whole number of steps, as far as the metric goes."""
    size = STEPS.get(kind.unit, 1.0)
    steps = round(value / size, 6)
    wanted = (floor(steps) + 1 if direction == "up" else ceil(steps) - 1) * size
    return round(min(max(wanted, kind.minimum), kind.maximum), 2)


def typed(text: str, kind: MetricKind) -> float | Literal["none"] | None:
    """The value that a message states and nothing else, in the metric's unit but of any size; "none"
    for no value; None where it is something else."""
    folded = unicodedata.normalize("NFKC", text).translate(_SAME).casefold()
    words = "".join(str(unicodedata.decimal(it)) if it.isdecimal() else it for it in folded)
    words = " ".join(words.split()).rstrip(".!")
    if words in _NONE or (not words and text.strip() in _NONE):
        return "none"
    if kind.unit not in _FINE:
        words = _THOUSANDS.sub("", words)
    clock = _CLOCK.fullmatch(words)
    if clock and kind.unit in {"hours", "minutes"}:
        minutes = int(clock[1]) * 60 + int(clock[2])
        return round(minutes / 60, 2) if kind.unit == "hours" else float(minutes)
    number = _NUMBER.fullmatch(words)
    if number is None:
        return None
    unit = (number[2] or "").strip()
    size = _UNITS.get(kind.unit, {}).get(unit) if unit else 1.0
    return None if size is None else round(float(number[1].replace(",", ".")) * size, 2)
