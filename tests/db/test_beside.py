"""Two reads on two connections, or one after the other: never waiting for a connection."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from db import session as engines
from db.beside import Reader, T, U, beside, both, has_idle
from db.session import make_engine, make_sessions

WHO = text("SELECT pg_backend_pid()")
ASLEEP = """
    SELECT count(*) FROM pg_stat_activity
    WHERE query ~ '^SELECT pg_sleep' AND state = 'active' AND datname = current_database()
"""


async def who(reader: Reader) -> int:
    found = await reader.scalar(WHO)
    assert isinstance(found, int)
    return found


async def pair(one: T, other: U) -> tuple[T, U]:
    return one, other


async def sleep(reader: Reader) -> None:
    await reader.execute(text("SELECT pg_sleep(1000)"))


@pytest.fixture
async def small(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncEngine]:
    """An engine with three connections at most, for which nobody waits."""
    monkeypatch.setattr(engines, "POOL_SECONDS", 0.05)
    engine = make_engine(database_url, pool_size=3)
    engine.pool._max_overflow = 0  # type: ignore[attr-defined]
    yield engine
    await engine.dispose()


async def fill(engine: AsyncEngine) -> None:
    """Two idle connections."""
    async with engine.connect() as one, engine.connect() as other:
        assert await one.scalar(WHO) != await other.scalar(WHO)


async def test_both_run_at_once_where_a_connection_is_idle(small: AsyncEngine) -> None:
    await fill(small)
    arrived = asyncio.Event()

    async def one(reader: Reader) -> int:
        found = await who(reader)
        await arrived.wait()
        return found

    async def other(session: AsyncSession) -> int:
        arrived.set()
        return await who(session)

    async with make_sessions(small)() as session:
        own = await who(session)
        beside_it, on_it = await beside(session, one, other, pair)
        assert small.pool.checkedout() == 1  # type: ignore[attr-defined]
    assert on_it == own != beside_it


async def test_one_after_the_other_where_none_is(small: AsyncEngine) -> None:
    order: list[str] = []

    async def one(reader: Reader) -> int:
        order.append("one")
        return await who(reader)

    async def other(session: AsyncSession) -> int:
        order.append("other")
        return await who(session)

    async with make_sessions(small)() as session:
        own = await who(session)
        assert not has_idle(small)
        assert await beside(session, one, other, pair) == (own, own)
    assert order == ["one", "other"]


async def test_a_session_on_a_connection_of_its_own_uses_that_alone(small: AsyncEngine) -> None:
    await fill(small)
    async with small.connect() as connection, AsyncSession(connection) as session:
        own = await who(session)
        assert await beside(session, who, who, pair) == (own, own)


async def test_a_crowd_that_holds_all_connections_gets_through(small: AsyncEngine) -> None:
    """Each has one and could do with another."""
    sessions = make_sessions(small)
    all_there = asyncio.Barrier(3)

    async def ask() -> tuple[int, int]:
        async with sessions() as session:
            await who(session)
            await all_there.wait()
            return await beside(session, who, who, pair)

    found = await asyncio.gather(*(ask() for _ in range(3)))
    assert len({pid for pair in found for pid in pair}) <= 3


async def test_a_crowd_with_some_to_spare_never_waits(small: AsyncEngine) -> None:
    await fill(small)
    sessions = make_sessions(small)

    async def ask() -> None:
        for _ in range(20):
            async with sessions() as session:
                await beside(session, who, who, pair)

    await asyncio.gather(ask(), ask(), ask())
    assert small.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_who_is_cancelled_leaves_nothing_running(small: AsyncEngine, engine: AsyncEngine) -> None:
    await fill(small)

    async def ask() -> None:
        async with make_sessions(small)() as session:
            await beside(session, sleep, sleep, pair)

    async with make_sessions(engine)() as looking:
        asking = asyncio.create_task(ask())
        await are(looking, 2)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert small.pool.checkedout() == 0  # type: ignore[attr-defined]
        await are(looking, 0)


async def are(looking: AsyncSession, number: int) -> None:
    """Wait until so many sleep."""
    while int(await looking.scalar(text(ASLEEP)) or 0) != number:
        await looking.rollback()


@pytest.mark.parametrize("fails_beside", [True, False])
async def test_where_one_fails_the_other_ends_and_the_failure_is_told(
    small: AsyncEngine, engine: AsyncEngine, fails_beside: bool
) -> None:
    await fill(small)
    async with make_sessions(engine)() as looking:

        async def fail(_: Reader) -> None:
            await are(looking, 1)
            raise LookupError("on purpose")

        async with make_sessions(small)() as session:
            with pytest.raises(LookupError):
                await (
                    beside(session, fail, sleep, pair) if fails_beside else beside(session, sleep, fail, pair)
                )
        await are(looking, 0)
    assert small.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_what_reads_beside_leaves_no_transaction_open(small: AsyncEngine) -> None:
    await fill(small)

    async def state(reader: Reader) -> bool:
        # Within a transaction this stays the same from statement to statement.
        first = await reader.scalar(text("SELECT now()"))
        return bool(await reader.scalar(text("SELECT now() = :first"), {"first": first}))

    async with make_sessions(small)() as session:
        assert await beside(session, state, state, pair) == (False, True)
    async with small.connect() as connection:
        assert await state_of(connection)


async def state_of(connection: Reader) -> bool:
    """Whether a connection that was lent is in a transaction again, as any other."""
    first = await connection.scalar(text("SELECT now()"))
    return bool(await connection.scalar(text("SELECT now() = :first"), {"first": first}))


async def test_both_give_what_they_return() -> None:
    async def give(value: int) -> int:
        return value

    assert await both(give(1), give(2)) == (1, 2)


async def test_the_one_that_fails_cancels_the_other_and_its_failure_is_raised_as_it_is() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def fail() -> None:
        await begun.wait()
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await both(wait(), fail())
    assert ended.is_set()
