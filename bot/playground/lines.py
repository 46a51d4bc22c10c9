"""What a typed line means: something to send, or a command of this terminal."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

HELP = """\
The terminal's own commands; other lines go to the bot as typed:
  /1, /2 …        press that button
  /voice FILE     send a recording as a voice note
  /file FILE      send a picture, a sound file or a document
  /edit TEXT      correct your last message, or /edit #3 TEXT
  /reply 3 TEXT   answer message number 3
  /keys           this list
  /quit           leave (Ctrl-D)
  Alt-Enter       start a new line, as \\ at the end of one does"""

_BUTTON = re.compile(r"/(\d{1,3})")
_NUMBERED = re.compile(r"#(\d+)\s+(.+)", re.DOTALL)
_REPLY = re.compile(r"#?(\d+)\s+(.+)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Write:
    text: str
    reply_to: int | None = None


@dataclass(frozen=True, kw_only=True)
class Edit:
    text: str
    number: int | None


@dataclass(frozen=True, kw_only=True)
class Press:
    number: int


@dataclass(frozen=True, kw_only=True)
class SendFile:
    path: Path
    as_voice: bool


@dataclass(frozen=True, kw_only=True)
class Say:
    """Something for the person at the terminal, not for the bot."""

    text: str


@dataclass(frozen=True)
class Quit:
    pass


Order = Write | Edit | Press | SendFile | Say | Quit
_PLAIN: dict[str, Order] = {"/keys": Say(text=HELP), "/quit": Quit()}


def understood(line: str) -> Order:
    """A bare number is an entry like any other: buttons are pressed with a slash before it."""
    text = line.strip()
    button = _BUTTON.fullmatch(text)
    if button:
        return Press(number=int(button[1]))
    command, _, rest = text.partition(" ")
    rest = rest.strip()
    if command in {"/voice", "/file"}:
        return _file(command, rest)
    if command == "/edit":
        return _edit(rest)
    if command == "/reply":
        return _reply(rest)
    return _PLAIN.get(text) or Write(text=line)


def _reply(rest: str) -> Order:
    reply = _REPLY.fullmatch(rest)
    if reply is None:
        return Say(text="/reply 3 TEXT: which message, and what?")
    return Write(text=reply[2], reply_to=int(reply[1]))


def _edit(rest: str) -> Order:
    if not rest:
        return Say(text="/edit TEXT: what should it say?")
    numbered = _NUMBERED.fullmatch(rest)
    return Edit(text=numbered[2], number=int(numbered[1])) if numbered else Edit(text=rest, number=None)


def _file(command: str, rest: str) -> Order:
    """The path as typed, or as a terminal writes a dropped file: quoted, or with escaped blanks."""
    if not rest:
        return Say(text=f"{command} FILE: which file?")
    path = Path(rest).expanduser()
    if not path.exists():
        try:
            words = shlex.split(rest)
        except ValueError:
            words = []
        if len(words) == 1:
            path = Path(words[0]).expanduser()
    return SendFile(path=path, as_voice=command == "/voice")
