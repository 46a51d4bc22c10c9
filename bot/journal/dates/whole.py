"""Whether a text is a date and nothing else, be there such a day or not."""

import re
from collections.abc import Sequence
from functools import cache

from bot.journal.dates.words import fold, languages, symbols

# Two numbers alone, as in "8/10", may mean anything.
FIGURES = re.compile(r"\d{1,5}([-./])\d{1,2}\1\d{1,5}")
# What tells that a day is still to come.
NEXT = ("X WwUM", "P Nn U")
# Readings of the words that a date is made of, and which of them make one together.
PARTS = frozenset("MmWwNnOoDUuX4PGjs#,.")
TOGETHER = ("Mm NOo", "D", "#")


def is_date(words: str, language: str | None) -> bool:
    """As of "31 February" and "0001-01-01", but of no lone month or number, nor of anything that has other
    words, too. `language` is a BCP 47 tag."""
    return bool(FIGURES.fullmatch(words)) or _has(words, _code(language), TOGETHER)


def is_ahead(words: str, language: str | None) -> bool:
    """As of "tomorrow", "next Friday" and "in 3 days", and nothing else."""
    code = _code(language)
    return fold(" ".join(words.split())) in _ahead(code) or _has(words, code, NEXT)


def _has(words: str, code: str, together: Sequence[str]) -> bool:
    read = [set(it.readings) for it in symbols(words, code)]
    if not all(it & PARTS for it in read):
        return False
    there = set().union(*read)
    return any(all(there & set(piece) for piece in pieces.split()) for pieces in together)


def _code(language: str | None) -> str:
    code = (language or "").replace("_", "-").lower().partition("-")[0]
    return code if code in languages() else ""


@cache
def _ahead(code: str) -> frozenset[str]:
    listed = languages().get(code, {}).get("ahead", "")
    return frozenset(fold(it.replace("_", " ")) for it in listed.split())
