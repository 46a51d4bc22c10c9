"""An entry by another door than a chat: written, worded anew, moved, deleted and brought back.

Each is part of a transaction of the caller's. What they cannot do they refuse, with the reason.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Clash, NotThere, OutOfRange
from bot.journal import corrections, deletion, replies
from bot.journal.care import concern_of
from bot.journal.corrections import EARLIEST, is_possible
from bot.journal.days import day_of, today_of
from bot.journal.message import clean
from bot.journal.receive import begin, renew
from db.queries import deletion as deleted
from db.queries import entries
from db.queries.entries import AskedFor, EntryRecord
from db.queries.people import Person

# In characters: more than anybody pastes into a chat, and about what the coach reads of one entry.
LONGEST = 20_000
SOUNDS = {"voice", "audio"}


@dataclass(frozen=True, kw_only=True)
class Written:
    """`local_date` is the day that it is about, of the person's own if None. The same `key` again stores
    nothing again."""

    body: str
    local_date: date | None = None
    key: str | None = None


async def write(session: AsyncSession, person: Person, written: Written) -> UUID:
    """Store the entry and set it on its way; its id."""
    now = datetime.now(UTC)
    text, key = _worded(written.body), _key(person, written)
    asked_for = _hash(written)
    if key and (before := await entries.by_request(session, person.user_id, key)):
        return _again(before, asked_for)
    day = day_of(person, now)
    about = possible_day(person, written.local_date) if written.local_date else day
    values = {
        "user_id": person.user_id,
        "chat_id": person.open_chat,
        "kind": "text",
        "body": text,
        "local_date": about,
        "day_is_chosen": about != day,
        "written_at": now,
        "concern": await concern_of(text),
        "request_key": key,
        "request_hash": asked_for if key else None,
    }
    added = await entries.add_asked(session, values)
    if added is not None:
        await begin(session, person, added, values, timedelta(0))
        return added.id
    # The same request came twice at once, and the other one was quicker.
    found = await entries.by_request(session, person.user_id, key) if key else None
    if found is None:
        raise LookupError("a request is stored under another person")
    return _again(found, asked_for)


def _worded(body: str) -> str:
    text = clean(body)
    if not text.strip():
        raise OutOfRange("the body has no words")
    return text


def _key(person: Person, written: Written) -> bytes | None:
    """Of the person, too: what others send never meets it."""
    if written.key is None:
        return None
    return hashlib.sha256(person.user_id.bytes + written.key.encode()).digest()


def _hash(written: Written) -> bytes:
    day = written.local_date.isoformat() if written.local_date else None
    return hashlib.sha256(json.dumps([written.body, day]).encode()).digest()


def _again(before: AskedFor, asked_for: bytes) -> UUID:
    if before.request_hash != asked_for:
        raise Clash("this Idempotency-Key came with another entry before")
    if before.is_deleted:
        raise Clash("the entry of this Idempotency-Key was deleted")
    return before.entry_id


def possible_day(person: Person, day: date) -> date:
    today = today_of(person)
    if not is_possible(day, today):
        raise Clash(f"local_date must be from {EARLIEST} to {today}, which is today for you")
    return day


async def locked(session: AsyncSession, person: Person, entry_id: UUID) -> EntryRecord:
    """The person's entry, until the commit."""
    entry = await entries.lock(session, person.user_id, entry_id)
    if entry is None:
        raise NotThere("there is no such entry")
    return entry


async def change(
    session: AsyncSession,
    person: Person,
    entry_id: UUID,
    *,
    body: str | None = None,
    local_date: date | None = None,
    version: int | None = None,
) -> None:
    """Other words for an entry, another day, or both. With `version` only where it still is at that one."""
    entry = await locked(session, person, entry_id)
    if version is not None and version != entry.version:
        raise Clash(f"the entry is at version {entry.version} by now")
    text = _worded(body) if body is not None else entry.body
    if text != entry.body:
        entry = await _reword(session, person, entry, text)
    if local_date is not None and local_date != entry.local_date:
        entry = await corrections.move(session, person, entry, possible_day(person, local_date))
        await replies.show(session, entry)


async def _reword(session: AsyncSession, person: Person, entry: EntryRecord, text: str) -> EntryRecord:
    """As an edit of its message would: the next version takes the whole journey."""
    if entry.kind in SOUNDS and entry.transcribed_at is None:
        raise Clash("the recording is not written out yet")
    # Telegram counts edits in whole seconds: one there a moment later is not older than this one.
    now = max(datetime.now(UTC).replace(microsecond=0), entry.written_at)
    chat_id = entry.chat_id if entry.chat_id is not None else person.open_chat
    values = {"body": text, "chat_id": chat_id, "edited_at": max(now, entry.edited_at or now)}
    if entry.caption and not text.startswith(entry.caption):
        values["caption"] = None
    await renew(session, replace(person, chat_id=chat_id or person.chat_id), entry, values, timedelta(0))
    reworded = await locked(session, person, entry.id)
    if entry.transcript is not None:
        await replies.show_transcript(session, reworded)
    return reworded


async def delete(session: AsyncSession, person: Person, entry_id: UUID) -> None:
    """Out of sight for a day, and then gone for good."""
    await deletion.delete(session, await locked(session, person, entry_id))


async def restore(session: AsyncSession, person: Person, entry_id: UUID) -> None:
    """Bring back what was deleted; what was not stays as it is."""
    entry = await deleted.find(session, person.user_id, entry_id)
    if entry is None or deletion.is_too_late(entry):
        raise NotThere("there is no such entry, or it is gone for good")
    if entry.deleted_at is not None:
        await deletion.bring_back(session, person, entry)
