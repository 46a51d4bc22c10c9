"""What the analyst on Claude is asked about goals, and what it makes of the answers; nothing is checked."""

from collections.abc import Mapping
from typing import Any

from bot.ai.protocols import ProposedGoal, ProposedProgress, Usage

CADENCES = ("day", "week", "month", "once")
CATEGORIES = ("mood", "energy", "sleep", "body", "focus", "connection", "growth", "calm", "none")
_TEXTS = ("title", "why", "measure", "unit")


def goal_schema() -> dict[str, Any]:
    properties: dict[str, Any] = {"is_goal": {"type": "boolean"}}
    properties |= {name: {"type": "string"} for name in _TEXTS}
    properties |= {
        "target": {"type": "number"},
        "cadence": {"type": "string", "enum": list(CADENCES)},
        "category": {"type": "string", "enum": list(CATEGORIES)},
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def proposed_goal(found: Mapping[str, Any], usage: Usage) -> ProposedGoal:
    return ProposedGoal(
        title=found.get("title"),
        why=found.get("why"),
        measure=found.get("measure"),
        unit=found.get("unit"),
        target=found.get("target"),
        cadence=found.get("cadence"),
        category=found.get("category"),
        is_goal=found.get("is_goal") is not False,
        source="model",
        usage=usage,
    )


def progress_schema() -> dict[str, Any]:
    item = {
        "type": "object",
        "properties": {
            "goal": {"type": "integer"},
            "amount": {"type": "number"},
            "quote": {"type": "string"},
        },
        "required": ["goal", "amount", "quote"],
        "additionalProperties": False,
    }
    return {"type": "array", "items": item}


def proposed_progress(found: Mapping[str, Any]) -> tuple[ProposedProgress, ...]:
    """Those that are objects: what is wrong with the goals spoils nothing else of an answer."""
    items = found.get("progress")
    return tuple(
        ProposedProgress(goal=item.get("goal"), amount=item.get("amount"), quote=item.get("quote"))
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict)
    )
