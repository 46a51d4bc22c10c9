"""Two pieces of work side by side; of reads, a session's own and one on a connection that nobody uses at the
moment."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.pool import QueuePool

from db.owned import options_of

T = TypeVar("T")
U = TypeVar("U")
V = TypeVar("V")
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
    last: Callable[[T, U], Coroutine[Any, Any, V]],
) -> V:
    """What `last` makes of what `one` and `other` read: `one` beside the other where a connection is free at
    once, else before it on `session`. So `one` must not need what the session has not committed.

    Where one fails or the caller is cancelled, neither goes on when this returns.
    """
    spare = await _spare(session)
    if spare is None:
        return await last(await one(session), await other(session))
    read: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    async def on_spare() -> None:
        read.set_result(await one(spare))
        # It goes back at once, but after whoever waited for what was read has gone on.
        await asyncio.sleep(0)
        await spare.close()

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(on_spare())
            # What it asks is on its way before the other makes ready what it asks.
            await asyncio.sleep(0)
            on_session = await other(session)
            return await last(await read, on_session)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    finally:
        # Also where one of them failed, or it was cancelled before it began.
        await spare.close()


async def _spare(session: AsyncSession) -> AsyncConnection | None:
    """An idle connection of the session's pool, to read as whoever the session is; None where there is none.

    It never waits for one: of many that hold one each and want a second, all would wait for ever. Nothing
    comes between the look and the taking, which both happen before the event loop goes on.
    """
    engine = session.bind
    if not isinstance(engine, AsyncEngine) or not has_idle(engine):
        return None
    theirs = options_of(session) or {"isolation_level": "AUTOCOMMIT"}
    return await engine.execution_options(**theirs).connect()


def has_idle(engine: AsyncEngine) -> bool:
    return isinstance(engine.pool, QueuePool) and engine.pool.checkedin() > 0
