"""What tests of embedded servers ask them."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]

from db.embedded import EmbeddedPostgres

FAST = {"fsync": "off"}


@contextlib.asynccontextmanager
async def connected(server: EmbeddedPostgres) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(server.url)
    try:
        yield connection
    finally:
        await connection.close()


async def query(server: EmbeddedPostgres, statement: str) -> Any:
    async with connected(server) as connection:
        return await connection.fetchval(statement)


async def answered(server: EmbeddedPostgres, statement: str) -> Any:
    """The answer, as soon as the server is back from whatever was done to it."""
    while True:
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return await query(server, statement)
        await asyncio.sleep(0.02)


async def numbers(server: EmbeddedPostgres) -> list[int]:
    return list(await answered(server, "SELECT array_agg(number ORDER BY number) FROM rows"))


async def with_rows(server: EmbeddedPostgres) -> list[int]:
    await query(server, "CREATE TABLE rows AS SELECT number FROM generate_series(1, 1000) number")
    return list(range(1, 1001))


def path_with(folder: Path, *programs: str) -> str:
    """A PATH on which only these are found."""
    folder.mkdir()
    for program in programs:
        if found := shutil.which(program):
            (folder / program).symlink_to(found)
    return str(folder)
