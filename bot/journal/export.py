"""A copy of what a person keeps here, as one JSON file: entries, numbers, goals and scores."""

import json
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import IO, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from db.owned import Sessions
from db.queries import export as rows

NAME = "daybook.json"
# So much stays in memory; what is longer goes through a file that nobody else can open.
IN_MEMORY = 8 * 1024 * 1024


@asynccontextmanager
async def copy(sessions: Sessions, user_id: UUID) -> AsyncIterator[IO[bytes]]:
    """The file, open at its beginning, and gone at the end. Made a part at a time, all of one moment."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        async with sessions.begin(user_id) as session:
            await rows.freeze(session)
            await _write(session, user_id, file)
        file.seek(0)
        yield file


async def _write(session: AsyncSession, user_id: UUID, file: IO[bytes]) -> None:
    file.write(b'{\n"person": ' + _json(await rows.person(session, user_id)))
    for name, part in rows.PARTS.items():
        file.write(f',\n"{name}": ['.encode())
        is_first = True
        async for some in rows.read(session, part, user_id):
            file.write(_lines(some, is_first=is_first))
            is_first = False
        file.write(b"\n]")
    file.write(b"\n}\n")


def _lines(some: Sequence[dict[str, Any]], *, is_first: bool) -> bytes:
    return b"".join((b"\n" if is_first and not at else b",\n") + _json(row) for at, row in enumerate(some))


def _json(it: Any) -> bytes:
    return json.dumps(it, ensure_ascii=False, default=_told).encode("utf-8", "replace")


def _told(it: object) -> str:
    return it.isoformat() if isinstance(it, date | datetime) else str(it)
