"""One message of a chat: sent, edited in place, taken away. A picture's words are its caption."""

import io
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.error import BadRequest, TelegramError

from bot.errors import DeliveryRefused, DeliveryUncertain
from bot.journal.message import Reply, utf16_length
from bot.telegram.richtext import RichText, parse, split
from bot.telegram.trouble import has_no_text, is_missing, is_unchanged, translate

log = logging.getLogger(__name__)

T = TypeVar("T")

# `gone`: the person deleted the message. `is_picture`: nothing was done, because it shows a picture, whose
# caption has no room for such a text.
Edited = Literal["shown", "gone", "is_picture"]

# UTF-16 units that Telegram takes as a caption.
CAPTION = 1024
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
BLANK = RichText(text="…")


@dataclass(frozen=True, kw_only=True)
class Showable:
    """`png` is the picture over the text, if any."""

    text: RichText
    keyboard: InlineKeyboardMarkup | None = None
    png: bytes | None = None

    @property
    def media(self) -> InputMediaPhoto:
        assert self.png is not None  # noqa: S101 - only asked for with a picture
        return InputMediaPhoto(
            io.BytesIO(self.png),
            caption=self.text.text,
            caption_entities=self.text.entities() or None,
            filename="daybook.png",
        )


def pieces(reply: Reply, png: bytes | None = None, *, below_picture: bool = False) -> list[Showable]:
    """The messages that show a reply, the buttons under the last. What is too long for the caption of
    its picture, or of the one that its message shows already, follows it."""
    found = split(parse(reply.html), first=CAPTION if reply.picture or below_picture else None)
    messages = [Showable(text=piece) for piece in found] or [Showable(text=BLANK)]
    messages[0] = replace(messages[0], png=png)
    messages[-1] = replace(messages[-1], keyboard=_keyboard(reply))
    return messages


async def send(bot: Bot, chat_id: int, message: Showable, reply_to: int | None) -> int:
    """The id of the message that is there now. Raises TelegramError."""
    parameters = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None
    entities = message.text.entities() or None
    if message.png is not None:
        try:
            photo = await bot.send_photo(
                chat_id,
                message.png,
                caption=message.text.text,
                caption_entities=entities,
                reply_markup=message.keyboard,
                reply_parameters=parameters,
                filename="daybook.png",
            )
        except BadRequest as error:
            if not _is_about_looks(error):
                raise
            log.warning("Telegram refuses a picture: its words go out alone")
        else:
            return photo.message_id
    sent = await _or_plain(
        lambda: bot.send_message(
            chat_id,
            message.text.text,
            entities=entities,
            reply_markup=message.keyboard,
            reply_parameters=parameters,
            link_preview_options=NO_PREVIEW,
        ),
        lambda: bot.send_message(chat_id, message.text.text),
    )
    return sent.message_id


async def edit(bot: Bot, chat_id: int, message_id: int, message: Showable) -> Edited:
    """Let the message show this. Where it shows a picture and none is given, the picture stays. Raises
    DeliveryError."""
    try:
        if message.png is None or not await _edit_picture(bot, chat_id, message_id, message):
            return await _edit_words(bot, chat_id, message_id, message)
    except TelegramError as error:
        if is_missing(error):
            return "gone"
        if not is_unchanged(error):
            raise translate(error) from None
    return "shown"


async def _edit_picture(bot: Bot, chat_id: int, message_id: int, message: Showable) -> bool:
    """False where Telegram refuses it. A text gives way to it. Raises TelegramError."""
    try:
        await bot.edit_message_media(message.media, chat_id, message_id, reply_markup=message.keyboard)
    except BadRequest as error:
        if not _is_about_looks(error):
            raise
        log.warning("Telegram refuses a picture: its words are shown alone")
        return False
    return True


async def _edit_words(bot: Bot, chat_id: int, message_id: int, message: Showable) -> Edited:
    text, entities = message.text.text, message.text.entities() or None
    try:
        await _or_plain(
            lambda: bot.edit_message_text(
                text,
                chat_id,
                message_id,
                entities=entities,
                reply_markup=message.keyboard,
                link_preview_options=NO_PREVIEW,
            ),
            lambda: bot.edit_message_text(text, chat_id, message_id),
        )
    except BadRequest as error:
        if not has_no_text(error):
            raise
        if utf16_length(text) > CAPTION:
            return "is_picture"
        await _or_plain(
            lambda: bot.edit_message_caption(
                chat_id, message_id, caption=text, caption_entities=entities, reply_markup=message.keyboard
            ),
            lambda: bot.edit_message_caption(chat_id, message_id, caption=text),
        )
    return "shown"


async def delete(bot: Bot, chat_id: int, message_ids: Sequence[int]) -> None:
    for message_id in message_ids:
        try:
            await bot.delete_message(chat_id, message_id)
        except TelegramError as error:
            # Telegram lets nobody delete after 48 hours; the edit above already says what counts.
            log.info("a surplus message stays: %s", type(error).__name__)


async def is_ours(bot: Bot, chat_id: int, message_id: int) -> bool:
    """Whether there is a message of the bot with this id. Raises DeliveryError."""
    try:
        await bot.edit_message_reply_markup(chat_id, message_id, reply_markup=None)
    except TelegramError as error:
        if is_missing(error):
            return False
        if is_unchanged(error):
            return True
        trouble = translate(error)
        if isinstance(trouble, DeliveryRefused):
            # A server that cannot tell: then it must not be sent again.
            raise DeliveryUncertain("the chat cannot be asked") from None
        raise trouble from None
    return True


async def _or_plain(formatted: Callable[[], Awaitable[T]], plain: Callable[[], Awaitable[T]]) -> T:
    """Where Telegram refuses how a message looks, let its words arrive all the same."""
    try:
        return await formatted()
    except BadRequest as error:
        if not _is_about_looks(error):
            raise
        log.warning("Telegram refuses how a message looks: it is tried as plain text")
    return await plain()


def _is_about_looks(error: BadRequest) -> bool:
    is_answer = is_missing(error) or is_unchanged(error) or has_no_text(error)
    return isinstance(translate(error), DeliveryRefused) and not is_answer


def _keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    if not reply.buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(it.label, url=it.url)
                if it.url
                else InlineKeyboardButton(it.label, callback_data=it.data)
                for it in row
            ]
            for row in reply.buttons
        ]
    )
