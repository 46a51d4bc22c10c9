"""A day's score, as everybody outside this package sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from bot.errors import MindError
from bot.journal.scoring.rule import Total
from db.queries.scores import CategoryRecord

State = Literal["scored", "too_little", "concern", "empty"]


@dataclass(frozen=True, kw_only=True)
class ScoredDay:
    """`state` as in `daily_scores`; `id` names its row, None where nothing was ever written that day.
    `overall` is there when it is "scored", `categories` also when they are too little for an overall.
    `totals` are the day's numbers by name. `source` tells whether a model read the day or its numbers alone
    were counted. `trouble` is why the analyst did not read it as it is now, where it should have."""

    user_id: UUID
    local_date: date
    state: State
    id: UUID | None = None
    overall: int | None = None
    source: str | None = None
    categories: tuple[CategoryRecord, ...] = ()
    totals: Mapping[str, Total] = field(default_factory=dict)
    trouble: MindError | None = None

    @property
    def scores(self) -> dict[str, int]:
        """The categories that have a score."""
        return {it.category: it.score for it in self.categories if it.score is not None}

    def category(self, name: str) -> CategoryRecord | None:
        return next((it for it in self.categories if it.category == name), None)
