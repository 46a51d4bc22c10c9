"""An entry whose person took its words back, as by removing a caption: nothing of them is kept."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal import phrases, replies
from bot.journal.message import Reply
from bot.journal.recall import words
from bot.journal.receive import reply_slot
from db.queries import entries, metrics, scorings
from db.queries import recall as vectors
from db.queries.entries import EntryRecord


async def forget_words(session: AsyncSession, entry: EntryRecord, *, model: str) -> None:
    """Drop what was read from the earlier version, and let the reply to it say what is missing now.
    Numbers that the person gave themselves stay."""
    shown = Reply(html=phrases.NOT_AN_ENTRY.get(entry.kind, phrases.NOT_AN_ENTRY["other"]))
    now = datetime.now(UTC)
    await vectors.keep_vectors(session, entry.user_id, entry.id, model=model, spans=[], vectors=[])
    await words.index(session, entry.user_id, entry.id)
    await metrics.replace_read(session, entry.user_id, entry.id, [], body="", call_id=None)
    done: dict[str, Any] = {"reply": shown.html, "reply_check_in": None, "reply_sources": None}
    done |= dict.fromkeys(("embedded_at", "extracted_at", "coached_at"), now)
    if await entries.write_read(session, entry.user_id, entry.id, **done):
        await scorings.mark(session, entry.user_id, entry.local_date)
    await replies.put(session, entry, reply_slot(entry.id), "reply", shown)
