"""Scored days in a row, as pictures show them. A day without a score is not among them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import DailyScore, ScoreMetric


@dataclass(frozen=True, kw_only=True)
class ScoredDay:
    """`overall` and each of the categories that were scored, 0 to 100."""

    local_date: date
    overall: int
    categories: Mapping[str, int] = field(default_factory=dict)


async def days(session: AsyncSession, user_id: UUID, first: date, last: date) -> list[ScoredDay]:
    """Those from `first` to `last`, in order, with their categories."""
    within = (_scored(user_id), DailyScore.local_date.between(first, last))
    found = await session.execute(
        select(DailyScore.local_date, ScoreMetric.category, ScoreMetric.score)
        .join(ScoreMetric, ScoreMetric.daily_score_id == DailyScore.id)
        .where(*within, ScoreMetric.user_id == user_id)
    )
    categories: dict[date, dict[str, int]] = {}
    for day, category, score in found:
        if score is not None:
            categories.setdefault(day, {})[category] = score
    overall = await overalls(session, user_id, first, last)
    return [
        ScoredDay(local_date=day, overall=score, categories=categories.get(day, {}))
        for day, score in overall.items()
    ]


async def overalls(session: AsyncSession, user_id: UUID, first: date, last: date) -> dict[date, int]:
    """The scores from `first` to `last`, in order."""
    found = await session.execute(
        select(DailyScore.local_date, DailyScore.overall)
        .where(_scored(user_id), DailyScore.local_date.between(first, last))
        .order_by(DailyScore.local_date)
    )
    return {day: score for day, score in found if score is not None}


async def beside(
    session: AsyncSession, user_id: UUID, first: date, last: date
) -> tuple[date | None, date | None]:
    """The nearest scored days before `first` and after `last`."""
    before = select(func.max(DailyScore.local_date)).where(_scored(user_id), DailyScore.local_date < first)
    after = select(func.min(DailyScore.local_date)).where(_scored(user_id), DailyScore.local_date > last)
    row = (await session.execute(select(before.scalar_subquery(), after.scalar_subquery()))).one()
    return row[0], row[1]


def _scored(user_id: UUID) -> ColumnElement[bool]:
    return and_(DailyScore.user_id == user_id, DailyScore.state == "scored", DailyScore.overall.is_not(None))
