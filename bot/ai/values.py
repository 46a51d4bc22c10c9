"""Pieces of a text as one language reads them: numbers take their units and become values."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from bot.ai.lexicon import Lexicon, Phrases, fold
from bot.ai.pieces import Kind, Piece

Unit = Literal["number", "score", "minutes", "span", "km", "kg", "glass"]
DAY = 24 * 60


@dataclass(frozen=True, kw_only=True)
class Item:
    """A word, a mark, or a value: `amount` of `unit`. A `span` is minutes between two clock times."""

    kind: Kind | Literal["value", "joint"]
    word: str = ""
    unit: Unit = "number"
    amount: float = 0.0
    start: int
    end: int


@cache
def measures() -> dict[str, tuple[Unit, float]]:
    """Each word for a unit, folded: our own unit, and what to multiply by."""
    raw = tomllib.loads(files("bot.ai").joinpath("languages", "units.toml").read_text(encoding="utf-8"))
    per: dict[str, float] = raw.pop("per")
    return {
        fold(word): (cast("Unit", unit), float(per.get(name, 1)))
        for unit, names in raw.items()
        for name, words in names.items()
        for word in words.split()
    }


OUT_OF = {fold(word) for word in ["of", "von", "de", "sobre", "sur", "em", "su", "из", "من"]}
NOON = {"am": 0, "pm": 12 * 60}
O_CLOCK = {fold(word) for word in ["uhr", "h", "ч", "часов", "heures", "ore"]}


def items_of(pieces: Sequence[Piece], lexicon: Lexicon) -> list[Item]:
    """The pieces with every value in one item, and the words that join clauses marked."""
    parted = [part for piece in pieces for part in without_prefix(piece, lexicon)]
    return _Reading(parted, lexicon).items()


def without_prefix(piece: Piece, lexicon: Lexicon) -> list[Piece]:
    """The piece, parted where “and” is written at the front of a word that the lexicon has."""
    rest = piece.text.removeprefix(lexicon.prefix_joint)
    if rest in {piece.text, ""} or piece.text in lexicon.known or rest not in lexicon.known:
        return [piece]
    # Both begin where the word does: a quote takes in the whole word.
    return [replace(piece, text=lexicon.prefix_joint), replace(piece, text=rest, glued=False)]


class _Reading:
    def __init__(self, pieces: Sequence[Piece], lexicon: Lexicon):
        self._pieces = pieces
        self._lexicon = lexicon
        self._words = [piece.text for piece in pieces]
        self._longest = max((len(phrase) for phrase in lexicon.durations), default=0)

    def items(self) -> list[Item]:
        items: list[Item] = []
        at = 0
        while at < len(self._pieces):
            item, at = self._span(at) or self._value(at) or self._duration(at) or self._single(at)
            items.append(item)
        return items

    def _single(self, at: int) -> tuple[Item, int]:
        piece = self._pieces[at]
        if piece.kind == "word":
            length = self._lexicon.joints.length_at(self._words, at)
            if length:
                return self._item(at, at + length, "joint"), at + length
        return self._item(at, at + 1, piece.kind), at + 1

    def _span(self, at: int) -> tuple[Item, int] | None:
        """“from 23:30 to 7”, “23:30–7:00”: two clock times, one of which shows that it is one."""
        begin = at + 1 if self._word(at) in self._lexicon.first else at
        if begin == at and self._kind(at) != "clock":
            return None
        start = self._clock(begin)
        if start is None:
            return None
        dash = self._kind(start.end) in {"dash", "bad"}
        if not dash and self._word(start.end) not in self._lexicon.until:
            return None
        end = self._clock(start.end + 1)
        minutes = length_of_span(start, end) if end else None
        if end is None or minutes is None:
            return None
        return self._item(at, end.end, "value", "span", minutes), end.end

    def _clock(self, at: int) -> "_Clock | None":
        """A clock time, perhaps behind an article."""
        if self._kind(at) == "word" and self._word(at) in self._lexicon.link:
            at += 1
        if self._kind(at) not in {"clock", "number"}:
            return None
        piece = self._pieces[at]
        is_number = piece.kind == "number"
        if is_number and (piece.number != int(piece.number) or piece.number > 24):
            return None
        minutes = piece.number * 60 if is_number else piece.number
        at += 1
        if is_number and self._word(at) == "h" and self._kind(at + 1) == "number" and self._glued(at + 1):
            minutes += self._pieces[at + 1].number
            at += 2
        half = NOON.get(self._word(at))
        if half is not None:
            minutes = minutes % (12 * 60) + half
        if half is not None or self._word(at) in O_CLOCK:
            at += 1
        return _Clock(minutes=minutes % DAY, plain=half is None and minutes <= 12 * 60, end=at)

    def _value(self, at: int) -> tuple[Item, int] | None:
        piece = self._pieces[at]
        if piece.kind == "score":
            return self._item(at, at + 1, "value", "score", piece.number), at + 1
        if piece.kind == "clock" and self._is_hours(at + 1):
            return self._item(at, at + 2, "value", "minutes", piece.number), at + 2
        number = self._number(at)
        if number is None:
            return None
        return self._range(at) or self._score(at, number) or self._measured(at, number)

    def _range(self, at: int) -> tuple[Item, int] | None:
        """“7-8”, “7 or 8”: neither is stated."""
        length = self._length(self._lexicon.ranges, at + 1)
        following = at + 1 + (length or 1)
        if (length or self._kind(at + 1) == "dash") and self._number(following) is not None:
            return self._item(at, following + 1, "bad"), following + 1
        return None

    def _score(self, at: int, number: float) -> tuple[Item, int] | None:
        """“7 out of 10”, and the Turkish “10 üzerinden 7”."""
        after = at + 2 if self._word(at + 1) == "out" else at + 1
        scale = self._number(after + 1)
        if self._word(after) in OUT_OF and scale is not None:
            if scale == 10:
                return self._item(at, after + 2, "value", "score", number), after + 2
            return self._item(at, after + 2, "bad"), after + 2
        points = self._number(at + 2)
        if number == 10 and self._word(at + 1) == "uzerinden" and points is not None:
            return self._item(at, at + 3, "value", "score", points), at + 3
        return None

    def _measured(self, at: int, number: float) -> tuple[Item, int]:
        after = at + 1
        half = self._length(self._lexicon.half_before_unit, after)
        if half and self._is_hours(after + half):
            return self._hours(at, after + half + 1, number + 0.5)
        if self._is_hours(after):
            return self._hours(at, after + 1, number)
        word = self._word(after)
        if word in measures():
            unit, factor = measures()[word]
            return self._item(at, after + 1, "value", unit, round(number * factor, 2)), after + 1
        if word == "k" and self._glued(after):
            return self._item(at, after + 1, "value", "number", number * 1000), after + 1
        if word and self._glued(after) and self._kind(at) == "number":
            return self._item(at, after + 1, "bad"), after + 1
        return self._item(at, at + 1, "value", "number", number), at + 1

    def _hours(self, at: int, after: int, hours: float) -> tuple[Item, int]:
        """“6 hours”, with “30 minutes”, “and 30 minutes”, “and a half”, “6h30” behind."""
        minutes = hours * 60
        half = self._length(self._lexicon.half_after_unit, after)
        if half:
            return self._item(at, after + half, "value", "minutes", minutes + 30), after + half
        joint = self._length(self._lexicon.joints, after)
        more = self._number(after + joint)
        if more is not None and more < 60:
            unit = self._word(after + joint + 1)
            if unit == "m" or measures().get(unit) == ("minutes", 1):
                stop = after + joint + 2
                return self._item(at, stop, "value", "minutes", minutes + more), stop
            if not joint and self._glued(after):
                return self._item(at, after + 1, "value", "minutes", minutes + more), after + 1
        return self._item(at, after, "value", "minutes", minutes), after

    def _duration(self, at: int) -> tuple[Item, int] | None:
        """“half an hour” and the like, which have no number."""
        for length in range(min(self._longest, len(self._words) - at), 0, -1):
            minutes = self._lexicon.durations.get(tuple(self._words[at : at + length]))
            if minutes is not None:
                return self._item(at, at + length, "value", "minutes", minutes), at + length
        return None

    def _number(self, at: int) -> float | None:
        if at >= len(self._pieces):
            return None
        piece = self._pieces[at]
        return piece.number if piece.kind == "number" else self._lexicon.numbers.get(piece.text)

    def _is_hours(self, at: int) -> bool:
        return measures().get(self._word(at)) == ("minutes", 60)

    def _length(self, phrases: Phrases, at: int) -> int:
        return phrases.length_at(self._words, at) if self._word(at) else 0

    def _word(self, at: int) -> str:
        return self._words[at] if at < len(self._words) else ""

    def _kind(self, at: int) -> str:
        return self._pieces[at].kind if at < len(self._pieces) else ""

    def _glued(self, at: int) -> bool:
        return at < len(self._pieces) and self._pieces[at].glued

    def _item(
        self,
        at: int,
        stop: int,
        kind: Kind | Literal["value", "joint"],
        unit: Unit = "number",
        amount: float = 0.0,
    ) -> Item:
        word = " ".join(self._words[at:stop]) if kind in {"word", "joint"} else ""
        start, end = self._pieces[at].start, self._pieces[stop - 1].end
        return Item(kind=kind, word=word, unit=unit, amount=amount, start=start, end=end)


@dataclass(frozen=True, kw_only=True)
class _Clock:
    """Minutes after midnight; `plain` when it may be of either half of the day. `end` is where the
    next piece is."""

    minutes: float
    plain: bool
    end: int


def length_of_span(start: _Clock, end: _Clock) -> float | None:
    """Minutes from one clock time to the other, over midnight if need be; None past 16 hours. A
    plain “11 to 7” that would be so long began at 11 in the evening."""
    minutes = (end.minutes - start.minutes) % DAY
    if minutes > 16 * 60 and start.plain:
        minutes = (minutes - 12 * 60) % DAY
    return minutes if 0 < minutes <= 16 * 60 else None
