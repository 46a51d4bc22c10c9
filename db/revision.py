"""Which revision a database has, and which one is the newest, without loading alembic."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

VERSIONS = Path(__file__).resolve().parent.parent / "alembic" / "versions"


async def current(engine: AsyncEngine) -> str | None:
    """None for a database that was never migrated."""
    async with engine.connect() as connection:
        try:
            found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        except ProgrammingError:
            return None
    return str(found) if found else None


def newest() -> str:
    """Files are named for their revision and count up: `0001_the_journal.py`."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py"))
