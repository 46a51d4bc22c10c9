"""Goals, and what counts towards them: what entries tell and what a person adds by tap.

An entry counts for a goal once, on the day it is about. What was taken back, and what stands in a deleted
entry or in a question to the diary, counts nowhere.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Select,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Entry, Goal, GoalProgress
from db.queries import scorings, summaries

# How many weeks a standing tells of, the running one included.
WEEKS = 8
# Who proposes again and again leaves no trail.
MOST_PROPOSED = 5
# Not the person's row: whoever merges or erases locks that before goals, and a goal is locked before this.
ALONE = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('goals:' || CAST(CAST(:user_id AS uuid) AS text), 0))"
)


@dataclass(frozen=True, kw_only=True)
class GoalRecord:
    """`progress` is all that was counted so far; how far the running period is, a `Standing` tells."""

    id: UUID
    user_id: UUID
    title: str
    why: str | None
    measure: str | None
    cadence: str | None
    target: float | None
    unit: str | None
    category: str | None
    state: str
    progress: float
    finished_at: datetime | None
    created_at: datetime


COLUMNS = tuple(getattr(Goal, name) for name in GoalRecord.__dataclass_fields__)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A goal, and what was `done` in the day, week or month that runs, or in all for one that is reached
    once. `weeks` tell their Mondays and what was done in them, the latest ones with any, in order."""

    goal: GoalRecord
    done: float
    weeks: Sequence[tuple[date, float]] = ()


def span_of(cadence: str | None, today: date) -> tuple[date, date] | None:
    """The first and the last day of the period that runs today; None for a goal that is reached once."""
    if cadence == "day":
        return today, today
    if cadence == "week":
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=6)
    if cadence == "month":
        first = today.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return None


async def propose(session: AsyncSession, user_id: UUID, goal_id: UUID, **values: Any) -> None:
    """Keep a goal that waits for the person's word; the same id twice is one. Of those that wait only the
    newest stay."""
    made = insert(Goal).values(values | {"id": goal_id, "user_id": user_id, "state": "proposed"})
    await session.execute(made.on_conflict_do_nothing(index_elements=["id"]))
    waiting = (Goal.user_id == user_id, Goal.state == "proposed")
    newest = select(Goal.id).where(*waiting).order_by(Goal.created_at.desc(), Goal.id.desc())
    kept = newest.limit(MOST_PROPOSED).scalar_subquery()
    await session.execute(delete(Goal).where(*waiting, Goal.id != goal_id, Goal.id.not_in(kept)))


async def add(session: AsyncSession, user_id: UUID, goal_id: UUID, **values: Any) -> None:
    """An active goal."""
    row = values | {"id": goal_id, "user_id": user_id, "state": "active"}
    await session.execute(insert(Goal).values(row))


async def lock(session: AsyncSession, user_id: UUID, goal_id: UUID) -> GoalRecord | None:
    """The goal as it is now, locked until the commit."""
    return await _one(session, goals_of(user_id).where(Goal.id == goal_id).with_for_update())


async def change(session: AsyncSession, user_id: UUID, goal_id: UUID, **values: Any) -> None:
    """Set columns of one goal."""
    its = update(Goal).where(Goal.id == goal_id, Goal.user_id == user_id)
    await session.execute(its.values(**values).execution_options(synchronize_session=False))


async def forget(session: AsyncSession, user_id: UUID, goal_id: UUID) -> None:
    """Delete a goal with all that was counted for it: the days of that, and a summary that names it, are
    others now."""
    its = (GoalProgress.goal_id == goal_id, GoalProgress.user_id == user_id, counts())
    moved = select(GoalProgress.local_date).outerjoin(Entry, Entry.id == GoalProgress.entry_id).where(*its)
    days = set(await session.scalars(moved))
    await session.execute(delete(Goal).where(Goal.id == goal_id, Goal.user_id == user_id))
    await summaries.prepare_anew(session, user_id)
    if days:
        await scorings.mark(session, user_id, *days)


async def one_at_a_time(session: AsyncSession, user_id: UUID) -> None:
    """Until the commit nobody else makes a goal of this person's count, so that a count of them holds."""
    await session.execute(ALONE, {"user_id": user_id})


async def how_many(session: AsyncSession, user_id: UUID, states: Collection[str]) -> int:
    counted = select(func.count()).where(Goal.user_id == user_id, Goal.state.in_(states))
    return await session.scalar(counted) or 0


async def page(
    session: AsyncSession, user_id: UUID, states: Sequence[str], *, start: int, most: int
) -> list[GoalRecord]:
    """Goals in these states, by the order of the states and then of their making."""
    order = case({state: place for place, state in enumerate(states)}, value=Goal.state)
    found = goals_of(user_id).where(Goal.state.in_(states)).order_by(order, Goal.created_at, Goal.id)
    return [record(row) for row in await session.execute(found.offset(start).limit(most))]


async def for_entry(session: AsyncSession, user_id: UUID, entry_id: UUID) -> list[GoalRecord]:
    """The goals that an entry may speak of: the active ones, and those that it moved before."""
    moved = exists().where(GoalProgress.goal_id == Goal.id, GoalProgress.entry_id == entry_id)
    fit = or_(Goal.state == "active", moved)
    found = goals_of(user_id).where(fit, Goal.state != "proposed").order_by(Goal.created_at, Goal.id)
    return [record(row) for row in await session.execute(found)]


async def standing(session: AsyncSession, goal: GoalRecord, today: date) -> Standing:
    [found] = await standings(session, goal.user_id, [goal], today)
    return found


async def active(session: AsyncSession, user_id: UUID, today: date) -> list[Standing]:
    """The active goals and how far they are, without their weeks."""
    found = goals_of(user_id).where(Goal.state == "active").order_by(Goal.created_at, Goal.id)
    return await standings(session, user_id, [record(row) for row in await session.execute(found)], today)


async def progress_of(session: AsyncSession, user_id: UUID, today: date) -> list[Standing]:
    """The active goals, how far they are, and how their weeks went."""
    found = await active(session, user_id, today)
    weeks = await _weeks(session, user_id, [it.goal.id for it in found], today)
    return [Standing(goal=it.goal, done=it.done, weeks=weeks[it.goal.id]) for it in found]


async def standings(
    session: AsyncSession, user_id: UUID, goals: Sequence[GoalRecord], today: date
) -> list[Standing]:
    """How far these goals of one person are, in their order."""
    if not goals:
        return []
    begins, ends = (_bound(today, place) for place in (0, 1))
    day = GoalProgress.local_date
    running = or_(Goal.cadence.is_(None), day.between(begins, ends))
    summed = (
        _sums(user_id, [goal.id for goal in goals], func.sum(GoalProgress.amount))
        .join(Goal, Goal.id == GoalProgress.goal_id)
        .where(running)
    )
    done = {row[0]: row[1] for row in await session.execute(summed)}
    return [Standing(goal=goal, done=done.get(goal.id, 0.0)) for goal in goals]


async def _weeks(
    session: AsyncSession, user_id: UUID, goal_ids: Sequence[UUID], today: date
) -> Mapping[UUID, list[tuple[date, float]]]:
    found: dict[UUID, list[tuple[date, float]]] = defaultdict(list)
    if not goal_ids:
        return found
    monday = today - timedelta(days=today.weekday())
    begins, ends = monday - timedelta(weeks=WEEKS - 1), monday + timedelta(days=6)
    week = cast(func.date_trunc("week", cast(GoalProgress.local_date, DateTime)), Date)
    summed = _sums(user_id, goal_ids, week, func.sum(GoalProgress.amount))
    summed = summed.where(GoalProgress.local_date.between(begins, ends)).group_by(week).order_by(week)
    for goal_id, starts, done in await session.execute(summed):
        found[goal_id].append((starts, done))
    return found


def _sums(user_id: UUID, goal_ids: Sequence[UUID], *columns: ColumnElement[Any]) -> Select[tuple[UUID, Any]]:
    """By goal, over what counts."""
    return (
        select(GoalProgress.goal_id, *columns)
        .outerjoin(Entry, Entry.id == GoalProgress.entry_id)
        .where(GoalProgress.user_id == user_id, GoalProgress.goal_id.in_(goal_ids), counts())
        .group_by(GoalProgress.goal_id)
    )


def counts() -> ColumnElement[bool]:
    """Of a row joined with its entry, if it has one."""
    return and_(GoalProgress.removed_at.is_(None), is_there())


def is_there() -> ColumnElement[bool]:
    told = and_(Entry.deleted_at.is_(None), Entry.is_question.is_(False))
    return or_(GoalProgress.entry_id.is_(None), told)


def _bound(today: date, place: int) -> ColumnElement[date]:
    spans = {cadence: span_of(cadence, today) for cadence in ("day", "week", "month")}
    return case({name: span[place] for name, span in spans.items() if span}, value=Goal.cadence)


def goals_of(user_id: UUID) -> Select[Any]:
    return select(*COLUMNS).where(Goal.user_id == user_id)


async def _one(session: AsyncSession, found: Select[Any]) -> GoalRecord | None:
    row = (await session.execute(found)).one_or_none()
    return record(row) if row else None


def record(row: Any) -> GoalRecord:
    return GoalRecord(**dict(zip(GoalRecord.__dataclass_fields__, row, strict=True)))
