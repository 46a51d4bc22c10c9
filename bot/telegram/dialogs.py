"""A question that the bot asked and that the next message may answer.

What a person writes is an entry unless it surely answers: a diary line must never be swallowed by
a question that stood open. So whoever hears an answer says whether it was one.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.telegram.context import Context
from bot.telegram.entries import take_entry
from db.queries import dialogs

# After that a message is no answer any more.
LASTS = timedelta(hours=1)

Hear = Callable[[AsyncSession, Update, Context, dict[str, Any]], Awaitable[bool]]
"""Whether the message answers the question, which holds what `ask` was given. What it does about it
belongs into the session, which is committed with the end of the question."""


async def ask(session: AsyncSession, update: Update, question: str, **about: Any) -> None:
    """Let the next message of this person answer `question`, a name in the table of `listening`."""
    if update.effective_user is not None:
        now = datetime.now(UTC).isoformat()
        await dialogs.ask(session, update.effective_user.id, {"ask": question, "at": now} | about)


async def drop(session: AsyncSession, update: Update) -> bool:
    """Wait for no answer any more; False where none was waited for."""
    if update.effective_user is None:
        return False
    open_question = await dialogs.asked(session, update.effective_user.id)
    await dialogs.ask(session, update.effective_user.id, None)
    return bool(open_question and "ask" in open_question)


def listening(table: Mapping[str, Hear]) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
    """A handler that lets an open question hear the message first, and else takes it as an entry."""

    async def hear(update: Update, context: Context) -> None:
        if not await _is_answer(update, context, table):
            await take_entry(update, context)

    return hear


async def _is_answer(update: Update, context: Context, table: Mapping[str, Hear]) -> bool:
    user = update.effective_user
    if user is None:
        return False
    async with context.parts.sessions.begin() as session:
        question = await dialogs.asked(session, user.id)
        if question is None:
            return False
        if question.get("heard") == update.update_id:
            # A crash came between the answer and the end of its update.
            return True
        hear = table.get(question.get("ask", ""))
        if hear is None or datetime.now(UTC) - datetime.fromisoformat(question["at"]) > LASTS:
            return False
        if not await hear(session, update, context, question):
            return False
        after = await dialogs.asked(session, user.id)
        if after == question:
            await dialogs.ask(session, user.id, {"heard": update.update_id})
        elif after is not None:
            # The answer led to the next question.
            await dialogs.ask(session, user.id, after | {"heard": update.update_id})
    context.parts.sender.nudge()
    return True
