"""A tap on a number: the person says how it was."""

import contextlib
from uuid import UUID

from telegram import CallbackQuery, Update
from telegram.error import TelegramError

from bot.journal.metrics import KINDS
from bot.telegram.context import Context, identity_of
from db.queries import entries, metrics, people

PATTERN = r"^check:([a-z_]+):(\d{1,2}):([0-9a-f]{32})$"


async def tapped(update: Update, context: Context) -> None:
    """Store the number with the entry it was asked for, and take the buttons away."""
    query, match = update.callback_query, context.match
    if query is None or match is None:
        return
    kind, value, entry_id = KINDS.get(match[1]), int(match[2]), UUID(match[3])
    who = identity_of(update)
    stored = False
    if kind is not None and kind.minimum <= value <= kind.maximum:
        async with context.parts.sessions.begin() as session:
            person = await people.by_identity(session, who.telegram_id)
            entry = await entries.get(session, person, entry_id) if person else None
            if person and entry:
                await metrics.say(
                    session, person, entry.id, name=kind.name, value=float(value), unit=kind.unit
                )
                stored = True
    said = f"Noted: {kind.name.replace('_', ' ')} {value}" if stored and kind else "This entry is gone."
    await _tell(query, said)


async def _tell(query: CallbackQuery, said: str) -> None:
    """It is stored; that Telegram forgot the tap, or the buttons are gone already, is no matter."""
    with contextlib.suppress(TelegramError):
        await query.answer(said)
    with contextlib.suppress(TelegramError):
        await query.edit_message_reply_markup(None)


async def unknown_tap(update: Update, _context: Context) -> None:
    if update.callback_query:
        with contextlib.suppress(TelegramError):
            await update.callback_query.answer("This button no longer does anything.")
