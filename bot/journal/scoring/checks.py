"""What must be true of a category score before it is believed."""

import logging
import re
from collections.abc import Sequence
from math import isfinite

from bot.ai.protocols import ProposedScore
from bot.journal.message import clean
from bot.journal.quotes import find_quote, letters
from bot.journal.scoring.weights import WEIGHTS
from db.queries.scores import CategoryReading, DayEntry

log = logging.getLogger(__name__)

# More than that nobody asked for; the rest is not even looked at.
MOST, LONGEST_REASON = 32, 400
# Fewer letters than these stand in any text.
LEAST_LETTERS = 3
# What has no place in plain words: markup, and whatever a chat would turn into a link.
_NOT_PLAIN = re.compile(r"<[^<>]*>|&[a-z#0-9]+;|://|www\.|t\.me/|(?<!\w)@\w", re.IGNORECASE)


def check(proposed: Sequence[ProposedScore], entries: Sequence[DayEntry]) -> list[CategoryReading]:
    """Those of a known category, each the first of its kind, with a score from 0 to 100, a reason in plain
    words, and a quote that stands in one of the entries. The rest is dropped one by one, never clamped."""
    readings: dict[str, CategoryReading] = {}
    for item in proposed[:MOST]:
        reading = _check_one(item, entries)
        if reading is not None:
            readings.setdefault(reading.category, reading)
    if len(readings) < len(proposed):
        log.info("%d of %d proposed scores did not pass", len(proposed) - len(readings), len(proposed))
    return list(readings.values())


def _check_one(item: ProposedScore, entries: Sequence[DayEntry]) -> CategoryReading | None:
    if not isinstance(item.category, str) or item.category not in WEIGHTS:
        return None
    score, reason = _score(item.score), _reason(item.reason)
    if score is None or reason is None or not isinstance(item.quote, str):
        return None
    if letters(item.quote) < LEAST_LETTERS:
        return None
    for entry in entries:
        quote = find_quote(item.quote, entry.body)
        if quote is not None:
            return CategoryReading(
                category=item.category,
                score=score,
                reason=reason,
                quote=quote,
                entry_id=entry.id,
                source="model",
            )
    return None


def _score(value: object) -> int | None:
    # bool is an int to Python; a string may look like a number, but it isn't what was asked for.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not isfinite(value) or not 0 <= value <= 100:
        return None
    return int(value + 0.5)


def _reason(value: object) -> str | None:
    """On one line; None for what is no reason in plain words."""
    if not isinstance(value, str) or len(value) > LONGEST_REASON or _NOT_PLAIN.search(value):
        return None
    text = " ".join(clean(value).split())
    return text if any(it.isalnum() for it in text) else None
