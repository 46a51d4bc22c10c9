"""Why a number in a text may not be this person's, today's or true."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.ai.lexicon import Lexicon, Phrases
from bot.ai.values import Item

ENDS = {"stop", "question"}
CLAUSE_ENDS = {*ENDS, "clause", "joint"}
BOUNDARIES = {*CLAUSE_ENDS, "colon", "dash"}


@dataclass(kw_only=True)
class _Sentence:
    """`unreal`: it is a question, or speaks of what is wished, planned or usual."""

    unreal: bool = False


@dataclass(kw_only=True)
class _Clause:
    """`joined` to the clause before by “and”; `unknown`: it begins with a word that may be a name."""

    sentence: _Sentence
    before: "_Clause | None"
    joined: bool
    doubtful: bool = False  # denied, or of another day
    denied: bool = False
    unknown: bool = False


@dataclass(frozen=True, kw_only=True)
class _Place:
    """What has been said before an item: `elsewhen`: another day, and not today since; `foreign`:
    somebody else in this sentence, and not the speaker since, `named` when a colon follows them."""

    clause: _Clause
    elsewhen: bool
    foreign: bool
    named: bool


class Doubts:
    """Wishes, habits and questions spoil their sentence; a denial its clause, and the amounts in the
    clause that is joined to it; another day what follows, until today is named; another person the
    amounts that follow in the sentence, until the speaker is named, and everything behind a colon."""

    def __init__(self, items: Sequence[Item], lexicons: Sequence[Lexicon]):
        self._items = items
        self._lexicons = lexicons
        self._words = [item.word for item in items]
        self._places = self._scan()

    def about(self, start: int, *, is_amount: bool) -> bool:
        """Whether to doubt the statement that begins with this item; `is_amount` tells it from one
        about points."""
        place = self._places[start]
        clause = place.clause
        if clause.sentence.unreal or clause.doubtful or place.elsewhen or place.named:
            return True
        if not is_amount:
            return False
        before = clause.before if clause.joined else None
        return place.foreign or (before is not None and (before.denied or before.unknown))

    def _scan(self) -> list[_Place]:
        unreal, denied = self._at(lambda one: one.unreal), self._at(lambda one: one.negation)
        others, today = self._at(lambda one: one.others), self._at(lambda one: one.today)
        otherday, weekdays = self._at(lambda one: one.otherday), self._at(lambda one: one.weekdays)
        speakers = frozenset[str]().union(*(one.speaker for one in self._lexicons))
        places: list[_Place] = []
        clause = self._clause(0, _Sentence(), None, joined=False)
        elsewhen = foreign = named = False
        for at, item in enumerate(self._items):
            places.append(_Place(clause=clause, elsewhen=elsewhen, foreign=foreign, named=named))
            clause.sentence.unreal |= at in unreal or item.kind == "question"
            clause.denied |= at in denied
            clause.doubtful |= at in denied or at in otherday or at in weekdays
            elsewhen = at in otherday or (elsewhen and at not in today)
            foreign = at in others or (foreign and item.word not in speakers)
            named = foreign and (named or item.kind == "colon")
            # “Emma wrote: slept 4 hours” is hers, “Check-in: mood 7” most likely is not.
            foreign |= clause.unknown and item.kind == "colon" and not self._is_hour_before(at)
            if item.kind in ENDS:
                clause = self._clause(at + 1, _Sentence(), None, joined=False)
                foreign = named = False
            elif item.kind in CLAUSE_ENDS:
                clause = self._clause(at + 1, clause.sentence, clause, joined=item.kind == "joint")
        return places

    def _is_hour_before(self, at: int) -> bool:
        """As in “Woke at nine: slept 9 hours”: a note on the day, and nobody who speaks."""
        kinds = [item.kind for item in self._items[max(at - 2, 0) : at]]
        if kinds[-1:] == ["clock"]:
            return True
        if kinds != ["word", "value"] or self._items[at - 1].unit != "number":
            return False
        return any(self._words[at - 2] in one.common for one in self._lexicons)

    def _clause(self, at: int, sentence: _Sentence, before: _Clause | None, *, joined: bool) -> _Clause:
        word = self._words[at] if at < len(self._words) else ""
        unknown = bool(word) and not any(word in one.known or word in one.common for one in self._lexicons)
        return _Clause(sentence=sentence, before=before, joined=joined, unknown=unknown)

    def _at(self, phrases: Callable[[Lexicon], Phrases]) -> set[int]:
        """The places where one of the phrases begins, in whichever language."""
        sets = [phrases(one) for one in self._lexicons]
        return {
            at
            for at, word in enumerate(self._words)
            if word and any(one.length_at(self._words, at) for one in sets)
        }
