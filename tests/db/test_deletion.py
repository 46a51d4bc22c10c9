"""What a deletion does to rows that no conversation shows: messages on their way, others' entries."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal import deletion
from bot.journal.message import Identity, Incoming, Reply
from bot.journal.receive import receive, reply_slot, transcript_slot
from db.audio import AudioStore
from db.models import Entry, Outgoing
from db.queries import apart
from db.queries import deletion as rows
from db.queries.deletion import Overdue
from db.queries.entries import EntryRecord

Sessions = async_sessionmaker[AsyncSession]
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


async def taken(sessions: Sessions, message_id: int = 1, person: int = 7) -> EntryRecord:
    who = Identity(telegram_id=person, chat_id=person, first_name="Mina")
    message = Incoming(identity=who, message_id=message_id, kind="text", text="A day", written_at=NOON)
    async with sessions.begin() as session:
        stored = await receive(session, message, "UTC")
        owner = await session.scalar(select(Entry.user_id).where(Entry.id == stored.entry_id))
        entry = await rows.find(session, owner, stored.entry_id) if owner else None
    assert entry
    return entry


async def show(sessions: Sessions, entry: EntryRecord, slot: str, state: str, *message_ids: int) -> None:
    purpose = "transcript" if slot.endswith("transcript") else "notice" if ":care:" in slot else "reply"
    row: dict[str, Any] = {
        "slot": slot,
        "purpose": purpose,
        "chat_id": entry.chat_id,
        "user_id": entry.user_id,
        "entry_id": entry.id,
        "state": state,
        "message_ids": list(message_ids),
        "content": None if state == "shown" else Reply(html="what was said").as_content(),
    }
    async with sessions.begin() as session:
        await session.execute(insert(Outgoing).values(row))


async def delete(sessions: Sessions, entry: EntryRecord) -> None:
    async with sessions.begin() as session:
        await deletion.delete(session, entry)


async def outgoing(sessions: Sessions) -> dict[str, tuple[str, str | None]]:
    """State and words of each slot."""
    async with sessions() as session:
        found = await session.scalars(select(Outgoing).where(Outgoing.slot.not_like("apart:%")))
        return {row.slot: (row.state, row.content["html"] if row.content else None) for row in found}


@pytest.mark.parametrize("state", ["waiting", "failed"])
async def test_what_nobody_has_seen_is_not_shown_any_more_but_for_help(
    sessions: Sessions, state: str
) -> None:
    entry = await taken(sessions)
    card = f"entry:{entry.id}:care:acute"
    await show(sessions, entry, reply_slot(entry.id), state)
    await show(sessions, entry, transcript_slot(entry.id), state)
    await show(sessions, entry, f"entry:{entry.id}:waiting:coach:1", state)
    await show(sessions, entry, card, state)
    await delete(sessions, entry)
    assert await outgoing(sessions) == {card: (state, "what was said")}


@pytest.mark.parametrize(
    ("state", "message_ids", "after"),
    [
        ("shown", [5], "waiting"),
        ("waiting", [5], "waiting"),
        ("sending", [], "sending"),
        ("unknown", [], "sending"),
    ],
)
async def test_what_is_or_may_be_seen_says_that_it_is_deleted(
    sessions: Sessions, state: str, message_ids: list[int], after: str
) -> None:
    entry = await taken(sessions)
    await show(sessions, entry, reply_slot(entry.id), state, *message_ids)
    await delete(sessions, entry)
    [(found, words)] = (await outgoing(sessions)).values()
    assert found == after
    assert words
    assert "Deleted" in words


async def test_only_what_was_deleted_long_enough_ago_goes(sessions: Sessions, tmp_path: Path) -> None:
    kept, fresh, old, others = [
        await taken(sessions, number, person) for number, person in ((1, 7), (2, 7), (3, 7), (3, 8))
    ]
    await show(sessions, old, reply_slot(old.id), "shown", 30)
    await show(sessions, others, reply_slot(others.id), "shown", 30)
    now = datetime.now(UTC)
    await mark(sessions, fresh.id, now - timedelta(hours=23, minutes=59))
    await mark(sessions, old.id, now - timedelta(hours=25))
    assert await deletion.purge(sessions, AudioStore(f"file://{tmp_path}/audio")) == 1
    async with sessions() as session:
        assert set(await session.scalars(select(Entry.id))) == {kept.id, fresh.id, others.id}
        assert await apart.is_apart(session, 7, 3)
        assert not await apart.is_apart(session, 7, 2)
        assert not await apart.is_apart(session, 8, 3)
    assert await outgoing(sessions) == {
        reply_slot(old.id): ("waiting", "🗑 Deleted."),
        reply_slot(others.id): ("shown", None),
    }


async def mark(sessions: Sessions, entry_id: UUID, when: datetime) -> None:
    async with sessions.begin() as session:
        await session.execute(update(Entry).where(Entry.id == entry_id).values(deleted_at=when))


async def test_many_go_batch_by_batch(sessions: Sessions, tmp_path: Path) -> None:
    kept = await taken(sessions)
    day = {"kind": "text", "body": "A day", "local_date": NOON.date(), "written_at": NOON}
    gone = day | {"user_id": kept.user_id, "deleted_at": datetime.now(UTC) - timedelta(days=2)}
    many = 2 * deletion.BATCH + 1
    async with sessions.begin() as session:
        await session.execute(insert(Entry), [gone for _ in range(many)])
    assert await deletion.purge(sessions, AudioStore(f"file://{tmp_path}/audio")) == many
    async with sessions() as session:
        assert list(await session.scalars(select(Entry.id))) == [kept.id]


def overdue(entry: EntryRecord) -> Overdue:
    names = Overdue.__dataclass_fields__
    return Overdue(**{name: getattr(entry, name) for name in names})


async def test_nobody_finds_or_deletes_the_entry_of_another(sessions: Sessions) -> None:
    mine, theirs = await taken(sessions, 1, 7), await taken(sessions, 1, 8)
    await show(sessions, theirs, reply_slot(theirs.id), "waiting")
    async with sessions.begin() as session:
        assert await rows.find(session, mine.user_id, theirs.id) is None
        assert await rows.newest(session, mine.user_id, 8) is None
        await rows.hide(session, mine.user_id, theirs.id)
        await rows.withdraw_unseen(session, mine.user_id, theirs.id)
        assert not await rows.is_shown(session, mine.user_id, reply_slot(theirs.id))
        assert await rows.is_shown(session, theirs.user_id, reply_slot(theirs.id))
        foreign = replace(overdue(theirs), user_id=mine.user_id)
        await rows.erase(session, foreign, slot=reply_slot(theirs.id), content={})
    assert await outgoing(sessions) == {reply_slot(theirs.id): ("waiting", "what was said")}
    async with sessions() as session:
        assert not list(await session.scalars(select(Entry.id).where(Entry.deleted_at.is_not(None))))
