"""A tap that opens an entry from the past, or shows what the coach said to it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import opening, phrases
from bot.journal.days import today_of
from bot.journal.message import Reply
from bot.telegram.context import Context
from bot.telegram.screens import show, toast
from bot.telegram.taps import tapper
from db.queries import entries, outbox
from db.queries.people import Person

OPEN = r"^open:([0-9a-f]{32})(?::(\d{1,7}))?$"
# How the slot of an opened entry ends.
OPENED = "opened"
SAID = r"^said:([0-9a-f]{32}):(\d{1,7})$"


async def open_(update: Update, context: Context) -> None:
    """Show the entry below, as an answer to its own message; the message with the button stays."""
    await _screen(update, context, said=False)


async def said(update: Update, context: Context) -> None:
    """Show the coach's words, too, in the same place."""
    await _screen(update, context, said=True)


async def _screen(update: Update, context: Context, *, said: bool) -> None:
    match = context.match
    assert match is not None  # noqa: S101 - the table's pattern has matched
    gone: str | None = phrases.ENTRY_GONE
    async with context.own(update) as session:
        person = await tapper(session, update)
        entry = await entries.lock(session, person.user_id, UUID(match[1])) if person else None
        if person and entry:
            part = int(match[2] or 0)
            reply = await opening.screen(session, entry, person, today=today_of(person), part=part, said=said)
            if said:
                await show(session, update, reply, user_id=person.user_id)
            else:
                await show_below(session, update, reply, person, entry_id=entry.id)
            gone = None
    context.parts.sender.nudge()
    await toast(update, gone)


async def show_below(
    session: AsyncSession,
    update: Update,
    reply: Reply,
    person: Person,
    *,
    what: str = OPENED,
    entry_id: UUID | None = None,
) -> None:
    """Show `reply` as a new message, once for this update and for `what` it is. Whoever answers one about an
    entry goes on with that."""
    await outbox.put(
        session,
        slot=f"update:{update.update_id}:{what}",
        purpose="answer",
        chat_id=person.chat_id,
        content=reply.as_content(),
        user_id=person.user_id,
        entry_id=entry_id,
    )
