"""Reminders that come on time, and once: the row moves on in the transaction that puts the message.

In quiet hours and in a silence one of every week is left out, and one that comes once waits for their end.
After downtime they come late, as long as that still helps.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal import reminder_screens
from bot.journal.clock import moment_of, next_on, zone_of
from bot.journal.evenings import Now, utc_now
from bot.journal.preferences import Preferences
from bot.journal.quiet import Quiet
from db.queries import outbox, reminders
from db.queries.people import Person
from db.queries.reminders import DueReminder, ReminderRecord

# How late it still helps: one of every week comes again anyway.
LATE_WEEKLY, LATE_ONCE = timedelta(hours=1), timedelta(hours=24)
# What one person may have, which is more than anybody can heed.
MOST = 50
BATCH = 200


@dataclass(frozen=True, kw_only=True)
class Reminders:
    sessions: async_sessionmaker[AsyncSession]
    now: Now = utc_now

    async def send_due(self) -> int:
        """Put all whose time has come into the outbox; how many rows were looked at."""
        count = 0
        while some := await self._send_some():
            count += some
        return count

    async def _send_some(self) -> int:
        now = self.now()
        async with self.sessions.begin() as session:
            due = await reminders.due(session, now, BATCH)
            moves: list[tuple[UUID, datetime | None]] = []
            for one in due:
                is_shown, next_at = _decide(one, now)
                if is_shown:
                    await _put(session, one)
                moves.append((one.reminder.id, next_at))
            await reminders.move(session, moves)
        return len(due)


def _decide(due: DueReminder, now: datetime) -> tuple[bool, datetime | None]:
    """Whether to show it now, and when it comes next; never, where that is None."""
    one, zone = due.reminder, zone_of(due.time_zone)
    chosen = Preferences.of(due.settings)
    quiet = Quiet(
        time_zone=due.time_zone,
        begins=chosen.quiet_from,
        ends=chosen.quiet_to,
        silent_until=due.silent_until,
    )
    over, late = quiet.ends_at(now), now - due.next_at
    if one.weekdays:
        is_welcome = over is None and late < LATE_WEEKLY and due.chat_id is not None
        return is_welcome, next_on(one.weekdays, one.at, zone, now)
    if over is not None and over > now:
        return False, over
    return due.chat_id is not None and late < LATE_ONCE, None


async def _put(session: AsyncSession, due: DueReminder) -> None:
    one = due.reminder
    if due.chat_id is None:
        return
    await outbox.put(
        session,
        slot=f"reminder:{one.id}:{due.next_at.isoformat()}",
        purpose="reminder",
        chat_id=due.chat_id,
        content=reminder_screens.nudge(one).as_content(),
        user_id=one.user_id,
        due_at=due.next_at,
        stale_at=due.next_at + (LATE_WEEKLY if one.weekdays else LATE_ONCE),
    )


def next_time(one: ReminderRecord, time_zone: str, now: datetime) -> datetime | None:
    """When it comes from now on; None where its only time is over."""
    zone = zone_of(time_zone)
    if one.weekdays:
        return next_on(one.weekdays, one.at, zone, now)
    if one.once_on is not None:
        return moment_of(one.once_on, one.at, zone)
    return one.next_at


async def renew(session: AsyncSession, user_id: UUID, time_zone: str, *, now: datetime | None = None) -> None:
    """The person lives by another clock now: what they set for an hour of theirs follows it. What was
    counted from a moment, as “in two hours”, stays."""
    now = now or utc_now()
    mine = await reminders.active_of(session, user_id)
    await reminders.move(session, [(it.id, next_time(it, time_zone, now)) for it in mine])


async def resume(session: AsyncSession, person: Person, one: ReminderRecord, now: datetime) -> bool:
    """Have a paused one come again; False where its only time is over."""
    at = next_time(one, person.time_zone, now)
    if at is None or at <= now:
        return False
    await reminders.change(session, person.user_id, one.id, state="active", next_at=at)
    return True
