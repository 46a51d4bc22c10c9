"""The wall between people: a statement that forgets its WHERE finds one person's rows all the same."""

from typing import Any

import pytest
from sqlalchemy import Row, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from db import migrate, owned, wall
from db.models import Base
from tests.db.owned_rows import OWNED, OWNERLESS, Two, of, refused

PARTITIONS = ["entry_embeddings_loose", "entry_embeddings_packed"]
TABLES = [*OWNED, *PARTITIONS]
# Where a new row lands, of those that are partitions.
FILLED = [it for it in TABLES if it != "entry_embeddings_packed"]


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


async def test_down_without_it_and_up_again(two: Two, engine: AsyncEngine) -> None:
    await migrate.downgrade(engine, "0010")
    assert not [row for row in await every_table(engine) if row.is_forced or row.is_theirs]
    async with two.across() as session:
        assert await two.counted(session, "journal_entries") == {two.ann.user_id: 1, two.ben.user_id: 1}
    await migrate.upgrade(engine)
    async with owned.begin(two.across, two.ann.user_id) as session:
        assert await two.counted(session, "journal_entries") == {two.ann.user_id: 1}
