"""A password that is typed into the chat after `/password`: it goes at once.

Nobody behind the inbox ever saw it, see `secrets_in`.
"""

import asyncio
import logging

from telegram import Message, Update
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.journal import phrases_account as words
from bot.telegram.context import Context
from bot.telegram.trouble import is_deleted_already, seconds_of

log = logging.getLogger(__name__)

TRIES = 3
# What Telegram asks for at its busiest; a password must not stay that long unspoken of.
LONGEST_WAIT = 5.0


async def typed(update: Update, context: Context) -> None:
    """Delete the message, and say what to do instead, or that it is still there."""
    message, chat = update.effective_message, update.effective_chat
    if message is None or chat is None:
        return
    is_deleted = await _delete(context, chat.id, message.message_id)
    html = words.password_typed(is_deleted=is_deleted, is_private=chat.type == "private")
    if chat.type != "private":
        # Nobody shall have us fill a group.
        await context.answer_sparingly(update, html, about="password")
        return
    await context.answer(update, html, slot=_slot(message))


async def typed_within(update: Update, context: Context) -> None:
    """In the midst of other words, which are kept: the message goes all the same."""
    message, chat = update.effective_message, update.effective_chat
    if message is None or chat is None:
        return
    is_deleted = await _delete(context, chat.id, message.message_id)
    await context.answer(update, words.password_within(is_deleted=is_deleted), slot=_slot(message))


def _slot(message: Message) -> str:
    """An edit of the same message may say one again."""
    at = message.edit_date or message.date
    return f"password:{message.chat.id}:{message.message_id}:{at.timestamp():.0f}"


async def _delete(context: Context, chat_id: int, message_id: int) -> bool:
    """Whether the message is not there any more."""
    for _ in range(TRIES):
        try:
            await context.bot.delete_message(chat_id, message_id)
        except BadRequest as error:
            return is_deleted_already(error)
        except RetryAfter as error:
            await asyncio.sleep(min(seconds_of(error), LONGEST_WAIT))
        except NetworkError:
            continue
        except TelegramError as error:
            log.warning("a message with a password is not deleted: %s", type(error).__name__)
            return False
        else:
            return True
    log.warning("a message with a password is not deleted: Telegram is out of reach")
    return False
