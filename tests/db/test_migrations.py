import asyncio
import hashlib
import os
import sys
from pathlib import Path
from uuid import UUID

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db import migrate, revision
from db.models import Base


async def tables(engine: AsyncEngine) -> set[str]:
    async with engine.connect() as connection:
        found = (
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace"
        )
        return {row[0] for row in await connection.execute(text(found))} - {"alembic_version"}


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
    "0005": "4cd16fefbb9f3f6b",
    "0006": "81de0715a8132067",
    "0007": "5118cd45e894acf1",
    "0008": "5455f8ede6a071d3",
    "0009": "398e1357da6caaf3",
    "0010": "7a6b81ee05d871de",
    "0011": "fa1a293de187e350",
    "0012": "fff5fd5ce6c9e0e6",
    "0013": "907ddd62944a81fd",
    "0014": "a54e0d960db76611",
    "0015": "8d31a9baba2bac32",
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


async def test_alembics_own_command_goes_by_the_settings(database_url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "alembic", "--config", str(migrate.CONFIG), "current"),
        env=os.environ | {"DATABASE_URL": database_url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    assert f"{revision.newest()} (head)" in said.decode()


async def test_the_newest_revision_is_alembics_head() -> None:
    head = ScriptDirectory.from_config(Config(migrate.CONFIG)).get_current_head()
    assert revision.newest() == head


async def test_the_models_and_the_tables_agree(engine: AsyncEngine) -> None:
    await migrate.check(engine)


async def test_vectors_are_stored_plain_and_have_no_index_to_miss_any(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        storage = await connection.scalars(
            text(
                "SELECT attstorage FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
                " WHERE attname = 'embedding' AND relname ~ '^entry_embeddings'"
            )
        )
        approximate = await connection.scalar(
            text("SELECT count(*) FROM pg_indexes WHERE indexdef ~* 'hnsw|ivfflat'")
        )
    assert (list(storage), approximate) == ([b"p"] * 3, 0)


VECTORS = """
    SELECT e.entry_id, e.chunk, e.model, e.user_id, e.start, e.stop, e.embedding::text, e.created_at
    FROM entry_embeddings e ORDER BY 1, 2, 3
"""


async def test_vectors_stay_whole_when_they_are_packed_and_loosened(engine: AsyncEngine) -> None:
    async def found() -> list[tuple[object, ...]]:
        async with engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(VECTORS))]

    await migrate.downgrade(engine, "0007")
    async with engine.begin() as connection:
        for person in range(2):
            user = {"user": UUID(int=person), "entry": UUID(int=10 + person)}
            await connection.execute(
                text("INSERT INTO users (id, name, time_zone) VALUES (:user, 'A', 'UTC')"), user
            )
            entry = "INSERT INTO journal_entries (id, user_id, kind, body, local_date, written_at)"
            await connection.execute(
                text(f"{entry} VALUES (:entry, :user, 'text', 'a', CURRENT_DATE, now())"), user
            )
            vector = (
                "INSERT INTO entry_embeddings (entry_id, user_id, model, chunk, start, stop, embedding)"
                " SELECT :entry, :user, 'some', n, n, n + 1, array_fill(n, ARRAY[1536])::real[]::halfvec"
                " FROM generate_series(0, 2) AS n"
            )
            await connection.execute(text(vector), user)
    before = await found()
    assert len(before) == 6
    await migrate.upgrade(engine)
    assert await found() == before
    async with engine.begin() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM entry_embeddings_packed")) == 6
        new = "UPDATE entry_embeddings SET is_packed = false WHERE chunk = 1"
        await connection.execute(text(new))
    await migrate.downgrade(engine, "0007")
    assert await found() == before
    await migrate.upgrade(engine)
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM journal_entries WHERE id = :id"), {"id": UUID(int=10)})
        await connection.execute(text("DELETE FROM users WHERE id = :id"), {"id": UUID(int=1)})
    assert await found() == []
    await migrate.check(engine)


async def test_every_owned_table_carries_its_owner() -> None:
    ownerless = {"bots", "users", "inbox", "leases"}
    for name, table in Base.metadata.tables.items():
        assert name in ownerless or "user_id" in table.columns, name
