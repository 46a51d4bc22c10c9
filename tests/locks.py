"""Who waits for whom in the test's database."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


async def until_waiting(sessions: async_sessionmaker[AsyncSession], number: int = 1) -> None:
    """Return once so many statements wait for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    while True:
        async with sessions() as session:
            if await session.scalar(waiting) == number:
                return
        await asyncio.sleep(0.01)
