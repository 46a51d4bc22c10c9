"""From an address, or a folder for the embedded server, to an engine whose tables are up to date."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import DatabaseError
from db import revision, wall
from db.queries import leases
from db.session import make_engine, make_sessions

log = logging.getLogger(__name__)

PATIENCE = 30
# feature_not_supported, undefined_file, insufficient_privilege
NO_PGVECTOR = {"0A000", "58P01", "42501"}
FOREIGN = (
    "DATABASE_URL: its tables are another program's (alembic_version holds none of our revisions): "
    "give Daybook a database of its own"
)


@asynccontextmanager
async def database(url: str | None, folder: Path) -> AsyncIterator[AsyncEngine]:
    """The database at `url`, or without one the embedded server in `folder`."""
    async with address(url, folder) as (found, found_unused):
        await _await(found)
        missing = await _migrate(found)
        if missing:
            log.warning("the wall between people is not up: %s", missing)
        engine = make_engine(found, is_direct=url is None, has_wall=missing is None)
        try:
            if found_unused:
                async with make_sessions(engine).begin() as session:
                    await leases.drop_all(session)
            yield engine
        finally:
            await engine.dispose()


@asynccontextmanager
async def address(url: str | None, folder: Path) -> AsyncIterator[tuple[str, bool]]:
    """Where the database is, and whether surely no other process uses it."""
    if url is not None:
        yield url, False
        return
    from db.embedded import EmbeddedPostgres

    async with EmbeddedPostgres(folder) as server:
        yield server.url, server.found_unused


async def _await(url: str) -> None:
    """A database that is still starting is waited for."""
    engine = make_engine(url)
    try:
        for left in range(PATIENCE, -1, -1):
            try:
                async with engine.connect():
                    return
            except DatabaseError:
                if not left:
                    raise
                if left == PATIENCE:
                    log.warning("waiting for the database, %d s at most", PATIENCE)
                await asyncio.sleep(1)
    finally:
        await engine.dispose()


async def _migrate(url: str) -> str | None:
    """What is missing of the wall between people, if anything."""
    # Without a time limit: a migration of a large table may take long.
    engine = make_engine(url, command_seconds=None)
    try:
        current = await revision.current(engine)
        if current is None or revision.age(current) == "older":
            # Loaded only where there is something to do: it takes a good part of a warm start.
            from db import migrate

            await migrate.upgrade(engine)
        elif revision.age(current) == "newer":
            # While replicas are replaced one by one, the old ones still serve beside the new.
            log.warning(
                "the tables are those of a newer Daybook (%s; this one knows %s): going on with them, "
                "update this one soon",
                current,
                revision.newest(),
            )
        elif revision.age(current) == "foreign":
            raise DatabaseError(FOREIGN)
        return await wall.stand(engine)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in NO_PGVECTOR:
            raise DatabaseError(
                "DATABASE_URL: the database has no pgvector, or this role may not create it: "
                "run CREATE EXTENSION vector there as its owner"
            ) from error
        raise
    finally:
        await engine.dispose()
