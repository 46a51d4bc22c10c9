"""Filters for who speaks, and to whom."""

from telegram import Message, MessageEntity
from telegram.ext.filters import MessageFilter


class _Person(MessageFilter):
    """A human being: no bot, or two of them would talk to each other for ever, and no channel. An
    administrator who writes as the group itself is one."""

    def filter(self, message: Message) -> bool:
        if message.sender_chat is not None:
            return message.sender_chat.id == message.chat.id
        return message.from_user is not None and not message.from_user.is_bot


class Command(MessageFilter):
    """A command with this name, meant for this bot or for whoever listens."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Command({name})")
        self._name = name

    def filter(self, message: Message) -> bool:
        name, _, addressee = _command(message).partition("@")
        return name == self._name and addressee in {"", _own_name(message)}


class _NamesUs(MessageFilter):
    """A command that names this bot, as in a group where there are several."""

    def filter(self, message: Message) -> bool:
        own_name = _own_name(message)
        return bool(own_name) and _command(message).partition("@")[2] == own_name


PERSON = _Person()
NAMES_US = _NamesUs()


def _command(message: Message) -> str:
    """The command that the message begins with, in lower case and without its slash; else ""."""
    first = next(iter(message.entities), None)
    if first is None or first.type != MessageEntity.BOT_COMMAND or first.offset != 0:
        return ""
    return (message.text or "")[1 : first.length].lower()


def _own_name(message: Message) -> str:
    return (message.get_bot().bot.username or "").lower()
