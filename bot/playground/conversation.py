"""Between the typed lines and the chat: orders become what a person does, events what a screen shows."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from bot.playground.chat import Button, Event, Message
from bot.playground.errors import ApiRefused
from bot.playground.files import FileStore
from bot.playground.images import PNG, picture_size
from bot.playground.lines import Edit, Order, Press, Quit, Say, SendFile, Write
from bot.playground.person import Person
from bot.playground.recording import UnreadableRecording, voice_note

BOT = "daybook"
YOU = "you"
FILES = ("voice", "audio", "document", "photo")
_SOUNDS = {".mp3", ".m4a", ".ogg", ".oga", ".opus", ".flac", ".wav"}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A message as a screen shows it. `number` counts the messages of this session from 1; `note` is
    a word about it, such as `edited`; `extras` stand for what is not text; `keyboard` is its rows of
    buttons, each as one line of words."""

    author: str
    number: int
    note: str
    text: str
    entities: list[dict[str, Any]]
    extras: tuple[str, ...]
    keyboard: tuple[tuple[str, ...], ...]


class Screen(Protocol):
    """Its methods are called while the server works, so they return at once and raise nothing."""

    def show(self, shown: Shown) -> None: ...

    def reaction(self, number: int, emoji: str) -> None: ...

    def aside(self, text: str) -> None:
        """Something that is no message: an error, a notice, help."""


class Conversation:
    """`folder` takes the files that the bot sends; it is made when the first one comes."""

    def __init__(self, person: Person, files: FileStore, screen: Screen, folder: Path):
        self._person = person
        self._files = files
        self._screen = screen
        self._folder = folder
        self._numbers: dict[int, int] = {}
        self._messages: list[Message] = []
        self._pressable: Message | None = None

    def begin(self) -> Callable[[], None]:
        """Show what happens from now on, until the function that comes back is called."""
        return self._person.chat.follow(self._follow)

    async def obey(self, order: Order) -> bool:
        """False when the person leaves."""
        try:
            match order:
                case Quit():
                    return False
                case Say():
                    self._screen.aside(order.text)
                case Press():
                    await self._press(order.number)
                case Edit():
                    await self._edit(order)
                case Write():
                    reply_to = self._by_number(order.reply_to) if order.reply_to else None
                    await self._person.writes(order.text, reply_to=reply_to)
                case SendFile():
                    await self._send(order)
        except (UnreadableRecording, LookupError) as error:
            self._screen.aside(str(error.args[0]))
        except OSError as error:
            self._screen.aside(f"{error.filename}: {error.strerror}")
        except ApiRefused as error:
            self._screen.aside(f"not sent: {error.description.removeprefix('Bad Request: ')}")
        return True

    async def _press(self, number: int) -> None:
        message = self._pressable
        buttons = message.buttons if message is not None and not message.deleted else []
        if message is None or not 1 <= number <= len(buttons):
            self._screen.aside(f"there is no button /{number} now")
            return
        button = buttons[number - 1]
        if button.data is None:
            self._screen.aside(f"{button.text}: {button.url or 'opens nothing here'}")
            return
        self._screen.aside(f"you press: {button.text}")
        await self._person.taps(message, button.data)

    async def _edit(self, order: Edit) -> None:
        own = [one for one in self._messages if not one.from_bot and not one.deleted]
        message = self._by_number(order.number) if order.number else own[-1] if own else None
        if message is None or message.from_bot:
            raise LookupError("there is no message of yours to edit")
        await self._person.edits(message, order.text)

    async def _send(self, order: SendFile) -> None:
        if order.as_voice:
            await self._person.speaks(voice_note(order.path))
            return
        data = order.path.read_bytes()
        if not data:
            raise LookupError(f"{order.path.name} is empty")
        if picture_size(data):
            await self._person.sends_photo(data)
        elif order.path.suffix.lower() in _SOUNDS:
            await self._person.sends_audio(data, filename=order.path.name)
        else:
            await self._person.sends_document(data, filename=order.path.name)

    def _by_number(self, number: int) -> Message:
        if not 1 <= number <= len(self._messages) or self._messages[number - 1].deleted:
            raise LookupError(f"there is no message #{number}")
        return self._messages[number - 1]

    def _follow(self, event: Event) -> None:
        message = event.message
        if event.kind == "message" and message is not None:
            self._messages.append(message)
            self._numbers[message.message_id] = len(self._messages)
            # Nothing was said yet, so it is about what the person said before they left.
            left_over = all(one.from_bot for one in self._messages)
            self._show(message, "from last time" if left_over else self._answered(message))
        elif event.kind == "edit" and message is not None:
            self._show_edit(message)
        elif event.kind == "delete" and message is not None:
            self._screen.aside(f"#{self._number(message)} was deleted")
        elif event.kind == "reaction" and message is not None:
            self._screen.reaction(self._number(message), " ".join(message.bot_reactions))
        elif event.answer is not None and (event.answer.text or event.answer.url):
            self._screen.aside(event.answer.text or f"opens {event.answer.url}")

    def _show_edit(self, message: Message) -> None:
        """An edit that only takes buttons away shows nothing new; a picture is always new."""
        before = message.edits[-1]
        new_words = before.get("text", before.get("caption", "")) != message.text or _is_new(message)
        new_buttons = message.buttons and before.get("reply_markup") != message.payload.get("reply_markup")
        if new_words or new_buttons:
            self._show(message, "edited" if new_words else "")
        elif self._pressable is message:
            self._pressable = message if message.buttons else None

    def _show(self, message: Message, note: str) -> None:
        if message.buttons:
            self._pressable = message
        self._screen.show(
            Shown(
                author=BOT if message.from_bot else YOU,
                number=self._number(message),
                note=note,
                text=message.text,
                entities=message.entities,
                extras=tuple(self._extras(message)),
                keyboard=_labelled(message.keyboard),
            )
        )

    def _number(self, message: Message) -> int:
        return self._numbers.get(message.message_id, 0)

    def _answered(self, message: Message) -> str:
        number = self._numbers.get(message.reply_to or 0)
        # Under the message that it answers, an answer need not say so.
        return f"answers #{number}" if number and number != len(self._messages) - 1 else ""

    def _extras(self, message: Message) -> list[str]:
        """What is not text: what kind it is, and, from the bot, where it was saved."""
        for kind in FILES:
            if kind not in message.payload:
                continue
            media = message.payload[kind][-1] if kind == "photo" else message.payload[kind]
            described = _described(kind, media)
            saved = self._saved(message, media) if message.from_bot and _is_new(message) else None
            return [f"[{described}{f', saved as {saved}' if saved else ''}]"]
        return []

    def _saved(self, message: Message, media: dict[str, Any]) -> Path | None:
        stored = self._files.by_id(media["file_id"])
        name = PurePosixPath(media.get("file_name") or stored.path).name
        # Of one message, each picture that took the place of another.
        version = f"-{len(message.edits)}" if message.edits else ""
        path = self._folder / f"{message.message_id}{version}-{name}"
        if stored.data.startswith(PNG):
            # Telegram names every picture as one of its own kind.
            path = path.with_suffix(".png")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_bytes(stored.data)
        except OSError as error:
            self._screen.aside(f"the file cannot be saved: {error.strerror}")
            return None
        return path


def _is_new(message: Message) -> bool:
    """Whether the message has a file, and before its last edit it had another or none."""
    before = message.edits[-1] if message.edits else {}
    return any(message.payload[it] != before.get(it) for it in FILES if it in message.payload)


def _labelled(keyboard: list[list[Button]]) -> tuple[tuple[str, ...], ...]:
    """The rows as they stand, their buttons numbered throughout: the number is what one types."""
    numbers = itertools.count(1)
    return tuple(tuple(_label(next(numbers), button) for button in row) for row in keyboard)


def _label(number: int, button: Button) -> str:
    """The number to type, then what the button says, unless that is the number itself."""
    label = "" if button.text.strip() == str(number) else f" {button.text}"
    return f"/{number}{label}" + (f" ({button.url})" if button.url else "")


def _described(kind: str, media: dict[str, Any]) -> str:
    if kind in {"voice", "audio"}:
        minutes, seconds = divmod(media["duration"], 60)
        return f"{'voice note' if kind == 'voice' else 'sound'}, {minutes}:{seconds:02d}"
    return f"document {media.get('file_name', '')}".strip() if kind == "document" else "picture"
