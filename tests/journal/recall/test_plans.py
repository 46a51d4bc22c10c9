"""How Postgres goes about what recall asks behind the wall, where it takes the owner's id for one unknown."""

import re
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.journal.recall import Question, recall
from db import owned
from db.queries import entries
from tests.journal.recall.conftest import MODEL, Diary, padded

MANY = (
    """INSERT INTO journal_entries (id, user_id, kind, body, local_date, written_at, embedded_at)
    SELECT gen_random_uuid(), :user_id, 'text', 'a walk by the lake', date '2016-01-01' + n,
        timestamptz '2016-01-01 12:00Z' + n * interval '1 day', now()
    FROM generate_series(1, 2000) AS n""",
    """INSERT INTO word_chunks (entry_id, user_id, version, chunk, start, stop, length, language)
    SELECT id, user_id, 1, 0, 0, 18, 3, 'en' FROM journal_entries WHERE user_id = :user_id""",
    """INSERT INTO word_counts (user_id, term, chunk_id, count, length)
    SELECT user_id, hashtextextended(CAST(user_id AS text), id / 20), id, 1, 3
    FROM word_chunks WHERE user_id = :user_id""",
)


@pytest.fixture
async def of_many(diary: Diary, person: Callable[[], Awaitable[Diary]]) -> Diary:
    async with diary.sessions.begin() as session:
        for owner in (diary, await person(), await person()):
            for statement in MANY:
                await session.execute(text(statement), {"user_id": owner.user_id})
        for table in ("journal_entries", "word_chunks", "word_counts"):
            await session.execute(text(f"ANALYZE {table}"))
    return diary


# A scan of whatever is a person's. What is apart has an index of its own; the newest are read backward, until
# there are enough; and how many chunks there are, and how long, is told by an index alone.
OF_ALL = re.compile(
    r" Scan (?:using (?!ix_journal_entries_apart)\w+ )?on (?:journal_entries|word_chunks) \w.*\n"
    r" *(?:Index|Recheck) Cond: \(user_id = (?:\$\d+|'.*'::uuid|\(InitPlan \d+\)\.col1)\)\n"
)


@pytest.mark.parametrize("is_generic", [False, True])
async def test_no_table_is_read_for_all_that_is_a_person_s(
    of_many: Diary, engine: AsyncEngine, is_generic: bool
) -> None:
    asked: dict[str, Any] = {}

    def note(_: Any, __: Any, statement: str, bind: Any, *___: Any) -> None:
        asked[statement] = bind

    question = Question(
        user_id=of_many.user_id,
        text="a walck by the lake in may",
        today=date(2021, 7, 1),
        model=MODEL,
        vector=padded([1, 0]),
    )
    async with owned.begin(of_many.sessions, of_many.user_id) as session:
        newest = "SELECT id FROM journal_entries ORDER BY written_at DESC LIMIT 1"
        entry = await entries.get(session, of_many.user_id, await session.scalar(text(newest)))
        assert entry is not None
        event.listen(engine.sync_engine, "before_cursor_execute", note)
        await recall(session, question)
        await recall(session, entry, model=MODEL)
        event.remove(engine.sync_engine, "before_cursor_execute", note)
        connection = await session.connection()
        plans = [await plan_of(connection, it, asked[it], is_generic=is_generic) for it in asked]
    assert any("using ix_journal_entries_user_id_local_date" in plan for plan in plans)
    assert not [plan for plan in plans if OF_ALL.search(plan)]
    assert not [plan for plan in plans if re.search("Seq Scan on (journal_entries|word_c)", plan)]


async def plan_of(connection: AsyncConnection, statement: str, bind: Any, *, is_generic: bool) -> str:
    """For these values, or for any."""
    if is_generic:
        await connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
        await connection.exec_driver_sql(f"PREPARE it AS {statement}")
        rows = await connection.exec_driver_sql(f"EXPLAIN EXECUTE it ({', '.join(['NULL'] * len(bind))})")
        await connection.exec_driver_sql("DEALLOCATE it")
    else:
        rows = await connection.exec_driver_sql(f"EXPLAIN {statement}", tuple(bind))
    return "\n".join(rows.scalars())
