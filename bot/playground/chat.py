"""One chat as its people see it now: messages, reactions, keyboards, drafts, what the bot is doing.

A `Message` holds the Bot API Message object (`payload`) and what only a screen knows: its earlier
texts, its reactions, whether it was deleted. Each change moves `Chat.revision` on by one and is
published as an `Event` to those who follow the chat; nothing here polls.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.playground.text import Offsets

Json = dict[str, Any]
DRAFT_LIFETIME = 30.0  # seconds that a client shows a draft
ACTION_LIFETIME = 5.0  # seconds that a client shows "typing…"

EventKind = Literal["message", "edit", "delete", "reaction", "draft", "action", "callback_answer"]


@dataclass(frozen=True, kw_only=True)
class Button:
    text: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A preview of a message in the making. `at` is Unix seconds; an empty text shows "Thinking…"."""

    draft_id: int
    text: str
    entities: tuple[Json, ...]
    at: float


@dataclass(frozen=True, kw_only=True)
class CallbackAnswer:
    """What a tap on a button brought up: a notice, an alert, or (empty text) nothing to see."""

    query_id: str
    text: str
    alert: bool
    url: str | None


@dataclass(eq=False, kw_only=True, slots=True)
class Message:
    chat: "Chat"
    payload: Json
    from_bot: bool
    revision: int = 0
    edits: list[Json] = field(default_factory=list)
    """The payloads before each edit, oldest first."""
    reactions: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """User id (the bot's own included) -> emoji."""
    deleted: bool = False

    def __repr__(self) -> str:
        return f"<Message {self.message_id} {'of the bot' if self.from_bot else 'to the bot'}>"

    @property
    def message_id(self) -> int:
        return int(self.payload["message_id"])

    @property
    def text(self) -> str:
        """The text, or the caption of a file, or ""."""
        return str(self.payload.get("text", self.payload.get("caption", "")))

    @property
    def entities(self) -> list[Json]:
        found: list[Json] = self.payload.get("entities") or self.payload.get("caption_entities") or []
        return list(found)

    @property
    def date(self) -> int:
        return int(self.payload["date"])

    @property
    def reply_to(self) -> int | None:
        original = self.payload.get("reply_to_message")
        return None if original is None else int(original["message_id"])

    @property
    def keyboard(self) -> list[list[Button]]:
        rows = self.payload.get("reply_markup", {}).get("inline_keyboard", [])
        return [
            [Button(text=one["text"], data=one.get("callback_data"), url=one.get("url")) for one in row]
            for row in rows
        ]

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.keyboard for button in row]

    @property
    def bot_reactions(self) -> tuple[str, ...]:
        return self.reactions.get(self.chat.bot_id, ())

    @property
    def history(self) -> list[str]:
        """Every text it has had, the present one last."""
        return [str(one.get("text", one.get("caption", ""))) for one in [*self.edits, self.payload]]

    def styled(self, kind: str) -> list[str]:
        """The pieces of text under entities of this type, e.g. `styled("bold")`."""
        offsets = Offsets(self.text)
        return [
            self.text[offsets.index(one["offset"]) : offsets.index(one["offset"] + one["length"])]
            for one in self.entities
            if one["type"] == kind
        ]


@dataclass(frozen=True, kw_only=True)
class Event:
    kind: EventKind
    chat: "Chat"
    message: Message | None = None
    draft: Draft | None = None
    action: str | None = None
    answer: CallbackAnswer | None = None


class Chat:
    """`kind` is private, group, supergroup or channel. A private chat's id is the person's id."""

    def __init__(
        self, *, chat_id: int, kind: str, bot_id: int, clock: Callable[[], float] = time.time, **names: str
    ):
        self.id = chat_id
        self.kind = kind
        self.bot_id = bot_id
        self.names = names
        self.blocked = False
        """A private chat: the person blocked the bot. A group or channel: the bot is not in it."""
        self.revision = 0
        self.callback_answers: list[CallbackAnswer] = []
        self._clock = clock
        self._messages: dict[int, Message] = {}
        self._drafts: dict[int, Draft] = {}
        self._action: tuple[str, float] | None = None
        self._followers: set[Callable[[Event], None]] = set()

    @property
    def messages(self) -> list[Message]:
        """Those still in the chat, oldest first."""
        return list(self._messages.values())

    @property
    def bot_messages(self) -> list[Message]:
        return [message for message in self._messages.values() if message.from_bot]

    @property
    def drafts(self) -> list[Draft]:
        """Those that a client would still show."""
        return [one for one in self._drafts.values() if self._clock() - one.at < DRAFT_LIFETIME]

    @property
    def action(self) -> str | None:
        """The chat action that a client would still show, e.g. `typing`."""
        if self._action is None or self._clock() - self._action[1] >= ACTION_LIFETIME:
            return None
        return self._action[0]

    def message(self, message_id: int) -> Message | None:
        return self._messages.get(message_id)

    def payload(self) -> Json:
        return {"id": self.id, "type": self.kind, **self.names}

    def add(self, payload: Json, *, from_bot: bool) -> Message:
        message = Message(chat=self, payload=payload, from_bot=from_bot)
        self._messages[message.message_id] = message
        if from_bot:
            self._drafts.clear()
            self._action = None
        self._publish(Event(kind="message", chat=self, message=message))
        return message

    def change(self, message: Message, payload: Json) -> None:
        message.edits.append(message.payload)
        message.payload = payload
        self._publish(Event(kind="edit", chat=self, message=message))

    def remove(self, message: Message) -> None:
        message.deleted = True
        self._messages.pop(message.message_id, None)
        self._publish(Event(kind="delete", chat=self, message=message))

    def react(self, message: Message, actor_id: int, emoji: tuple[str, ...]) -> None:
        if emoji:
            message.reactions[actor_id] = emoji
        else:
            message.reactions.pop(actor_id, None)
        self._publish(Event(kind="reaction", chat=self, message=message))

    def show_draft(self, draft_id: int, text: str, entities: list[Json]) -> None:
        draft = Draft(draft_id=draft_id, text=text, entities=tuple(entities), at=self._clock())
        self._drafts[draft_id] = draft
        self._publish(Event(kind="draft", chat=self, draft=draft))

    def show_action(self, action: str) -> None:
        self._action = (action, self._clock())
        self._publish(Event(kind="action", chat=self, action=action))

    def show_callback_answer(self, answer: CallbackAnswer) -> None:
        self.callback_answers.append(answer)
        self._publish(Event(kind="callback_answer", chat=self, answer=answer))

    def follow(self, follower: Callable[[Event], None]) -> Callable[[], None]:
        """Call `follower` at every event until the function that comes back is called."""
        self._followers.add(follower)
        return lambda: self._followers.discard(follower)

    @asynccontextmanager
    async def events(self) -> AsyncIterator[asyncio.Queue[Event]]:
        queue: asyncio.Queue[Event] = asyncio.Queue()
        stop = self.follow(queue.put_nowait)
        try:
            yield queue
        finally:
            stop()

    async def until(self, condition: Callable[["Chat"], bool], timeout: float = 10.0) -> None:  # noqa: ASYNC109
        """Return once `condition(self)` holds. Raises TimeoutError."""
        async with asyncio.timeout(timeout), self.events() as queue:
            while not condition(self):
                await queue.get()

    def _publish(self, event: Event) -> None:
        self.revision += 1
        if event.message is not None and event.kind in {"message", "edit"}:
            event.message.revision = self.revision
        for follower in tuple(self._followers):
            follower(event)
