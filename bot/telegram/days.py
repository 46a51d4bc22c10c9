"""“This was about yesterday”: another day for an entry, by a tap or typed."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import corrections, panels, phrases, replies
from bot.journal import phrases_correcting as words
from bot.journal.message import Reply
from bot.telegram import dialogs
from bot.telegram.context import Context
from bot.telegram.screens import show, toast
from bot.telegram.taps import Tap, begin, refused
from db.queries import apart, entries, people

PATTERN = r"^day:(which|other|[0-9]{8}):([0-9a-f]{32})$"


async def tapped(update: Update, context: Context) -> None:
    match = context.match
    if match is None:
        return
    async with context.parts.sessions.begin() as session:
        tap = await begin(session, update, match[2])
        word = refused(tap)
        if tap is not None and word is None:
            word = await _act(tap, match[1])
    context.parts.sender.nudge()
    await toast(update, word)


async def _act(tap: Tap, about: str) -> str | None:
    entry, person = tap.entry, tap.person
    today = corrections.today_of(person, datetime.now(UTC))
    if about == "which":
        written = corrections.written_on(entry, person)
        await replies.show(tap.session, entry, panels.days(entry, written, today))
        return None
    if about == "other":
        await dialogs.ask(tap.session, tap.update, "day", entry=entry.id.hex)
        await replies.show(tap.session, entry, panels.typing_day(entry))
        return None
    try:
        day = datetime.strptime(about, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return phrases.OLD_BUTTON
    if not corrections.is_possible(day, today):
        return words.FUTURE_DAY if day > today else phrases.OLD_BUTTON
    await replies.show(tap.session, await corrections.move(tap.session, person, entry, day))
    return words.moved(words.day(day, today.year))


async def hear(session: AsyncSession, update: Update, context: Context, question: dict[str, Any]) -> bool:
    """A typed date and nothing else; one that is still to come is asked for again."""
    message, user = update.effective_message, update.effective_user
    owner = await people.by_identity(session, user.id) if user else None
    if message is None or owner is None:
        return False
    person = await people.find(session, owner, message.chat.id)
    today = corrections.today_of(person, datetime.now(UTC))
    day = corrections.typed_day(message.text or "", today, person.locale)
    if day is None:
        return False
    await apart.set_apart(session, message.chat.id, [message.message_id])
    entry = await entries.lock(session, owner, UUID(question["entry"]))
    if entry is None:
        html = phrases.ENTRY_GONE
    elif day == "future":
        await dialogs.ask(session, update, "day", entry=question["entry"])
        html = words.FUTURE_DAY
    else:
        await replies.show(session, await corrections.move(session, person, entry, day))
        html = words.moved(words.day(day, today.year))
    await show(session, update, Reply(html=html), user_id=owner)
    return True
