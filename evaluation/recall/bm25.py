"""BM25 as the textbooks give it (k1 1.2, b 0.75), to compare with."""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence

from bot.journal.recall import terms

K1, B = 1.2, 0.75
Tokens = Callable[[str], list[str]]


def plain(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def stemmed(text: str) -> list[str]:
    """The same without small words and endings, in the language of the text."""
    language = terms.detect(text, None)
    small = terms.small_words(language)
    return [terms.term_of(word, language) for word in terms.words(text) if word not in small]


class Bm25:
    def __init__(self, texts: Sequence[str], tokens: Tokens = plain) -> None:
        self._tokens = tokens
        self._counts = [Counter(tokens(text)) for text in texts]
        self._usual = sum(it.total() for it in self._counts) / max(len(texts), 1) or 1.0
        self._holders = Counter(term for counts in self._counts for term in counts)

    def rank(self, question: str) -> list[int]:
        """The places of the texts that share a word with the question, the best first."""
        asked = self._tokens(question)
        scores = [sum(self._score(term, counts) for term in asked) for counts in self._counts]
        found = [place for place, score in enumerate(scores) if score > 0]
        return sorted(found, key=lambda place: (-scores[place], -place))

    def _score(self, term: str, counts: Counter[str]) -> float:
        if not counts[term]:
            return 0.0
        holders = self._holders[term]
        rarity = math.log(1 + (len(self._counts) - holders + 0.5) / (holders + 0.5))
        long = 1 - B + B * counts.total() / self._usual
        return rarity * counts[term] * (K1 + 1) / (counts[term] + K1 * long)
