"""The fence around every write of a journey."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.errors import LeaseLost, Superseded
from db.queries import journeys
from db.queries.journeys import ClaimedJourney


@asynccontextmanager
async def hold(
    sessions: async_sessionmaker[AsyncSession], claim: ClaimedJourney
) -> AsyncIterator[AsyncSession]:
    """A transaction in which the journey is surely ours and the entry surely not edited.

    Raises `LeaseLost` or `Superseded` where that is not so; then nothing is written.
    """
    async with sessions.begin() as session:
        version = await journeys.hold(session, claim)
        if version is None:
            raise LeaseLost("another worker has this journey now")
        if version != claim.version:
            raise Superseded(f"version {claim.version} of an entry was edited")
        yield session
