"""Days that are over and that nobody asked about: they are scored too, or the trend would have gaps where no
summary is wanted."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal.days import local_day
from db.queries import scorings

# Entries of that time are looked at: long enough for a process that was down, and no whole diary at once.
LATELY = timedelta(days=4)
# How often, in seconds.
EVERY = 600.0


async def mark_days_that_are_over(
    sessions: async_sessionmaker[AsyncSession], now: datetime | None = None
) -> int:
    """Let the days be scored that ended for their person, and never were; how many that is."""
    now = now or datetime.now(UTC)
    async with sessions.begin() as session:
        never = await scorings.never_scored(session, now - LATELY)
        over = [
            (it.user_id, it.local_date)
            for it in never
            if local_day(now, it.time_zone, it.day_starts_at) > it.local_date
        ]
        await scorings.want_all(session, over)
    return len(over)
