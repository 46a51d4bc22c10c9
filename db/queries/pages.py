"""What is a person's own, page by page: the newest first, each page going on behind the last row of the one
before, so that what is added meanwhile moves nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import DailyScore, Entry, Goal, GoalProgress, Journey, Metric, ScoreMetric

from . import entries
from .entries import EntryRecord
from .goal_progress import Counted
from .goals import GoalRecord, goals_of, is_there
from .goals import record as goal_record
from .history import told
from .scores import CategoryRecord

# What the analyst still has to read ends so, see `bot.journal.scoring.scorer`.
WANTING = "%:wanting"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a page ends: the time by which its rows are in order, and the key of its last row."""

    at: datetime
    id: UUID


@dataclass(frozen=True, kw_only=True)
class MetricRecord:
    """A number of an entry, and when that was written, about which day."""

    id: UUID
    entry_id: UUID
    name: str
    value: float
    unit: str
    quote: str | None
    source: str
    model_value: float | None
    removed_at: datetime | None
    created_at: datetime
    local_date: date
    written_at: datetime

    @property
    def place(self) -> Place:
        return Place(at=self.written_at, id=self.id)


@dataclass(frozen=True, kw_only=True)
class OwnEntry:
    """An entry with its numbers, and how its journey stands: `waiting_for` names what holds it up."""

    entry: EntryRecord
    is_done: bool
    waiting_for: str | None
    metrics: Sequence[MetricRecord]

    @property
    def place(self) -> Place:
        return Place(at=self.entry.written_at, id=self.entry.id)


@dataclass(frozen=True, kw_only=True)
class OwnDay:
    """A scored day with its categories. `is_wanting`: the analyst did not answer yet."""

    local_date: date
    state: str
    overall: int | None
    source: str | None
    is_wanting: bool
    summary: str | None
    advice: str | None
    question: str | None
    helped: str | None
    helped_quote: str | None
    helped_entry_id: UUID | None
    scored_at: datetime | None
    sent_at: datetime | None
    categories: Sequence[CategoryRecord]

    @property
    def place(self) -> Place:
        return Place(at=datetime.combine(self.local_date, time(0), UTC), id=UUID(int=0))


@dataclass(frozen=True, kw_only=True)
class Days:
    """Those from `since` to `until`, both included; None bounds nothing."""

    since: date | None = None
    until: date | None = None

    def hold(self, column: Any) -> list[ColumnElement[bool]]:
        bounds = [column >= self.since] if self.since else []
        return [*bounds, column <= self.until] if self.until else bounds


async def entry(session: AsyncSession, user_id: UUID, entry_id: UUID) -> OwnEntry | None:
    """None for one that is deleted."""
    found = await _entries(session, user_id, _there(user_id).where(Entry.id == entry_id))
    return found[0] if found else None


async def entries_page(
    session: AsyncSession, user_id: UUID, days: Days, *, kind: str | None, after: Place | None, most: int
) -> list[OwnEntry]:
    found = _there(user_id).where(*days.hold(Entry.local_date))
    if kind:
        found = found.where(Entry.kind == kind)
    return await _entries(session, user_id, _behind(found, (Entry.written_at, Entry.id), after).limit(most))


async def entries_of(session: AsyncSession, user_id: UUID, ids: Sequence[UUID]) -> dict[UUID, OwnEntry]:
    found = await _entries(session, user_id, _there(user_id).where(Entry.id.in_(ids)))
    return {it.entry.id: it for it in found}


def _there(user_id: UUID) -> Select[Any]:
    return (
        select(Journey.entry_id, Journey.waiting_for, *entries.COLUMNS)
        .select_from(Entry)
        .outerjoin(Journey, Journey.entry_id == Entry.id)
        .where(Entry.user_id == user_id, Entry.deleted_at.is_(None))
    )


def _behind(found: Select[Any], order: tuple[Any, Any], after: Place | None) -> Select[Any]:
    if after is not None:
        found = found.where(tuple_(*order) < tuple_(after.at, after.id))
    return found.order_by(*(it.desc() for it in order))


async def _entries(session: AsyncSession, user_id: UUID, found: Select[Any]) -> list[OwnEntry]:
    rows = [
        (on_its_way, waiting_for, entries.record(entry))
        for on_its_way, waiting_for, *entry in await session.execute(found)
    ]
    ids = [it.id for _, _, it in rows]
    numbers: dict[UUID, list[MetricRecord]] = defaultdict(list)
    if ids:
        its = _metrics(user_id).where(Metric.entry_id.in_(ids), Metric.removed_at.is_(None))
        for metric in await _metric_rows(session, its.order_by(Metric.name, Metric.ordinal)):
            numbers[metric.entry_id].append(metric)
    return [
        OwnEntry(entry=it, is_done=journey is None, waiting_for=waiting_for, metrics=numbers[it.id])
        for journey, waiting_for, it in rows
    ]


async def metric(session: AsyncSession, user_id: UUID, metric_id: UUID) -> MetricRecord | None:
    """Also one that its person removed."""
    found = await _metric_rows(session, _metrics(user_id).where(Metric.id == metric_id))
    return found[0] if found else None


async def metrics_page(
    session: AsyncSession,
    user_id: UUID,
    days: Days,
    *,
    name: str | None,
    entry_id: UUID | None,
    removed: bool,
    after: Place | None,
    most: int,
) -> list[MetricRecord]:
    found = _metrics(user_id).where(told(user_id), *days.hold(Entry.local_date))
    found = found.where(Metric.removed_at.is_not(None) if removed else Metric.removed_at.is_(None))
    if name:
        found = found.where(Metric.name == name)
    if entry_id:
        found = found.where(Metric.entry_id == entry_id)
    return await _metric_rows(session, _behind(found, (Entry.written_at, Metric.id), after).limit(most))


def _metrics(user_id: UUID) -> Select[Any]:
    names = MetricRecord.__dataclass_fields__
    of_entry = {"local_date", "written_at"}
    columns = [getattr(Entry if name in of_entry else Metric, name) for name in names]
    return (
        select(*columns)
        .select_from(Metric)
        .join(Entry, Entry.id == Metric.entry_id)
        .where(Metric.user_id == user_id, Entry.user_id == user_id, Entry.deleted_at.is_(None))
    )


async def _metric_rows(session: AsyncSession, found: Select[Any]) -> list[MetricRecord]:
    names = MetricRecord.__dataclass_fields__
    return [MetricRecord(**dict(zip(names, row, strict=True))) for row in await session.execute(found)]


async def goals_page(
    session: AsyncSession, user_id: UUID, *, states: Sequence[str], after: Place | None, most: int
) -> list[GoalRecord]:
    found = _behind(goals_of(user_id).where(Goal.state.in_(states)), (Goal.created_at, Goal.id), after)
    return [goal_record(row) for row in await session.execute(found.limit(most))]


async def goal(session: AsyncSession, user_id: UUID, goal_id: UUID) -> GoalRecord | None:
    row = (await session.execute(goals_of(user_id).where(Goal.id == goal_id))).one_or_none()
    return goal_record(row) if row else None


async def day(session: AsyncSession, user_id: UUID, local_date: date) -> OwnDay | None:
    """As it is scored; None where it never was."""
    found = await _days(session, user_id, _scored(user_id).where(DailyScore.local_date == local_date))
    return found[0] if found else None


async def days_page(
    session: AsyncSession, user_id: UUID, days: Days, *, after: Place | None, most: int
) -> list[OwnDay]:
    """Without those whose entries are all gone."""
    found = _scored(user_id).where(DailyScore.state != "empty", *days.hold(DailyScore.local_date))
    if after is not None:
        found = found.where(DailyScore.local_date < after.at.date())
    return await _days(session, user_id, found.order_by(DailyScore.local_date.desc()).limit(most))


_OF_DAY = tuple(it for it in OwnDay.__dataclass_fields__ if it not in {"categories", "is_wanting"})


def _scored(user_id: UUID) -> Select[Any]:
    columns = [getattr(DailyScore, name) for name in _OF_DAY]
    wanting = DailyScore.fingerprint.like(WANTING)
    return select(DailyScore.id, wanting, *columns).where(DailyScore.user_id == user_id)


async def _days(session: AsyncSession, user_id: UUID, found: Select[Any]) -> list[OwnDay]:
    rows = (await session.execute(found)).all()
    names = CategoryRecord.__dataclass_fields__
    read = select(ScoreMetric.daily_score_id, *(getattr(ScoreMetric, name) for name in names)).where(
        ScoreMetric.user_id == user_id, ScoreMetric.daily_score_id.in_([row.id for row in rows])
    )
    categories: dict[UUID, list[CategoryRecord]] = defaultdict(list)
    if rows:
        for day_id, *weighed in await session.execute(read.order_by(ScoreMetric.category)):
            categories[day_id].append(CategoryRecord(**dict(zip(names, weighed, strict=True))))
    return [
        OwnDay(
            is_wanting=bool(is_wanting),
            categories=categories[day_id],
            **dict(zip(_OF_DAY, day, strict=True)),
        )
        for day_id, is_wanting, *day in rows
    ]


async def steps_page(
    session: AsyncSession, user_id: UUID, goal_id: UUID, *, after: Place | None, most: int
) -> list[Counted]:
    """What moved a goal, the latest day first."""
    names = Counted.__dataclass_fields__
    found = (
        select(*(getattr(GoalProgress, name) for name in names))
        .outerjoin(Entry, Entry.id == GoalProgress.entry_id)
        .where(GoalProgress.goal_id == goal_id, GoalProgress.user_id == user_id, is_there())
    )
    if after is not None:
        order = tuple_(GoalProgress.local_date, GoalProgress.id)
        found = found.where(order < tuple_(after.at.date(), after.id))
    found = found.order_by(GoalProgress.local_date.desc(), GoalProgress.id.desc()).limit(most)
    return [Counted(**dict(zip(names, row, strict=True))) for row in await session.execute(found)]


def place_of_step(step: Counted) -> Place:
    return Place(at=datetime.combine(step.local_date, time(0), UTC), id=step.id)


async def has_entries(session: AsyncSession, user_id: UUID, local_date: date) -> bool:
    """Whether anything is told about that day."""
    of_day = exists().where(told(user_id), Entry.local_date == local_date)
    return bool(await session.scalar(select(of_day)))
