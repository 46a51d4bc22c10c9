"""Deleting an entry: out of sight at once, back within a day, and then gone for good."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.errors import AudioError, AudioSilent, AudioTooLarge, AudioTooLong, AudioUnreadable, StoreError
from bot.journal import panels, phrases, replies
from bot.journal import phrases_correcting as words
from bot.journal.care import is_grave
from bot.journal.message import Reply
from bot.journal.recall.words import forget, index
from bot.journal.receive import reply_slot, transcript_slot
from bot.journal.transcribe import problem_code, recordings
from db.audio import AudioStore
from db.queries import deletion, journeys
from db.queries.deletion import Overdue
from db.queries.entries import EntryRecord
from db.queries.people import Person

log = logging.getLogger(__name__)

LASTS = timedelta(days=1)
# Clocks differ: nothing goes while an undo may still be taken.
GOES_AFTER = LASTS + timedelta(minutes=10)
BATCH = 50

_PROBLEMS = (AudioTooLarge, AudioTooLong, AudioSilent, AudioUnreadable)


async def delete(session: AsyncSession, entry: EntryRecord) -> None:
    """Take the entry out of sight and out of every count. Call it with the entry locked."""
    await forget(session, entry.user_id, entry.id)
    await deletion.hide(session, entry.user_id, entry.id)
    # What nobody has seen yet need not be shown as deleted.
    await deletion.withdraw_unseen(session, entry.user_id, entry.id)
    if await deletion.is_shown(session, entry.user_id, reply_slot(entry.id)):
        shown = Reply(html=words.DELETED, buttons=panels.undo_rows(entry))
        await replies.put(session, entry, reply_slot(entry.id), "reply", shown)
    if await deletion.is_shown(session, entry.user_id, transcript_slot(entry.id)):
        shown = Reply(html=words.TRANSCRIPT_DELETED)
        await replies.put(session, entry, transcript_slot(entry.id), "transcript", shown)


def is_too_late(entry: EntryRecord) -> bool:
    return entry.deleted_at is not None and datetime.now(UTC) - entry.deleted_at >= LASTS


async def bring_back(session: AsyncSession, person: Person, entry: EntryRecord) -> None:
    """Undo `delete`. The journey makes the vectors again, and asks no mind for what the entry has
    already. Call it with the entry locked."""
    await deletion.unhide(session, entry.user_id, entry.id, is_grave=is_grave(entry.concern))
    await index(session, entry.user_id, entry.id, hint=person.locale)
    entry = replace(entry, deleted_at=None)
    if entry.reply is not None:
        await replies.show(session, entry)
    elif entry.problem and not entry.body:
        await replies.put(session, entry, reply_slot(entry.id), "reply", Reply(html=_explained(entry)))
    elif await deletion.is_shown(session, entry.user_id, reply_slot(entry.id)):
        # Its reply was still to come, and follows.
        await replies.put(session, entry, reply_slot(entry.id), "reply", Reply(html=words.IS_BACK))
    if entry.transcript is not None:
        await replies.show_transcript(session, entry)
    elif await deletion.is_shown(session, entry.user_id, transcript_slot(entry.id)):
        shown = Reply(html=_explained(entry))
        await replies.put(session, entry, transcript_slot(entry.id), "transcript", shown)
    await journeys.begin(
        session,
        entry_id=entry.id,
        user_id=entry.user_id,
        chat_id=entry.chat_id,
        version=entry.version,
    )


def _explained(entry: EntryRecord) -> str:
    """What was said about a recording that stayed without words, or an entry that was set aside."""
    if entry.problem == journeys.SET_ASIDE:
        return phrases.SET_ASIDE
    errors: list[AudioError] = [kind("") for kind in _PROBLEMS]
    return next(
        (phrases.cannot_hear(it) for it in errors if problem_code(it) == entry.problem), words.IS_BACK
    )


async def purge(sessions: async_sessionmaker[AsyncSession], store: AudioStore) -> int:
    """Delete for good what was deleted a day ago, with its recordings; how many entries that was. One
    whose recording cannot be deleted now waits for the next time."""
    after: UUID | None = None
    gone = 0
    while True:
        async with sessions() as session:
            due = await deletion.overdue(session, deleted_before=GOES_AFTER, after=after, most=BATCH)
        if not due:
            return gone
        for entry in due:
            gone += await _erase(sessions, store, entry)
        after = due[-1].id


async def _erase(sessions: async_sessionmaker[AsyncSession], store: AudioStore, entry: Overdue) -> bool:
    try:
        await _delete_recordings(store, entry)
    except StoreError as error:
        log.error("a deleted entry keeps its recording for now: %s", error)
        return False
    async with sessions.begin() as session:
        shown = Reply(html=words.DELETED_FOR_GOOD)
        await deletion.erase(session, entry, slot=reply_slot(entry.id), content=shown.as_content())
    return True


async def _delete_recordings(store: AudioStore, entry: Overdue) -> None:
    """Also those of earlier versions, and one whose URL a crash kept from being noted."""
    if entry.audio_file_id is None:
        return
    found = set(await store.beginning(recordings(entry.user_id, entry.written_at, entry.id)))
    if entry.audio_file_url:
        found.add(entry.audio_file_url)
    for url in sorted(found):
        await store.delete(url)
