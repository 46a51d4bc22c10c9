"""Text as Telegram counts and cleans it: lengths and offsets are UTF-16 code units."""

import re
from collections.abc import Callable

MESSAGE_LIMIT = 4096
CAPTION_LIMIT = 1024

_CONTROL = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f]")
_REMOVED = re.compile("[\r\u2028-\u202e\u030a\u0333\u033f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8_length(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def has_surrogates(text: str) -> bool:
    """True for text that UTF-8 cannot carry."""
    return _SURROGATE.search(text) is not None


def clean(text: str) -> str:
    """Control characters become spaces; carriage returns and direction overrides go.

    What goes is one UTF-16 unit each, so `moved` can carry offsets over.
    """
    return _REMOVED.sub("", _CONTROL.sub(" ", text))


def moved(text: str) -> Callable[[int], int]:
    """A function from a UTF-16 offset in `text` to the offset in `clean(text)`."""
    gone = [utf16_length(text[: match.start()]) for match in _REMOVED.finditer(text)]
    return lambda offset: offset - sum(1 for place in gone if place < offset)


class Offsets:
    """Between code points (Python's indices) and UTF-16 units, for one text."""

    def __init__(self, text: str):
        self._index_of = {0: 0}
        self._unit_of = [0]
        unit = 0
        for index, character in enumerate(text, start=1):
            unit += 2 if character > "\uffff" else 1
            self._index_of[unit] = index
            self._unit_of.append(unit)
        self.length = unit

    def index(self, unit: int) -> int | None:
        """The code point that starts at `unit`; None inside a surrogate pair or outside the text."""
        return self._index_of.get(unit)

    def unit(self, index: int) -> int:
        return self._unit_of[index]


def cut(text: str, limit: int = MESSAGE_LIMIT) -> list[str]:
    """`text` as a client sends it: trimmed, in parts of at most `limit` units.

    A part ends at a line break or a space when one stands in its last quarter.
    """
    parts = []
    rest = text.strip()
    while utf16_length(rest) > limit:
        end = _index_within(rest, limit)
        window = rest[:end]
        place = max(window.rfind("\n"), -1)
        if place < end * 3 // 4:
            place = window.rfind(" ")
        if place >= end * 3 // 4:
            end = place
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*parts, rest] if rest else parts


def _index_within(text: str, limit: int) -> int:
    units = 0
    for index, character in enumerate(text):
        units += 2 if character > "\uffff" else 1
        if units > limit:
            return index
    return len(text)
