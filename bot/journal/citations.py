"""The earlier entries that a reply rests on: `[2]` in the coach's words names the second one given.

The marks are taken out, and what they name is shown as buttons with dates. A number that names
nothing goes too: the coach cannot cite an entry that it was not given.
"""

import re
from collections.abc import Sequence
from uuid import UUID

# Longer than any list of sources, shorter than a year in brackets.
_MARKS = re.compile(r"[ \t]?\[(\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*)\]")
_BEGUN = re.compile(r"[ \t]?\[[\d,;\s–-]*$")
MOST = 6


def without_marks(text: str) -> str:
    """The text as a chat shows it, also while it still grows: a mark that is half written is left out."""
    return _BEGUN.sub("", _MARKS.sub("", text))


def cited(text: str, sources: Sequence[UUID]) -> list[UUID]:
    """The entries that the marks name, in order of mention, each once, six at most."""
    found: dict[UUID, None] = {}
    for mark in _MARKS.finditer(text):
        for number in re.findall(r"\d+", mark[1]):
            if 1 <= int(number) <= len(sources):
                found.setdefault(sources[int(number) - 1])
    return list(found)[:MOST]
