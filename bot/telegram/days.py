"""“This was about yesterday”: another day for an entry, by a tap or typed."""

from re import Match
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import corrections, panels, phrases
from bot.journal import phrases_correcting as words
from bot.journal.days import today_of
from bot.journal.message import Reply
from bot.telegram import dialogs, menus
from bot.telegram.context import Context
from bot.telegram.screens import show
from bot.telegram.taps import ENTRY, Tap, day_named, on_entry
from db.queries import apart, entries, people

PATTERN = rf"^day:(which|other|[0-9]{{8}}):{ENTRY}$"


@on_entry()
async def tapped(tap: Tap, match: Match[str]) -> str | None:
    about, entry, person = match[1], tap.entry, tap.person
    today = today_of(person)
    if about == "which":
        written = corrections.written_on(entry, person)
        await menus.show(tap, panels.days(entry, written, today))
        return None
    if about == "other":
        place = await menus.place(tap)
        await dialogs.ask(tap.session, tap.update, "day", entry=entry.id.hex, place=place)
        await menus.show(tap, panels.typing_day(entry))
        return None
    day = day_named(about)
    if day is None or not corrections.is_possible(day, today):
        return words.FUTURE_DAY if day and day > today else phrases.OLD_BUTTON
    await menus.show(tap, entry=await corrections.move(tap.session, person, entry, day))
    return words.moved(words.day(day, today.year))


async def hear(session: AsyncSession, update: Update, context: Context, question: dict[str, Any]) -> bool:
    """A typed date and nothing else; one that cannot be is asked for again."""
    message, user = update.effective_message, update.effective_user
    owner = await people.by_identity(session, user.id) if user else None
    if message is None or owner is None:
        return False
    person = await people.find(session, owner, message.chat.id)
    today = today_of(person)
    day = corrections.typed_day(message.text or "", today, person.locale)
    if day is None:
        return False
    await apart.set_apart(session, message.chat.id, [message.message_id])
    entry = await entries.lock(session, owner, UUID(question["entry"]))
    if entry is None:
        html = phrases.ENTRY_GONE
    elif isinstance(day, str):
        about = {it: question.get(it) for it in ("entry", "place")}
        await dialogs.ask(session, update, "day", **about)
        html = words.FUTURE_DAY if day == "future" else words.NO_SUCH_DAY
    else:
        moved = await corrections.move(session, person, entry, day)
        await menus.put(session, person, moved, question.get("place"))
        html = words.moved(words.day(day, today.year))
    await show(session, update, Reply(html=html), user_id=owner)
    return True
