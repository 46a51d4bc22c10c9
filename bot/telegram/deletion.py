"""Deleting an entry: from the menu under its reply, or by /delete; and the way back."""

from re import Match

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import deletion, panels
from bot.journal import phrases_correcting as words
from bot.journal.clock import zone_of
from bot.journal.message import Reply
from bot.journal.panels import shortened
from bot.journal.receive import reply_slot
from bot.telegram import menus
from bot.telegram.context import Context
from bot.telegram.screens import person_of, show
from bot.telegram.taps import ENTRY, Tap, on_entry, refused
from db.queries import deletion as rows
from db.queries import slots, threads
from db.queries.entries import EntryRecord
from db.queries.people import Person

PATTERN = rf"^del:(ask|yes|no|undo):{ENTRY}$"
FIRST_WORDS = 120


def _refused(tap: Tap | None, match: Match[str]) -> str | None:
    if match[1] != "undo":
        return refused(tap)
    return words.GONE_FOR_GOOD if tap is None or deletion.is_too_late(tap.entry) else None


@on_entry(refuse=_refused, sets_out=True)
async def tapped(tap: Tap, match: Match[str]) -> str | None:
    action = match[1]
    if action == "ask":
        await menus.show(tap, panels.deleting(tap.entry))
        return None
    if action == "no":
        await menus.show(tap)
        if await menus.place(tap) is None:
            await _say_elsewhere(tap, Reply(html=words.KEPT))
        return words.KEPT
    if action == "undo":
        if tap.entry.deleted_at is not None:
            await deletion.bring_back(tap.session, tap.person, tap.entry)
        await _say_elsewhere(tap, Reply(html=words.IS_BACK))
        return words.IS_BACK
    await deletion.delete(tap.session, tap.entry)
    await _say_elsewhere(tap, Reply(html=words.DELETED, buttons=panels.undo_rows(tap.entry)))
    return None


async def _say_elsewhere(tap: Tap, reply: Reply) -> None:
    """Where the button stands under an answer to /delete, that answer changes too."""
    query = tap.update.callback_query
    if query is None or query.message is None:
        return
    slot = await slots.slot_of(tap.session, query.message.chat.id, query.message.message_id)
    if slot is not None and slot != reply_slot(tap.entry.id):
        await show(tap.session, tap.update, reply, user_id=tap.entry.user_id)


async def delete(update: Update, context: Context) -> None:
    """Ask whether to delete the entry that /delete answers, or else the newest one."""
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        reply = await _question(session, update, person)
        await show(session, update, reply, user_id=person.user_id)
    context.parts.sender.nudge()


async def _question(session: AsyncSession, update: Update, person: Person) -> Reply:
    message = update.effective_message
    answered = message.reply_to_message if message else None
    if answered is None:
        entry = await rows.newest(session, person.user_id, person.chat_id)
        return _ask(entry, person) if entry else Reply(html=words.NOTHING_TO_DELETE)
    found = await threads.entry_of_message(session, person.user_id, person.chat_id, answered.message_id)
    entry = await rows.find(session, person.user_id, found) if found else None
    return _ask(entry, person) if entry else Reply(html=words.NOT_AN_ENTRY_TO_DELETE)


def _ask(entry: EntryRecord, person: Person) -> Reply:
    """With its first words and time, so that nobody deletes another entry than they mean."""
    written = entry.written_at.astimezone(zone_of(person.time_zone))
    when = f"{words.day(written.date(), written.year)}, {written:%H:%M}"
    first = shortened(entry.body, FIRST_WORDS) or words.WORDLESS
    return Reply(html=words.ask_delete(first, when), buttons=panels.delete_rows(entry))
