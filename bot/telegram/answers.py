"""Short fixed answers: unknown commands, and messages that cannot be entries."""

from telegram import Message, Update

from bot.journal import phrases
from bot.telegram.context import Context


async def unknown_command(update: Update, context: Context) -> None:
    await context.answer_sparingly(update, phrases.UNKNOWN_COMMAND, about="command")


async def not_an_entry(update: Update, context: Context) -> None:
    message = update.effective_message
    if message is not None:
        what = _what(message)
        await context.answer_sparingly(update, phrases.NOT_AN_ENTRY[what], about=what)


async def group(update: Update, context: Context) -> None:
    """One word an hour in a group, however many ask for it."""
    message = update.effective_message
    if message is not None:
        slot = f"group:{message.chat.id}:{message.date:%Y-%m-%dT%H}"
        await context.answer(update, phrases.GROUP.format(link=context.bot.link), slot=slot)


def _what(message: Message) -> str:
    if message.location or message.venue:
        return "location"
    if message.video or message.video_note or message.animation:
        return "video"
    for kind in ("sticker", "contact", "poll", "document", "photo"):
        if getattr(message, kind):
            return kind
    return "other"
