"""The person blocks the bot, or comes back."""

from telegram import ChatMember, Update

from bot.telegram.context import Context
from db.queries import people


async def changed(update: Update, context: Context) -> None:
    member = update.my_chat_member
    if member is None or member.chat.type != "private":
        return
    blocked = member.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
    async with context.parts.sessions.begin() as session:
        await people.mark_blocked(session, member.chat.id, blocked=blocked)
