"""How far an entry moves goals, by rule.

An entry moves a goal where one clause of it has all the words of the goal's title, in any of their forms,
and, where an amount is counted, a number of its unit. As with metrics a rule that counts nothing is right
more often than one that guesses: what is denied, wished for, asked, somebody else's or of another day is left
alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.ai.doubts import CLAUSE_ENDS, Doubts
from bot.ai.goal_words import goal_words, is_same, keys_of, times_in
from bot.ai.lexicon import LANGUAGES, Lexicon, fold, lexicon
from bot.ai.pieces import Piece
from bot.ai.protocols import KnownGoal, ProposedProgress
from bot.ai.values import Item, items_of, measures

LONGEST_QUOTE = 160


def stated_progress(
    text: str, pieces: Sequence[Piece], goals: Sequence[KnownGoal], language: str | None
) -> list[ProposedProgress]:
    """At most one for each goal. Several amounts of one goal are added, the same one twice is one."""
    words = {piece.text for piece in pieces if piece.kind == "word"}
    asked = [goal for goal in goals if _may_speak_of(words, goal)]
    found: dict[int, list[_Match]] = {}
    if not asked:
        return []
    for reader in _readers(pieces, words, language):
        for goal in asked:
            if goal.number not in found and (matches := list(reader.matches(goal))):
                found[goal.number] = matches
    return [
        ProposedProgress(goal=number, amount=_total(matches), quote=text[matches[0].start : matches[0].end])
        for number, matches in sorted(found.items())
    ]


@dataclass(frozen=True, kw_only=True)
class _Match:
    """`amount` is None for something that was done, and that is counted in times."""

    amount: float | None
    start: int
    end: int


def _total(matches: Sequence[_Match]) -> float:
    amounts = {it.amount for it in matches if it.amount is not None}
    return round(sum(amounts), 2) if amounts else 1.0


def _may_speak_of(words: set[str], goal: KnownGoal) -> bool:
    keys = keys_of(goal.title, goal.unit)
    if not keys:
        return any(is_same(word, fold(goal.unit)) for word in words & goal_words().alone)
    return all(any(is_same(key, word) for word in words) for key in keys)


def _readers(pieces: Sequence[Piece], words: set[str], language: str | None) -> Iterator["_Reader"]:
    """In the text's language and in English; where it is unknown, in every one that has its words."""
    codes = [code for code in LANGUAGES if language not in LANGUAGES or code in {language, "en"}]
    lexicons = [lexicon(code) for code in codes]
    spoken = [it for it in lexicons if it.code == language or not words.isdisjoint(it.known)]
    for it in spoken:
        yield _Reader(pieces, it, spoken)


class _Reader:
    """Reads the pieces with the words of one language, doubting in those of all that are spoken."""

    def __init__(self, pieces: Sequence[Piece], lexicon: Lexicon, spoken: Sequence[Lexicon]):
        self._lexicon = lexicon
        self._spoken = spoken
        self._items = items_of(pieces, lexicon)
        self._words = [item.word for item in self._items]
        self._doubts = Doubts(self._items, spoken)

    def matches(self, goal: KnownGoal) -> Iterator[_Match]:
        keys = keys_of(goal.title, goal.unit)
        for start, stop in self._clauses():
            places = [self._place(key, start, stop) for key in keys]
            if all(place is not None for place in places):
                at = [place for place in places if place is not None]
                yield from self._match(goal, at, start, stop)

    def _match(self, goal: KnownGoal, keys: list[int], start: int, stop: int) -> Iterator[_Match]:
        doubts = self._doubts
        if keys and self._is_told_of_oneself(start, max(keys)):
            # Whoever says “I called mum” speaks of themselves, although mum is somebody else.
            blank = [replace(it, word="") if at in keys else it for at, it in enumerate(self._items)]
            doubts = Doubts(blank, self._spoken)
        amounts = list(self._amounts(goal.unit, start, stop))
        if not is_counted_in_times(goal.unit) and not amounts:
            return
        if not keys and not amounts:
            return
        first = min([*keys, *(at for at, _, _ in amounts)])
        if self._is_idiom(start, stop) or not self._may_begin(start, first):
            return
        told: list[tuple[int, int, float | None]] = [*amounts] or [(first, first + 1, None)]
        for at, end, amount in told:
            places = [*keys, at]
            if not any(doubts.about(place, is_amount=True) for place in places):
                yield self._quoted(amount, (start, stop), (min(places), max(*places, end - 1)))

    def _quoted(self, amount: float | None, clause: tuple[int, int], told: tuple[int, int]) -> _Match:
        """With the whole clause for a quote, or what it rests on where that is long."""
        begins, ends = self._items[clause[0]].start, self._items[clause[1] - 1].end
        if ends - begins > LONGEST_QUOTE:
            begins, ends = self._items[told[0]].start, self._items[told[1]].end
        return _Match(amount=amount, start=begins, end=ends)

    def _clauses(self) -> Iterator[tuple[int, int]]:
        start = 0
        for at, item in enumerate(self._items):
            if item.kind in CLAUSE_ENDS:
                yield start, at
                start = at + 1
        yield start, len(self._items)

    def _place(self, key: str, start: int, stop: int) -> int | None:
        return next((at for at in range(start, stop) if self._is_key(at, key)), None)

    def _is_key(self, at: int, key: str) -> bool:
        return self._items[at].kind == "word" and is_same(key, self._words[at])

    def _amounts(self, unit: str, start: int, stop: int) -> Iterator[tuple[int, int, float]]:
        """Each number of the unit in the clause: where it begins and ends, and what it is in the unit."""
        for at in range(start, stop):
            item = self._items[at]
            if is_counted_in_times(unit):
                times = times_in(item.word) if item.kind == "word" else None
                if times is not None:
                    yield at, at + 1, times
                elif _is_number(item) and self._is_times(at + 1, stop):
                    yield at, at + 2, item.amount
            elif (measure := measures().get(fold(unit))) is not None:
                if item.kind == "value" and item.unit == measure[0]:
                    yield at, at + 1, round(item.amount / measure[1], 2)
            elif _is_number(item) and at + 1 < stop and self._is_key(at + 1, fold(unit)):
                yield at, at + 2, item.amount

    def _is_times(self, at: int, stop: int) -> bool:
        return at < stop and self._words[at] in goal_words().times

    def _is_told_of_oneself(self, start: int, stop: int) -> bool:
        first = self._lexicon.speaker | goal_words().first
        return any(self._words[at] in first for at in range(start, stop))

    def _is_idiom(self, start: int, stop: int) -> bool:
        words, idioms = self._words, goal_words().idioms
        return any(words[at] and idioms.length_at(words, at) for at in range(start, stop))

    def _may_begin(self, start: int, first: int) -> bool:
        """Whether only words that may lead in stand between the clause's beginning, or who speaks, and
        what was done: another word there may be a name."""
        for at in range(first - 1, start - 1, -1):
            word, kind = self._words[at], self._items[at].kind
            if word in self._lexicon.speaker:
                return True
            if kind == "word" and word not in self._lexicon.lead:
                return False
        return True


def is_counted_in_times(unit: str) -> bool:
    return not unit or fold(unit) in goal_words().times


def _is_number(item: Item) -> bool:
    return item.kind == "value" and item.unit == "number"
