"""What moves goals: what entries tell, and what a person adds by tap. See `db.queries.goals`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, cast, delete, func, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Entry, Goal, GoalProgress
from db.queries import scorings
from db.queries.goals import GoalRecord, counts, goals_of, is_there, record


@dataclass(frozen=True, kw_only=True)
class Step:
    """How far one entry moves a goal."""

    amount: float
    quote: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What counted towards a goal, or did until the person took it back. Without an entry it was added by
    tap."""

    id: UUID
    entry_id: UUID | None
    local_date: date
    amount: float
    quote: str | None
    source: str
    removed_at: datetime | None


async def replace_read(
    session: AsyncSession,
    user_id: UUID,
    entry_id: UUID,
    steps: Mapping[UUID, Step],
    *,
    asked: Collection[UUID],
    day: date,
) -> None:
    """Store how far the entry's newest version moves which of the goals that were asked about; `day` is
    the one that it is about. What the person took back stays so."""
    mine = (GoalProgress.entry_id == entry_id, GoalProgress.user_id == user_id)
    before = select(GoalProgress.goal_id).where(*mine, GoalProgress.goal_id.in_(asked))
    moved = set(await session.scalars(before)) if asked else set()
    if not moved and not steps:
        return
    # They are locked in one order, and one that went or was paused meanwhile counts no more.
    wanted = goals_of(user_id).where(Goal.id.in_(moved | steps.keys())).order_by(Goal.id).with_for_update()
    goals = [record(row) for row in await session.execute(wanted)]
    unread = [goal.id for goal in goals if goal.id not in steps]
    still = (GoalProgress.goal_id.in_(unread), GoalProgress.removed_at.is_(None))
    await session.execute(delete(GoalProgress).where(*mine, *still))
    for goal in goals:
        if goal.id in steps and (goal.state == "active" or goal.id in moved):
            await _put(session, goal, entry_id, steps[goal.id], day)
    await recount(session, user_id, [goal.id for goal in goals])


async def _put(session: AsyncSession, goal: GoalRecord, entry_id: UUID, step: Step, day: date) -> None:
    read = {"amount": step.amount, "quote": step.quote, "source": step.source, "local_date": day}
    row = {"user_id": goal.user_id, "goal_id": goal.id, "entry_id": entry_id}
    made = insert(GoalProgress).values(row | read)
    await session.execute(made.on_conflict_do_update(index_elements=["goal_id", "entry_id"], set_=read))


async def of_entry(session: AsyncSession, user_id: UUID, entry_id: UUID) -> list[tuple[str, float, str]]:
    """The titles of the goals that an entry moves, with the amount and its unit."""
    found = (
        select(Goal.title, GoalProgress.amount, func.coalesce(Goal.unit, ""))
        .join(Goal, Goal.id == GoalProgress.goal_id)
        .where(
            GoalProgress.entry_id == entry_id,
            GoalProgress.user_id == user_id,
            GoalProgress.removed_at.is_(None),
        )
        .order_by(Goal.created_at, Goal.id)
    )
    return [(title, amount, unit) for title, amount, unit in await session.execute(found)]


async def follow(session: AsyncSession, user_id: UUID, entry_id: UUID, day: date) -> None:
    """The entry is about this day from now on, and so is what it counts for."""
    mine = (GoalProgress.entry_id == entry_id, GoalProgress.user_id == user_id)
    await session.execute(update(GoalProgress).where(*mine).values(local_date=day))


async def recount_of_entry(session: AsyncSession, user_id: UUID, entry_id: UUID) -> None:
    """The entry counts no more, or again: it was deleted or came back, or is a question or none."""
    mine = (GoalProgress.entry_id == entry_id, GoalProgress.user_id == user_id)
    moved = set(await session.scalars(select(GoalProgress.goal_id).where(*mine)))
    if moved:
        await recount(session, user_id, moved)


async def recount(session: AsyncSession, user_id: UUID, goal_ids: Collection[UUID]) -> None:
    """Bring `progress` of these goals up to date."""
    summed = (
        select(func.coalesce(func.sum(GoalProgress.amount), 0.0))
        .outerjoin(Entry, Entry.id == GoalProgress.entry_id)
        .where(GoalProgress.goal_id == Goal.id, GoalProgress.user_id == user_id, counts())
        .correlate(Goal)
        .scalar_subquery()
    )
    mine = (Goal.user_id == user_id, Goal.id.in_(goal_ids))
    # Locked by a statement of its own: what another counted meanwhile is seen only by the next one.
    await session.execute(select(Goal.id).where(*mine).order_by(Goal.id).with_for_update())
    recounted = update(Goal).where(*mine).values(progress=summed)
    await session.execute(recounted.execution_options(synchronize_session=False))


async def tapped(session: AsyncSession, goal: GoalRecord, day: date) -> float:
    """What a person added by tap for a day."""
    row = (await session.execute(_tapped(goal, day))).first()
    return row.amount if row else 0.0


def _tapped(goal: GoalRecord, day: date) -> Select[UUID, float]:
    return (
        select(GoalProgress.id, GoalProgress.amount)
        .where(
            GoalProgress.goal_id == goal.id,
            GoalProgress.user_id == goal.user_id,
            GoalProgress.entry_id.is_(None),
            GoalProgress.local_date == day,
            GoalProgress.removed_at.is_(None),
        )
        .order_by(GoalProgress.id)
    )


async def add(session: AsyncSession, goal: GoalRecord, day: date, amount: float) -> float:
    """Count so much more for that day, or less, but never less than nothing; what the taps of the day come
    to. Call it with the goal locked."""
    row = (await session.execute(_tapped(goal, day))).first()
    told = round(max((row.amount if row else 0.0) + amount, 0.0), 6)
    if row and told:
        await session.execute(update(GoalProgress).where(GoalProgress.id == row.id).values(amount=told))
    elif row:
        await session.execute(delete(GoalProgress).where(GoalProgress.id == row.id))
    elif told:
        values = {"user_id": goal.user_id, "goal_id": goal.id, "local_date": day}
        await session.execute(insert(GoalProgress).values(values | {"amount": told, "source": "person"}))
    await recount(session, goal.user_id, [goal.id])
    await scorings.mark(session, goal.user_id, day)
    return told


async def by_key(session: AsyncSession, goal: GoalRecord, key: str) -> tuple[UUID, UUID | None] | None:
    """What moved the goal and has an id that ends with these letters, if it is but one: its id, and that of
    its entry."""
    ends = func.right(cast(GoalProgress.id, String), len(key)) == key
    mine = (GoalProgress.goal_id == goal.id, GoalProgress.user_id == goal.user_id)
    ids = select(GoalProgress.id, GoalProgress.entry_id).where(*mine, ends).limit(2)
    found = [(row[0], row[1]) for row in await session.execute(ids)]
    return found[0] if len(found) == 1 else None


async def latest_entries(session: AsyncSession, goal: GoalRecord, most: int) -> list[UUID]:
    """The entries that moved it last, at most so many."""
    mine = (GoalProgress.goal_id == goal.id, GoalProgress.user_id == goal.user_id)
    moved = select(GoalProgress.entry_id).where(*mine, GoalProgress.removed_at.is_(None))
    latest = moved.order_by(GoalProgress.local_date.desc(), GoalProgress.id.desc()).limit(most)
    return [it for it in await session.scalars(latest) if it]


async def take_back(session: AsyncSession, goal: GoalRecord, progress_id: UUID) -> None:
    """It counts no more, also when its entry is read again."""
    await _mark(session, goal, progress_id, func.coalesce(GoalProgress.removed_at, func.now()))


async def bring_back(session: AsyncSession, goal: GoalRecord, progress_id: UUID) -> None:
    """What was taken back counts again."""
    await _mark(session, goal, progress_id, None)


async def _mark(session: AsyncSession, goal: GoalRecord, progress_id: UUID, removed_at: Any) -> None:
    its = update(GoalProgress).where(
        GoalProgress.id == progress_id, GoalProgress.goal_id == goal.id, GoalProgress.user_id == goal.user_id
    )
    its = its.values(removed_at=removed_at).returning(GoalProgress.local_date)
    day = await session.scalar(its.execution_options(synchronize_session=False))
    await recount(session, goal.user_id, [goal.id])
    if day is not None:
        await scorings.mark(session, goal.user_id, day)


async def counted(
    session: AsyncSession, goal: GoalRecord, *, start: int = 0, most: int, taken_back: bool = True
) -> list[Counted]:
    """What moved the goal, the latest day first; on request without what was taken back."""
    names = Counted.__dataclass_fields__
    found = (
        select(*(getattr(GoalProgress, name) for name in names))
        .outerjoin(Entry, Entry.id == GoalProgress.entry_id)
        .where(
            GoalProgress.goal_id == goal.id,
            GoalProgress.user_id == goal.user_id,
            is_there(),
            true() if taken_back else GoalProgress.removed_at.is_(None),
        )
        .order_by(GoalProgress.local_date.desc(), GoalProgress.id.desc())
        .offset(start)
        .limit(most)
    )
    return [Counted(**dict(zip(names, row, strict=True))) for row in await session.execute(found)]
