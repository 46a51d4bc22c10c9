"""`/ask`: a question to the diary. It travels as an entry does, and counts as none."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import phrases
from bot.journal.message import Reply
from bot.telegram import dialogs
from bot.telegram.context import Context
from bot.telegram.entries import incoming_of, without_ask
from bot.telegram.screens import person_of, show

# Whoever writes more than that rather tells something.
LONGEST = 500


async def ask(update: Update, context: Context) -> None:
    message = update.effective_message
    question = without_ask(message.text or "") if message else None
    if question:
        incoming = incoming_of(update, text=question, is_question=True)
        await context.parts.journey.take(incoming, context.standing.user_id)
        return
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        await dialogs.ask(session, update, "ask")
        await show(session, update, Reply(html=phrases.ASK), user_id=person.user_id)
    context.parts.sender.nudge()


async def hear(session: AsyncSession, update: Update, context: Context, _question: dict[str, Any]) -> bool:
    """The next message is the question, unless it is long."""
    message = update.effective_message
    if message is None or not message.text or len(message.text) > LONGEST:
        return False
    await context.parts.journey.take_in(session, incoming_of(update, is_question=True))
    return True
