"""The wall between people: a statement that forgets its WHERE finds one person's rows all the same."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Row, TextClause, select, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker

from db import migrate, owned, wall
from db.beside import Reader, beside
from db.models import Base, Entry, User
from db.queries import people
from db.session import make_engine, make_sessions, make_single
from db.whose import plan_once
from tests.db.owned_rows import OWNED, OWNERLESS, Rows
from tests.db.test_beside import pair

PARTITIONS = ["entry_embeddings_loose", "entry_embeddings_packed"]
TABLES = [*OWNED, *PARTITIONS]
# Where a new row lands, of those that are partitions.
FILLED = [it for it in TABLES if it != "entry_embeddings_packed"]
WHO = text("SELECT current_user, coalesce(current_setting('daybook.user_id', true), '')")

Across = async_sessionmaker[AsyncSession]


def of(statement: str, table: str) -> TextClause:
    """The statement about this table, with the column that says whose its rows are."""
    whose = "id" if table == "users" else "user_id"
    return text(statement.replace("TABLE", table).replace("WHOSE", whose))


@dataclass(frozen=True, kw_only=True)
class Two:
    """Ann and Ben, who have a row in every table each."""

    across: Across
    ann: Rows
    ben: Rows

    async def counted(self, session: AsyncSession | AsyncConnection, table: str) -> dict[Any, int]:
        """How many rows of each person there are, for whoever sees them."""
        rows = await session.execute(of("SELECT WHOSE, count(*) FROM TABLE GROUP BY 1", table))
        return {row[0]: row[1] for row in rows}

    async def there(self, table: str) -> dict[Any, int]:
        async with self.across() as session:
            return await self.counted(session, table)


@pytest.fixture
async def two(engine: AsyncEngine) -> Two:
    ann, ben = Rows(0), Rows(1)
    async with engine.begin() as connection:
        await ann.add(connection)
        await ben.add(connection)
    return Two(across=make_sessions(engine), ann=ann, ben=ben)


def refused(error: pytest.ExceptionInfo[DBAPIError]) -> bool:
    return getattr(error.value.orig, "sqlstate", None) == "42501"


async def every_table(engine: AsyncEngine) -> list[Row[Any]]:
    async with engine.connect() as connection:
        found = """
            SELECT relname, relrowsecurity AND relforcerowsecurity AS is_forced,
                has_table_privilege(:role, oid, 'SELECT') OR has_table_privilege(:role, oid, 'INSERT')
                OR has_table_privilege(:role, oid, 'UPDATE') OR has_table_privilege(:role, oid, 'DELETE')
                OR has_table_privilege(:role, oid, 'TRUNCATE') AS is_theirs
            FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm') AND relnamespace = 'public'::regnamespace
        """
        return list(await connection.execute(text(found), {"role": wall.ROLE}))


async def test_every_table_has_an_owner_or_is_out_of_reach(engine: AsyncEngine) -> None:
    """A new table turns this red until it is behind the wall, or is said to be nobody's."""
    ownerless = OWNERLESS | {"alembic_version"}
    found = {row.relname: row for row in await every_table(engine)}
    assert found.keys() == {*TABLES, *ownerless}
    assert [it for it in TABLES if not found[it].is_forced] == []
    assert [it for it in ownerless if found[it].is_theirs] == []
    assert await wall.look(engine) is None


async def test_the_role_owns_nothing_and_goes_past_nothing(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        owns = "SELECT count(*) FROM pg_class WHERE relowner = CAST(:role AS regrole)"
        assert await connection.scalar(text(owns), {"role": wall.ROLE}) == 0
        may = "SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole FROM pg_roles WHERE rolname = :role"
        assert (await connection.execute(text(may), {"role": wall.ROLE})).one() == (
            False,
            False,
            False,
            False,
        )


@pytest.mark.parametrize("table", FILLED)
async def test_a_forgotten_where_reads_one_person_s_rows(two: Two, table: str) -> None:
    async with owned.begin(two.across, two.ann.user_id) as session:
        assert await two.counted(session, table) == {two.ann.user_id: 1}
    async with owned.begin(two.across, two.ben.user_id) as session:
        assert await two.counted(session, table) == {two.ben.user_id: 1}
    assert await two.there(table) == {two.ann.user_id: 1, two.ben.user_id: 1}


@pytest.mark.parametrize("table", FILLED)
async def test_a_forgotten_where_changes_one_person_s_rows(two: Two, table: str) -> None:
    async with owned.begin(two.across, two.ann.user_id) as session:
        done = await session.execute(of("UPDATE TABLE SET WHOSE = WHOSE RETURNING 1", table))
        assert len(done.all()) == 1


@pytest.mark.parametrize("table", FILLED)
async def test_a_forgotten_where_deletes_one_person_s_rows(two: Two, table: str) -> None:
    async with owned.begin(two.across, two.ann.user_id) as session:
        await session.execute(of("DELETE FROM TABLE", table))
        assert await two.counted(session, table) == {}
    assert await two.there(table) == {two.ben.user_id: 1}


@pytest.mark.parametrize("table", FILLED)
async def test_no_row_is_given_away(two: Two, table: str) -> None:
    give = of("UPDATE TABLE SET WHOSE = :other", table)
    with pytest.raises(DBAPIError) as error:
        async with owned.begin(two.across, two.ann.user_id) as session:
            await session.execute(give, {"other": two.ben.user_id})
    assert refused(error)


@pytest.mark.parametrize("table", OWNED)
async def test_no_row_is_put_under_another_s_name(two: Two, table: str) -> None:
    known = Base.metadata.tables[table]
    with pytest.raises(DBAPIError) as error:
        async with owned.begin(two.across, two.ann.user_id) as session:
            await session.execute(known.insert().values(two.ben.another(known)))
    assert refused(error)


@pytest.mark.parametrize("table", TABLES)
async def test_a_query_without_its_owner_sees_nothing(two: Two, table: str) -> None:
    async with owned.begin(two.across, None) as session:
        assert await two.counted(session, table) == {}
        assert not (await session.execute(of("DELETE FROM TABLE RETURNING 1", table))).all()
    async with two.across.begin() as session:
        await session.execute(text(f"SET LOCAL ROLE {wall.ROLE}"))
        assert await two.counted(session, table) == {}
    if table not in FILLED:
        return
    assert await two.there(table) == {two.ann.user_id: 1, two.ben.user_id: 1}


@pytest.mark.parametrize("table", sorted(OWNERLESS))
async def test_what_is_nobody_s_is_out_of_reach(two: Two, table: str) -> None:
    with pytest.raises(DBAPIError) as error:
        async with owned.begin(two.across, two.ann.user_id) as session:
            await session.execute(of("SELECT count(*) FROM TABLE", table))
    assert refused(error)


@pytest.mark.parametrize("right", ["SELECT", "FORCE", "own", "across"])
async def test_a_table_that_is_left_open_is_named_and_mended(engine: AsyncEngine, right: str) -> None:
    opened = {
        "SELECT": "REVOKE SELECT ON reminders FROM daybook_person",
        "FORCE": "ALTER TABLE reminders NO FORCE ROW LEVEL SECURITY",
        "own": "ALTER POLICY own ON reminders TO PUBLIC",
        "across": "DROP POLICY across ON reminders",
    }
    async with engine.begin() as connection:
        await connection.execute(text(opened[right]))
    missing = await wall.look(engine)
    assert missing is not None
    assert missing.startswith("reminders stand")
    assert await wall.stand(engine) is None
    assert await wall.look(engine) is None


async def test_a_new_owned_table_is_open_until_its_migration_says_otherwise(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE thoughts (id int, user_id uuid)"))
    missing = await wall.look(engine)
    assert missing is not None
    assert "thoughts" in missing
    async with engine.begin() as connection:
        await connection.run_sync(wall.put_up)
    assert await wall.look(engine) is None


async def test_whoever_goes_takes_their_rows_along_and_no_others(two: Two) -> None:
    """Cascades and checks of references run past the wall, which stays where it is."""
    async with owned.begin(two.across, two.ann.user_id) as session:
        await session.execute(text("DELETE FROM users"))
    # That somebody is to be erased is known until their recordings are, too.
    for table in set(OWNED) - {"erasures"}:
        assert await two.there(table) == {two.ben.user_id: 1}, table


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


async def test_down_without_it_and_up_again(two: Two, engine: AsyncEngine) -> None:
    await migrate.downgrade(engine, "0010")
    assert not [row for row in await every_table(engine) if row.is_forced or row.is_theirs]
    async with two.across() as session:
        assert await two.counted(session, "journal_entries") == {two.ann.user_id: 1, two.ben.user_id: 1}
    await migrate.upgrade(engine)
    async with owned.begin(two.across, two.ann.user_id) as session:
        assert await two.counted(session, "journal_entries") == {two.ann.user_id: 1}
