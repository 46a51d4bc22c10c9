"""`/silence`: nothing comes by itself for a while."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import evenings, phrases
from bot.journal import phrases_reminders as words
from bot.journal import reminder_screens as screens
from bot.journal.clock import end_of
from bot.journal.days import day_of
from bot.journal.evenings import utc_now
from bot.telegram.context import Context
from bot.telegram.screens import person_of, show, toast
from bot.telegram.taps import tapper
from db.queries import preferences
from db.queries.people import Person

PATTERN = r"^quiet:(ask|hour|today|week|over)$"
SILENCES = {"hour": timedelta(hours=1), "week": timedelta(weeks=1)}


async def silence(update: Update, context: Context) -> None:
    async with context.own(update) as session:
        await _show(session, update, await person_of(session, update, context))
    context.parts.sender.nudge()


async def tapped(update: Update, context: Context) -> None:
    match = context.match
    assert match is not None  # noqa: S101 - the table's pattern has matched
    word = phrases.OLD_BUTTON
    async with context.own(update) as session:
        person = await tapper(session, update)
        if person is not None:
            word = await _choose(session, person, match[1])
            await _show(session, update, person)
    context.parts.sender.nudge()
    await toast(update, word or None)


async def _choose(session: AsyncSession, person: Person, name: str) -> str:
    if name == "ask":
        return ""
    now = utc_now()
    await preferences.set_silence(session, person.user_id, _until(person, name, now))
    # What is prepared for an hour within the silence waits, or is not shown at all.
    await evenings.renew(session, person.user_id, now=now)
    return words.SPEAKS if name == "over" else words.SILENCES[name]


def _until(person: Person, name: str, now: datetime) -> datetime | None:
    if name == "today":
        return end_of(evenings.evening_of(person), day_of(person, now))
    return now + SILENCES[name] if name in SILENCES else None


async def _show(session: AsyncSession, update: Update, person: Person) -> None:
    until = await preferences.silent_until(session, person.user_id)
    await show(session, update, screens.silence(until, person, utc_now()), user_id=person.user_id)
