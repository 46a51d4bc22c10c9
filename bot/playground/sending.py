"""sendMessage, sendMessageDraft, sendChatAction, and what every message that is sent shares."""

from typing import Any

from bot.playground.chat import Chat
from bot.playground.entities import FormattedText, formatted
from bot.playground.errors import bad_request
from bot.playground.keyboards import checked_markup
from bot.playground.links import checked_url
from bot.playground.parameters import Parameters
from bot.playground.text import CAPTION_LIMIT, MESSAGE_LIMIT
from bot.playground.world import World, quoted

Json = dict[str, Any]

_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip


def send_message(world: World, given: Parameters) -> Json:
    chat = world.writable_chat(given["chat_id"])
    content = text_content(given)
    return world.say(chat, {**content, **shared_content(world, chat, given)}).payload


def send_message_draft(world: World, given: Parameters) -> bool:
    chat = world.writable_chat(given["chat_id"])
    if chat.kind != "private":
        raise bad_request("TEXTDRAFT_PEER_INVALID")
    if given["draft_id"] == 0:
        raise bad_request("RANDOM_ID_INVALID")
    text = formatted(
        given.get("text", ""),
        parse_mode=given.get("parse_mode"),
        entities=given.get("entities"),
        may_be_empty=True,
    )
    if text.length > MESSAGE_LIMIT:
        raise bad_request("message is too long")
    chat.show_draft(given["draft_id"], text.text, text.entities)
    return True


def send_chat_action(world: World, given: Parameters) -> bool:
    if given["action"] not in _ACTIONS:
        raise bad_request("Wrong parameter action in request")
    world.writable_chat(given["chat_id"]).show_action(given["action"])
    return True


def text_content(given: Parameters, *, too_long: str = "message is too long") -> Json:
    """The `text`, `entities` and `link_preview_options` of a Message. Raises ApiRefused (400)."""
    text = formatted(given["text"], parse_mode=given.get("parse_mode"), entities=given.get("entities"))
    if text.length > MESSAGE_LIMIT:
        raise bad_request(too_long)
    content: Json = {"text": text.text, **_entities("entities", text)}
    if "link_preview_options" in given:
        content["link_preview_options"] = _checked_preview(given["link_preview_options"])
    return content


def caption_content(given: Parameters) -> Json:
    """The `caption` and `caption_entities` of a Message, if any. Raises ApiRefused (400)."""
    caption = formatted(
        given.get("caption", ""),
        parse_mode=given.get("parse_mode"),
        entities=given.get("caption_entities"),
        may_be_empty=True,
    )
    if caption.length > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    if not caption.text:
        return {}
    above = {"show_caption_above_media": True} if given.get("show_caption_above_media") else {}
    return {"caption": caption.text, **_entities("caption_entities", caption), **above}


def shared_content(world: World, chat: Chat, given: Parameters) -> Json:
    """The reply, the keyboard and the protection of a message about to be sent."""
    content: Json = {}
    if "reply_parameters" in given:
        content |= _reply(chat, given["reply_parameters"])
    markup = checked_markup(given.get("reply_markup"))
    if markup is not None:
        content["reply_markup"] = markup
    if given.get("protect_content"):
        content["has_protected_content"] = True
    return content


def _reply(chat: Chat, reply: Json) -> Json:
    original = chat.message(reply["message_id"])
    if original is None:
        if reply.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    content: Json = {"reply_to_message": quoted(original)}
    if reply.get("quote"):
        quote = formatted(
            reply["quote"], parse_mode=reply.get("quote_parse_mode"), entities=reply.get("quote_entities")
        )
        position = original.text.find(quote.text)
        if position < 0:
            raise bad_request("QUOTE_TEXT_INVALID")
        place = reply.get("quote_position", position)
        content["quote"] = {"text": quote.text, "position": place, "is_manual": True}
    return content


def _entities(name: str, text: FormattedText) -> Json:
    return {name: text.entities} if text.entities else {}


def _checked_preview(options: Json) -> Json:
    if "url" in options and checked_url(options["url"]) is None:
        raise bad_request("Wrong HTTP URL specified")
    return options
