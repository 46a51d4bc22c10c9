"""Blanks in a pattern that can't be meant.

A blank parts what must follow each other; a phrase inside a choice is joined by a +. Written with a
blank, `soon|at last|then _3 over` asks for "soon" or "at" and then for "last" or "then", which nobody
says: the pattern looks alive and sees nothing.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

Phrase = tuple[str, ...]


def phrases_of(lists: Iterable[str], patterns: Iterable[str]) -> frozenset[Phrase]:
    """The phrases that a language file writes as one: under [words] with a blank, in a pattern with a +."""
    listed = (it.split() for words in lists for it in words.replace("\n", ",").split(","))
    joined = (
        choice.split("+")
        for pattern in patterns
        for element in pattern.split()
        if "+" in element
        for choice in element.removesuffix("?").split("|")
    )
    return frozenset(tuple(it) for them in (listed, joined) for it in them if len(it) > 1)


def wrong_blank(pattern: str, phrases: frozenset[Phrase]) -> str | None:
    """What is wrong with a blank of this pattern, or None. A gap of `_0` says that it is meant."""
    if "|" not in pattern:
        return None
    elements = [_choices(it) for it in pattern.split()]
    for at, (left, right) in enumerate(pairwise(elements)):
        if len(left) < 2 and len(right) < 2:
            continue
        twice = next((it for it in left if it in right and _is_word(it)), None)
        if twice is not None:
            return f"{twice!r} stands on both sides of a blank"
        if len(left) > 1 and left[-1][:1] != left[-2][:1]:
            for phrase in _across(left[-1], elements[at + 1 :]):
                if phrase in phrases:
                    return f"{' '.join(phrase)!r} is parted by a blank"
    return None


def _choices(element: str) -> list[str]:
    """None of them for a gap and for the end of a sentence: no phrase runs on across these."""
    if element in {"^", "$"} or element.startswith("_"):
        return []
    return element.removesuffix("?").split("|")


def _across(word: str, following: list[list[str]]) -> Iterator[Phrase]:
    """The phrases of two and three words that may have been meant to begin with this one."""
    if following[0]:
        yield word, following[0][0]
        if len(following[0]) == 1 and len(following) > 1 and following[1]:
            yield word, following[0][0], following[1][0]


def _is_word(choice: str) -> bool:
    return choice not in {"", "$"} and not choice.startswith("<")
