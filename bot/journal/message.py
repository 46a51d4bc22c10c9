"""What comes in from a chat and what goes out to one, free of any transport's own types."""

import re
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

Kind = Literal["text", "voice", "audio", "photo", "video", "document"]


@dataclass(frozen=True, kw_only=True)
class Sound:
    """A recording that lies at Telegram. `bytes` and `seconds` are what Telegram says of it."""

    file_id: str
    mime_type: str
    bytes: int | None
    seconds: float | None


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who Telegram says is writing, and the private chat it happens in."""

    telegram_id: int
    chat_id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One message of a person, new or edited. `text` is the text or the caption, as they wrote it;
    `reply_to` the message of the chat that it answers; `is_question` says that they asked the diary. What
    `is_silent` when it is new is only kept: it makes no journey, and nobody answers it."""

    identity: Identity
    message_id: int
    kind: Kind
    text: str
    written_at: datetime
    edited_at: datetime | None = None
    sound: Sound | None = None
    is_forwarded: bool = False
    reply_to: int | None = None
    is_question: bool = False
    is_silent: bool = False


# Stands in a reply for the address of its link.
LINK = "{link}"


@dataclass(frozen=True, kw_only=True)
class Button:
    """`data` comes back when it is tapped: 1 to 64 bytes. One with a `url` opens that instead."""

    label: str
    data: str = ""
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a chat is to show. `html` may hold Telegram's own tags; all else in it is plain text.
    `picture` is the id of a stored picture to show above it, see `db.queries.pictures`; `link` that of a
    link whose address takes the place of `LINK`, in the text and on a button, as it is shown."""

    html: str
    buttons: Sequence[Sequence[Button]] = ()
    reply_to: int | None = None
    picture: UUID | None = None
    link: UUID | None = None

    def as_content(self) -> dict[str, Any]:
        """The form in which it waits in the outbox."""
        content = {
            "html": self.html,
            "buttons": [[_as_row(button) for button in row] for row in self.buttons],
            "reply_to": self.reply_to,
            "picture": self.picture.hex if self.picture else None,
        }
        return content | ({"link": self.link.hex} if self.link else {})

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> "Reply":
        # Rows of before there were pictures, or links, have none.
        picture, link = content.get("picture"), content.get("link")
        return cls(
            html=content["html"],
            buttons=[
                [Button(label=it[0], data=it[1], url=(*it, None)[2]) for it in row]
                for row in content["buttons"]
            ],
            reply_to=content["reply_to"],
            picture=UUID(picture) if picture else None,
            link=UUID(link) if link else None,
        )

    def leading_to(self, address: str) -> "Reply":
        """With the address of its link."""
        buttons = [
            [replace(it, url=it.url.replace(LINK, address)) if it.url else it for it in row]
            for row in self.buttons
        ]
        return replace(self, html=self.html.replace(LINK, address), buttons=buttons)


def _as_row(button: Button) -> list[str]:
    return [button.label, button.data, *([button.url] if button.url else [])]


class Draft(Protocol):
    def show(self, text: str) -> None:
        """Let the chat see `text` as it is so far; returns at once, and may skip what is overtaken."""


class Sender(Protocol):
    """The journal's way to the chat. Only `fetch` raises, and only an `AudioError` or a
    `DeliveryError`; the rest is best effort, since what matters waits in the outbox."""

    def saved(self, chat_id: int, message_id: int) -> None:
        """Mark the message as safely stored."""

    def thinking(self, chat_id: int) -> AbstractAsyncContextManager[Draft]:
        """Show that an answer is being made, until the block ends."""

    def nudge(self) -> None:
        """Something new waits in the outbox."""

    async def fetch(self, file_id: str) -> bytes:
        """A file that a person sent, at most 20 MB."""


_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean(text: str) -> str:
    """The text as Postgres and Telegram can hold it: without NUL and its like, and with a
    replacement character for half a surrogate pair. The raw text stays in the inbox."""
    return _UNSTORABLE.sub(lambda it: "\ufffd" if it.group() >= "\ud800" else "", text)


def utf16_length(text: str) -> int:
    """Telegram counts text in UTF-16 code units."""
    return len(text) + sum(1 for character in text if character > "\uffff")
