"""A text cut into words, numbers and marks, each with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.ai.lexicon import fold

# stop: the sentence ends; clause: it goes on; bad: what stands beside is not plainly stated
Mark = Literal["stop", "question", "clause", "colon", "dash", "about", "bad"]
Kind = Literal["word", "number", "clock", "score"] | Mark


@dataclass(frozen=True, kw_only=True)
class Piece:
    """`text` is a folded word; `number` a plain number, the minutes of a clock time, or the points
    of a score. `glued` tells that no space parts it from the piece before."""

    kind: Kind
    text: str = ""
    number: float = 0.0
    start: int
    end: int
    glued: bool = False


_QUOTED = re.compile(
    r"“[^”\n]{1,500}”|„[^“”\n]{1,500}[“”]|\"[^\"\n]{1,500}\"|«[^»\n]{1,500}»|^\s*>.*$", re.MULTILINE
)
_PIECE = re.compile(
    r"""
    (?P<spaced>\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d.,:/]))
  | (?P<digits>\d[\d.,:/'’٫٬]*\d½?|\d½?|½)
  | (?P<word>(?:[^\W\d_][\u0300-\u036f\u064b-\u065f\u0670]*)+)
  | (?P<mark>\S|\n)
    """,
    re.VERBOSE,
)
_MARKS: dict[str, Mark] = {
    **dict.fromkeys(".!;…؛。！\n", "stop"),
    **dict.fromkeys("?؟？", "question"),
    **dict.fromkeys(":=：", "colon"),
    **dict.fromkeys("-–—−", "dash"),
    **dict.fromkeys("~≈", "about"),
    **dict.fromkeys("/%+→←↑↓<>^°$€£#@\\", "bad"),
}
# Not even there: typography and the joints of composed emoji.
_SILENT = set("'’ʼ`*_\"\u200b\u200c\u200d\u200e\u200f\ufe0f\u20e3")
_ABBREVIATIONS = {"min", "mins", "std", "hrs", "hr", "h", "ca", "approx", "мин", "ч", "dk"}


def pieces_of(text: str) -> list[Piece]:
    """The pieces of `text` in order. A quoted passage is one mark: it's another voice."""
    pieces: list[Piece] = []
    at = 0
    for quoted in _QUOTED.finditer(text):
        pieces += _between(text, at, quoted.start())
        pieces.append(Piece(kind="clause", start=quoted.start(), end=quoted.end()))
        at = quoted.end()
    return [*pieces, *_between(text, at, len(text))]


def _between(text: str, start: int, stop: int) -> Iterator[Piece]:
    before = start
    word = ""
    for match in _PIECE.finditer(text, start, stop):
        glued = match.start() == before and before > start
        before = match.end()
        group, found = match.lastgroup, match.group()
        if group == "word":
            word = fold(found)
            yield Piece(kind="word", text=word, start=match.start(), end=match.end(), glued=glued)
        elif group == "mark":
            kind = _mark(text, match.start(), word, glued=glued)
            if kind:
                yield Piece(kind=kind, start=match.start(), end=match.end(), glued=glued)
        else:
            yield _number(found, match, glued=glued)


def _mark(text: str, at: int, word: str, *, glued: bool) -> Mark | None:
    mark = text[at]
    following = text[at + 1 : at + 2]
    if mark in _SILENT or (mark == "-" and glued and following.isalpha()):
        return None
    if mark == "." and word in _ABBREVIATIONS and glued and text[at + 1 : at + 3].strip()[:1].islower():
        return None
    if mark == "." and following.isalnum():
        return "bad"
    if mark in "-−" and not glued and following.isdigit():
        # A sign, or the end of a range written with one space.
        return "bad"
    return _MARKS.get(mark, "clause")


def _number(found: str, match: re.Match[str], *, glued: bool) -> Piece:
    kind, number = _valued(found)
    return Piece(kind=kind, number=number, start=match.start(), end=match.end(), glued=glued)


def _valued(found: str) -> tuple[Kind, float]:
    half = 0.5 if found.endswith("½") else 0.0
    digits = found.removesuffix("½")
    if re.fullmatch(r"\d{0,9}", digits):
        return "number", float(digits or 0) + half
    if re.fullmatch(r"\d{1,3}([.,'’٬ \u00a0\u202f])\d{3}(\1\d{3})*", found):
        return "number", float(re.sub(r"\D", "", found))
    if re.fullmatch(r"\d{1,6}[.,٫]\d{1,2}", found):
        return "number", float(re.sub(r"[,٫]", ".", found))
    if clock := re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", found):
        return "clock", int(clock[1]) * 60 + int(clock[2])
    if score := re.fullmatch(r"(\d{1,2}(?:[.,٫]\d)?)/10", found):
        return "score", float(re.sub(r"[,٫]", ".", score[1]))
    return "bad", 0.0
