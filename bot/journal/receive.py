"""The first stage: an incoming message becomes an entry, a part of one, or a new version of one.

All of it is one transaction, and doing it twice changes nothing.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal.care import concern_of, look_after, show_card
from bot.journal.days import local_day
from bot.journal.message import Identity, Incoming, clean, utf16_length
from db.queries import entries, goal_progress, journeys, outbox, people, scorings, threads
from db.queries.entries import Added, EntryRecord
from db.queries.people import Person

# Clients cut a long paste at 4,096 units or at a space before that, and send the parts at once.
LONG_PART = 3000
FULL_PART = 4096
WITHIN = timedelta(seconds=2)
HOLD = timedelta(seconds=1.5)


@dataclass(frozen=True, kw_only=True)
class Stored:
    entry_id: UUID
    is_changed: bool


async def receive(session: AsyncSession, incoming: Incoming, default_time_zone: str) -> Stored:
    who = incoming.identity
    person = await recognise(session, who, default_time_zone)
    near = await entries.vicinity(
        session,
        who.chat_id,
        incoming.message_id,
        since=incoming.written_at - WITHIN,
        # A character takes two units at most.
        long_part=LONG_PART // 2,
    )
    if near.is_known:
        known = await entries.find_by_message(session, person.user_id, who.chat_id, incoming.message_id)
        if known is None:
            raise LookupError("a message is stored under another person")
        if incoming.edited_at:
            return await _edit(session, person, known, incoming)
        return Stored(entry_id=known.id, is_changed=False)
    before = await _continued(session, person, incoming) if near.may_continue else None
    if before:
        return await _append(session, person, before, incoming)
    return await _add(session, person, incoming)


async def recognise(session: AsyncSession, who: Identity, default_time_zone: str) -> Person:
    """The person behind a Telegram identity, made on first sight."""
    return await people.recognise(
        session,
        telegram_id=who.telegram_id,
        chat_id=who.chat_id,
        first_name=clean(who.first_name),
        last_name=clean(who.last_name) if who.last_name else None,
        username=who.username,
        language_code=who.language_code,
        default_time_zone=default_time_zone,
    )


async def _add(session: AsyncSession, person: Person, incoming: Incoming) -> Stored:
    text = clean(incoming.text)
    concern = await concern_of(text)
    values: dict[str, Any] = {
        "user_id": person.user_id,
        "chat_id": person.chat_id,
        "message_id": incoming.message_id,
        "kind": incoming.kind,
        "body": text,
        "caption": text if incoming.kind != "text" and text else None,
        "local_date": local_day(incoming.written_at, person.time_zone, person.day_starts_at),
        "written_at": incoming.written_at,
        "edited_at": incoming.edited_at,
        "is_question": incoming.is_question,
        "concern": concern,
    }
    if incoming.reply_to is not None:
        message_id = incoming.reply_to
        its = await threads.entry_of_message(session, person.user_id, person.chat_id, message_id)
        values["continues_id"] = its
        if its is None:
            summary = await threads.summary_of_message(session, person.user_id, message_id)
            values["answers_score_id"] = summary
    added = await entries.add(session, values | _sound(incoming))
    if added is None:
        # Another replica stored the same message between our look and our insert.
        known = await entries.find_by_message(session, person.user_id, person.chat_id, incoming.message_id)
        if known is None:
            raise LookupError("a message is stored under another person")
        return Stored(entry_id=known.id, is_changed=False)
    hold = HOLD if incoming.kind == "text" and utf16_length(text) >= LONG_PART else timedelta(0)
    await begin(session, person, added, values, None if incoming.is_silent else hold)
    return Stored(entry_id=added.id, is_changed=True)


async def begin(
    session: AsyncSession, person: Person, added: Added, values: dict[str, Any], after: timedelta | None
) -> None:
    """What follows when an entry was stored with these `values`: a card where its words ask for care, its
    day, its journey `after` a while, or none."""
    if values["concern"]:
        await show_card(session, person, added.id, values["concern"])
    if added.is_watched:
        await scorings.mark(session, person.user_id, values["local_date"])
    if after is not None:
        await _set_out(session, person, added.id, version=1, after=after)


def _sound(incoming: Incoming) -> dict[str, Any]:
    if incoming.sound is None:
        return {}
    return {
        "audio_file_id": incoming.sound.file_id,
        "audio_mime_type": incoming.sound.mime_type,
        "audio_bytes": incoming.sound.bytes,
        "audio_seconds": incoming.sound.seconds,
    }


async def _continued(session: AsyncSession, person: Person, incoming: Incoming) -> EntryRecord | None:
    """The entry that this message is the next part of, if the client split a paste."""
    if incoming.kind != "text" or incoming.is_forwarded or incoming.edited_at:
        return None
    latest = await entries.find_latest(session, person.user_id, person.chat_id)
    if latest is None or latest.kind != "text":
        return None
    parts = await entries.parts(session, person.user_id, latest.id)
    last_body, last_time = (
        (parts[-1].body, parts[-1].written_at) if parts else (latest.body, latest.written_at)
    )
    soon = timedelta(0) <= incoming.written_at - last_time <= WITHIN
    return latest if soon and utf16_length(last_body) >= LONG_PART else None


async def _append(session: AsyncSession, person: Person, entry: EntryRecord, incoming: Incoming) -> Stored:
    shared = {"entry_id": entry.id, "user_id": person.user_id, "chat_id": person.chat_id}
    first = {"message_id": entry.message_id, "body": entry.body, "written_at": entry.written_at}
    if not await entries.parts(session, person.user_id, entry.id):
        await entries.add_part(session, shared | first)
    part = {
        "message_id": incoming.message_id,
        "body": clean(incoming.text),
        "written_at": incoming.written_at,
    }
    await entries.add_part(session, shared | part)
    body = await _joined(session, person, entry.id)
    await renew(session, person, entry, {"body": body}, HOLD, goes_on=True)
    return Stored(entry_id=entry.id, is_changed=True)


async def _joined(session: AsyncSession, person: Person, entry_id: UUID) -> str:
    """The paste as it was before the client cut it: a full part was cut within a line."""
    whole = ""
    for part in await entries.parts(session, person.user_id, entry_id):
        whole += part.body if utf16_length(part.body) >= FULL_PART else part.body + "\n"
    return whole.removesuffix("\n")


async def _edit(session: AsyncSession, person: Person, entry: EntryRecord, incoming: Incoming) -> Stored:
    if entry.edited_at and incoming.edited_at and incoming.edited_at < entry.edited_at:
        # An older edit that comes late, as after a failed webhook call.
        return Stored(entry_id=entry.id, is_changed=False)
    text = clean(incoming.text)
    values: dict[str, Any] = {"edited_at": incoming.edited_at, "is_question": incoming.is_question}
    if incoming.kind != entry.kind:
        values |= {"kind": incoming.kind, "body": text, "caption": text or None}
    elif entry.kind == "text":
        await entries.rewrite_part(session, person.user_id, person.chat_id, incoming.message_id, text)
        values["body"] = await _joined(session, person, entry.id) or text
    else:
        values |= _recaptioned(entry, text)
    if incoming.sound and incoming.sound.file_id != entry.audio_file_id:
        values |= _sound(incoming) | {"body": text, "transcript": None, "audio_file_url": None}
        values["transcribed_at"] = None
    elif values["body"] == entry.body:
        return Stored(entry_id=entry.id, is_changed=False)
    await renew(session, person, entry, values, timedelta(0))
    return Stored(entry_id=entry.id, is_changed=True)


def _recaptioned(entry: EntryRecord, caption: str) -> dict[str, Any]:
    spoken = entry.body.removeprefix(entry.caption or "").lstrip("\n")
    return {"caption": caption or None, "body": with_caption(caption, spoken)}


def with_caption(caption: str | None, spoken: str) -> str:
    return "\n\n".join(piece for piece in (caption, spoken) if piece)


async def renew(
    session: AsyncSession,
    person: Person,
    entry: EntryRecord,
    values: dict[str, Any],
    after: timedelta,
    *,
    goes_on: bool = False,
) -> None:
    """Set the entry on its way again with new content, which may be the old one that `goes_on`. A deleted one
    takes it along in silence, to have it should it come back."""
    version = await entries.renew(session, person.user_id, entry.id, values)
    if entry.is_question != values.get("is_question", False):
        await goal_progress.recount_of_entry(session, person.user_id, entry.id)
    if "body" in values:
        its = (person, entry.id, values["body"], entry.concern)
        await look_after(session, *its, was=entry.body, goes_on=goes_on)
    await scorings.mark(session, person.user_id, entry.local_date)
    if entry.deleted_at is not None:
        return
    # A reply to the old version that nobody has seen must not be seen any more.
    await outbox.withdraw(session, reply_slot(entry.id))
    await _set_out(session, person, entry.id, version=version, after=after)


async def _set_out(
    session: AsyncSession, person: Person, entry_id: UUID, *, version: int, after: timedelta
) -> None:
    await journeys.begin(
        session,
        entry_id=entry_id,
        user_id=person.user_id,
        chat_id=person.open_chat,
        version=version,
        after=after,
    )


def reply_slot(entry_id: UUID) -> str:
    return f"entry:{entry_id}:reply"


def transcript_slot(entry_id: UUID) -> str:
    return f"entry:{entry_id}:transcript"
