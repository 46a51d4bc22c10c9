"""The methods that the local server knows, each with its parameters, and how values are read.

Telegram ignores a parameter that it does not know; this server refuses it by name, so that a typo
or a wish does not pass for a working call. A method or parameter that Telegram has and this table
has not is refused the same way: the playground does not do it.

A declaration reads `name Type` or, when required, `name! Type`; types are the Bot API's own.
"""

from dataclasses import dataclass
from typing import Any

_CHAT = "chat_id! Integer|String"
_ENTITIES = "parse_mode String, entities Array of MessageEntity"
_CAPTION = "caption String, parse_mode String, caption_entities Array of MessageEntity"
_MEDIA = f"type! String, media! String, {_CAPTION}"
_QUIET = "disable_notification Boolean, protect_content Boolean"
_MARKUP = "reply_markup InlineKeyboardMarkup|ReplyKeyboardMarkup|ReplyKeyboardRemove|ForceReply"
_SENT = f"{_QUIET}, reply_parameters ReplyParameters, {_MARKUP}"
_EDITED = "chat_id Integer|String, message_id Integer, reply_markup InlineKeyboardMarkup"
_UPDATES = "allowed_updates Array of String"
_SCOPE = "scope BotCommandScope, language_code String"

METHODS = {
    "getMe": "",
    "getUpdates": f"offset Integer, limit Integer, timeout Integer, {_UPDATES}",
    "setWebhook": (
        f"url! String, max_connections Integer, {_UPDATES}, drop_pending_updates Boolean, secret_token String"
    ),
    "deleteWebhook": "drop_pending_updates Boolean",
    "getWebhookInfo": "",
    "sendMessage": f"{_CHAT}, text! String, {_ENTITIES}, link_preview_options LinkPreviewOptions, {_SENT}",
    "sendMessageDraft": f"chat_id! Integer, draft_id! Integer, text String, {_ENTITIES}",
    "editMessageText": f"{_EDITED}, text String, {_ENTITIES}, link_preview_options LinkPreviewOptions",
    "editMessageCaption": f"{_EDITED}, {_CAPTION}, show_caption_above_media Boolean",
    "editMessageMedia": f"{_EDITED}, media! InputMedia",
    "editMessageReplyMarkup": _EDITED,
    "deleteMessage": f"{_CHAT}, message_id! Integer",
    "deleteMessages": f"{_CHAT}, message_ids! Array of Integer",
    "setMessageReaction": f"{_CHAT}, message_id! Integer, reaction Array of ReactionType, is_big Boolean",
    "sendChatAction": f"{_CHAT}, action! String",
    "answerCallbackQuery": (
        "callback_query_id! String, text String, show_alert Boolean, url String, cache_time Integer"
    ),
    "getFile": "file_id! String",
    "sendPhoto": (
        f"{_CHAT}, photo! InputFile|String, {_CAPTION}, show_caption_above_media Boolean, "
        f"has_spoiler Boolean, {_SENT}"
    ),
    "sendDocument": (
        f"{_CHAT}, document! InputFile|String, {_CAPTION}, disable_content_type_detection Boolean, {_SENT}"
    ),
    "sendVoice": f"{_CHAT}, voice! InputFile|String, {_CAPTION}, duration Integer, {_SENT}",
    "sendAudio": (
        f"{_CHAT}, audio! InputFile|String, {_CAPTION}, duration Integer, performer String, title String, "
        f"{_SENT}"
    ),
    "sendMediaGroup": (
        f"{_CHAT}, media! Array of InputMediaAudio|Array of InputMediaDocument|Array of InputMediaPhoto, "
        f"{_QUIET}, reply_parameters ReplyParameters"
    ),
    "setMyCommands": f"commands! Array of BotCommand, {_SCOPE}",
    "getMyCommands": _SCOPE,
    "deleteMyCommands": _SCOPE,
    "setMyDescription": "description String, language_code String",
    "setMyShortDescription": "short_description String, language_code String",
    "setChatMenuButton": "chat_id Integer, menu_button MenuButton",
    "getChat": _CHAT,
}  # fmt: skip

OBJECTS = {
    "MessageEntity": (
        "type! String, offset! Integer, length! Integer, url String, user User, language String, "
        "custom_emoji_id String, unix_time Integer, date_time_format String"
    ),
    "User": (
        "id! Integer, is_bot! Boolean, first_name! String, last_name String, username String, "
        "language_code String"
    ),
    "LinkPreviewOptions": (
        "is_disabled Boolean, url String, prefer_small_media Boolean, prefer_large_media Boolean, "
        "show_above_text Boolean"
    ),
    "ReplyParameters": (
        "message_id! Integer, allow_sending_without_reply Boolean, quote String, quote_parse_mode String, "
        "quote_entities Array of MessageEntity, quote_position Integer"
    ),
    "InlineKeyboardMarkup": "inline_keyboard! Array of Array of InlineKeyboardButton",
    "InlineKeyboardButton": (
        "text! String, style String, url String, callback_data String, web_app WebAppInfo, "
        "copy_text CopyTextButton"
    ),
    "WebAppInfo": "url! String",
    "CopyTextButton": "text! String",
    "ReplyKeyboardMarkup": (
        "keyboard! Array of Array of KeyboardButton, is_persistent Boolean, resize_keyboard Boolean, "
        "one_time_keyboard Boolean, input_field_placeholder String, selective Boolean"
    ),
    "KeyboardButton": (
        "text! String, style String, request_location Boolean, request_contact Boolean, web_app WebAppInfo"
    ),
    "ReplyKeyboardRemove": "remove_keyboard! Boolean, selective Boolean",
    "ForceReply": "force_reply! Boolean, input_field_placeholder String, selective Boolean",
    "BotCommand": "command! String, description! String",
    "InputMediaPhoto": f"{_MEDIA}, show_caption_above_media Boolean, has_spoiler Boolean",
    "InputMediaDocument": f"{_MEDIA}, disable_content_type_detection Boolean",
    "InputMediaAudio": f"{_MEDIA}, duration Integer, performer String, title String",
    "ReactionTypeEmoji": "type! String, emoji! String",
    "ReactionTypeCustomEmoji": "type! String, custom_emoji_id! String",
    "BotCommandScopeDefault": "type! String",
    "BotCommandScopeAllPrivateChats": "type! String",
    "BotCommandScopeAllGroupChats": "type! String",
    "BotCommandScopeAllChatAdministrators": "type! String",
    "BotCommandScopeChat": "type! String, chat_id! Integer|String",
    "MenuButtonCommands": "type! String",
    "MenuButtonWebApp": "type! String, text! String, web_app! WebAppInfo",
    "MenuButtonDefault": "type! String",
}  # fmt: skip

VARIANTS = {
    "InputMedia": ("InputMediaPhoto", "InputMediaDocument", "InputMediaAudio"),
    "ReactionType": ("ReactionTypeEmoji", "ReactionTypeCustomEmoji"),
    "BotCommandScope": (
        "BotCommandScopeDefault", "BotCommandScopeAllPrivateChats", "BotCommandScopeAllGroupChats",
        "BotCommandScopeAllChatAdministrators", "BotCommandScopeChat",
    ),
    "MenuButton": ("MenuButtonCommands", "MenuButtonWebApp", "MenuButtonDefault"),
}  # fmt: skip
"""The objects that share one type in a declaration."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    name: str
    types: tuple[str, ...]
    required: bool


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that came with a request."""

    filename: str
    content_type: str
    data: bytes

    def __repr__(self) -> str:
        return f"Upload({self.filename!r}, {len(self.data)} bytes)"


Parameters = dict[str, Any]


def _declared(text: str) -> dict[str, Parameter]:
    parameters = {}
    for declaration in filter(None, text.split(", ")):
        name, _, types = declaration.partition(" ")
        parameters[name.rstrip("!")] = Parameter(
            name=name.rstrip("!"), types=tuple(types.split("|")), required=name.endswith("!")
        )
    return parameters


METHOD_PARAMETERS = {method: _declared(text) for method, text in METHODS.items()}
OBJECT_FIELDS = {name: _declared(text) for name, text in OBJECTS.items()}
METHOD_NAMES = {method.lower(): method for method in METHODS}
