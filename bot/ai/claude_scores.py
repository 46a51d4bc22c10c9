"""Scoring a day by Claude: what is asked for, and how the answer is taken."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.ai.protocols import DayReading, ProposedScore, Usage


def score_schema(categories: Sequence[str]) -> dict[str, object]:
    """The JSON schema of a scored day. It has no ranges: the vendor knows none, the journal checks them."""
    item = {
        "type": "object",
        "properties": {
            "category": {"type": "string", "enum": list(categories)},
            "quote": {"type": "string", "description": "words of one entry, copied letter for letter"},
            "reason": {"type": "string", "description": "one short sentence in plain words"},
            "score": {"type": "integer", "description": "0 to 100"},
        },
        "required": ["category", "quote", "reason", "score"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"scores": {"type": "array", "items": item}},
        "required": ["scores"],
        "additionalProperties": False,
    }


def day_reading(found: Mapping[str, Any], usage: Usage) -> DayReading | None:
    """What the model read. A score that is not an object is left out, the others stay; None where there is
    no list of them at all."""
    items = found.get("scores")
    if not isinstance(items, list):
        return None
    scores = tuple(
        ProposedScore(
            category=item.get("category"),
            score=item.get("score"),
            reason=item.get("reason"),
            quote=item.get("quote"),
        )
        for item in items
        if isinstance(item, dict)
    )
    return DayReading(scores=scores, source="model", usage=usage)
