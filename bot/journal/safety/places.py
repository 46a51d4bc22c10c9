"""Where the contexts of signs stand in a text."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict

from bot.journal.safety.matching import Match


class Places:
    """Where the patterns of one group stand; each place is the numbers of the words it takes."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, ...]] = []
        self._longest = 0

    def add(self, match: Match) -> None:
        insort(self._spans, match.matched)
        self._longest = max(self._longest, match.last - match.first)

    def within(self, first: int, last: int, besides: tuple[int, ...] = ()) -> bool:
        """Whether one stands between these words, included, and has none of those in `besides`."""
        named = set(besides)
        return any(
            span[-1] >= first and span[0] <= last and named.isdisjoint(span)
            for span in self._around(first, last)
        )

    def shares(self, matched: tuple[int, ...], at_least: int = 1, *, beyond: bool = False) -> bool:
        """Whether one shares that many words with these, and, if asked for, goes on after the last."""
        named = set(matched)
        return any(
            len(named.intersection(span)) >= at_least and (not beyond or span[-1] > matched[-1])
            for span in self._around(matched[0], matched[-1])
        )

    def fills(self, matched: tuple[int, ...]) -> bool:
        """Whether one shares two words with these and has another between them."""
        named = set(matched)
        return any(
            len(named.intersection(span)) > 1
            and any(matched[0] < at < matched[-1] and at not in named for at in span)
            for span in self._around(matched[0], matched[-1])
        )

    def _around(self, first: int, last: int) -> list[tuple[int, ...]]:
        low = bisect_left(self._spans, (first - self._longest,))
        return self._spans[low : bisect_right(self._spans, (last + 1,))]


Contexts = defaultdict[tuple[str, str], Places]  # by language and group of patterns
