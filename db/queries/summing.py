"""What a summary is made from: a day's entries, scored days, numbers and goals by day; and the words that
were found for a day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import DailyScore, Entry, Goal, GoalProgress, Metric, ScoreMetric
from db.queries.history import told, written


@dataclass(frozen=True, kw_only=True)
class Told:
    """An entry as a summary reads it; `reply` is what the bot said to it."""

    id: UUID
    local_date: date
    written_at: datetime
    kind: str
    body: str
    language: str | None
    reply: str | None


@dataclass(frozen=True, kw_only=True)
class DayScore:
    """A row of `daily_scores` with its categories; `state` as there."""

    local_date: date
    state: str
    overall: int | None
    fingerprint: str | None
    summary: str | None
    advice: str | None
    question: str | None
    categories: Mapping[str, int] = field(default_factory=dict)


async def entries(session: AsyncSession, user_id: UUID, first: date, last: date) -> list[Told]:
    """What was told of these days, in order."""
    found = (
        select(*(getattr(Entry, name) for name in Told.__dataclass_fields__))
        .where(told(user_id), Entry.local_date.between(first, last))
        .order_by(Entry.local_date, Entry.written_at, Entry.id)
    )
    return [
        Told(**dict(zip(Told.__dataclass_fields__, row, strict=True))) for row in await session.execute(found)
    ]


async def concerns(
    session: AsyncSession, user_id: UUID, first: date, last: date | None = None
) -> list[tuple[date, str]]:
    """What was said on these days of the person's safety, in questions to the diary, too; without a `last`
    day up to now."""
    found = select(Entry.local_date, Entry.concern).where(
        written(user_id), Entry.local_date >= first, Entry.concern.is_not(None)
    )
    if last is not None:
        found = found.where(Entry.local_date <= last)
    return [(day, concern) for day, concern in await session.execute(found) if concern]


async def last_day(session: AsyncSession, user_id: UUID, until: date) -> date | None:
    """The latest day up to `until` of which something was told."""
    return await session.scalar(
        select(func.max(Entry.local_date)).where(told(user_id), Entry.local_date <= until)
    )


async def scores(session: AsyncSession, user_id: UUID, first: date, last: date) -> list[DayScore]:
    """The days that were looked at, in order, whatever their state."""
    columns = [name for name in DayScore.__dataclass_fields__ if name != "categories"]
    days = (
        select(DailyScore.id, *(getattr(DailyScore, name) for name in columns))
        .where(DailyScore.user_id == user_id, DailyScore.local_date.between(first, last))
        .order_by(DailyScore.local_date)
    )
    rows = list(await session.execute(days))
    of_day: dict[UUID, dict[str, int]] = {row.id: {} for row in rows}
    scored = select(ScoreMetric.daily_score_id, ScoreMetric.category, ScoreMetric.score).where(
        ScoreMetric.user_id == user_id, ScoreMetric.daily_score_id.in_(of_day)
    )
    for day_id, category, score in await session.execute(scored):
        # A person may want none for a category.
        if score is not None:
            of_day[day_id][category] = score
    return [
        DayScore(categories=of_day[day_id], **dict(zip(columns, day, strict=True))) for day_id, *day in rows
    ]


async def metrics(session: AsyncSession, user_id: UUID, first: date, last: date) -> list[tuple[date, Metric]]:
    """The numbers of these days that count, in the order in which they were told."""
    found = (
        select(Entry.local_date, Metric)
        .join(Entry, Entry.id == Metric.entry_id)
        .where(
            told(user_id),
            Metric.user_id == user_id,
            Metric.removed_at.is_(None),
            Entry.local_date.between(first, last),
        )
        .order_by(Entry.local_date, Entry.written_at, Entry.id, Metric.ordinal)
    )
    return [(row[0], row[1]) for row in await session.execute(found)]


@dataclass(frozen=True, kw_only=True)
class GoalDays:
    """The days on which a goal was moved."""

    goal_id: UUID
    title: str
    category: str | None
    days: frozenset[date]


async def goal_days(session: AsyncSession, user_id: UUID, first: date, last: date) -> list[GoalDays]:
    """Of the goals that run or were finished; what was taken back, or stands in a deleted entry, counts
    for nothing."""
    moved = (
        select(Goal.id, Goal.title, Goal.category, GoalProgress.local_date)
        .join(GoalProgress, GoalProgress.goal_id == Goal.id)
        .outerjoin(Entry, Entry.id == GoalProgress.entry_id)
        .where(
            Goal.user_id == user_id,
            Goal.state != "proposed",
            GoalProgress.user_id == user_id,
            GoalProgress.removed_at.is_(None),
            GoalProgress.local_date.between(first, last),
            Entry.deleted_at.is_(None),
            Entry.is_question.is_not(True),
        )
        .order_by(Goal.created_at, Goal.id)
    )
    found: dict[UUID, tuple[str, str | None, set[date]]] = {}
    for goal_id, title, category, day in await session.execute(moved):
        found.setdefault(goal_id, (title, category, set()))[2].add(day)
    return [
        GoalDays(goal_id=goal_id, title=title, category=category, days=frozenset(days))
        for goal_id, (title, category, days) in found.items()
    ]


async def keep_words(session: AsyncSession, user_id: UUID, local_date: date, **words: Any) -> None:
    """Keep what was found to say about a day with its score: summary, advice, question, helped,
    helped_quote, helped_entry_id."""
    day = update(DailyScore).where(DailyScore.user_id == user_id, DailyScore.local_date == local_date)
    await session.execute(day.values(**words))


async def said_before(session: AsyncSession, user_id: UUID, day: date, days: int) -> list[DayScore]:
    """The `days` before `day` for which words were found, the newest first."""
    found = await scores(session, user_id, day - timedelta(days=days), day - timedelta(days=1))
    return [it for it in reversed(found) if it.summary or it.question or it.advice]
