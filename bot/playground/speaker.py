"""Somebody who writes in a chat, seen from their phone: what they do becomes updates for the bot."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.playground.chat import CallbackAnswer, Chat, Message
from bot.playground.entities import formatted
from bot.playground.media import stored_media
from bot.playground.parameters import Upload
from bot.playground.samples import TINY_PNG, duration_of
from bot.playground.text import cut
from bot.playground.world import World, quoted

Json = dict[str, Any]
PATIENCE = 20.0  # seconds to wait for the bot, unless told otherwise


@dataclass(frozen=True, kw_only=True)
class Tap:
    """A button that was pressed; `query_id` is the callback query's."""

    chat: Chat
    query_id: str

    async def answered(self, timeout: float = PATIENCE) -> CallbackAnswer:  # noqa: ASYNC109
        """What the bot answered. Raises TimeoutError."""
        await self.chat.until(lambda _: self._answer() is not None, timeout)
        answer = self._answer()
        assert answer is not None  # noqa: S101 - `until` just saw it
        return answer

    def _answer(self) -> CallbackAnswer | None:
        return next((one for one in self.chat.callback_answers if one.query_id == self.query_id), None)


class Speaker:
    """One sender in one chat. `sender` is a User object, None for a channel's own posts; `marks` are
    the fields that every message of theirs carries, such as `sender_chat`.

    A method that sends returns the message as the chat shows it. Where a method takes a message, its
    id does as well.
    """

    def __init__(self, world: World, chat: Chat, sender: Json | None, **marks: Any):
        self.chat = chat
        self.sender = sender
        self._world = world
        self._marks = marks
        self._acted_at = 0

    async def writes(
        self, text: str, *, entities: list[Json] | None = None, reply_to: Message | int | None = None
    ) -> Message:
        """Send a text; of one that the client had to split, the first part comes back."""
        return (await self.pastes(text, entities=entities, reply_to=reply_to))[0]

    async def pastes(
        self, text: str, *, entities: list[Json] | None = None, reply_to: Message | int | None = None
    ) -> list[Message]:
        """Send a text, split as clients do at 4,096 units: several messages in the same second."""
        parts = cut(text)
        if not parts:
            raise ValueError("a client sends no empty text")
        if entities and len(parts) > 1:
            raise ValueError("entities are for a text of one part")
        reply = self._reply(reply_to)
        return [self._send({**_texts(part, entities), **reply}) for part in parts]

    async def edits(self, message: Message | int, text: str) -> Message:
        """Change the text, or the caption of a file. The same text again sends no update."""
        known = self._known(message)
        names = ("text", "entities") if "text" in known.payload else ("caption", "caption_entities")
        content = _texts(text, None, *names)
        if known.text == content[names[0]]:
            return known
        kept = {name: value for name, value in known.payload.items() if name not in names}
        self.chat.change(known, {**kept, **content, "edit_date": self._world.now()})
        self._tell("edited_channel_post" if self.chat.kind == "channel" else "edited_message", known.payload)
        return known

    async def speaks(
        self,
        audio: bytes | Path,
        *,
        duration: int | None = None,
        size: int | None = None,
        caption: str | None = None,
        reply_to: Message | int | None = None,
    ) -> Message:
        """A voice note of OGG/Opus; `duration` in seconds is measured when not given.

        `size` may claim more bytes than there are, to stand for a recording too big to carry.
        """
        data = _bytes_of(audio)
        seconds = duration_of(data) if duration is None else duration
        return self._sends_file("voice", data, "voice.oga", caption, reply_to, size, duration=seconds)

    async def sends_audio(
        self, audio: bytes, *, filename: str = "song.mp3", duration: int | None = None,
        size: int | None = None, caption: str | None = None, reply_to: Message | int | None = None,
    ) -> Message:  # fmt: skip
        seconds = duration_of(audio) if duration is None else duration
        return self._sends_file("audio", audio, filename, caption, reply_to, size, duration=seconds)

    async def sends_photo(
        self, picture: bytes = TINY_PNG, *, caption: str | None = None, reply_to: Message | int | None = None
    ) -> Message:
        """A PNG or JPEG picture."""
        return self._sends_file("photo", picture, "photo.jpg", caption, reply_to)

    async def sends_document(
        self, data: bytes, *, filename: str = "file.bin", size: int | None = None,
        caption: str | None = None, reply_to: Message | int | None = None,
    ) -> Message:  # fmt: skip
        return self._sends_file("document", data, filename, caption, reply_to, size)

    async def sends_sticker(self, emoji: str = "🙂") -> Message:
        stored = self._world.files.add(TINY_PNG, folder="stickers", suffix=".webp")
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._send({"sticker": {**stored.ids, **shape, "emoji": emoji}})

    async def sends_location(self, latitude: float = 59.91, longitude: float = 10.75) -> Message:
        return self._send({"location": {"latitude": latitude, "longitude": longitude}})

    async def sends_contact(self, first_name: str = "Ada", phone_number: str = "+4712345678") -> Message:
        return self._send({"contact": {"phone_number": phone_number, "first_name": first_name}})

    async def sends_poll(self, question: str = "Tea?", options: tuple[str, ...] = ("Yes", "No")) -> Message:
        choices = [
            {"persistent_id": str(number), "text": option, "voter_count": 0}
            for number, option in enumerate(options)
        ]
        poll = {
            "id": str(self._world.now()), "question": question, "options": choices, "total_voter_count": 0,
            "is_closed": False, "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
            "allows_revoting": True, "members_only": False,
        }  # fmt: skip
        return self._send({"poll": poll})

    async def forwards(self, text: str, *, of: "Speaker | None" = None) -> Message:
        """A text that `of` wrote; without them, of somebody who hides their account."""
        origin: Json = {"type": "hidden_user", "date": self._world.now(), "sender_user_name": "Somebody"}
        if of is not None and of.sender is not None:
            origin = {"type": "user", "date": self._world.now(), "sender_user": of.sender}
        return self._send({**_texts(text, None), "forward_origin": origin})

    async def taps(self, message: Message | int, button: str) -> Tap:
        """Press the button with this text or this callback data. Raises LookupError for none such."""
        known = message if isinstance(message, Message) else self._known(message)
        found = next((one for one in known.buttons if button in (one.text, one.data)), None)
        if found is None or found.data is None:
            raise LookupError("the message has no such button with callback data")
        query = self._world.open_query(self.chat)
        shown = known.payload
        if known.deleted:
            shown = {"chat": self.chat.payload(), "message_id": known.message_id, "date": 0}
        self._tell(
            "callback_query",
            {
                "id": query.query_id,
                "from": self.sender,
                "message": shown,
                "chat_instance": str(self.chat.id),
                "data": found.data,
            },
        )
        return Tap(chat=self.chat, query_id=query.query_id)

    async def reacts(self, message: Message | int, emoji: str | None) -> None:
        """Put a reaction under a message; None takes it away."""
        known = self._known(message)
        sender = self._user()
        old = known.reactions.get(sender["id"], ())
        new = (emoji,) if emoji else ()
        self.chat.react(known, sender["id"], new)
        self._tell(
            "message_reaction",
            {
                "chat": self.chat.payload(),
                "message_id": known.message_id,
                "user": sender,
                "date": self._world.now(),
                "old_reaction": [{"type": "emoji", "emoji": one} for one in old],
                "new_reaction": [{"type": "emoji", "emoji": one} for one in new],
            },
        )

    async def deletes(self, message: Message | int) -> None:
        """Take a message out of the chat for both; Telegram tells bots nothing of it."""
        self.chat.remove(self._known(message))
        self._acted_at = self.chat.revision

    async def hears(
        self,
        condition: Callable[[Message], Any] | str | None = None,
        timeout: float = PATIENCE,  # noqa: ASYNC109
        *,
        since: Message | None = None,
    ) -> Message:
        """The first message of the bot that fits: a condition, or a piece of its text.

        Those sent or edited after this speaker last did something count, and those to come; with
        `since`, those after that message. Raises TimeoutError.
        """
        after = self._acted_at if since is None else since.revision
        found: list[Message] = []

        def fitting(chat: Chat) -> bool:
            found[:] = (one for one in chat.bot_messages if one.revision > after and _fits(one, condition))
            return bool(found)

        await self.chat.until(fitting, timeout)
        return found[0]

    async def reacted(self, message: Message, timeout: float = PATIENCE) -> tuple[str, ...]:  # noqa: ASYNC109
        """The bot's reaction under `message`, once there is one. Raises TimeoutError."""
        await self.chat.until(lambda _: bool(message.bot_reactions), timeout)
        return message.bot_reactions

    def _sends_file(
        self,
        kind: str,
        data: bytes,
        filename: str,
        caption: str | None,
        reply_to: Message | int | None,
        size: int | None = None,
        **details: Any,
    ) -> Message:
        upload = Upload(filename=filename, content_type="application/octet-stream", data=data)
        content = {kind: stored_media(self._world.files, kind, upload, details, size=size)}
        if caption:
            content |= _texts(caption, None, "caption", "caption_entities")
        return self._send({**content, **self._reply(reply_to)})

    def _send(self, content: Json) -> Message:
        if self.chat.blocked:
            raise ValueError("a client lets nobody write to a bot that they have blocked")
        payload = self._world.new_message(self.chat, self.sender, {**self._marks, **content})
        message = self.chat.add(payload, from_bot=False)
        self._tell("channel_post" if self.chat.kind == "channel" else "message", payload)
        return message

    def _tell(self, kind: str, value: Json) -> None:
        self._acted_at = self.chat.revision
        self._world.updates.add(kind, value, lane=self.chat.id)

    def _reply(self, to: Message | int | None) -> Json:
        return {} if to is None else {"reply_to_message": quoted(self._known(to))}

    def _known(self, message: Message | int) -> Message:
        number = message if isinstance(message, int) else message.message_id
        known = self.chat.message(number)
        if known is None:
            raise LookupError(f"there is no message {number} in the chat")
        return known

    def _user(self) -> Json:
        if self.sender is None:
            raise ValueError("a channel has no user of its own")
        return self.sender


def _bytes_of(audio: bytes | Path) -> bytes:
    return audio.read_bytes() if isinstance(audio, Path) else audio


def _texts(text: str, entities: list[Json] | None, *names: str) -> Json:
    text_name, entities_name = names or ("text", "entities")
    words = formatted(text, entities=entities)
    return {text_name: words.text} | ({entities_name: words.entities} if words.entities else {})


def _fits(message: Message, condition: Callable[[Message], Any] | str | None) -> bool:
    if condition is None:
        return True
    return condition in message.text if isinstance(condition, str) else bool(condition(message))
