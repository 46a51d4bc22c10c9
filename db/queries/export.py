"""What a person keeps here, to be handed out: their own words and what came of them, without how the
program works on it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import DailyScore, Entry, Goal, GoalProgress, Metric, Reminder, ScoreMetric, User
from db.models.base import Base, table

AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Part:
    model: type[Base]
    columns: str
    which: ColumnElement[bool] | None = None


PARTS = {
    "entries": Part(
        model=Entry,
        columns="id kind body caption transcript language local_date written_at edited_at is_question reply",
        which=Entry.deleted_at.is_(None),
    ),
    "metrics": Part(
        model=Metric,
        columns="id entry_id name value unit quote source model_value",
        which=Metric.removed_at.is_(None),
    ),
    "goals": Part(
        model=Goal,
        columns="id title why measure cadence target unit state progress created_at finished_at",
    ),
    "goal_progress": Part(
        model=GoalProgress,
        columns="id goal_id entry_id local_date amount quote",
        which=GoalProgress.removed_at.is_(None),
    ),
    "scores": Part(
        model=DailyScore, columns="id local_date state overall summary advice question helped helped_quote"
    ),
    "score_metrics": Part(
        model=ScoreMetric, columns="id daily_score_id category score reason quote entry_id"
    ),
    "reminders": Part(model=Reminder, columns="id text at weekdays once_on state"),
}


async def freeze(session: AsyncSession) -> None:
    """All that this transaction reads is of one moment. To be said first."""
    await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


async def person(session: AsyncSession, user_id: UUID) -> dict[str, Any]:
    found = select(User.name, User.email, User.time_zone, User.created_at).where(User.id == user_id)
    return dict((await session.execute(found)).mappings().one())


async def read(session: AsyncSession, part: Part, user_id: UUID) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """The rows of one of `PARTS`, oldest first, some at a time."""
    rows, last = table(part.model), UUID(int=0)
    wanted = select(*(rows.c[it] for it in part.columns.split())).where(rows.c.user_id == user_id)
    if part.which is not None:
        wanted = wanted.where(part.which)
    while True:
        some = wanted.where(rows.c.id > last).order_by(rows.c.id).limit(AT_ONCE)
        found = [dict(row) for row in (await session.execute(some)).mappings()]
        if not found:
            return
        yield found
        last = found[-1]["id"]
