"""Where the patterns of the language files stand in a text.

The work grows with the length of the text: a pattern is tried only if every word it needs is there,
only around the rarest of these, and no further than its own gaps reach.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass

from bot.journal.safety.grammar import FIRST, LAST, Element, Grammar, Node, Pattern
from bot.journal.safety.reading import Reading

# Beyond this many places for one pattern, a text is a wall of one phrase, and its first ones suffice.
MOST_PLACES = 60


@dataclass(frozen=True, slots=True)
class Match:
    pattern: Pattern
    matched: tuple[int, ...]  # numbers of the words that the pattern names, ascending

    @property
    def first(self) -> int:
        return self.matched[0]

    @property
    def last(self) -> int:
        return self.matched[-1]


class Tagged:
    """A text with the phrases in it, each as its number and its length in words."""

    def __init__(self, reading: Reading, grammar: Grammar) -> None:
        size = len(reading.words)
        self.reading = reading
        self._grammar = grammar
        self.starting: list[list[tuple[int, int]]] = [[] for _ in range(size)]
        self.ending: list[list[tuple[int, int]]] = [[] for _ in range(size)]
        self._places: defaultdict[int, list[int]] = defaultdict(list)  # by phrase
        self._slot_places: dict[int, list[int]] = {}
        self._slot_sentences: dict[int, int] = {}
        for at, keys in enumerate(reading.keys):
            for key in keys:
                node = grammar.tree.after.get(key)
                if node is not None:
                    self._collect(node, at, at + 1)
        self.slots: set[int] = set().union(*(grammar.slots[phrase] for phrase in self._places))

    def _collect(self, node: Node, first: int, follower: int) -> None:
        reading = self.reading
        if node.phrase is not None:
            found = (node.phrase, follower - first)
            self.starting[first].append(found)
            self.ending[follower - 1].append(found)
            self._places[node.phrase].append(first)
        if (
            node.after
            and follower < len(reading.keys)
            and reading.sentences[follower] == reading.sentences[first]
        ):
            for key in reading.keys[follower]:
                further = node.after.get(key)
                if further is not None:
                    self._collect(further, first, follower + 1)

    def has(self, at: int, slot: int | None) -> bool:
        """Whether a phrase of this slot starts at this word."""
        return slot is not None and any(slot in self._grammar.slots[it] for it, _ in self.starting[at])

    def lengths(self, at: int, slot: int, step: int) -> int:
        """The length of the longest phrase of this slot that starts, or leftwards ends, here; 0 if none."""
        slots = self._grammar.slots
        here = self.starting[at] if step > 0 else self.ending[at]
        return max([length for phrase, length in here if slot in slots[phrase]], default=0)

    def places(self, slot: int) -> list[int]:
        """The words at which a phrase of this slot starts, in order."""
        found = self._slot_places.get(slot)
        if found is None:
            present = self._grammar.phrases[slot] & self._places.keys()
            found = sorted({at for phrase in present for at in self._places[phrase]})
            self._slot_places[slot] = found
        return found

    def in_sentences(self, slot: int) -> int:
        """The sentences with a phrase of this slot, as the bits of a number."""
        found = self._slot_sentences.get(slot)
        if found is None:
            found = 0
            for at in self.places(slot):
                found |= 1 << self.reading.sentences[at]
            self._slot_sentences[slot] = found
        return found

    def known(self) -> Counter[str]:
        """How many words each language knows."""
        known: Counter[str] = Counter()
        for phrase, places in self._places.items():
            for code in self._grammar.spoken[phrase]:
                known[code] += len(places)
        return known

    def known_beside(self, first: int, last: int) -> Counter[str]:
        """The same in the sentences of these words."""
        sentences = self.reading.sentences
        begin = bisect_left(sentences, sentences[first])
        end = bisect_right(sentences, sentences[last])
        here = (phrase for at in range(begin, end) for phrase, _ in self.starting[at])
        return Counter(code for phrase in here for code in self._grammar.spoken[phrase])


def find(
    tagged: Tagged, patterns: Mapping[int, tuple[Pattern, ...]], languages: Set[str] | None = None
) -> list[Match]:
    """In the order of the patterns in their files; of these languages only, if told."""
    slots = tagged.slots
    possible = [
        pattern
        for slot in slots & patterns.keys()
        for pattern in patterns[slot]
        if pattern.required <= slots and (languages is None or pattern.language in languages)
    ]
    possible.sort(key=lambda it: it.number)
    return [match for pattern in possible for match in _occurrences(pattern, tagged)]


def _occurrences(pattern: Pattern, tagged: Tagged) -> list[Match]:
    # All that it needs must be there in one and the same sentence.
    together = -1
    for slot in pattern.required:
        together &= tagged.in_sentences(slot)
        if not together:
            return []
    slot = min(pattern.required, key=lambda it: len(tagged.places(it)))
    before, after = pattern.around(slot)
    matches: list[Match] = []
    for at in tagged.places(slot)[:MOST_PLACES]:
        sentence = tagged.reading.sentences[at]
        if not together >> sentence & 1:
            continue
        length = tagged.lengths(at, slot, 1)
        right = _walk(after, tagged, at + length, 1, sentence)
        left = _walk(before, tagged, at - 1, -1, sentence) if right is not None else None
        if right is not None and left is not None:
            matches.append(Match(pattern, (*sorted(left), *range(at, at + length), *right)))
    return matches


def _walk(
    elements: tuple[Element, ...], tagged: Tagged, at: int, step: int, sentence: int
) -> tuple[int, ...] | None:
    """The words that the elements take from `at` on, rightwards or leftwards; None if they don't fit."""
    if not elements:
        return ()
    element, rest = elements[0], elements[1:]
    sentences = tagged.reading.sentences
    inside = 0 <= at < len(sentences) and sentences[at] == sentence
    taken = None
    if element.slot in {FIRST, LAST}:
        return None if inside else _walk(rest, tagged, at, step, sentence)
    if element.slot is None:
        taken = _walk(rest, tagged, at, step, sentence)
        if taken is None and inside and element.gap:
            taken = _walk((Element(None, element.gap - 1), *rest), tagged, at + step, step, sentence)
        return taken
    if element.or_edge and not inside:
        return _walk(rest, tagged, at, step, sentence)
    length = tagged.lengths(at, element.slot, step) if inside else 0
    if length:
        taken = _walk(rest, tagged, at + length * step, step, sentence)
        if taken is not None:
            taken = (*sorted(range(at, at + length * step, step)), *taken)
    return _walk(rest, tagged, at, step, sentence) if taken is None and element.optional else taken
