"""Secrets that a raw update may hold: they are struck out of it before it is committed.

A password behind `/password`, and what makes the links work that open once. So nothing behind the inbox ever
sees them: no row, no log line, no model.
"""

import re
from collections.abc import Mapping
from typing import Any

from telegram import Message
from telegram.ext.filters import MessageFilter

from bot.journal.accounts.secrets import LENGTH, digest
from bot.journal.message import utf16_length

COMMAND = "/password"
STRUCK = f"{COMMAND} [removed]"
# Blanks, and marks that nobody sees, may stand before it. A bot's name ends with "bot".
_UNSEEN = r"[\s\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]*"
_COMMAND = rf"[/／]{_UNSEEN}password(?:@\w{{1,29}}bot\b)?"
_PASSWORD = re.compile(rf"{_UNSEEN}{_COMMAND}(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
# One that begins a later line, as in the middle of a paste: what follows on it, or else the next line.
_INDENT = rf"(?:(?!\n){_UNSEEN[:-1]})*"
_LATER = re.compile(rf"(?<=\n)(?P<command>{_INDENT}{_COMMAND}{_UNSEEN})(?P<rest>\S[^\n]*)", re.IGNORECASE)
_BLACKENED = re.compile(rf"\n{_INDENT}{_COMMAND}{_UNSEEN}•+(?:\n|$)", re.IGNORECASE)
# What tells whose message it is, and nothing of what it says.
_KEPT = (
    *("message_id", "message_thread_id", "is_topic_message", "date", "edit_date"),
    *("from", "sender_chat", "chat"),
)
_ARRIVED = re.compile(r"/start(?:@\w+)?\s+link_([0-9a-f]{64})", re.IGNORECASE)
_START = re.compile(r"(/start(?:@\w+)?\s+link_)(\S+)", re.IGNORECASE)
_ADDRESS = re.compile(rf"(?:(?<=/link/)|(?<=t=link_))[A-Za-z0-9_-]{{{LENGTH}}}(?![A-Za-z0-9_-])")


def strike(payload: Any) -> None:
    """Strike them out wherever they stand. What follows `/start link_` becomes its SHA-256, by which the link
    is known; of an address, and of a password in the midst of other words, the place is left, so that what
    stands behind it stays where it was."""
    waiting = [payload]
    while waiting:
        it = waiting.pop()
        if isinstance(it, dict):
            _strike_message(it)
            it.update({name: _blackened(text) for name, text in it.items() if isinstance(text, str)})
            waiting.extend(it.values())
        elif isinstance(it, list):
            it[:] = [_blackened(one) if isinstance(one, str) else one for one in it]
            waiting.extend(it)


def _strike_message(it: dict[str, Any]) -> None:
    if _says_password(it):
        if "message_id" not in it:
            # Something else with a text, which must keep its form.
            it.update({name: STRUCK for name in ("text", "caption") if name in it})
            return
        kept = {name: it[name] for name in _KEPT if name in it}
        it.clear()
        command = {"type": "bot_command", "offset": 0, "length": len(COMMAND)}
        it.update(kept | {"text": STRUCK, "entities": [command]})
        return
    answered = it.get("reply_to_message")
    if isinstance(answered, dict) and (_says_password(answered) or _says_password_within(answered)):
        # What is quoted of such a message may be the password alone.
        it.pop("quote", None)
    if isinstance(text := it.get("text"), str) and (start := _START.fullmatch(text)):
        it["text"] = start[1] + digest(start[2]).hex()


def _says_password(message: Mapping[str, Any]) -> bool:
    texts = (message.get("text"), message.get("caption"))
    return any(isinstance(it, str) and it != STRUCK and is_password(it) for it in texts)


def _says_password_within(message: Mapping[str, Any]) -> bool:
    texts = (message.get("text"), message.get("caption"))
    return any(isinstance(it, str) and _LATER.search(it) is not None for it in texts)


def is_password(text: str) -> bool:
    """Whether the text is the command with something behind it, be it only a sign."""
    match = _PASSWORD.fullmatch(text)
    return match is not None and bool(match["rest"].strip())


def arrived_with(message: Message | None) -> bytes | None:
    """The hash of the secret with which somebody came to the chat, if they came with one."""
    found = _ARRIVED.fullmatch(message.text or "") if message else None
    return bytes.fromhex(found[1]) if found else None


class _Arrival(MessageFilter):
    def filter(self, message: Message) -> bool:
        return arrived_with(message) is not None


class _Typed(MessageFilter):
    """There was something behind `/password`, for whichever bot it was meant."""

    def filter(self, message: Message) -> bool:
        return message.text == STRUCK


class _TypedWithin(MessageFilter):
    """There was one in the midst of other words."""

    def filter(self, message: Message) -> bool:
        return _BLACKENED.search(message.text or message.caption or "") is not None


ARRIVAL, TYPED, TYPED_WITHIN = _Arrival(), _Typed(), _TypedWithin()


def _blackened(text: str) -> str:
    if "\n" in text:
        text = _LATER.sub(lambda it: it["command"] + "•" * utf16_length(it["rest"]), text)
    return _ADDRESS.sub("•" * LENGTH, text) if "link" in text else text
