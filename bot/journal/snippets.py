"""A few words of an entry, as HTML for one line of a list: its beginning, or the part around the words
that somebody looks for, with these in bold."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from bot.journal.recall import terms
from bot.journal.recall.typos import distance, slips_in

ROOM = 160
# How much of that stands before the first word that is looked for.
LEAD = 40
# Where a long text is searched for the words: this much from where it was found.
REGION = 3_000

# The marks that sit on the letters of a word: accents, and the vowels of Hebrew, Arabic and Indic scripts.
_SIGNS = "\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0900-\u0dff"
_TOKEN = re.compile(rf"[{terms.UNSPACED}]+|(?:(?![{terms.UNSPACED}])[^\W_][{_SIGNS}]*)+")
_SPACE = re.compile(r"\s+")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True, kw_only=True)
class Sought:
    """The words of a search, and the languages that they may be in."""

    words: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Mark:
    """`body[start:stop]` is the word at `place` of the search."""

    start: int
    stop: int
    place: int


def sought(text: str, language: str | None) -> Sought:
    told = terms.detect(text, language)
    words = dict.fromkeys(terms.words(text))
    telling = [word for word in words if word not in terms.small_words(told)]
    return Sought(words=tuple(telling or words), languages=(told, terms.base(language), ""))


def beginning(body: str, room: int = ROOM) -> str:
    """The first words, on one line."""
    return _line(body, 0, _stop(body, 0, room), [])


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """`html` shows the part of a text that begins at `start`, in characters."""

    html: str
    start: int


def around(
    body: str, words: Sought, *, start: int = 0, language: str | None = None, room: int = ROOM
) -> Snippet:
    """The part that has most of the words; without any, the one at `start`."""
    start = start if start < len(body) else 0
    region = (0, len(body)) if len(body) <= REGION else (start, start + REGION)
    marks = _marks(body, region, words, language)
    if not marks:
        return Snippet(html=_line(body, start, _stop(body, start, room), []), start=start)
    first = max(marks, key=lambda it: _worth(marks, it, room))
    begin = 0 if len(body) <= room else _begin(body, first.start)
    return Snippet(html=_line(body, begin, _stop(body, begin, room), marks), start=begin)


def plain(text: str) -> str:
    """As HTML that shows just these characters: no markup in it means anything."""
    return escape(text, quote=False).replace("*", "&#42;")


def isolated(html: str) -> str:
    """So that right-to-left words do not turn the line around them."""
    return f"{_ISOLATE}{html}{_END_OF_ISOLATE}" if _RIGHT_TO_LEFT.search(html) else html


def cut(text: str, room: int) -> str:
    """The beginning, at a word, marked where it is cut."""
    stop = _stop(text, 0, room)
    return text[:stop].rstrip() + ("…" if stop < len(text) else "")


def _marks(body: str, region: tuple[int, int], words: Sought, language: str | None) -> list[_Mark]:
    if not words.words:
        return []
    tokens = list(_tokens(body, region))
    told = terms.detect(body[region[0] : region[1]], language)
    marks = list(_same(tokens, words.words, {told, *words.languages}))
    missing = set(range(len(words.words))) - {it.place for it in marks}
    return sorted([*marks, *_near(tokens, words.words, missing)], key=lambda it: it.start)


def _tokens(body: str, region: tuple[int, int]) -> Iterable[tuple[int, int, str]]:
    """The words with their places; of scripts without spaces, each pair of letters."""
    for token in _TOKEN.finditer(body, *region):
        found = terms.words(token.group())
        if len(found) == 1:
            yield token.start(), token.end(), found[0]
        elif len(found) == token.end() - token.start() - 1:
            for at, pair in enumerate(found, token.start()):
                yield at, at + 2, pair


def _same(
    tokens: Iterable[tuple[int, int, str]], words: Sequence[str], languages: Iterable[str]
) -> Iterable[_Mark]:
    """The words that are forms of one of the search in any of the languages."""
    forms = {terms.term_of(word, it): place for place, word in enumerate(words) for it in languages}
    for start, stop, word in tokens:
        place = next((forms[it] for it in _terms(word, languages) if it in forms), None)
        if place is not None:
            yield _Mark(start=start, stop=stop, place=place)


def _terms(word: str, languages: Iterable[str]) -> Iterable[str]:
    return (terms.term_of(word, it) for it in languages)


def _near(
    tokens: Sequence[tuple[int, int, str]], words: Sequence[str], places: Iterable[int]
) -> Iterable[_Mark]:
    """The words that a misspelt one of the search means, the nearest only."""
    for place in places:
        asked = terms.fold(words[place])
        slips = slips_in(asked)
        far = [(distance(asked, terms.fold(word), slips), start, stop) for start, stop, word in tokens]
        least = min((it[0] for it in far), default=slips + 1)
        if slips and least <= slips:
            yield from (_Mark(start=it[1], stop=it[2], place=place) for it in far if it[0] == least)


def _worth(marks: Sequence[_Mark], first: _Mark, room: int) -> tuple[int, int, int]:
    """How many of the words stand within the room from one of them on; of equals the earliest."""
    within = [it for it in marks if first.start <= it.start <= first.start + room - LEAD]
    return len({it.place for it in within}), len(within), -first.start


def _begin(body: str, at: int) -> int:
    if at <= LEAD:
        return 0
    space = body.find(" ", at - LEAD, at)
    return space + 1 if space >= 0 else at


def _stop(body: str, start: int, room: int) -> int:
    if len(body) - start <= room:
        return len(body)
    latest = start + room
    space = max(body.rfind(mark, start + room // 2, latest + 1) for mark in " \n")
    if space > 0:
        return space
    while latest > start + 1 and _joins(body[latest - 1], body[latest]):
        latest -= 1
    return latest


def _joins(before: str, after: str) -> bool:
    """Whether the two are parts of one sign, such as the halves of an emoji or a flag."""
    return (
        "\u200d" in {before, after}
        or "\ufe00" <= after <= "\ufe0f"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or ("\U0001f1e6" <= before <= "\U0001f1ff" and "\U0001f1e6" <= after <= "\U0001f1ff")
        or unicodedata.category(after) in {"Mn", "Mc", "Me"}
    )


def _line(body: str, start: int, stop: int, marks: Sequence[_Mark]) -> str:
    pieces: list[str] = []
    at = start
    for begin, end in _joined(it for it in marks if start <= it.start and it.stop <= stop):
        pieces += [_flat(body[at:begin]), f"<b>{_flat(body[begin:end])}</b>"]
        at = end
    pieces.append(_flat(body[at:stop]))
    line = "".join(pieces).strip()
    if stop < len(body.rstrip()):
        line = line.rstrip(" .,;:–-") + "…"
    return isolated(("…" if start > 0 else "") + line)


def _joined(marks: Iterable[_Mark]) -> list[tuple[int, int]]:
    """Spans that do not overlap, as pairs of letters do."""
    spans: list[tuple[int, int]] = []
    for mark in marks:
        if spans and mark.start <= spans[-1][1] and mark.start > spans[-1][0] and mark.stop > spans[-1][1]:
            spans[-1] = spans[-1][0], mark.stop
        elif not spans or mark.start >= spans[-1][1]:
            spans.append((mark.start, mark.stop))
    return spans


def _flat(text: str) -> str:
    return plain(_SPACE.sub(" ", text))
