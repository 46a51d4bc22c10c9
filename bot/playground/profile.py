"""What the bot tells Telegram about itself, and what it asks about chats."""

import json
import re
from typing import Any

from bot.playground.errors import bad_request
from bot.playground.parameters import Parameters
from bot.playground.text import utf16_length
from bot.playground.world import World

Json = dict[str, Any]

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def get_me(world: World, given: Parameters) -> Json:
    return {
        **world.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_guest_queries": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_join_request_queries": False,
    }


def get_chat(world: World, given: Parameters) -> Json:
    chat = world.chat(given["chat_id"])
    return {
        **chat.payload(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }


def set_my_commands(world: World, given: Parameters) -> bool:
    if len(given["commands"]) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    commands = []
    for one in given["commands"]:
        command = one["command"].removeprefix("/")
        if not _COMMAND.fullmatch(command):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= utf16_length(one["description"].strip()) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        commands.append({"command": command, "description": one["description"].strip()})
    world.profile.commands[_scope(given)] = commands
    return True


def get_my_commands(world: World, given: Parameters) -> list[Json]:
    return world.profile.commands.get(_scope(given), [])


def delete_my_commands(world: World, given: Parameters) -> bool:
    world.profile.commands.pop(_scope(given), None)
    return True


def set_my_description(world: World, given: Parameters) -> bool:
    _set_words(world.profile.descriptions, given.get("description", ""), 512, given)
    return True


def set_my_short_description(world: World, given: Parameters) -> bool:
    _set_words(world.profile.short_descriptions, given.get("short_description", ""), 120, given)
    return True


def set_chat_menu_button(world: World, given: Parameters) -> bool:
    chat_id = given.get("chat_id")
    if chat_id is not None and world.chat(chat_id).kind != "private":
        raise bad_request("private chat not found")
    world.profile.menu_buttons[chat_id] = given.get("menu_button", {"type": "default"})
    return True


def _scope(given: Parameters) -> tuple[str, str]:
    return json.dumps(given.get("scope", {"type": "default"}), sort_keys=True), given.get("language_code", "")


def _set_words(words: dict[str, str], text: str, limit: int, given: Parameters) -> None:
    if utf16_length(text) > limit:
        raise bad_request("BOT_DESCRIPTION_TOO_LONG")
    words[given.get("language_code", "")] = text
