"""What a request may say, field by field: each is as strict as the OpenAPI document says."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Header, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from bot.journal.goals.proposing import (
    LEAST,
    LONGEST,
    LONGEST_MEASURE,
    LONGEST_TITLE,
    LONGEST_UNIT,
    MOST_TARGET,
)
from bot.journal.metrics import VOCABULARY
from bot.journal.writing import LONGEST as LONGEST_BODY
from bot.web.cursors import FORM
from bot.web.shapes import Cadence, CategoryName, MetricName

# Whatever else a text holds, this much of it can be seen. Blanks one by one: what `\s` is, each reader of the
# document takes otherwise.
WORDED = (
    r"[^\x00-\x20\x7f-\xa0\u061c\u1680\u2000-\u200a\u200e\u200f\u2028-\u202f\u205f\u2066-\u2069\u3000\ufeff]"
)

MOST_ON_A_PAGE = 100
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _date(value: Any) -> date:
    """Nothing but `2026-11-23`: the library would also take seconds since 1970."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError("a date like 2026-11-23 is wanted")
    return date.fromisoformat(value)


Day = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


# To JSON Schema 7.0 is a whole number.
Version = Annotated[int, Field(ge=1, le=2**31 - 1), BeforeValidator(_whole)]
Points = Annotated[int, Field(ge=0, le=100), BeforeValidator(_whole)]

Since = Annotated[Day | None, Query(alias="from", description="Only of this day and later ones.")]
Until = Annotated[Day | None, Query(alias="to", description="Only of this day and earlier ones.")]
Most = Annotated[int, Query(ge=1, le=MOST_ON_A_PAGE, description="How many on a page.")]
After = Annotated[
    str | None,
    Query(pattern=FORM, description="`next_cursor` of the page before. It only says where that page ended."),
]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="Any name of your own for this request. Send it again with the same key, and nothing is "
        "done twice.",
    ),
]


class Said(BaseModel):
    """The body of a request: only what is named here, and of just these types."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)


_BODY = Field(
    min_length=1,
    max_length=LONGEST_BODY,
    pattern=WORDED,
    description="What happened, in any language; control characters are left out.",
    examples=["Slept 6.5 hours, ran 30 minutes, mood 7."],
)
_DAY = Field(
    description="The day that it is about, from 1900-01-01 to the person's own today; any other is a 409.",
    examples=["2026-11-22"],
)


class NewEntry(Said):
    body: Annotated[str, _BODY]
    local_date: Annotated[Day | None, _DAY] = None


class EntryChange(Said):
    body: Annotated[str | None, _BODY] = None
    local_date: Annotated[Day | None, _DAY] = None
    version: Version | None = Field(
        default=None,
        description="Change it only while it is at this version; else the answer is 409.",
    )


class MetricChange(Said):
    value: float = Field(
        ge=min(kind.minimum for kind in VOCABULARY),
        le=max(kind.maximum for kind in VOCABULARY),
        description="Within the range of its name, see `/api/v1/metric-kinds`.",
    )


def _by_range(schema: dict[str, Any]) -> None:
    """Which values a metric may have depends on its name."""
    names: dict[tuple[float, float], list[str]] = {}
    for kind in VOCABULARY:
        names.setdefault((kind.minimum, kind.maximum), []).append(kind.name)
    schema["oneOf"] = [
        {
            "type": "object",
            "properties": {
                "name": {"type": "string", "enum": of_range},
                "value": {"type": "number", "minimum": least, "maximum": most},
            },
            "required": ["name", "value"],
            "additionalProperties": False,
        }
        for (least, most), of_range in names.items()
    ]
    for name in ("type", "properties", "required", "additionalProperties"):
        del schema[name]


class NewMetric(Said):
    model_config = ConfigDict(json_schema_extra=_by_range)

    name: MetricName
    value: float


_TITLE = Field(min_length=1, max_length=LONGEST_TITLE, pattern=WORDED, examples=["Run three times a week"])
_WHY = Field(max_length=LONGEST, description="Why the person wants it; the coach knows.")
_MEASURE = Field(max_length=LONGEST_MEASURE, description="What counts towards it, in words.")
_CADENCE = Field(description="How often the target is wanted; null for once.")
_TARGET = Field(ge=LEAST, le=MOST_TARGET, description="How much of the unit; null for none.")
_UNIT = Field(max_length=LONGEST_UNIT, description="“times” if none is given.")
_CATEGORY = Field(description="The category of a day's score that it belongs to.")


class NewGoal(Said):
    title: Annotated[str, _TITLE]
    why: Annotated[str | None, _WHY] = None
    measure: Annotated[str | None, _MEASURE] = None
    cadence: Annotated[Cadence | None, _CADENCE] = None
    target: Annotated[float | None, _TARGET] = None
    unit: Annotated[str | None, _UNIT] = None
    category: Annotated[CategoryName | None, _CATEGORY] = None


def _active() -> Literal["active"]:
    """What is not named is not changed, whatever stands in for it: no default of the document's."""
    return "active"


class GoalChange(Said):
    """Only what is named is changed; null takes it away."""

    title: Annotated[str, _TITLE] = Field(default_factory=str)
    why: Annotated[str | None, _WHY] = None
    measure: Annotated[str | None, _MEASURE] = None
    cadence: Annotated[Cadence | None, _CADENCE] = None
    target: Annotated[float | None, _TARGET] = None
    unit: Annotated[str | None, _UNIT] = None
    category: Annotated[CategoryName | None, _CATEGORY] = None
    state: Literal["active", "paused", "finished"] = Field(
        default_factory=_active,
        description="Pause, finish or resume it; active also takes up what was proposed.",
    )


class CategoryChange(Said):
    score: Points | None = Field(description="What the person says; null for no score at all.")
