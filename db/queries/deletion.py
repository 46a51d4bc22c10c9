"""Deleting an entry: first out of sight, with a way back, then for good with all that hangs on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, case, cast, delete, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Embedding, Entry, Journey, Outgoing, Part, Update, WordChunk
from db.queries import goal_progress, outbox, scores, scorings, summaries
from db.queries.apart import set_apart
from db.queries.entries import COLUMNS, EntryRecord, record


async def find(session: AsyncSession, user_id: UUID, entry_id: UUID) -> EntryRecord | None:
    """The entry, deleted or not, locked until the commit."""
    found = select(*COLUMNS).where(Entry.id == entry_id, Entry.user_id == user_id)
    row = (await session.execute(found.with_for_update())).one_or_none()
    return record(row) if row else None


async def newest(session: AsyncSession, user_id: UUID, chat_id: int) -> EntryRecord | None:
    """The latest entry of a chat that is not deleted; a question to the diary is none."""
    found = (
        select(*COLUMNS)
        .where(
            Entry.user_id == user_id,
            Entry.chat_id == chat_id,
            Entry.deleted_at.is_(None),
            Entry.is_question.is_(False),
        )
        .order_by(Entry.message_id.desc().nulls_last(), Entry.id.desc())
        .limit(1)
    )
    row = (await session.execute(found)).one_or_none()
    return record(row) if row else None


async def hide(session: AsyncSession, user_id: UUID, entry_id: UUID) -> None:
    """The entry is deleted: its journey ends, and nothing finds it any more, nor is it quoted in a summary
    that is ready. Call it with the entry locked. Its numbers stay with it, and count nowhere."""
    await session.execute(delete(Journey).where(Journey.entry_id == entry_id, Journey.user_id == user_id))
    for table in (Embedding, WordChunk):
        await session.execute(delete(table).where(table.entry_id == entry_id, table.user_id == user_id))
    await _write(session, user_id, entry_id, deleted_at=func.now(), embedded_at=None)
    await goal_progress.recount_of_entry(session, user_id, entry_id)
    await summaries.hold_back(session, user_id)
    await scorings.mark_entry(session, user_id, entry_id)


async def unhide(session: AsyncSession, user_id: UUID, entry_id: UUID, *, is_grave: bool = False) -> None:
    """What is ready waits for it, too; where it tells of danger, its day has no score any more."""
    await _write(session, user_id, entry_id, deleted_at=None)
    await goal_progress.recount_of_entry(session, user_id, entry_id)
    if is_grave:
        await scores.withhold(session, user_id, entry_id)
    await summaries.hold_back(session, user_id)
    await scorings.mark_entry(session, user_id, entry_id)


async def _write(session: AsyncSession, user_id: UUID, entry_id: UUID, **values: Any) -> None:
    mine = update(Entry).where(Entry.id == entry_id, Entry.user_id == user_id)
    await session.execute(mine.values(**values))


async def withdraw_unseen(session: AsyncSession, user_id: UUID, entry_id: UUID) -> None:
    """Take back what the chat was to be told of the entry and has not seen; a card with help stays."""
    await session.execute(
        delete(Outgoing).where(
            Outgoing.user_id == user_id,
            Outgoing.entry_id == entry_id,
            Outgoing.state.in_(("waiting", "failed")),
            ~Outgoing.is_seen,
            Outgoing.slot.not_like("%:care:%"),
        )
    )


async def is_shown(session: AsyncSession, user_id: UUID, slot: str) -> bool:
    """Whether the chat shows the slot, or may do so any moment."""
    mine = (Outgoing.slot == slot, Outgoing.user_id == user_id)
    row = select(Outgoing.state, Outgoing.message_ids).where(*mine)
    found = (await session.execute(row)).one_or_none()
    return found is not None and bool(found[1] or found[0] in {*outbox.OPEN, "unknown"})


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """An entry that was deleted long enough ago to be gone for good."""

    id: UUID
    user_id: UUID
    chat_id: int | None
    written_at: datetime
    audio_file_id: str | None
    audio_file_url: str | None


async def overdue(
    session: AsyncSession, *, deleted_before: timedelta, after: UUID | None, most: int
) -> list[Overdue]:
    """Entries of anybody, by id from `after` on."""
    names = Overdue.__dataclass_fields__
    found = select(*(getattr(Entry, name) for name in names)).where(
        Entry.deleted_at < func.now() - literal(deleted_before)
    )
    if after is not None:
        found = found.where(Entry.id > after)
    rows = await session.execute(found.order_by(Entry.id).limit(most))
    return [Overdue(**dict(zip(names, row, strict=True))) for row in rows]


async def erase(session: AsyncSession, entry: Overdue, *, slot: str, content: dict[str, Any]) -> None:
    """Delete the entry for good, with every row that hangs on it; what `slot` shows becomes `content`.
    Its messages stay known for a while, so that none of them is taken for a new one."""
    mine = (Entry.id == entry.id, Entry.user_id == entry.user_id, Entry.deleted_at.is_not(None))
    message_id = await session.scalar(select(Entry.message_id).where(*mine).with_for_update())
    parts = await session.scalars(
        select(Part.message_id).where(Part.entry_id == entry.id, Part.user_id == entry.user_id)
    )
    if entry.chat_id is not None and message_id is not None:
        messages = {message_id, *parts}
        await set_apart(session, entry.chat_id, messages)
        await _blank_updates(session, entry.chat_id, sorted(messages | await _shown(session, entry)))
    await _let_go(session, entry, slot, content)
    await session.execute(delete(Entry).where(*mine))


async def _shown(session: AsyncSession, entry: Overdue) -> set[int]:
    """The bot's own messages about the entry."""
    ids = select(func.unnest(Outgoing.message_ids)).where(*_about(entry))
    return set(await session.scalars(ids))


def _about(entry: Overdue) -> tuple[ColumnElement[bool], ...]:
    return Outgoing.entry_id == entry.id, Outgoing.user_id == entry.user_id


async def _blank_updates(session: AsyncSession, chat_id: int, message_ids: Sequence[int]) -> None:
    """Take the raw updates about these messages their words. Their ids stay, for Telegram may hand
    them over again. As text, because Postgres takes no json apart that has a NUL in a string."""
    about = r'"message_id"\s*:\s*(' + "|".join(str(it) for it in message_ids) + r")\M"
    await session.execute(
        update(Update)
        .where(
            Update.chat_id == chat_id,
            Update.done_at.is_not(None),
            cast(Update.payload, String).regexp_match(about),
        )
        .values(payload={})
    )


async def _let_go(session: AsyncSession, entry: Overdue, slot: str, content: dict[str, Any]) -> None:
    """What the chat shows outlives the entry for some days, as any answer of the bot: until then its
    ids must be known. The rest goes with the entry."""
    shown = or_(Outgoing.is_seen, Outgoing.state.in_(outbox.IN_DOUBT))
    free = {"entry_id": None, "purpose": "answer"}
    about = update(Outgoing).where(*_about(entry), shown)
    renewed = {
        "content": content,
        "revision": Outgoing.revision + 1,
        "state": case((Outgoing.state.in_(outbox.IN_DOUBT), "sending"), else_="waiting"),
        "attempts": 0,
        "due_at": func.now(),
        "error": None,
    }
    reachable = (Outgoing.slot == slot, Outgoing.error.is_distinct_from(outbox.BLOCKED))
    await session.execute(about.where(*reachable).values(free | renewed))
    closed = Outgoing.state.not_in(outbox.OPEN)
    await session.execute(about.where(closed).values(free | {"content": None}))
    await session.execute(about.values(free))
