"""A tap on a number: the person says how it was."""

from dataclasses import replace

from telegram import Update

from bot.journal import numbers, phrases, replies
from bot.journal import phrases_correcting as words
from bot.journal.metrics import KINDS
from bot.telegram.context import Context
from bot.telegram.screens import toast
from bot.telegram.taps import Tap, begin, refused
from db.queries import entries, metrics

PATTERN = r"^check:([a-z_]+):([0-9]{1,2}):([0-9a-f]{32})$"


async def tapped(update: Update, context: Context) -> None:
    """Store the number with the entry it was asked for, and take the buttons away. A tap can say
    anything: the number must fit its metric, and the entry must be the person's own."""
    match = context.match
    if match is None:
        return
    async with context.parts.sessions.begin() as session:
        tap = await begin(session, update, match[3])
        word = refused(tap)
        if tap is not None and word is None:
            word = await _keep(tap, match[1], int(match[2]))
    context.parts.sender.nudge()
    await toast(update, word)


async def _keep(tap: Tap, name: str, value: int) -> str:
    kind, entry = KINDS.get(name), tap.entry
    if kind is None or not numbers.fits(kind, value):
        return phrases.ENTRY_GONE
    await metrics.say(
        tap.session, entry.user_id, entry.id, name=kind.name, value=float(value), unit=kind.unit
    )
    if entry.reply_check_in == kind.name:
        entry = replace(entry, reply_check_in=None)
        await entries.write(tap.session, entry.user_id, entry.id, reply_check_in=None)
    await replies.show(tap.session, entry)
    return words.noted(numbers.shown(kind.name, value))


async def unknown_tap(update: Update, _context: Context) -> None:
    await toast(update, phrases.OLD_BUTTON)
