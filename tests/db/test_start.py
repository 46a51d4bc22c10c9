"""Starting on tables that are older than this Daybook, newer, or somebody else's."""

import logging
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import DatabaseError
from db import revision, start
from db.session import make_sessions


async def set_revision(engine: AsyncEngine, name: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :name"), {"name": name})


async def test_goes_on_with_the_tables_of_a_newer_one(
    database_url: str, engine: AsyncEngine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As the old replicas do while they are replaced one by one."""
    await set_revision(engine, "9998")
    async with start.database(database_url, tmp_path) as found, make_sessions(found)() as session:
        assert await session.scalar(text("SELECT count(*) FROM journal_entries")) == 0
    assert await revision.current(engine) == "9998"
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert "the tables are those of a newer Daybook (9998; this one knows " in warnings[0]


async def test_starts_quietly_on_its_own_tables(
    database_url: str, engine: AsyncEngine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with start.database(database_url, tmp_path):
        assert await revision.current(engine) == revision.newest()
    assert not caplog.records


@pytest.mark.parametrize("name", ["0000", "ae1027a6acf", "99999"])
async def test_leaves_the_tables_of_another_program_alone(
    database_url: str, engine: AsyncEngine, tmp_path: Path, name: str
) -> None:
    await set_revision(engine, name)
    with pytest.raises(DatabaseError, match="DATABASE_URL: its tables are another program's"):
        async with start.database(database_url, tmp_path):
            pass
    assert await revision.current(engine) == name


def test_the_age_of_a_revision() -> None:
    newest = revision.newest()
    assert revision.age(newest) == "current"
    assert revision.age(f"{int(newest) + 1:04}") == "newer"
    assert {revision.age(it) for it in ("", "head", f"{int(newest) + 1}x", "0000")} == {"foreign"}
