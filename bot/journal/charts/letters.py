"""Which of people's words the pictures' font can draw, and how they are made to fit it."""

import re
import unicodedata
from collections.abc import Container

from bot.journal.charts.words import one_line

# Nothing longer fits a line, and matplotlib need not measure a novel.
LONGEST = 300
# More marks on one letter than any language puts there would run into the lines around.
MOST_MARKS = 3
# From here on stand the emoji, of which the font has some in black and white and lacks the others.
EMOJI = 0x1F000
# Symbols that are emoji by what stands beside them.
_EMOJI = re.compile("\u200d[\u2190-\u2bff]\ufe0f?|[\u2190-\u2bff]\ufe0f")
# Signs of something lost.
_NEVER = {"\ufffc", "\ufffd"}
# Persian and its neighbours spell with it; the font shows nothing for it.
NON_JOINER = "\u200c"


def drawable(text: str, glyphs: Container[int]) -> str:
    """The text as a font with these code points can draw it, on one line: without emoji and the like,
    and "" if it lacks a letter or a digit, because half a name would be worse than none."""
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", _EMOJI.sub("", one_line(text)[:LONGEST])):
        piece = _piece(character, glyphs)
        if piece is None:
            return ""
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks <= MOST_MARKS:
            kept.append(piece)
    words = " ".join("".join(kept).split())
    return words if any(unicodedata.category(it)[0] in "LNSP" for it in words) else ""


def _piece(character: str, glyphs: Container[int]) -> str | None:
    """What is drawn for it, "" for what may be left out, None for what must not."""
    kind = unicodedata.category(character)
    if character in {" ", NON_JOINER}:
        return character
    if character in _NEVER or kind == "Me" or "\ufe00" <= character <= "\ufe0f":
        return ""
    if kind[0] == "C" or ord(character) >= EMOJI:
        plain = unicodedata.normalize("NFKC", character)
        return plain if plain != character and _has(glyphs, plain) else "" if kind[0] not in "LN" else None
    if ord(character) in glyphs:
        return character
    # Letters in a mathematical dress and wide ones have plain forms.
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and _has(glyphs, plain):
        return plain
    return None if kind[0] in "LN" else ""


def _has(glyphs: Container[int], text: str) -> bool:
    return all(ord(it) in glyphs for it in text)
