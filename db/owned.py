"""The wall between people: a transaction that is one person's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

OWN = text("SELECT set_config('daybook.user_id', :user_id, true)")


async def own(session: AsyncSession, user_id: UUID) -> None:
    """Until its transaction ends, the session is this person's."""
    await session.execute(OWN, {"user_id": str(user_id)})


@asynccontextmanager
async def begin(sessions: async_sessionmaker[AsyncSession], user_id: UUID) -> AsyncIterator[AsyncSession]:
    """One transaction that is this person's; it is committed at the end."""
    async with sessions.begin() as session:
        await own(session, user_id)
        yield session
