"""`/help`, `/privacy` and `/cancel`."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from telegram import Update

from bot.journal import phrases_meeting as words
from bot.journal.message import Reply
from bot.telegram import dialogs, welcome
from bot.telegram.context import Context
from bot.telegram.screens import person_of, show


def helping(commands: Iterable[tuple[str, str]]) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
    """A handler that tells what the bot can do."""

    async def help_(update: Update, context: Context) -> None:
        await context.answer(update, words.help_text(commands))

    return help_


async def privacy(update: Update, context: Context) -> None:
    await context.answer(update, words.privacy(context.parts.readers))


async def cancel(update: Update, context: Context) -> None:
    """End the question that is open, and with it the first meeting."""
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        asked = await dialogs.drop(session, update)
        met = await welcome.leave(session, person)
        html = words.CANCELLED if asked or met else words.NOTHING_TO_CANCEL
        await show(session, update, Reply(html=html), user_id=person.user_id)
    context.parts.sender.nudge()
