"""People's words made fit for one line of a picture or a caption."""

import re

from bot.journal.message import clean, utf16_length

_SPACE = re.compile(r"\s+")
# They turn the direction of all that follows until they are ended.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def one_line(text: str) -> str:
    return _SPACE.sub(" ", _TURNING.sub("", clean(text))).strip()


def isolated(text: str) -> str:
    """So that right-to-left words do not turn the line around them."""
    return f"\u2068{text}\u2069" if _RIGHT_TO_LEFT.search(text) else text


def cut(text: str, units: int) -> str:
    """The beginning within so many UTF-16 units, marked where it is cut."""
    if utf16_length(text) <= units:
        return text
    room = units - 1
    stop = 0
    for character in text:
        room -= utf16_length(character)
        if room < 0:
            break
        stop += 1
    return text[:stop].rstrip("\u200d ") + "…"
