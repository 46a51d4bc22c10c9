"""What a local day is scored from, and how it is scored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import DailyScore, Entry, Goal, GoalProgress, Metric, ScoreMetric
from db.queries.history import written

# What the summary of a day says of it, and where that is from.
WORDS = ("summary", "advice", "question", "helped", "helped_quote", "helped_entry_id")
HELPED = ("helped", "helped_quote", "helped_entry_id")


@dataclass(frozen=True, kw_only=True)
class DayEntry:
    id: UUID
    body: str
    written_at: datetime


@dataclass(frozen=True, kw_only=True)
class DayNumber:
    """A metric of one of the day's entries that counts."""

    entry_id: UUID
    name: str
    ordinal: int
    value: float
    unit: str
    quote: str | None
    source: str


@dataclass(frozen=True, kw_only=True)
class DayGoal:
    id: UUID
    title: str
    why: str | None


@dataclass(frozen=True, kw_only=True)
class DayProgress:
    goal_id: UUID
    entry_id: UUID | None
    amount: float
    quote: str | None


@dataclass(frozen=True, kw_only=True)
class Material:
    """All that a day is scored from, in the order in which it was written: its entries, their numbers,
    and how far it moved which goals. `goals` are those of the time, once somebody is to read them. What its
    entries say of the person's safety is in `concerns`, and what questions to the diary say of it, too."""

    concerns: tuple[str, ...]
    entries: tuple[DayEntry, ...]
    numbers: tuple[DayNumber, ...]
    progress: tuple[DayProgress, ...]
    goals: tuple[DayGoal, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CategoryReading:
    """A category as it was read, 0 to 100. `quote` stands in the entry; a number that was tapped has none,
    and is told in the reason."""

    category: str
    score: int
    reason: str
    quote: str | None
    entry_id: UUID
    source: str


@dataclass(frozen=True, kw_only=True)
class CategoryRecord:
    """A category as it is stored. The `score` that a person gave is None where they want none; `model_score`
    is what was read last."""

    category: str
    score: int | None
    model_score: int | None
    source: str
    reason: str | None
    quote: str | None
    entry_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class DayRecord:
    id: UUID
    state: str
    overall: int | None
    source: str | None
    fingerprint: str | None
    helped_quote: str | None
    categories: tuple[CategoryRecord, ...]


async def material(session: AsyncSession, user_id: UUID, day: date) -> Material:
    """The day as it is now. Its entries stay as they are until the commit: whoever changes one waits."""
    of_day = (written(user_id), Entry.local_date == day)
    columns = (Entry.id, Entry.body, Entry.written_at)
    # In the order in which locks go everywhere: the entries come before the day's score.
    found = (
        select(Entry.is_question, Entry.concern, *columns)
        .where(*of_day)
        .order_by(Entry.written_at, Entry.id)
        .with_for_update(read=True)
    )
    rows = (await session.execute(found)).all()
    entries = [
        DayEntry(id=entry_id, body=body, written_at=written_at)
        for is_question, _, entry_id, body, written_at in rows
        if not is_question
    ]
    told_of = {entry.id for entry in entries} | {None}
    # What a deleted entry moved counts no more.
    progress = [it for it in await _progress(session, user_id, day) if it.entry_id in told_of]
    return Material(
        concerns=tuple(row.concern for row in rows if row.concern),
        entries=tuple(entries),
        numbers=tuple(await _numbers(session, user_id, [it.id for it in entries])),
        progress=tuple(progress),
    )


async def _numbers(session: AsyncSession, user_id: UUID, entry_ids: Sequence[UUID]) -> list[DayNumber]:
    if not entry_ids:
        return []
    columns: Sequence[Any] = [getattr(Metric, name) for name in DayNumber.__dataclass_fields__]
    found = select(*columns).where(
        Metric.user_id == user_id, Metric.entry_id.in_(entry_ids), Metric.removed_at.is_(None)
    )
    names = DayNumber.__dataclass_fields__
    numbers = [DayNumber(**dict(zip(names, row, strict=True))) for row in await session.execute(found)]
    place = {entry_id: number for number, entry_id in enumerate(entry_ids)}
    return sorted(numbers, key=lambda it: (place[it.entry_id], it.name, it.ordinal))


async def _progress(session: AsyncSession, user_id: UUID, day: date) -> list[DayProgress]:
    found = (
        select(GoalProgress.goal_id, GoalProgress.entry_id, GoalProgress.amount, GoalProgress.quote)
        .where(
            GoalProgress.user_id == user_id,
            GoalProgress.local_date == day,
            GoalProgress.removed_at.is_(None),
        )
        .order_by(GoalProgress.goal_id, GoalProgress.id)
    )
    return [DayProgress(**row) for row in (await session.execute(found)).mappings()]


async def with_goals(session: AsyncSession, user_id: UUID, day: Material) -> Material:
    """The same with the goals that are active, and those that the day moved."""
    moved = [it.goal_id for it in day.progress]
    found = (
        select(Goal.id, Goal.title, Goal.why)
        .where(Goal.user_id == user_id, (Goal.state == "active") | Goal.id.in_(moved))
        .order_by(Goal.id)
    )
    goals = [DayGoal(id=row[0], title=row[1], why=row[2]) for row in await session.execute(found)]
    return replace(day, goals=tuple(goals))


async def begin(session: AsyncSession, user_id: UUID, day: date) -> None:
    """Let the day be known as one that is scored, so that every change of it from here on is marked. An entry
    that is being stored at this moment is marked when it has been read."""
    row = insert(DailyScore).values(user_id=user_id, local_date=day, state="empty")
    await session.execute(row.on_conflict_do_nothing(index_elements=["user_id", "local_date"]))


async def find(session: AsyncSession, user_id: UUID, day: date, *, lock: bool = False) -> DayRecord | None:
    """The day as it is scored, with `lock` until the commit; None where it never was."""
    found = select(
        DailyScore.id,
        DailyScore.state,
        DailyScore.overall,
        DailyScore.source,
        DailyScore.fingerprint,
        DailyScore.helped_quote,
    ).where(DailyScore.user_id == user_id, DailyScore.local_date == day)
    row = (await session.execute(found.with_for_update() if lock else found)).one_or_none()
    if row is None:
        return None
    return DayRecord(
        id=row[0],
        state=row[1],
        overall=row[2],
        source=row[3],
        fingerprint=row[4],
        helped_quote=row[5],
        categories=tuple(await _categories(session, user_id, row[0])),
    )


async def _categories(session: AsyncSession, user_id: UUID, score_id: UUID) -> list[CategoryRecord]:
    names = CategoryRecord.__dataclass_fields__
    columns = [getattr(ScoreMetric, name) for name in names]
    found = select(*columns).where(*_of(user_id, score_id)).order_by(ScoreMetric.category)
    return [CategoryRecord(**dict(zip(names, row, strict=True))) for row in await session.execute(found)]


def _of(user_id: UUID, score_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return ScoreMetric.daily_score_id == score_id, ScoreMetric.user_id == user_id


async def write(session: AsyncSession, user_id: UUID, score_id: UUID, **values: Any) -> None:
    """Set columns of one day's score."""
    its = update(DailyScore).where(DailyScore.id == score_id, DailyScore.user_id == user_id)
    await session.execute(its.values(**values))


async def replace_read(
    session: AsyncSession, user_id: UUID, score_id: UUID, readings: Sequence[CategoryReading]
) -> None:
    """Store the categories as they were read just now. What the person said of one stays, with the newly
    read score beside it. Call it with the day's score locked."""
    of_day = _of(user_id, score_id)
    kept = select(ScoreMetric.category).where(*of_day, ScoreMetric.source == "person")
    said = set(await session.scalars(kept))
    await session.execute(delete(ScoreMetric).where(*of_day, ScoreMetric.source != "person"))
    new = []
    for reading in readings:
        if reading.category in said:
            its = update(ScoreMetric).where(*of_day, ScoreMetric.category == reading.category)
            await session.execute(its.values(model_score=reading.score))
        else:
            new.append(_row(user_id, score_id, reading))
    if new:
        await session.execute(insert(ScoreMetric), new)


def _row(user_id: UUID, score_id: UUID, reading: CategoryReading) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "daily_score_id": score_id,
        "category": reading.category,
        "score": reading.score,
        "model_score": reading.score,
        "source": reading.source,
        "reason": reading.reason,
        "quote": reading.quote,
        "entry_id": reading.entry_id,
    }


async def say(session: AsyncSession, user_id: UUID, score_id: UUID, category: str, score: int | None) -> None:
    """Store what the person says of a category, None for no score at all; what was read is kept beside it.
    It rests on no entry, so that it outlives the one it was read from."""
    said = {"score": score, "source": "person", "reason": None, "quote": None, "entry_id": None}
    row = {"user_id": user_id, "daily_score_id": score_id, "category": category} | said
    await session.execute(
        insert(ScoreMetric)
        .values(row)
        .on_conflict_do_update(
            index_elements=["daily_score_id", "category"], set_=said, where=ScoreMetric.user_id == user_id
        )
    )


async def unsay(session: AsyncSession, user_id: UUID, score_id: UUID, category: str) -> None:
    """The person wants what was read after all: the day is to be read again, whatever it was read from."""
    mine = (*_of(user_id, score_id), ScoreMetric.category == category, ScoreMetric.source == "person")
    gone = await session.scalar(delete(ScoreMetric).where(*mine).returning(ScoreMetric.id))
    if gone is not None:
        await write(session, user_id, score_id, fingerprint=None)


async def clear(session: AsyncSession, user_id: UUID, score_id: UUID, state: str) -> None:
    """The day has no score. What the person said of it waits for the day to come back. Call it with the day's
    score locked."""
    await replace_read(session, user_id, score_id, [])
    cleared = {"state": state, "overall": None, "source": None, "fingerprint": None}
    await keep(session, user_id, score_id, forget=WORDS, **cleared)


async def withhold(session: AsyncSession, user_id: UUID, entry_id: UUID) -> None:
    """The entry tells of danger: its day has no score from here on, until it is scored again. Call it with
    the entry stored and on that day, and before the person's summaries are locked."""
    its = select(Entry.local_date).where(
        Entry.id == entry_id, Entry.user_id == user_id, Entry.deleted_at.is_(None)
    )
    day = await session.scalar(its)
    if day is not None:
        await withhold_day(session, user_id, day)


async def withhold_day(session: AsyncSession, user_id: UUID, day: date) -> None:
    """As `withhold`, for the day that such an entry is about. It gets its row here if it has none: else who
    scores it for the first time at this moment would find nothing to wait for."""
    await begin(session, user_id, day)
    row = await find(session, user_id, day, lock=True)
    assert row is not None  # noqa: S101 - it was begun
    await clear(session, user_id, row.id, "concern")


async def keep(
    session: AsyncSession,
    user_id: UUID,
    score_id: UUID,
    *,
    forget: Sequence[str] = (),
    **values: Any,
) -> None:
    """Store how the day is scored from now on; what its summary said and no longer holds is forgotten."""
    gone = dict.fromkeys(forget)
    await write(session, user_id, score_id, scored_at=func.now(), **values, **gone)
