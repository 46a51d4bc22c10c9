"""A tap on a number: the person says how it was."""

from dataclasses import replace
from re import Match

from bot.journal import numbers, phrases, replies
from bot.journal import phrases_correcting as words
from bot.journal.metrics import KINDS
from bot.telegram.taps import ENTRY, Tap, on_entry
from db.queries import entries, metrics

PATTERN = rf"^check:([a-z_]+):([0-9]{{1,2}}):{ENTRY}$"


@on_entry()
async def tapped(tap: Tap, match: Match[str]) -> str:
    """Store it as a metric of the entry it was asked for, and take the buttons away. A tap can say
    anything: the number must fit its metric."""
    kind, value, entry = KINDS.get(match[1]), int(match[2]), tap.entry
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
