"""The outbox's rows of an evening: thousands that wait for one minute cost each message little."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from uuid_utils.compat import uuid7

from db.models import Outgoing, StoredPicture, User
from db.queries import due, outbox, pictures
from db.queries.outbox import ClaimedOutgoing
from tests.db.test_outbox import put

Sessions = async_sessionmaker[AsyncSession]

# Of 5,000 a part has gone out: Postgres must not think that few are left.
CROWD = text("""
    INSERT INTO outbox (id, slot, purpose, chat_id, content, due_at, state, message_ids)
    SELECT gen_random_uuid(), 'summary:' || n, 'summary', n, '{"html": "crowd"}', now() - interval '1 minute',
        CASE WHEN n <= 1500 THEN 'shown' ELSE 'waiting' END,
        CASE WHEN n <= 1500 THEN ARRAY[CAST(n AS integer)] ELSE '{}' END
    FROM generate_series(1, 5000) AS n
""")
BIND = {"token": UUID(int=0), "lease": timedelta(seconds=1), "places": 16, "newest": 0}


async def plan_of(sessions: Sessions, statement: str, **bind: object) -> str:
    async with sessions() as session:
        typed = statement.replace(":lease", "CAST(:lease AS interval)")
        return "\n".join(await session.scalars(text(f"EXPLAIN {typed}"), bind))


@pytest.fixture
async def crowd(sessions: Sessions) -> Sessions:
    async with sessions.begin() as session:
        await session.execute(CROWD)
        await session.execute(text("ANALYZE outbox"))
    return sessions


async def test_the_next_of_a_crowd_are_found_without_reading_the_others(crowd: Sessions) -> None:
    plan = await plan_of(crowd, outbox.CLAIM["bulk"].text, **BIND)
    assert "Index Scan using ix_outbox_bulk on outbox w" in plan
    assert "Sort Key: w." not in plan
    assert "using ix_outbox_seen on outbox s" in plan
    assert "using ix_outbox_chat_id_id on outbox s" in plan
    assert "Seq Scan on outbox" not in plan


async def test_a_reply_is_found_without_reading_the_crowd(crowd: Sessions) -> None:
    plan = await plan_of(crowd, outbox.CLAIM["chat"].text, **BIND)
    assert "ix_outbox_open_chat on outbox w" in plan
    assert "Seq Scan on outbox" not in plan


async def test_a_look_for_what_is_due_reads_no_crowd(crowd: Sessions) -> None:
    plan = await plan_of(crowd, due.LOOK.text)
    assert "ix_outbox_open_chat" in plan
    assert "ix_outbox_bulk" in plan
    assert "Seq Scan on outbox" not in plan


async def summary(sessions: Sessions) -> tuple[ClaimedOutgoing, UUID]:
    """One that is being sent, and its picture."""
    person = uuid7()
    async with sessions.begin() as session:
        await session.execute(insert(User).values(id=person, name="Mina", time_zone="UTC", locale="en"))
        picture = await pictures.put(session, person, b"png")
        await outbox.put(
            session, slot="summary", purpose="summary", chat_id=7, user_id=person, content={"html": "summary"}
        )
    async with sessions.begin() as session:
        [row] = await outbox.claim(session, "bulk", 1, 0)
    return row, picture


async def finish(sessions: Sessions, row: ClaimedOutgoing, picture: UUID | None) -> bool:
    async with sessions.begin() as session:
        return await outbox.finish(session, row, [41, 42], picture) is not None


async def found(sessions: Sessions) -> Outgoing:
    async with sessions() as session:
        return (await session.scalars(select(Outgoing))).one()


async def test_what_is_shown_is_marked_and_keeps_neither_words_nor_picture(sessions: Sessions) -> None:
    row, picture = await summary(sessions)
    assert await finish(sessions, row, picture)
    it = await found(sessions)
    assert (it.state, it.message_ids, it.content, it.lease_token) == ("shown", [41, 42], None, None)
    assert it.shown_at
    async with sessions() as session:
        assert not list(await session.scalars(select(StoredPicture)))


async def test_of_nobody_else_a_picture_goes(sessions: Sessions) -> None:
    row, _ = await summary(sessions)
    other = uuid7()
    async with sessions.begin() as session:
        await session.execute(insert(User).values(id=other, name="Tom", time_zone="UTC", locale="en"))
        picture = await pictures.put(session, other, b"png")
    assert await finish(sessions, row, picture)
    async with sessions() as session:
        assert await pictures.get(session, other, picture) == b"png"


async def test_what_has_a_newer_revision_is_not_marked(sessions: Sessions) -> None:
    row, _ = await summary(sessions)
    await put(sessions, "summary", replace=True, purpose="summary")
    assert not await finish(sessions, row, None)
    it = await found(sessions)
    assert (it.state, it.message_ids, it.revision) == ("sending", [], 2)


async def test_what_another_worker_has_is_not_marked(sessions: Sessions) -> None:
    row, _ = await summary(sessions)
    async with sessions.begin() as session:
        await session.execute(update(Outgoing).values(lease_token=uuid4()))
    assert not await finish(sessions, row, None)
    assert (await found(sessions)).state == "sending"
