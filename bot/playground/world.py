"""What the server knows: the bot, people, chats, files, queries, and the numbers it gives out."""

import itertools
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.playground.chat import Chat, Message
from bot.playground.errors import ApiRefused, bad_request
from bot.playground.files import FileStore
from bot.playground.updates import UpdateQueue

Json = dict[str, Any]
QUERY_LIFETIME = 60.0  # seconds that a tap waits for its answer
FIRST_PERSON_ID = 200_000_001
_NUMBERS_SINCE = 1_767_225_600  # 2026-01-01 00:00 UTC
_NUMBERS_A_SECOND = 4


def first_number(now: float) -> int:
    """Where message and update ids begin at Unix time `now`.

    A bot keeps the ids of a stopped server in its database, and a new server must not use them again.
    So the ids follow the clock, four to a second: a server that gave out fewer, on the average of its
    life, is always overtaken, and the numbers stay below 2**31 until 2043.
    """
    return int((now - _NUMBERS_SINCE) * _NUMBERS_A_SECOND)


@dataclass(kw_only=True)
class CallbackQuery:
    query_id: str
    chat: Chat
    at: float


@dataclass
class Profile:
    """What the bot told Telegram about itself, by language code ("" for every language)."""

    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    """(scope as JSON, language code) -> BotCommand objects."""
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[int | None, Json] = field(default_factory=dict)
    """Chat id, or None for every private chat -> MenuButton object."""


class World:
    def __init__(self, *, bot_id: int, clock: Callable[[], float] = time.time, first_id: int | None = None):
        first = first_number(clock()) if first_id is None else first_id
        self.clock = clock
        self.bot: Json = {
            "id": bot_id,
            "is_bot": True,
            "first_name": "Daybook",
            "username": "daybook_playground_bot",
        }
        self.files = FileStore()
        self.updates = UpdateQueue(first, clock)
        self.profile = Profile()
        self.queries: dict[str, CallbackQuery] = {}
        self._chats: dict[int, Chat] = {}
        self._first = first
        self._message_ids = itertools.count(first)
        self._own_message_ids: dict[int, itertools.count[int]] = {}
        self._person_ids = itertools.count(FIRST_PERSON_ID)
        self._group_ids = itertools.count(1)

    @property
    def bot_id(self) -> int:
        return int(self.bot["id"])

    def now(self) -> int:
        return int(self.clock())

    def add_chat(self, kind: str, chat_id: int | None = None, **names: str) -> Chat:
        if chat_id is None:
            chat_id = self._new_chat_id(kind)
        if chat_id in self._chats:
            raise ValueError(f"there is a chat {chat_id} already")
        chat = Chat(chat_id=chat_id, kind=kind, bot_id=self.bot_id, clock=self.clock, **names)
        self._chats[chat_id] = chat
        return chat

    def new_person_id(self) -> int:
        return next(number for number in self._person_ids if number not in self._chats)

    def chat(self, chat_id: int | str) -> Chat:
        """Raises ApiRefused (400) for a chat that the bot does not know."""
        chat = self._chats.get(chat_id) if isinstance(chat_id, int) else self._named(chat_id)
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def writable_chat(self, chat_id: int | str) -> Chat:
        """Raises ApiRefused (403) where the bot may not write."""
        chat = self.chat(chat_id)
        if chat.blocked and chat.kind == "private":
            raise ApiRefused(403, "Forbidden: bot was blocked by the user")
        if chat.blocked:
            raise ApiRefused(403, f"Forbidden: bot is not a member of the {chat.kind} chat")
        return chat

    def next_message_id(self, chat: Chat) -> int:
        """Private chats and basic groups of one bot share a sequence; the others have their own."""
        if chat.kind in {"private", "group"}:
            return next(self._message_ids)
        own = self._own_message_ids.setdefault(chat.id, itertools.count(self._first))
        return next(own)

    def open_query(self, chat: Chat) -> CallbackQuery:
        query = CallbackQuery(query_id=str(secrets.randbits(63)), chat=chat, at=self.clock())
        self.queries[query.query_id] = query
        return query

    def close_query(self, query_id: str) -> CallbackQuery:
        """Raises ApiRefused (400) when it is unknown, answered, or too old."""
        query = self.queries.pop(query_id, None)
        if query is None or self.clock() - query.at > QUERY_LIFETIME:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        return query

    def new_message(self, chat: Chat, sender: Json | None, content: Json) -> Json:
        """A Message object; `sender` None for a channel's own post."""
        return {
            "message_id": self.next_message_id(chat),
            **({"from": sender} if sender else {"sender_chat": chat.payload()}),
            "chat": chat.payload(),
            "date": self.now(),
            **content,
        }

    def say(self, chat: Chat, content: Json) -> Message:
        """A message of the bot."""
        sender = None if chat.kind == "channel" else self.bot
        return chat.add(self.new_message(chat, sender, content), from_bot=True)

    def _named(self, name: str) -> Chat | None:
        if name.removeprefix("-").isdecimal():
            return self._chats.get(int(name))
        wanted = name.removeprefix("@").lower()
        return next(
            (
                chat
                for chat in self._chats.values()
                if chat.kind != "private" and chat.names.get("username", "").lower() == wanted
            ),
            None,
        )

    def _new_chat_id(self, kind: str) -> int:
        number = next(self._group_ids)
        return -5_000_000_000 - number if kind == "group" else -1_002_000_000_000 - number


def quoted(message: Message) -> Json:
    """A message as it stands in `reply_to_message`: without the message that it replies to itself."""
    return {name: value for name, value in message.payload.items() if name != "reply_to_message"}
