"""A question that the bot asked and that the next message may answer.

What a person writes is an entry unless it surely answers: a diary line must never be swallowed by
a question that stood open. So whoever hears an answer says whether it was one.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal.care import concern_of, is_grave
from bot.telegram.context import Context
from bot.telegram.entries import take_entry
from db.queries import dialogs

# After that a message is no answer any more.
LASTS = timedelta(hours=1)
# Any words answer these two, so they must not wait for long.
BRIEF, BRIEFLY = {"ask", "search"}, timedelta(minutes=5)

Hear = Callable[[AsyncSession, Update, Context, dict[str, Any]], Awaitable[bool]]
"""Whether the message answers the question, which holds what `ask` was given. What it does about it
belongs into the session, which is committed with the end of the question."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """For an answer that needs a slow call: `prepare` makes it with no session open, and `hear` finds
    what it gave as the question's "prepared"."""

    prepare: Callable[[Update, Context], Awaitable[Any]]
    hear: Hear


Hears = Mapping[str, Hear | Prepared]


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


def listening(table: Hears) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
    """A handler that lets an open question hear the message first, and else takes it as an entry."""

    async def hear(update: Update, context: Context) -> None:
        heard = await _is_answer(update, context, table)
        if isinstance(heard, Prepared):
            ready = await heard.prepare(update, context)
            heard = await _is_answer(update, context, table, ready)
        if not heard:
            await take_entry(update, context)

    return hear


async def _is_answer(update: Update, context: Context, table: Hears, ready: Any = None) -> bool | Prepared:
    """Whether it was; or what must be prepared before that can be told."""
    user = update.effective_user
    if user is None or not await _may_answer(update, context, user.id):
        return False
    async with context.parts.sessions.begin() as session:
        question = await dialogs.asked(session, user.id) or {}
        if question.get("heard") == update.update_id:
            # A crash came between the answer and the end of its update.
            return True
        hear = table.get(question.get("ask", ""))
        if not hear or not _still_waits(question):
            return False
        if isinstance(hear, Prepared) and ready is None:
            return hear
        about = question if ready is None else question | {"prepared": ready}
        act = hear.hear if isinstance(hear, Prepared) else hear
        if not await act(session, update, context, about):
            return False
        after = await dialogs.asked(session, user.id)
        if after is not None:
            # Unless the answer led to the next question, nothing is waited for any more.
            kept = {} if after == question else after
            await dialogs.ask(session, user.id, kept | {"heard": update.update_id})
    context.parts.sender.nudge()
    context.parts.journey.nudge()
    return True


async def _may_answer(update: Update, context: Context, telegram_id: int) -> bool:
    """What others wrote answers nothing, and whoever is not well tells it, whatever was asked."""
    message = update.effective_message
    if message is None or message.forward_origin or is_grave(concern_of(message.text or "")):
        return False
    async with context.parts.single.begin() as session:
        return await dialogs.is_open(session, telegram_id)


def _still_waits(question: Mapping[str, Any]) -> bool:
    lasts = BRIEFLY if question["ask"] in BRIEF else LASTS
    return datetime.now(UTC) - datetime.fromisoformat(question["at"]) <= lasts
