"""Words of crisis where no entry comes of them: behind a command that takes none."""

from telegram import Update

from bot.journal.care import card_for, concern_of
from bot.telegram.context import Context
from bot.telegram.screens import person_of
from db.queries import outbox

# These look for themselves: what follows them is kept.
LOOKED_AT = ("/ask", "/search")


async def look(update: Update, context: Context) -> None:
    """Show the card. The command is handled after that, as any other."""
    message = update.effective_message
    text = (message.text or "") if message else ""
    concern = None if text.lower().startswith(LOOKED_AT) else concern_of(text)
    if concern is None:
        return
    async with context.parts.sessions.begin() as session:
        person = await person_of(session, update, context)
        await outbox.put(
            session,
            slot=f"update:{update.update_id}:care",
            purpose="notice",
            chat_id=person.chat_id,
            content=card_for(person, concern).as_content(),
            user_id=person.user_id,
        )
    context.parts.sender.nudge()
