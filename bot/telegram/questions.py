"""The questions that the first meeting and the settings ask, and what a text is that answers none."""

from collections.abc import Sequence
from functools import wraps
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import phrases_settings as words
from bot.journal.message import Button, Reply
from bot.telegram import dialogs
from bot.telegram.context import Context
from bot.telegram.screens import person_of, show
from db.queries import apart
from db.queries import dialogs as asked
from db.queries.people import Person

ZONE, DAY, EVENING, COUNTRY, NAME = "time_zone", "day_start", "evening", "country", "name"
OURS = {ZONE, DAY, EVENING, COUNTRY, NAME}

# A text of so many words at most may be meant as an answer, and gets a word about it.
FEW_WORDS = 3
FEW_LETTERS = 40


def language_of(update: Update, person: Person) -> str | None:
    """The language that the person's client speaks, as an IETF tag."""
    user = update.effective_user
    return (user.language_code if user else None) or person.locale


async def spoken(update: Update, context: Context) -> str | None:
    """The same, where nobody has looked the person up yet."""
    user = update.effective_user
    if user and user.language_code:
        return user.language_code
    async with context.own(update) as session:
        return (await person_of(session, update, context)).locale


def answering(hear: dialogs.Hear) -> dialogs.Hear:
    """What was an answer becomes no entry by an edit either."""

    @wraps(hear)
    async def heard(
        session: AsyncSession, update: Update, context: Context, question: dict[str, Any]
    ) -> bool:
        message = update.effective_message
        was_answer = await hear(session, update, context, question)
        if was_answer and message is not None:
            await apart.set_apart(session, message.chat.id, [message.message_id])
        return was_answer

    return heard


async def close(session: AsyncSession, update: Update) -> None:
    """Wait for no answer to a question of ours. Others' stay open."""
    user = update.effective_user
    open_question = await asked.asked(session, user.id) if user else None
    if user and open_question and open_question.get("ask") in OURS:
        # What answered the last question is still known for an answer, if a crash has it heard again.
        await asked.ask(session, user.id, {"heard": update.update_id})


async def again(session: AsyncSession, update: Update, question: dict[str, Any], **about: Any) -> None:
    """Keep the question open for another answer."""
    kept = {name: it for name, it in question.items() if name not in {"ask", "at", "heard"}}
    await dialogs.ask(session, update, question["ask"], **(kept | about))


async def not_understood(
    session: AsyncSession,
    update: Update,
    question: dict[str, Any],
    remedies: str,
    buttons: Sequence[Sequence[Button]] = (),
) -> bool:
    """It is an entry. Where it is short enough to be meant as an answer, the person hears once what
    would be one."""
    text = (update.effective_message.text if update.effective_message else None) or ""
    is_short = len(text) <= FEW_LETTERS and len(text.split()) <= FEW_WORDS
    if is_short and not question.get("told"):
        html = words.unknown(text, remedies, resembling=bool(buttons))
        await show(session, update, Reply(html=html, buttons=buttons))
        await again(session, update, question, told=True)
    return False
