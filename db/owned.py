"""Sessions that are one person's: what of others' a statement asks for, it does not find (`db.wall`)."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from db.wall import ROLE
from db.whose import HAS_WALL, WHOSE, Whose

Across = async_sessionmaker[AsyncSession]
"""Makes sessions that see everybody's rows: for what is due, whoever's it is, and for finding out who
somebody is. tests/test_across.py lists who has one."""


class Sessions:
    """Makes sessions of one person each, and no others. Each transaction lies within a `turn`."""

    def __init__(
        self, across: Across, turn: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
    ) -> None:
        self._across = across
        self._turn = turn

    def begin(self, user_id: Whose) -> AbstractAsyncContextManager[AsyncSession]:
        return self._in_turn(begin(self._across, user_id))

    def meet(self, telegram_id: int) -> AbstractAsyncContextManager[AsyncSession]:
        return self._in_turn(meet(self._across, telegram_id))

    @asynccontextmanager
    async def _in_turn(self, begun: AbstractAsyncContextManager[AsyncSession]) -> AsyncIterator[AsyncSession]:
        async with self._turn(), begun as session:
            yield session


def _becoming(found: str) -> dict[bool, TextClause]:
    """Who is `found` is looked up before the role changes. By whether there is a wall."""
    who = f"SELECT set_config('daybook.user_id', coalesce(CAST({found} AS text), ''), true)"
    return {False: text(who), True: text(f"{who}, set_config('role', '{ROLE}', true)")}


OWN = _becoming("CAST(:user_id AS uuid)")
MEET = _becoming("(SELECT user_id FROM telegram_identities WHERE telegram_id = CAST(:telegram_id AS bigint))")
LEAVE = text("SET LOCAL ROLE NONE")


@asynccontextmanager
async def begin(sessions: Across, user_id: Whose) -> AsyncIterator[AsyncSession]:
    """One transaction that is this person's, or nobody's where there is none; it is committed at the end."""
    engine: AsyncEngine = sessions.kw["bind"]
    theirs = engine.execution_options(**{WHOSE: user_id})
    async with sessions(bind=theirs, info={WHOSE: user_id}) as session, session.begin():
        yield session


@asynccontextmanager
async def meet(sessions: Across, telegram_id: int) -> AsyncIterator[AsyncSession]:
    """The same for whoever comes in by this door. Who is not known yet is nobody, and sees nothing."""
    async with sessions.begin() as session:
        found = await session.scalar(MEET[_has_wall(session)], {"telegram_id": telegram_id})
        session.info[WHOSE] = UUID(found) if found else None
        yield session


async def own(session: AsyncSession, user_id: Whose) -> None:
    """From here on, until its transaction ends, the session is this person's."""
    if session.in_nested_transaction():
        raise InvalidRequestError("what a savepoint takes back would make the session see everybody again")
    await session.execute(OWN[_has_wall(session)], {"user_id": user_id})
    session.info[WHOSE] = user_id


async def see_everybody(session: AsyncSession) -> None:
    """The session sees everybody again. For finding out who somebody is, and nothing else."""
    if _has_wall(session):
        await session.execute(LEAVE)
    session.info.pop(WHOSE, None)


def owner(session: AsyncSession) -> Whose:
    """Whose the session is: nobody's where it sees everybody, or nobody."""
    whose: Whose = session.info.get(WHOSE)
    return whose


def options_of(session: AsyncSession) -> dict[str, Any]:
    """What makes another transaction the same person's, as an execution option of its connection."""
    return {WHOSE: session.info[WHOSE]} if WHOSE in session.info else {}


def _has_wall(session: AsyncSession) -> bool:
    return bool(session.get_bind().get_execution_options().get(HAS_WALL, True))
