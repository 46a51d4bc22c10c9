"""What is done with is dropped in time, some at a time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.jobs.ticks import Ticks
from db.models import Outgoing, Update
from db.queries import inbox

Sessions = async_sessionmaker[AsyncSession]


def days_ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


async def store(
    sessions: Sessions, first: int, count: int, days: int | None, error: str | None = None
) -> None:
    done_at = None if days is None else days_ago(days)
    rows: list[dict[str, Any]] = [
        {"update_id": number, "chat_id": 1, "payload": {}, "done_at": done_at, "error": error}
        for number in range(first, first + count)
    ]
    async with sessions.begin() as session:
        await session.execute(insert(Update), rows)


async def count(sessions: Sessions, table: type[Update] | type[Outgoing]) -> int:
    async with sessions() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_finished_updates_go_after_days_and_those_set_aside_after_a_month(sessions: Sessions) -> None:
    await store(sessions, 100, 1, None)
    await store(sessions, 200, 1, 2)
    await store(sessions, 300, 1, 4)
    await store(sessions, 400, 1, 29, "KeyError")
    await store(sessions, 500, 1, 31, "KeyError")
    await Ticks(sessions, {}, None).purge()
    async with sessions() as session:
        assert set(await session.scalars(select(Update.update_id))) == {100, 200, 400}


async def test_a_long_queue_is_dropped_in_pieces_until_nothing_is_left(sessions: Sessions) -> None:
    await store(sessions, 1, 2 * inbox.BATCH + 5, 4)
    async with sessions.begin() as session:
        assert await inbox.purge(session, timedelta(days=3), timedelta(days=30)) == inbox.BATCH
    await Ticks(sessions, {}, None).purge()
    assert await count(sessions, Update) == 0


async def test_old_answers_and_summaries_go_and_replies_and_open_rows_stay(sessions: Sessions) -> None:
    kept = {
        ("summary", "waiting", 9),
        ("summary", "shown", 2),
        ("answer", "waiting", 9),
        ("notice", "sending", 9),
        ("answer", "shown", 2),
        ("reply", "shown", 900),
        ("transcript", "failed", 900),
    }
    old = {
        (purpose, state, 4)
        for purpose in ("answer", "notice", "summary", "reminder")
        for state in ("shown", "failed", "unknown")
    }
    rows = [
        {"slot": f"{purpose}{state}{days}", "purpose": purpose, "chat_id": 1, "state": state,
         "created_at": days_ago(days)}
        for purpose, state, days in kept | old
    ]  # fmt: skip
    async with sessions.begin() as session:
        await session.execute(insert(Outgoing), rows)
    await Ticks(sessions, {}, None).purge()
    async with sessions() as session:
        found = {(row.purpose, row.state) for row in await session.scalars(select(Outgoing))}
    assert found == {(purpose, state) for purpose, state, _ in kept}
