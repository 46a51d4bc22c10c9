"""A question that the bot asked and that the next message may answer.

What a person writes is an entry unless it surely answers: a diary line must never be swallowed by
a question that stood open. So whoever hears an answer says whether it was one, and a question that
any words would answer waits for the very next message only.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Message, Update

from bot.journal.care import concern_of, is_grave
from bot.telegram.context import Context
from bot.telegram.entries import take_entry
from db.queries import dialogs, slots

# After that a message is no answer any more.
LASTS = timedelta(hours=1)
# These two must not wait for long either.
BRIEF, BRIEFLY = {"ask", "search", "goal", "goal_words", "remind", "reminder"}, timedelta(minutes=5)
# Any words answer these: what comes next does, or nothing.
NEXT_ONLY = BRIEF | {"transcript"}
# What somebody said stays what they said: grave words are an answer to this, too, and are looked at with
# the entry that they become.
ALSO_GRAVE = {"transcript"}
# Stands for what was not prepared yet, for what was may be None.
_UNPREPARED = object()

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


async def _is_answer(
    update: Update, context: Context, table: Hears, ready: Any = _UNPREPARED
) -> bool | Prepared:
    """Whether it was; or what must be prepared before that can be told."""
    user = update.effective_user
    if user is None or not await _may_answer(update, context):
        return False
    async with context.own(update) as session:
        question = await dialogs.asked(session, user.id) or {}
        if question.get("heard") == update.update_id:
            # A crash came between the answer and the end of its update.
            return True
        hear = table.get(question.get("ask", ""))
        if not hear or not _still_waits(question):
            return False
        if isinstance(hear, Prepared) and ready is _UNPREPARED:
            return hear
        was_answer = await _hear(session, update, context, hear, question, ready)
        await _go_on(session, update, question, was_answer=was_answer)
    context.parts.sender.nudge()
    context.parts.journey.nudge()
    return was_answer


async def _may_answer(update: Update, context: Context) -> bool:
    """Whether a question is open, or was answered by this very update. Most messages answer nothing:
    they need no lock, and their words are looked at as an entry's are, once."""
    standing = context.standing.dialog or {}
    if "ask" not in standing and standing.get("heard") != update.update_id:
        return False
    message = update.effective_message
    if message is None or message.forward_origin or not await _is_asked_for(message, standing):
        # What others wrote answers nothing, and whoever is not well tells it, whatever was asked.
        await passed(update, context)
        return False
    return True


async def _is_asked_for(message: Message, standing: Mapping[str, Any]) -> bool:
    """Whether such words may answer what is asked, or did before a crash, when nothing is asked any more."""
    return standing.get("ask") in ALSO_GRAVE | {None} or not is_grave(await concern_of(message.text or ""))


async def _hear(
    session: AsyncSession,
    update: Update,
    context: Context,
    hear: Hear | Prepared,
    question: dict[str, Any],
    ready: Any,
) -> bool:
    message = update.effective_message
    if message is None or await _answers_other(session, message, question):
        return False
    if isinstance(hear, Prepared):
        return await hear.hear(session, update, context, question | {"prepared": ready})
    return await hear(session, update, context, question)


async def _go_on(
    session: AsyncSession, update: Update, question: dict[str, Any], *, was_answer: bool
) -> None:
    """What is waited for from here on."""
    user = update.effective_user
    after = await dialogs.asked(session, user.id) if user else None
    if user is None or after is None:
        return
    is_next = after != question
    if was_answer:
        # Unless the answer led to the next question, nothing is waited for any more.
        await dialogs.ask(session, user.id, (after if is_next else {}) | {"heard": update.update_id})
    elif not is_next and question["ask"] in NEXT_ONLY:
        await dialogs.ask(session, user.id, None)


async def _answers_other(session: AsyncSession, message: Message, question: Mapping[str, Any]) -> bool:
    """Whether it is a reply to some other message than a screen of the bot, or what the chat shows of
    the entry that the question is about."""
    answered = message.reply_to_message
    if answered is None:
        return False
    slot = await slots.slot_of(session, message.chat.id, answered.message_id) or ""
    about = question.get("entry")
    return not slot.startswith(("update:", f"entry:{UUID(about)}:") if about else "update:")


async def passed(update: Update, context: Context) -> None:
    """Something else came: a question that only the very next message answers is waited for no more."""
    user = update.effective_user
    if user is None:
        return
    # How the chat stands is known for its messages, not for taps.
    standing = context.standing.dialog or {}
    if update.callback_query is None and standing.get("ask") not in NEXT_ONLY:
        return
    async with context.own(update) as session:
        question = await dialogs.asked(session, user.id) or {}
        if question.get("ask") in NEXT_ONLY:
            await dialogs.ask(session, user.id, None)


def _still_waits(question: Mapping[str, Any]) -> bool:
    lasts = BRIEFLY if question["ask"] in BRIEF else LASTS
    return datetime.now(UTC) - datetime.fromisoformat(question["at"]) <= lasts
