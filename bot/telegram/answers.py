"""Short fixed answers: commands, and messages that cannot be entries."""

from html import escape

from telegram import Message, Update

from bot.journal import phrases
from bot.telegram.context import Context


async def start(update: Update, context: Context) -> None:
    name = update.effective_user.first_name if update.effective_user else ""
    await context.answer(update, phrases.WELCOME.format(name=escape(name, quote=False)))


async def help_(update: Update, context: Context) -> None:
    await context.answer(update, phrases.HELP)


async def unknown_command(update: Update, context: Context) -> None:
    await context.answer(update, phrases.UNKNOWN_COMMAND)


async def not_an_entry(update: Update, context: Context) -> None:
    message = update.effective_message
    if message is not None:
        await context.answer(update, phrases.NOT_AN_ENTRY[_what(message)])


async def group(update: Update, context: Context) -> None:
    await context.answer(update, phrases.GROUP.format(link=context.bot.link))


def _what(message: Message) -> str:
    if message.location or message.venue:
        return "location"
    if message.video or message.video_note or message.animation:
        return "video"
    for kind in ("sticker", "contact", "poll", "document", "photo"):
        if getattr(message, kind):
            return kind
    return "other"
