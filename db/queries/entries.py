"""Entries. Everything but the look-up by Telegram's own message ids takes the owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Select, bindparam, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from db.models import DailyScore, Entry, Part, Summary
from db.models.base import table


@dataclass(frozen=True, kw_only=True)
class EntryRecord:
    """An entry as the journey sees it; the `…_at` tell which stages its version has behind it."""

    id: UUID
    user_id: UUID
    chat_id: int | None
    message_id: int | None
    kind: str
    body: str
    caption: str | None
    transcript: str | None
    language: str | None
    local_date: date
    written_at: datetime
    edited_at: datetime | None
    version: int
    audio_file_id: str | None
    audio_file_url: str | None
    audio_mime_type: str | None
    audio_bytes: int | None
    audio_seconds: float | None
    problem: str | None
    transcribed_at: datetime | None
    embedded_at: datetime | None
    extracted_at: datetime | None
    coached_at: datetime | None
    replied_at: datetime | None
    continues_id: UUID | None
    answers_score_id: UUID | None
    concern: str | None
    is_question: bool
    day_is_chosen: bool
    deleted_at: datetime | None
    reply: str | None
    reply_sources: list[str] | None
    reply_check_in: str | None
    reply_message_id: int | None
    created_at: datetime


# Columns, no `Entry` object: a journey looks at its entry several times, and changes it by statements.
rows = table(Entry)
COLUMNS = tuple(rows.c[name] for name in EntryRecord.__dataclass_fields__)


def record(row: Sequence[Any]) -> EntryRecord:
    """Of `COLUMNS`, in their order."""
    return EntryRecord(**dict(zip(EntryRecord.__dataclass_fields__, row, strict=True)))


async def _one(session: AsyncSession, found: Select[Any]) -> EntryRecord | None:
    row = (await session.execute(found)).one_or_none()
    return record(row) if row else None


@dataclass(frozen=True, kw_only=True)
class Added:
    """`is_watched` as `scorings.mark` wants to know it."""

    id: UUID
    is_watched: bool


# Whether a score or a summary of the entry's day is there, which is to follow what changes in it.
days, evenings = table(DailyScore), table(Summary)
_OF_DAY = (days.c.user_id == rows.c.user_id, days.c.local_date == rows.c.local_date)
_OF_EVENING = (
    evenings.c.user_id == rows.c.user_id,
    evenings.c.kind == "day",
    evenings.c.local_date == rows.c.local_date,
)
WATCHED = or_(exists().where(*_OF_DAY).correlate(rows), exists().where(*_OF_EVENING).correlate(rows)).label(
    "is_watched"
)
ADD = insert(rows).on_conflict_do_nothing(index_elements=["chat_id", "message_id"])
ADDED = ADD.returning(rows.c.id, WATCHED)
ASKED_ONCE = insert(rows).on_conflict_do_nothing(
    index_elements=["request_key"], index_where=text("request_key IS NOT NULL")
)


async def add(session: AsyncSession, values: dict[str, Any]) -> Added | None:
    """Store a new entry; None when its (chat_id, message_id) is there already."""
    return await _added(session, ADDED, values)


async def add_asked(session: AsyncSession, values: dict[str, Any]) -> Added | None:
    """As `add` for one that is no message; None when its `request_key` is there already."""
    return await _added(session, ASKED_ONCE.returning(rows.c.id, WATCHED), values)


async def _added(
    session: AsyncSession, insertion: ReturningInsert[Any], values: dict[str, Any]
) -> Added | None:
    made = (await session.execute(insertion, values)).mappings().one_or_none()
    return Added(**made) if made else None


@dataclass(frozen=True, kw_only=True)
class AskedFor:
    """The entry that an earlier request stored, and what that asked for."""

    entry_id: UUID
    request_hash: bytes | None
    is_deleted: bool


async def by_request(session: AsyncSession, user_id: UUID, request_key: bytes) -> AskedFor | None:
    is_deleted = Entry.deleted_at.is_not(None).label("is_deleted")
    found = select(Entry.id.label("entry_id"), Entry.request_hash, is_deleted).where(
        Entry.user_id == user_id, Entry.request_key == request_key
    )
    row = (await session.execute(found)).mappings().one_or_none()
    return AskedFor(**row) if row else None


async def get(session: AsyncSession, user_id: UUID, entry_id: UUID) -> EntryRecord | None:
    return await _one(session, select(*COLUMNS).where(Entry.id == entry_id, Entry.user_id == user_id))


async def lock(session: AsyncSession, user_id: UUID, entry_id: UUID) -> EntryRecord | None:
    """The entry as it is now, locked until the commit; None for one that was deleted."""
    found = select(*COLUMNS).where(Entry.id == entry_id, Entry.user_id == user_id, Entry.deleted_at.is_(None))
    return await _one(session, found.with_for_update())


async def find_by_message(
    session: AsyncSession, user_id: UUID, chat_id: int, message_id: int
) -> EntryRecord | None:
    """The entry that a message belongs to, also as a later part, locked until the commit."""
    of_part = select(Part.entry_id).where(Part.chat_id == chat_id, Part.message_id == message_id)
    found = select(*COLUMNS).where(
        Entry.user_id == user_id,
        Entry.chat_id == chat_id,
        or_(Entry.message_id == message_id, Entry.id == of_part.scalar_subquery()),
    )
    return await _one(session, found.with_for_update())


@dataclass(frozen=True, kw_only=True)
class Vicinity:
    """`is_known`: the message is an entry or a part of one already. `may_continue`: a long text came
    just before it, of which it may be the next part."""

    is_known: bool
    may_continue: bool


async def vicinity(
    session: AsyncSession, chat_id: int, message_id: int, *, since: datetime, long_part: int
) -> Vicinity:
    """What is there of and around a message, in one look. `long_part` is in characters, and a text
    that came `since` then counts as just before."""
    bind = {"chat_id": chat_id, "message_id": message_id, "since": since, "long_part": long_part}
    return Vicinity(**(await session.execute(VICINITY, bind)).mappings().one())


VICINITY = text("""
    SELECT
        EXISTS (SELECT FROM journal_entries WHERE chat_id = :chat_id AND message_id = :message_id)
        OR EXISTS (SELECT FROM entry_parts WHERE chat_id = :chat_id AND message_id = :message_id) AS is_known,
        EXISTS (
            SELECT FROM (
                SELECT written_at, body FROM journal_entries
                WHERE chat_id = :chat_id AND message_id IS NOT NULL
                ORDER BY message_id DESC LIMIT 1) AS latest
            WHERE written_at >= :since AND char_length(body) >= :long_part)
        OR EXISTS (
            SELECT FROM entry_parts
            WHERE chat_id = :chat_id AND written_at >= :since AND char_length(body) >= :long_part)
        AS may_continue
""").bindparams(bindparam("chat_id", type_=BigInteger), bindparam("message_id", type_=Integer))


async def find_latest(session: AsyncSession, user_id: UUID, chat_id: int) -> EntryRecord | None:
    """The newest entry of a chat, locked until the commit."""
    found = (
        select(*COLUMNS)
        .where(Entry.user_id == user_id, Entry.chat_id == chat_id, Entry.message_id.is_not(None))
        .order_by(Entry.message_id.desc())
        .limit(1)
    )
    return await _one(session, found.with_for_update())


async def renew(session: AsyncSession, user_id: UUID, entry_id: UUID, values: dict[str, Any]) -> int:
    """Give the entry new content as its next version, with every stage of it still to do except
    those that `values` names; the version."""
    reset = {
        "embedded_at": None,
        "extracted_at": None,
        "coached_at": None,
        "problem": None,
        "is_question": False,
    }
    renewed = (
        update(Entry)
        .where(Entry.id == entry_id, Entry.user_id == user_id)
        .values(reset | values | {"version": Entry.version + 1})
        .returning(Entry.version)
    )
    return (await session.execute(renewed)).scalar_one()


ITS = update(rows).where(rows.c.id == bindparam("its_id"), rows.c.user_id == bindparam("its_owner"))
ITS_WATCHED = ITS.returning(WATCHED)


async def write(session: AsyncSession, user_id: UUID, entry_id: UUID, **values: Any) -> None:
    """Set columns of one entry."""
    await session.execute(ITS.values(**values), {"its_id": entry_id, "its_owner": user_id})


async def write_read(session: AsyncSession, user_id: UUID, entry_id: UUID, **values: Any) -> bool:
    """As `write`, of what was read in it; whether its day is watched, see `Added`."""
    bind = {"its_id": entry_id, "its_owner": user_id}
    return bool(await session.scalar(ITS_WATCHED.values(**values), bind))


async def add_part(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Store one message of a split paste; False when it is there already."""
    stored = insert(Part).values(values).on_conflict_do_nothing().returning(Part.message_id)
    return await session.scalar(stored) is not None


async def parts(session: AsyncSession, user_id: UUID, entry_id: UUID) -> list[Part]:
    rows = await session.scalars(
        select(Part).where(Part.entry_id == entry_id, Part.user_id == user_id).order_by(Part.message_id)
    )
    return list(rows)


async def rewrite_part(
    session: AsyncSession, user_id: UUID, chat_id: int, message_id: int, body: str
) -> None:
    await session.execute(
        update(Part)
        .where(Part.user_id == user_id, Part.chat_id == chat_id, Part.message_id == message_id)
        .values(body=body)
    )


async def is_at(session: AsyncSession, user_id: UUID, entry_id: UUID, version: int) -> bool:
    """Whether the entry still is at this version, and not deleted; locked until the commit."""
    found = select(Entry.id).where(
        Entry.id == entry_id,
        Entry.user_id == user_id,
        Entry.version == version,
        Entry.deleted_at.is_(None),
    )
    return await session.scalar(found.with_for_update()) is not None


async def mark_embedded(session: AsyncSession, user_id: UUID, entry_id: UUID) -> None:
    await write(session, user_id, entry_id, embedded_at=func.now())
