"""The copy of a diary, however long it is (FAULTS 32)."""

import json
from uuid import UUID, uuid4

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal import export
from db.models import User
from db.owned import Sessions
from db.queries import export as rows

# A hundred years of days.
MANY = 36_500
WRITE = text("""
    INSERT INTO journal_entries (id, user_id, kind, body, local_date, written_at, deleted_at)
    SELECT gen_random_uuid(), :user_id, 'text', CAST(:words AS text) || n, DATE '1926-01-01' + n, now(),
        CASE WHEN n <= 0 THEN now() END
    FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n
""")
LONG = 'Wörter 😀 \\ " \n' * 20


async def has_diary(sessions: async_sessionmaker[AsyncSession], words: str, first: int, last: int) -> UUID:
    user_id = uuid4()
    async with sessions.begin() as session:
        await session.execute(insert(User).values(id=user_id, name="Mina", time_zone="UTC"))
        bind = {"user_id": user_id, "words": words, "first": first, "last": last}
        await session.execute(WRITE, bind)
    return user_id


async def test_a_hundred_years_are_whole_and_a_part_at_a_time(
    sessions: async_sessionmaker[AsyncSession],
) -> None:
    user_id = await has_diary(sessions, LONG, -2, MANY)
    await has_diary(sessions, "another's", 1, 10)
    own = Sessions(sessions)
    async with own.begin(user_id) as session:
        parts = [len(some) async for some in rows.read(session, rows.PARTS["entries"], user_id)]
    assert parts == [rows.AT_ONCE] * (MANY // rows.AT_ONCE)
    async with export.copy(own, user_id) as file:
        copy = json.load(file)
        # Beyond what stays in memory.
        assert file.tell() > export.IN_MEMORY
    # Neither what was deleted nor what is another's, and each of the rest once.
    assert sorted(it["body"] for it in copy["entries"]) == sorted(
        f"{LONG}{number}" for number in range(1, MANY + 1)
    )
