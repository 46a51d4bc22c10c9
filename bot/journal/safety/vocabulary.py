"""The words that the language files name, found exactly, by their stem, masked or misspelt."""

import re
from collections import defaultdict
from collections.abc import Mapping

_DOUBLED = re.compile(r"(.)\1+")
_ORNAMENTS = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
    "\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u093c]+"
)
# Ends of English words; what else stands after an apostrophe is a word of its own: j'en, un'altra.
_CONTRACTED = {"ll", "ve", "re", "d", "m", "s", "t"}
_VOWELS = set("aeiouy")
# Shorter words have too many ordinary neighbours one letter away.
MISSPELT_FROM = 6
SHORTEST_STEM = 3
LONGEST_WORD = 24


def collapse(word: str) -> str:
    """Without doubled letters, which are doubled and forgotten at will: `killll`, `mysellf`."""
    return _DOUBLED.sub(r"\1", word)


def strip_marks(word: str) -> str:
    return word if word.isascii() else _ORNAMENTS.sub("", word)


def parts_of(word: str) -> list[str]:
    """`can't` is one word, `cant`; `j'en` is two."""
    left, apostrophe, right = word.partition("'")
    if not apostrophe or not right:
        return [left]
    further = parts_of(right)
    ending = further[0].rstrip("*")
    joined = ending in _CONTRACTED or (len(ending) < 2 and ending not in _VOWELS) or ending > "\u02ff"
    if joined:
        return [left + further[0], *further[1:]]
    return [left, *further] if left else further


class Vocabulary:
    """Entries are collapsed words; one that ends in * is a stem."""

    def __init__(
        self,
        entries: Mapping[str, frozenset[str]],
        often_misspelt: set[str],
        other_words: set[str],
        not_doubled: set[str],
    ) -> None:
        """`entries` with the languages that use them. `often_misspelt` are those that are worth finding with
        a slip, `other_words` real words that look like one of them, and are none; `not_doubled` those that
        only a doubled letter tells from one: nose, and noose."""
        self._languages = entries
        self._entries = set(entries)
        self._other_words = other_words
        self._not_doubled = not_doubled
        self._stems = {entry for entry in entries if entry.endswith("*")}
        self._short = {entry for entry in self._entries - self._stems if len(entry) <= LONGEST_WORD}
        self._by_edge: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
        self._near: defaultdict[str, list[str]] = defaultdict(list)  # by what is left without a letter
        for entry in self._short:
            self._by_edge[len(entry), entry[0]].add(entry)
        for entry in sorted(self._short & often_misspelt):
            if len(entry) >= MISSPELT_FROM:
                for left in {entry, *_shortened(entry)}:
                    self._near[left].append(entry)

    def is_other(self, word: str) -> bool:
        """Whether the word, as it is written, is none of ours though it collapses to one."""
        return word in self._not_doubled

    def find(self, word: str) -> tuple[str, ...]:
        found = [word] if word in self._entries else []
        for length in range(SHORTEST_STEM, min(len(word), LONGEST_WORD) + 1):
            stem = word[:length] + "*"
            if stem in self._stems:
                found.append(stem)
        return tuple(found)

    def find_misspelt(self, word: str) -> tuple[str, ...]:
        """Entries one slip away: a letter more, less, other, or two that changed places."""
        if not MISSPELT_FROM - 1 <= len(word) <= LONGEST_WORD or word in self._other_words:
            return ()
        near = self._near
        found = {entry for left in (word, *_shortened(word)) if left in near for entry in near[left]}
        meant = {entry for entry in found if _one_slip(word, entry)}
        # A misspelt word may also be the form of a stem.
        return tuple(sorted({key for entry in meant for key in self.find(entry)}))

    def find_masked(self, word: str) -> tuple[str, ...]:
        """`su*c*de`: entries with the same letters where letters stand, the first of all."""
        if len(word) > LONGEST_WORD or sum(letter.isalpha() for letter in word) < 2:
            return ()
        pattern = re.compile("".join("." if not it.isalnum() else re.escape(it) for it in word))
        found: set[str] = set()
        # The entry may have lost a doubled letter that the word still shows: k*ll, k**l.
        for entry in self._by_edge.get((len(word), word[0]), ()):
            if pattern.fullmatch(entry):
                found.update(self.find(entry))
        for entry in self._by_edge.get((len(word) - 1, word[0]), ()):
            if any(pattern.fullmatch(entry[: at + 1] + entry[at:]) for at in range(len(entry))):
                found.update(self.find(entry))
        return tuple(sorted(found))

    def segment(self, joined: str) -> list[str]:
        """The entries of one language that this word is made of, the longest first, or nothing."""
        size = len(joined)
        doubled = _DOUBLED.search(joined)
        best: list[list[str] | None] = [None] * (size + 1)
        best[0] = []
        for at in range(size):
            before = best[at]
            if before is None:
                continue
            for length in range(1, min(LONGEST_WORD, size - at) + 1):
                piece = joined[at : at + length]
                if piece in self._not_doubled:
                    continue
                if doubled:
                    piece = collapse(piece)
                if piece in self._short and (length > 1 or piece in _VOWELS):
                    there = best[at + length]
                    if there is None or len(before) + 1 < len(there):
                        best[at + length] = [*before, piece]
        pieces = best[size]
        if not pieces or len(pieces) > 7 or not _mostly_words(pieces):
            return []
        return pieces if frozenset.intersection(*map(self._languages.__getitem__, pieces)) else []


def _mostly_words(pieces: list[str]) -> bool:
    """Not a heap of single letters."""
    return sum(len(piece) < 2 for piece in pieces) <= 1 and any(len(piece) >= 3 for piece in pieces)


def _shortened(word: str) -> list[str]:
    return [word[:at] + word[at + 1 :] for at in range(len(word))]


def _one_slip(one: str, other: str) -> bool:
    """One letter more, less or changed, or two neighbours swapped; both have a letter to lose in common."""
    if len(one) != len(other):
        return abs(len(one) - len(other)) == 1
    wrong = [at for at in range(len(one)) if one[at] != other[at]]
    swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
    if not swapped:
        return len(wrong) == 1
    return one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]
