"""Better words for a recording: by the button under its transcript, or as a reply to that message."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from re import Match
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Message, Update

from bot.journal import corrections, phrases, replies
from bot.journal import phrases_correcting as words
from bot.journal.message import Reply
from bot.journal.receive import transcript_slot
from bot.telegram import dialogs
from bot.telegram.context import Context
from bot.telegram.screens import person_of, show
from bot.telegram.taps import ABOUT_ENTRIES, ENTRY, Tap, on_entry
from db.queries import apart, entries, slots, threads
from db.queries import dialogs as questions
from db.queries.entries import EntryRecord

PATTERN = rf"^fix:(ask|no):{ENTRY}$"
# Any words at all may be the answer, so it is waited for only a moment.
LASTS = timedelta(minutes=10)

SAYS = {"fixed": words.FIXED, "same": words.FIX_SAME, "empty": words.FIX_EMPTY}


@on_entry()
async def tapped(tap: Tap, match: Match[str]) -> str | None:
    if tap.entry.transcript is None:
        return phrases.OLD_BUTTON
    asks = match[1] == "ask"
    if asks:
        await dialogs.ask(tap.session, tap.update, "transcript", entry=tap.entry.id.hex)
    await replies.show_transcript(tap.session, tap.entry, asks=asks)
    return None if asks else words.FIX_KEPT


def fixing(
    otherwise: Callable[[Update, Context], Coroutine[Any, Any, None]],
) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
    """A handler that takes a reply to a transcript as its right words, and leaves all else to
    `otherwise`."""

    async def handle(update: Update, context: Context) -> None:
        if not await _is_fix(update, context):
            await otherwise(update, context)

    return handle


async def _is_fix(update: Update, context: Context) -> bool:
    message = update.effective_message
    if message is None or message.reply_to_message is None:
        return False
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        entry_id = await threads.entry_of_message(
            session, person.user_id, message.chat.id, message.reply_to_message.message_id
        )
        slot = await slots.slot_of(session, message.chat.id, message.reply_to_message.message_id)
        entry = await entries.lock(session, person.user_id, entry_id) if entry_id else None
        if entry is None or entry.transcript is None or slot != transcript_slot(entry.id):
            return False
        await _close_question(session, update)
        await _fix(session, update, context, entry, message)
    context.parts.journey.nudge()
    context.parts.sender.nudge()
    return True


async def _close_question(session: AsyncSession, update: Update) -> None:
    """What was asked about an entry is answered so; any other question stays open."""
    user = update.effective_user
    question = await questions.asked(session, user.id) if user else None
    if question and question.get("ask") in ABOUT_ENTRIES:
        await dialogs.drop(session, update)


async def hear(session: AsyncSession, update: Update, context: Context, question: dict[str, Any]) -> bool:
    """The next words after the button was tapped, if they come soon and answer no other message."""
    message = update.effective_message
    asked_at = datetime.fromisoformat(question["at"])
    if message is None or message.reply_to_message or datetime.now(UTC) - asked_at > LASTS:
        return False
    person = await person_of(session, update, context)
    entry = await entries.lock(session, person.user_id, UUID(question["entry"]))
    if entry is None or entry.transcript is None:
        return False
    await _fix(session, update, context, entry, message)
    return True


async def _fix(
    session: AsyncSession, update: Update, context: Context, entry: EntryRecord, message: Message
) -> None:
    person = await person_of(session, update, context)
    done = await corrections.fix_transcript(session, person, entry, message.text or "")
    if done != "fixed":
        await replies.show_transcript(session, entry)
    await apart.set_apart(session, message.chat.id, [message.message_id])
    await show(session, update, Reply(html=SAYS[done]), user_id=person.user_id)
