"""The words of an evening, a week or a month, as Claude is asked for them and gives them."""

from typing import Any

from bot.ai.protocols import SummaryWords, Usage

FIELDS = ("story", "helped", "helped_quote", "suggestion", "question")


def summary_schema() -> dict[str, object]:
    """What is not there is an empty text, and 0 for no goal. It has no lengths: the vendor knows none,
    the journal checks them."""
    parts: dict[str, object] = {name: {"type": "string"} for name in FIELDS}
    return {
        "type": "object",
        "properties": parts | {"goal": {"type": "integer"}},
        "required": [*FIELDS, "goal"],
        "additionalProperties": False,
    }


def summary_words(found: dict[str, Any], usage: Usage) -> SummaryWords:
    given = {name: found.get(name) for name in (*FIELDS, "goal")}
    return SummaryWords(**given, source="model", usage=usage)
