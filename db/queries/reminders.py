"""Reminders that people set, in the order of their next time; `next_at` decides when one is due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, String, Uuid, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Reminder, TelegramIdentity, User
from db.models.base import table

from .people import CHAT_CHOSEN


@dataclass(frozen=True, kw_only=True)
class ReminderRecord:
    """On `weekdays` every week (0 is Monday), or once: on the local day `once_on`, or at a moment that was
    counted from when it was asked for. A `state` of "done" has had its time."""

    id: UUID
    user_id: UUID
    text: str
    at: time
    weekdays: tuple[int, ...]
    once_on: date | None
    state: str
    next_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class DueReminder:
    """With what decides whether it is welcome; `chat_id` is None where the person blocked the bot."""

    reminder: ReminderRecord
    next_at: datetime
    time_zone: str
    settings: dict[str, Any]
    silent_until: datetime | None
    chat_id: int | None


COLUMNS = (
    Reminder.id,
    Reminder.user_id,
    Reminder.text,
    Reminder.at,
    Reminder.weekdays,
    Reminder.once_on,
    Reminder.state,
    Reminder.next_at,
)


def _record(row: Sequence[Any]) -> ReminderRecord:
    return ReminderRecord(
        id=row[0],
        user_id=row[1],
        text=row[2],
        at=row[3],
        weekdays=tuple(row[4]),
        once_on=row[5],
        state=row[6],
        next_at=row[7],
    )


def _own(user_id: UUID, reminder_id: UUID) -> tuple[Any, ...]:
    return Reminder.id == reminder_id, Reminder.user_id == user_id


async def add(session: AsyncSession, reminder: ReminderRecord, most: int) -> bool:
    """Keep it, unless it is there already; False where the person has `most` that are not done."""
    # One at a time for each person, so that the count holds.
    await session.execute(select(User.id).where(User.id == reminder.user_id).with_for_update(key_share=True))
    others = select(func.count()).where(
        Reminder.user_id == reminder.user_id, Reminder.state != "done", Reminder.id != reminder.id
    )
    if (await session.scalar(others) or 0) >= most:
        return False
    row = {**reminder.__dict__, "weekdays": list(reminder.weekdays)}
    await session.execute(insert(table(Reminder)).values(row).on_conflict_do_nothing(index_elements=["id"]))
    return True


async def all_of(session: AsyncSession, user_id: UUID) -> list[ReminderRecord]:
    """Those that are not done, next first, paused ones last."""
    mine = select(*COLUMNS).where(Reminder.user_id == user_id, Reminder.state != "done")
    rows = await session.execute(mine.order_by(Reminder.next_at.nulls_last(), Reminder.id))
    return [_record(row) for row in rows]


async def find(session: AsyncSession, user_id: UUID, reminder_id: UUID) -> ReminderRecord | None:
    """The person's own, locked; None for anybody else's and for one that is gone."""
    own = select(*COLUMNS).where(*_own(user_id, reminder_id)).with_for_update()
    row = (await session.execute(own)).one_or_none()
    return _record(row) if row else None


async def change(session: AsyncSession, user_id: UUID, reminder_id: UUID, **values: Any) -> None:
    await session.execute(update(Reminder).where(*_own(user_id, reminder_id)).values(values))


async def remove(session: AsyncSession, user_id: UUID, reminder_id: UUID) -> None:
    await session.execute(delete(Reminder).where(*_own(user_id, reminder_id)))


_CHAT = (
    select(TelegramIdentity.chat_id)
    .where(TelegramIdentity.user_id == User.id, TelegramIdentity.blocked_at.is_(None))
    .order_by(*CHAT_CHOSEN)
    .limit(1)
    .scalar_subquery()
)
_DUE = (
    select(*COLUMNS, User.time_zone, User.settings, User.silent_until, _CHAT)
    .join(User, User.id == Reminder.user_id)
    .where(Reminder.state == "active")
)


async def due(session: AsyncSession, now: datetime, most: int) -> list[DueReminder]:
    """Those whose time has come, longest first, locked; another replica takes others."""
    rows = await session.execute(
        _DUE.where(Reminder.next_at <= now)
        .order_by(Reminder.next_at)
        .limit(most)
        .with_for_update(of=Reminder, skip_locked=True)
    )
    width = len(COLUMNS)
    return [
        DueReminder(
            reminder=_record(row),
            next_at=row[width - 1],
            time_zone=row[width],
            settings=row[width + 1],
            silent_until=row[width + 2],
            chat_id=row[width + 3],
        )
        for row in rows
    ]


MOVE = text("""
    UPDATE reminders r SET next_at = m.next_at, state = m.state
    FROM unnest(:ids, :next_ats, :states) AS m (id, next_at, state)
    WHERE r.id = m.id
""").bindparams(
    bindparam("ids", type_=ARRAY(Uuid())),
    bindparam("next_ats", type_=ARRAY(DateTime(timezone=True))),
    bindparam("states", type_=ARRAY(String())),
)


async def move(session: AsyncSession, moves: Iterable[tuple[UUID, datetime | None]]) -> None:
    """Set their next times; one without is done."""
    rows = list(moves)
    if rows:
        states = ["active" if at else "done" for _, at in rows]
        bind = {"ids": [it for it, _ in rows], "next_ats": [at for _, at in rows], "states": states}
        await session.execute(MOVE, bind)


async def active_of(session: AsyncSession, user_id: UUID) -> list[ReminderRecord]:
    """Those that will come, locked."""
    mine = select(*COLUMNS).where(Reminder.user_id == user_id, Reminder.state == "active")
    rows = await session.execute(mine.order_by(Reminder.id).with_for_update())
    return [_record(row) for row in rows]
