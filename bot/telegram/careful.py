"""Words of crisis behind a command, or where nobody keeps words, as in a poll: whoever is in danger tells it,
whatever was to be done."""

import re

from telegram import Update
from telegram.ext import ApplicationHandlerStop

from bot.journal.care import card_for, concern_of, is_grave
from bot.telegram import dialogs
from bot.telegram.context import Context
from bot.telegram.entries import incoming_of, listed
from bot.telegram.screens import person_of
from bot.telegram.search import behind_command
from db.queries import entries, outbox

# These look for themselves, at new messages: such words behind them are kept. What begins like them, or is
# another bot's, does not, and nobody handles one that is edited.
LOOKED_AT = re.compile(r"/(?:ask|search)(?:@(\w+))?(?!\S)", re.IGNORECASE)


async def look(update: Update, context: Context) -> None:
    """Show the card. Where the person themselves may be in danger, what they wrote is kept as an entry and no
    goal, reminder or screen comes of it; any other command is handled after that."""
    message = update.effective_message
    if message is None:
        return
    text = message.text or listed(message)
    command = LOOKED_AT.match(text)
    is_ours = command and (command[1] or context.bot.username).lower() == context.bot.username.lower()
    concern = None if is_ours and update.message else await concern_of(text)
    if concern is None:
        return
    if is_grave(concern):
        await dialogs.passed(update, context)
        incoming = incoming_of(update, text=behind_command(update) or text)
        await context.parts.journey.take(incoming, context.standing.user_id)
        raise ApplicationHandlerStop
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        if await entries.find_by_message(session, person.user_id, person.chat_id, message.message_id):
            # It follows its message, and its words are looked at there.
            return
        await outbox.put(
            session,
            # However often it is edited.
            slot=f"message:{person.chat_id}:{message.message_id}:care:{concern}",
            purpose="notice",
            chat_id=person.chat_id,
            content=card_for(person, concern, is_kept=False).as_content(),
            user_id=person.user_id,
        )
    context.parts.sender.nudge()
