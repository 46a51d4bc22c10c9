import hashlib
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db import migrate, revision
from db.models import Base


async def tables(engine: AsyncEngine) -> set[str]:
    async with engine.connect() as connection:
        rows = await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        return {row[0] for row in rows} - {"alembic_version"}


async def test_down_to_nothing_and_up_again(engine: AsyncEngine) -> None:
    assert await tables(engine) == set(Base.metadata.tables)
    await migrate.downgrade(engine, "base")
    assert await tables(engine) == set()
    assert await revision.current(engine) is None
    await migrate.upgrade(engine)
    assert await revision.current(engine) == revision.newest()


LANDED = {
    "0001": "238e80790e59f45d",
    "0002": "542fcfad32449815",
    "0003": "3a6822b03edb009f",
    "0004": "e822f9c9e759a881",
}


@pytest.mark.parametrize("number", LANDED)
def test_a_landed_migration_is_never_edited(number: str) -> None:
    """Databases stand at it already: what it lacks belongs in a new one."""
    script = ScriptDirectory.from_config(Config(migrate.CONFIG)).get_revision(number)
    assert script is not None
    assert hashlib.sha256(Path(script.path).read_bytes()).hexdigest()[:16] == LANDED[number]


async def test_a_database_of_the_first_0001_gets_what_it_lacks(engine: AsyncEngine) -> None:
    """The first 0001 made no journeys.waits and two indexes fewer."""
    await migrate.downgrade(engine, "0004")
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE journeys DROP COLUMN waits"))
        await connection.execute(text("DROP INDEX ix_extracted_metrics_call_id, ix_journal_entries_lacking"))
    await migrate.upgrade(engine)
    await migrate.check(engine)


async def test_the_newest_revision_is_alembics_head() -> None:
    head = ScriptDirectory.from_config(Config(migrate.CONFIG)).get_current_head()
    assert revision.newest() == head


async def test_the_models_and_the_tables_agree(engine: AsyncEngine) -> None:
    await migrate.check(engine)


async def test_vectors_are_stored_plain_and_have_no_index_to_miss_any(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        storage = await connection.scalar(
            text(
                "SELECT attstorage FROM pg_attribute WHERE attname = 'embedding'"
                " AND attrelid = 'entry_embeddings'::regclass"
            )
        )
        approximate = await connection.scalar(
            text("SELECT count(*) FROM pg_indexes WHERE indexdef ~* 'hnsw|ivfflat'")
        )
    assert (storage, approximate) == (b"p", 0)


async def test_every_owned_table_carries_its_owner() -> None:
    ownerless = {"bots", "users", "inbox", "leases"}
    for name, table in Base.metadata.tables.items():
        assert name in ownerless or "user_id" in table.columns, name
