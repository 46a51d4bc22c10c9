"""Screens: messages with buttons that change in place when one is tapped."""

import contextlib
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import MaybeInaccessibleMessage, Update
from telegram.error import TelegramError

from bot.journal.message import Reply
from bot.journal.receive import recognise
from bot.telegram.context import Context, identity_of
from db.queries import outbox, slots
from db.queries.people import Person


async def show(session: AsyncSession, update: Update, reply: Reply, *, user_id: UUID | None = None) -> None:
    """Have the chat show `reply`: in place of the message whose button was tapped, else as a new
    message, and once for this update either way. It goes out after the commit."""
    chat = update.effective_chat
    if chat is None:
        return
    tapped = update.callback_query.message if update.callback_query else None
    slot = await _slot_of(session, chat.id, tapped) if tapped else None
    await outbox.put(
        session,
        slot=slot or f"update:{update.update_id}",
        purpose="answer",
        chat_id=chat.id,
        content=reply.as_content(),
        user_id=user_id,
        replace=slot is not None,
    )


async def _slot_of(session: AsyncSession, chat_id: int, message: MaybeInaccessibleMessage) -> str | None:
    return await slots.slot_of(session, chat_id, message.message_id)


async def person_of(session: AsyncSession, update: Update, context: Context) -> Person:
    """The person behind the update, made on first sight."""
    return await recognise(session, identity_of(update), context.parts.default_time_zone)


async def toast(update: Update, text: str | None = None) -> None:
    """Answer a tap, with a word that fades by itself. That Telegram forgot the tap is no matter."""
    if update.callback_query:
        with contextlib.suppress(TelegramError):
            await update.callback_query.answer(text)
