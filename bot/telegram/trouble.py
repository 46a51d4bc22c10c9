"""What Telegram's errors mean for a message that is to be shown."""

from datetime import timedelta

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.errors import (
    DeliveryBlocked,
    DeliveryBusy,
    DeliveryError,
    DeliveryRefused,
    DeliveryUnknown,
    DeliveryUnsent,
)
from bot.telegram.transport import Unsent

GONE_CHATS = ("chat not found", "user is deactivated", "bot was kicked")


def translate(error: TelegramError) -> DeliveryError:
    """Every Telegram error as one of ours. Its text stays behind: it may repeat the message."""
    if isinstance(error, RetryAfter):
        return DeliveryBusy("too many messages", retry_after=seconds_of(error))
    text = error.message.lower()
    if isinstance(error, Forbidden) or any(words in text for words in GONE_CHATS):
        return DeliveryBlocked("the chat is closed to us")
    if isinstance(error, InvalidToken):
        return DeliveryUnsent("the token is refused")
    if isinstance(error, BadRequest | ChatMigrated):
        return DeliveryRefused("the request is refused")
    if isinstance(error, Unsent):
        return DeliveryUnsent("Telegram is out of reach")
    return DeliveryUnknown(f"the answer was lost: {type(error).__name__}")


def seconds_of(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def is_unchanged(error: TelegramError) -> bool:
    return isinstance(error, BadRequest) and "not modified" in error.message.lower()


def has_no_text(error: TelegramError) -> bool:
    """Whether the message to edit is a picture: its words are a caption."""
    return isinstance(error, BadRequest) and "no text in the message" in error.message.lower()


def is_missing(error: TelegramError) -> bool:
    """Whether there is no such message, or none of ours."""
    text = error.message.lower()
    words = ("to edit not found", "can't be edited", "message_id_invalid", "message id invalid")
    return isinstance(error, BadRequest) and any(word in text for word in words)


def is_deleted_already(error: TelegramError) -> bool:
    return isinstance(error, BadRequest) and "to delete not found" in error.message.lower()
