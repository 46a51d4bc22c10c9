"""One person's sessions behind the wall: whose they are, from when on, and that nothing of it stays."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from db import owned, wall
from db.beside import Reader, beside
from db.models import Entry, User
from db.owned import Across
from db.queries import people
from db.session import make_engine, make_sessions, make_single
from db.whose import plan_once
from tests.db.owned_rows import Two, refused
from tests.db.test_beside import pair

WHO = text("SELECT current_user, coalesce(current_setting('daybook.user_id', true), '')")


@pytest.fixture
async def one(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine with a single connection, so that whatever stays in it is met again."""
    engine = make_engine(database_url, pool_size=1, is_direct=True)
    yield engine
    await engine.dispose()


async def who(across: Across) -> tuple[str, str]:
    async with across() as session:
        found = (await session.execute(WHO)).one()
        return found[0], found[1]


async def test_nothing_of_a_person_stays_in_the_connection(two: Two, one: AsyncEngine) -> None:
    across, ann = make_sessions(one), two.ann.user_id
    login = (await who(across))[0]
    async with owned.begin(across, ann) as session:
        assert (await session.execute(WHO)).one() == (wall.ROLE, str(ann))
        assert owned.owner(session) == ann
    assert await who(across) == (login, "")
    with pytest.raises(DBAPIError):
        async with owned.begin(across, ann) as session:
            await session.execute(text("SELECT 1 / 0"))
    assert await who(across) == (login, "")
    with pytest.raises(InvalidRequestError):
        async with owned.begin(across, ann) as session:
            await session.begin()
    assert await who(across) == (login, "")
    # One in which nothing was asked left nothing for the next one either.
    async with owned.begin(across, ann) as session:
        await session.connection()
    assert await who(across) == (login, "")
    async with across.begin() as session:
        await owned.own(session, ann)
        assert (await session.execute(WHO)).one() == (wall.ROLE, str(ann))
    assert await who(across) == (login, "")


async def test_nothing_stays_where_a_statement_is_cancelled(two: Two, one: AsyncEngine) -> None:
    across = make_sessions(one)
    login = (await who(across))[0]
    begun = asyncio.Event()

    async def sleep() -> None:
        async with owned.begin(across, two.ann.user_id) as session:
            await session.execute(WHO)
            begun.set()
            await session.execute(text("SELECT pg_sleep(1000)"))

    task = asyncio.create_task(sleep())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await who(across) == (login, "")


async def test_a_savepoint_is_the_person_s_and_what_comes_after_one_that_failed(two: Two) -> None:
    async with owned.begin(two.across, two.ann.user_id) as session:
        async with session.begin_nested():
            assert list(await session.scalars(select(Entry.user_id))) == [two.ann.user_id]
        with pytest.raises(DBAPIError):
            async with session.begin_nested():
                await session.execute(text("SELECT 1 / 0"))
        assert list(await session.scalars(select(Entry.user_id))) == [two.ann.user_id]


async def test_without_a_transaction_nobody_s_statements_are_a_person_s(two: Two) -> None:
    """A statement by itself has nothing that would carry whose it is: it is refused, not let through."""
    with pytest.raises(InvalidRequestError, match="need a transaction"):
        async with owned.begin(make_single(two.across), two.ann.user_id) as session:
            await session.execute(select(Entry.user_id))
    with pytest.raises(InvalidRequestError, match="savepoint"):
        async with two.across.begin() as session, session.begin_nested():
            await owned.own(session, two.ann.user_id)


async def test_only_an_id_says_whose_it_is(two: Two) -> None:
    bad: Any = "x'; RESET ROLE; --"
    with pytest.raises(TypeError):
        async with owned.begin(two.across, bad) as session:
            await session.execute(WHO)


async def test_what_is_read_beside_is_the_same_person_s(two: Two, engine: AsyncEngine) -> None:
    async def owners(reader: Reader) -> list[Any]:
        return list((await reader.execute(select(Entry.user_id))).scalars())

    async def where(reader: Reader) -> tuple[int, list[Any]]:
        found = await reader.execute(text("SELECT pg_backend_pid()"))
        return found.scalar_one(), await owners(reader)

    async with engine.connect(), engine.connect():
        pass
    ann, ben = two.ann.user_id, two.ben.user_id
    async with owned.begin(two.across, ann) as session:
        one, other = await beside(session, where, where, pair)
    assert one[0] != other[0]
    assert (one[1], other[1]) == ([ann], [ann])
    async with two.across.begin() as session:
        await owned.own(session, ben)
        assert [it[1] for it in await beside(session, where, where, pair)] == [[ben], [ben]]
    async with two.across() as session:
        assert [len(it[1]) for it in await beside(session, where, where, pair)] == [2, 2]


async def test_what_a_transaction_plans_once_is_told_as_it_begins_and_over_with_it(
    two: Two, one: AsyncEngine, engine: AsyncEngine
) -> None:
    mode, ann = text("SHOW plan_cache_mode"), two.ann.user_id
    across = make_sessions(one)
    async with owned.begin(across, ann) as session:
        await plan_once(session)
        assert await session.scalar(mode) == "force_generic_plan"
        assert (await session.execute(WHO)).one() == (wall.ROLE, str(ann))
    async with owned.begin(across, ann) as session:
        assert await session.scalar(mode) == "force_custom_plan"
        await plan_once(session)
        assert await session.scalar(mode) == "force_custom_plan"
    # A plan for any value is not one for any person, nor for whoever looks across.
    owners = select(Entry.user_id)
    for whose in (ann, two.ben.user_id, ann):
        async with owned.begin(across, whose) as session:
            await plan_once(session)
            assert list(await session.scalars(owners)) == [whose]
        async with across() as everybody:
            assert len(list(await everybody.scalars(owners))) == 2
    # Where nothing stays prepared, nothing is kept.
    async with owned.begin(make_sessions(engine), ann) as session:
        await plan_once(session)
        assert await session.scalar(mode) == "auto"


async def test_where_the_role_cannot_be_taken_on_nothing_is_read(two: Two, one: AsyncEngine) -> None:
    """As after an administrator took it away meanwhile. It is that transaction which fails, not the next."""
    across = make_sessions(one)
    login = (await who(across))[0]
    async with across() as session:
        await session.execute(text(f"REVOKE {wall.ROLE} FROM {login}"))
        await session.commit()
    try:
        with pytest.raises(DBAPIError) as error:
            async with owned.begin(across, two.ann.user_id) as session:
                await session.execute(select(Entry.user_id))
        assert refused(error)
        assert await who(across) == (login, "")
        missing = await wall.look(one)
        assert missing is not None
        assert f"GRANT {wall.ROLE} TO {login}" in missing
    finally:
        # Whoever made the role may hand it out, also to themselves.
        assert await wall.stand(one) is None


async def test_met_by_a_door(two: Two) -> None:
    async with two.across() as session:
        rows = await session.execute(text("SELECT telegram_id, user_id FROM telegram_identities"))
        doors = {row[1]: row[0] for row in rows}
    async with owned.meet(two.across, doors[two.ben.user_id]) as session:
        assert owned.owner(session) == two.ben.user_id
        assert list(await session.scalars(select(Entry.user_id))) == [two.ben.user_id]
    async with owned.meet(two.across, 2**40) as session:
        assert owned.owner(session) is None
        assert not list(await session.scalars(select(User.id)))


async def recognised(session: AsyncSession, telegram_id: int) -> people.Person:
    return await people.recognise(
        session,
        telegram_id=telegram_id,
        chat_id=telegram_id,
        first_name="Cleo",
        last_name=None,
        username=None,
        language_code=None,
        default_time_zone="UTC",
    )


async def test_whoever_is_met_for_the_first_time_has_the_session_from_then_on(two: Two) -> None:
    async with owned.meet(two.across, 2**40) as session:
        new = await recognised(session, 2**40)
        assert list(await session.scalars(select(User.id))) == [new.user_id]
    # A door that leads elsewhere by now than was thought.
    async with owned.begin(two.across, two.ann.user_id) as session:
        assert (await recognised(session, 2**40)).user_id == new.user_id
        assert list(await session.scalars(select(User.id))) == [new.user_id]
    async with two.across.begin() as session:
        await recognised(session, 2**40)
        assert list(await session.scalars(select(User.id))) == [new.user_id]
