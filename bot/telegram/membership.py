"""The person blocks the bot, or comes back."""

from telegram import ChatMember, Update

from bot.journal import evenings
from bot.telegram.context import Context
from db.queries import outbox, people
from db.session import make_single


async def changed(update: Update, context: Context) -> None:
    member = update.my_chat_member
    if member is None or member.chat.type != "private":
        return
    if member.new_chat_member.status not in {ChatMember.BANNED, ChatMember.LEFT}:
        await returned(update, context)
        return
    async with context.parts.across.begin() as session:
        await people.mark_blocked(session, member.chat.id)
        await outbox.close_chat(session, member.chat.id)


async def returned(update: Update, context: Context) -> None:
    """Who writes has not blocked the bot, or not any more: what they missed is shown now. The handlers
    after this one find in the context how the chat stands."""
    chat, user = update.effective_chat, update.effective_user
    if chat is None or user is None:
        return
    async with make_single(context.parts.across).begin() as session:
        context.standing = await people.standing(session, user.id)
    if not context.standing.is_blocked:
        return
    async with context.parts.across.begin() as session:
        if await people.mark_returned(session, chat.id):
            await outbox.reopen_chat(session, chat.id)
            if user_id := await people.by_identity(session, user.id):
                await evenings.renew(session, user_id)
