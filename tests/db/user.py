"""A process that uses the embedded server of a folder: `python -m tests.db.user FOLDER`.

It says `ready`, then obeys the lines it reads: `insert N`, which it tries until it can say `committed N`, and
`leave`.
"""

import asyncio
import sys
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import DatabaseError
from db.embedded import EmbeddedPostgres
from db.session import make_engine


async def main(folder: Path) -> None:
    async with EmbeddedPostgres(folder) as server:
        engine = make_engine(server.url)
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(1)"))
            await connection.execute(text("CREATE TABLE IF NOT EXISTS rows (number int PRIMARY KEY)"))
        say("ready")
        while (line := await asyncio.to_thread(sys.stdin.readline)) and line != "leave\n":
            number = int(line.removeprefix("insert "))
            while not await inserted(engine, number):  # noqa: ASYNC110 — the server is another process
                await asyncio.sleep(0.02)
            say(f"committed {number}")
        await engine.dispose()


async def inserted(engine: AsyncEngine, number: int) -> bool:
    try:
        async with engine.begin() as connection:
            statement = text("INSERT INTO rows VALUES (:number) ON CONFLICT DO NOTHING")
            await connection.execute(statement, {"number": number})
    except (DatabaseError, DBAPIError):
        return False
    return True


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        asyncio.run(main(Path(sys.argv[1])))
    except DatabaseError as error:
        say(str(error))
