"""The fence around every write of a journey."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.errors import LeaseLost, Superseded
from db.queries import journeys
from db.queries.journeys import ClaimedJourney, Travelling


@asynccontextmanager
async def hold(
    sessions: async_sessionmaker[AsyncSession], claim: ClaimedJourney
) -> AsyncIterator[AsyncSession]:
    """A transaction in which the journey is surely ours and the entry surely not edited.

    Raises `LeaseLost` or `Superseded` where that is not so; then nothing is written.
    """
    async with sessions.begin() as session:
        _check(claim, await journeys.hold(session, claim))
        yield session


async def look(single: async_sessionmaker[AsyncSession], claim: ClaimedJourney) -> Travelling:
    """The entry and its person, where the journey is ours now and the entry not edited. Raises as
    `hold` does; `single` makes sessions for one statement."""
    async with single.begin() as session:
        found = await journeys.look(session, claim)
    _check(claim, found.version if found else None)
    assert found is not None  # noqa: S101 - or it has no version
    return found


def _check(claim: ClaimedJourney, version: int | None) -> None:
    if version is None:
        raise LeaseLost("another worker has this journey now")
    if version != claim.version:
        raise Superseded(f"version {claim.version} of an entry was edited")
