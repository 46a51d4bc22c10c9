"""The language of a text, told by its script and its most frequent words."""

import re
from collections import Counter
from collections.abc import Sequence

from bot.ai.lexicon import LANGUAGES, lexicon
from bot.ai.pieces import Piece

# Scripts that one language has to itself, or nearly so.
SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
)
# Letters that none of our languages has, of its neighbours in the same scripts.
FOREIGN = re.compile("[ąćčďđęěłńňőřśůűźżășțåæøơưľĺŕ]|[іїєґўђјљњћџќѓқғүұөӣ]|[پچژگکیےٹڈڑ]", re.IGNORECASE)


def language_of(text: str, pieces: Sequence[Piece]) -> str | None:
    """A language tag; None unless one language is clearly ahead of the others."""
    for tag, script in SCRIPTS:
        if script.search(text):
            return tag
    if FOREIGN.search(text):
        return None
    words = [piece.text for piece in pieces if piece.kind == "word"]
    # A fifth of a text are such words where we know the language, far less where we don't.
    least = max(2, len(words) * 2 // 5)
    scores = Counter({code: _score(words, code) for code in LANGUAGES}).most_common(2)
    (best, most), (_, next_most) = scores
    return best if most >= least and most >= 1.5 * next_most else None


def _score(words: Sequence[str], code: str) -> int:
    """How many of the words are of this language; its most frequent ones weigh double."""
    one = lexicon(code)
    return sum(2 if word in one.common else word in one.term_words for word in words)
