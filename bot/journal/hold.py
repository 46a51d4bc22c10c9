"""The fence around every write of a journey."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import LeaseLost, Superseded
from db.owned import Sessions
from db.queries import journeys
from db.queries.journeys import ClaimedJourney, Travelling


@asynccontextmanager
async def hold(sessions: Sessions, claim: ClaimedJourney) -> AsyncIterator[AsyncSession]:
    """A transaction of the entry's person in which the journey is surely ours, and the entry not edited.

    Raises `LeaseLost` or `Superseded` where that is not so; then nothing is written.
    """
    async with sessions.begin(claim.user_id) as session:
        _check(claim, await journeys.hold(session, claim))
        yield session


async def look(sessions: Sessions, claim: ClaimedJourney) -> Travelling:
    """The entry and its person, where the journey is ours now and the entry not edited. Raises as
    `hold` does."""
    async with sessions.begin(claim.user_id) as session:
        found = await journeys.look(session, claim)
    _check(claim, found.version if found else None)
    assert found is not None  # noqa: S101 - or it has no version
    return found


def _check(claim: ClaimedJourney, version: int | None) -> None:
    if version is None:
        raise LeaseLost("another worker has this journey now")
    if version != claim.version:
        raise Superseded(f"version {claim.version} of an entry was edited")
