"""Methods about messages that are there already: edit, delete, react, and the answer to a tap."""

from typing import Any

from bot.playground.chat import CallbackAnswer, Message
from bot.playground.errors import bad_request
from bot.playground.keyboards import checked_markup
from bot.playground.media import item_content
from bot.playground.parameters import Parameters, Upload
from bot.playground.sending import caption_content, text_content
from bot.playground.text import utf16_length
from bot.playground.world import World

Json = dict[str, Any]

DELETE_LIMIT = 48 * 3600
_MEDIA = ("photo", "document", "voice", "audio")
_TEXT = ("text", "entities", "link_preview_options")
_CAPTION = ("caption", "caption_entities", "show_caption_above_media")
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_REACTIONS = frozenset({
    *(
        "❤👍👎🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓"
        "🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡"
    ),
    "❤\u200d🔥", "👨\u200d💻", "🤷\u200d♂", "🤷\u200d♀",
})  # fmt: skip


def edit_message_text(world: World, given: Parameters) -> Json:
    if "text" not in given:
        raise bad_request("Message text is empty")
    content = text_content(given, too_long="MESSAGE_TOO_LONG")
    message = _editable(world, given)
    if "text" not in message.payload:
        raise bad_request("there is no text in the message to edit")
    return _edit(world, message, given, content, _TEXT)


def edit_message_caption(world: World, given: Parameters) -> Json:
    content = caption_content(given)
    message = _editable(world, given)
    if not any(kind in message.payload for kind in _MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return _edit(world, message, given, content, _CAPTION)


def edit_message_media(world: World, given: Parameters, uploads: dict[str, Upload]) -> Json:
    """Another file in the place of the one that is there; a text becomes its caption, which is given anew."""
    message = _editable(world, given)
    if "media_group_id" in message.payload and given["media"]["type"] not in message.payload:
        raise bad_request("can't change the type of media in an album")
    if not any(kind in message.payload for kind in ("text", "photo", "document", "audio")):
        raise bad_request("message can't be edited")
    content = item_content(world.files, given["media"], uploads)
    return _edit(world, message, given, content, (*_TEXT, *_CAPTION, *_MEDIA, "has_media_spoiler"))


def edit_message_reply_markup(world: World, given: Parameters) -> Json:
    return _edit(world, _editable(world, given), given, {}, ())


def delete_message(world: World, given: Parameters) -> bool:
    chat = world.writable_chat(given["chat_id"])
    message = chat.message(given["message_id"])
    if message is None:
        raise bad_request("message to delete not found")
    _check_deletable(world, message)
    chat.remove(message)
    return True


def delete_messages(world: World, given: Parameters) -> bool:
    """Those that are not found are passed over; one that may not be deleted keeps them all."""
    if not given["message_ids"]:
        raise bad_request("Message identifiers are not specified")
    if len(given["message_ids"]) > 100:
        raise bad_request("Too many message identifiers specified")
    chat = world.writable_chat(given["chat_id"])
    found = [message for one in given["message_ids"] if (message := chat.message(one))]
    for message in found:
        _check_deletable(world, message)
    for message in found:
        if not message.deleted:
            chat.remove(message)
    return True


def set_message_reaction(world: World, given: Parameters) -> bool:
    chat = world.writable_chat(given["chat_id"])
    message = chat.message(given["message_id"])
    if message is None:
        raise bad_request("message to react not found")
    reactions = given.get("reaction", [])
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    # Clients add a variation selector to some of these; Telegram does not take it.
    emoji = tuple(one.get("emoji", "") for one in reactions)
    if not set(emoji) <= _REACTIONS:
        raise bad_request("REACTION_INVALID")
    chat.react(message, world.bot_id, emoji)
    return True


def answer_callback_query(world: World, given: Parameters) -> bool:
    if utf16_length(given.get("text", "")) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    query = world.close_query(given["callback_query_id"])
    answer = CallbackAnswer(
        query_id=query.query_id,
        text=given.get("text", ""),
        alert=given.get("show_alert", False),
        url=given.get("url"),
    )
    query.chat.show_callback_answer(answer)
    return True


def _editable(world: World, given: Parameters) -> Message:
    if "chat_id" not in given:
        raise bad_request("chat_id is empty")
    if "message_id" not in given:
        raise bad_request("Message identifier is not specified")
    message = world.writable_chat(given["chat_id"]).message(given["message_id"])
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot:
        raise bad_request("message can't be edited")
    return message


def _edit(
    world: World, message: Message, given: Parameters, content: Json, replaced: tuple[str, ...]
) -> Json:
    """`content` takes the place of the fields in `replaced`; a keyboard that is not given again goes."""
    dropped = {*replaced, "reply_markup", "edit_date"}
    payload = {name: value for name, value in message.payload.items() if name not in dropped} | content
    markup = checked_markup(given.get("reply_markup"))
    if markup is not None:
        payload["reply_markup"] = markup
    current = {name: value for name, value in message.payload.items() if name != "edit_date"}
    if payload == current:
        raise bad_request(_NOT_MODIFIED)
    message.chat.change(message, payload | {"edit_date": world.now()})
    return message.payload


def _check_deletable(world: World, message: Message) -> None:
    if world.now() - message.date > DELETE_LIMIT:
        raise bad_request("message can't be deleted for everyone")
    if message.chat.kind != "private" and not message.from_bot:
        raise bad_request("message can't be deleted")
