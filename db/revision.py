"""Which revision a database has, and which ones we know, without loading alembic."""

import re
from pathlib import Path
from typing import Literal

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
    return max(_known())


def age(revision: str) -> Literal["older", "current", "newer", "foreign"]:
    """Where a revision stands among ours; the ones to come count up from the newest that we know."""
    known = _known()
    if revision in known:
        return "current" if revision == max(known) else "older"
    return "newer" if re.fullmatch(r"[0-9]{4}", revision) and revision > max(known) else "foreign"


def _known() -> set[str]:
    return {path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py")}
