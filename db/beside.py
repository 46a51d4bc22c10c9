"""Two pieces of work side by side; of reads, a session's own and one on a connection that nobody uses at the
moment."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.pool import QueuePool

T = TypeVar("T")
U = TypeVar("U")
Reader = AsyncSession | AsyncConnection


async def both(one: Coroutine[Any, Any, T], other: Coroutine[Any, Any, U]) -> tuple[T, U]:
    """What two pieces of work return that are done side by side. Where one fails, the other is
    cancelled, and the failure raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            first, second = group.create_task(one), group.create_task(other)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return first.result(), second.result()


async def beside(
    session: AsyncSession,
    one: Callable[[Reader], Coroutine[Any, Any, T]],
    other: Callable[[AsyncSession], Coroutine[Any, Any, U]],
) -> tuple[T, U]:
    """What `one` and `other` read: `one` beside the other where a connection is free at once, else before it
    on `session`. So `one` must not need what the session has not committed.

    Where one fails or the caller is cancelled, neither goes on when this returns.
    """
    async with _spare(session) as spare:
        if spare is None:
            return await one(session), await other(session)
        return await both(one(spare), other(session))


@asynccontextmanager
async def _spare(session: AsyncSession) -> AsyncIterator[AsyncConnection | None]:
    """An idle connection of the session's pool, for single statements; None where there is none.

    It never waits for one: of many that hold one each and want a second, all would wait for ever. Nothing
    comes between the look and the taking, which both happen before the event loop goes on.
    """
    engine = session.bind
    if not isinstance(engine, AsyncEngine) or not has_idle(engine):
        yield None
        return
    async with engine.connect() as spare:
        yield await spare.execution_options(isolation_level="AUTOCOMMIT")


def has_idle(engine: AsyncEngine) -> bool:
    return isinstance(engine.pool, QueuePool) and engine.pool.checkedin() > 0
