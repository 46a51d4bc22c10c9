"""How much a text is like what people in danger write: a linear model over its pieces.

The patterns know phrases. This knows which pieces of words, and which words in a row, are found in such
entries and not in ordinary ones, in the same fourteen languages. So it sees wordings that nobody listed, and
doubts a listed phrase that stands among a printer and a meeting. `scripts/learn` makes `likeness.npz` of the
entries in `evaluation/safety/written.jsonl` and `tests/journal/safety/labelled.jsonl`.
"""

import re
import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.journal.safety.judging import Concern, Judged
from bot.journal.safety.reading import SPACELESS, Reading

FILE = Path(__file__).with_name("likeness.npz")
# How many letters, blanks included, and how many words a piece has; pieces share 2**BITS weights.
LETTERS, WORDS, BITS = range(2, 7), range(1, 4), 22
# Added to the number of pieces, so that a word or two never tell much.
FEW = 8
# A sentence without an end is looked at in parts of so many words, each beginning so many further on.
LONGEST, STEP = 35, 18
# Where words come again that often, somebody fills a page, and nobody tells anything.
AGAIN = 3
# No word of these languages goes on for longer: what does is a wall of one letter.
LETTERS_OF_A_WORD = 24
# So many words are told in one breath, more or less: what stands further away explains nothing.
PASSAGE = 90

# What the patterns tell of the writer's past or of somebody else: it says nothing of the rest of the text.
MILD = {Concern.OTHER, Concern.PAST}

_SPACELESS = re.compile(f"[{SPACELESS}]")

Numbers = NDArray[np.intp]
Hashes = NDArray[np.uint32]


class Likeness(NamedTuple):
    """Above 0 a text is more like those of people in danger: its `worst` part alone, and in its context the
    worst one that no pattern told of, which is that of the words `first` to `last`."""

    score: float
    worst: float
    first: int
    last: int


class Weights(NamedTuple):
    """Of each piece, in units, and what there is without any."""

    of: NDArray[np.int8]
    unit: float
    bias: float


# From which likeness on there is danger where the patterns saw no sign, and below which a sign in other words
# is a turn of phrase. Chosen by the figures that `scripts/learn --show` prints, of entries left out.
ALONE, DOUBTED = 0.92, -0.3
# A word or two that everybody says tell little: each that a text has less than so many must be made up for.
SHORT, LACKING = 7, 0.5
# What the worst part tells by itself, whatever stands around it, less than with it.
APART = 0.7


def believed(judged: Sequence[Judged], like: Likeness) -> Judged | None:
    """The most urgent of what the patterns saw and the likeness does not doubt, and of what it saw besides.
    What they saw plainly or explained stays as it is: they know who speaks, and what is denied. What stands
    around a sign never hides it."""
    doubted = Concern.INDIRECT if like.worst < DOUBTED else None
    found = next((it for it in judged if it.concern not in {None, doubted}), None)
    if found is not None and found.concern not in MILD:
        return found
    if like.score >= ALONE:
        return Judged(Concern.INDIRECT, like.first, like.last)
    return found


_loaded: list[Weights] = []
_loading = Lock()


def weights() -> Weights:
    """Read once, at the first call; threads that call meanwhile wait for it."""
    if not _loaded:
        with _loading:
            if not _loaded:
                with np.load(FILE) as kept:
                    _loaded.append(Weights(kept["of"], float(kept["unit"]), float(kept["bias"])))
    return _loaded[0]


def learned_from() -> str:
    """The SHA-256 of the entries that the weights were learned from."""
    with np.load(FILE) as kept:
        return str(kept["learned_from"])


def weigh(reading: Reading, learned: Weights, judged: Sequence[Judged] = ()) -> Likeness:
    """Of a text with a word at least, without the parts that the patterns `judged` to be explained away, past
    or somebody else's. A passage counts by its worst part and as a whole, each for one half: one line in a
    long day must be seen, and what stands around it explains many. A part that leaves no doubt counts
    without."""
    parts = windows(reading.sentences)
    whole = passages(parts)
    firsts, stops = (np.array(ends) for ends in zip(*whole, *parts, strict=True))
    scores = Pieces(reading.words).scores(firsts, stops, learned)
    around, alone = scores[: len(whole)], scores[len(whole) :]
    firsts, stops = firsts[len(whole) :], stops[len(whole) :]
    worst = float(alone.max())
    for part, (first, stop) in enumerate(parts):
        if len(set(reading.words[first:stop])) * AGAIN < stop - first:
            alone[part] = -np.inf
    for it in judged:
        if it.concern is None or it.concern in MILD:
            alone[(firsts <= it.last) & (stops > it.first)] = -np.inf
    score = max(
        (told + alone[(firsts >= first) & (stops <= stop)].max()) / 2
        for (first, stop), told in zip(whole, around, strict=True)
    )
    at = int(np.argmax(alone))
    score = max(score, alone[at] - APART) - LACKING * max(SHORT - len(reading.words), 0)
    return Likeness(float(score), worst, int(firsts[at]), int(stops[at]) - 1)


def passages(parts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """As many of the parts in a row as tell about one thing, each part in one passage at least."""
    found: list[tuple[int, int]] = []
    for first, stop in sorted(parts):
        if found and stop - found[-1][0] <= PASSAGE:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        elif not found or stop > found[-1][1]:
            found.append((first, stop))
    return found


def windows(sentences: Sequence[int]) -> list[tuple[int, int]]:
    """The parts to look at, as the first word and the one after the last: each sentence, and each two in a
    row. `sentences` is the number of each word's sentence."""
    parts: list[tuple[int, int]] = []
    begin = 0
    for stop in range(1, len(sentences) + 1):
        if stop == len(sentences) or sentences[stop] != sentences[begin]:
            while stop - begin > LONGEST:
                parts.append((begin, begin + LONGEST))
                begin += STEP
            parts.append((begin, stop))
            begin = stop
    pairs = [
        (one[0], other[1])
        for one, other in pairwise(parts)
        if one[1] == other[0] and other[1] - one[0] <= 2 * LONGEST
    ]
    return parts + pairs


class Pieces:
    """The pieces of a text, each as a number below 2**BITS, in their order.

    Words stand in a line with a blank before and after each; where a language writes none there is none.
    """

    def __init__(self, words: Sequence[str]) -> None:
        line, begins, ends = [" "], list[int](), list[int]()
        at, spaceless = 1, True
        for word in (it[:LETTERS_OF_A_WORD] for it in words):
            was, spaceless = spaceless, _SPACELESS.match(word) is not None
            if begins and not (was and spaceless):
                line.append(" ")
                at += 1
            begins.append(at)
            line.append(word)
            at += len(word)
            ends.append(at)
        letters = np.frombuffer("".join([*line, " "]).encode("utf-32-le", "surrogatepass"), np.uint32)
        hashed = np.array([zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in words], np.uint32)
        self._begins, self._ends = np.array(begins), np.array(ends)
        self._letters = list(_runs(letters, LETTERS))
        self._words = list(_runs(hashed, WORDS))

    def scores(self, firsts: Numbers, stops: Numbers, learned: Weights) -> NDArray[np.float64]:
        """Of each part: the weights of its pieces, which grow with the root of their number."""
        told = np.zeros(len(firsts))
        count = np.zeros(len(firsts))
        for numbers, low, size in self._within(firsts, stops):
            upto = np.concatenate([[0], np.cumsum(learned.of[numbers], dtype=np.int64)])
            # Of what is too short for a piece of this size none begins.
            begin = np.minimum(low, len(numbers))
            told += upto[begin + size] - upto[begin]
            count += size
        return learned.unit * told / np.sqrt(count + FEW) + learned.bias

    def of(self, first: int, stop: int) -> Numbers:
        """All of one part."""
        parts = self._within(np.array([first]), np.array([stop]))
        return np.concatenate([numbers[low[0] : low[0] + size[0]] for numbers, low, size in parts])

    def _within(self, firsts: Numbers, stops: Numbers) -> list[tuple[Numbers, Numbers, Numbers]]:
        """Pieces of each size, with the first of each part and how many it has."""
        low, high = self._begins[firsts] - 1, self._ends[stops - 1] + 1
        found = [(it, low, np.maximum(high - low - size + 1, 0)) for size, it in self._letters]
        return found + [(it, firsts, np.maximum(stops - firsts - size + 1, 0)) for size, it in self._words]


def _runs(items: Hashes, sizes: range) -> list[tuple[int, Numbers]]:
    """Of each size, the numbers of all runs of so many items (FNV-1a over items, mixed)."""
    found = []
    run = np.full(len(items), 2_166_136_261, np.uint32)
    for size in range(1, sizes.stop):
        run = (run[: max(len(items) - size + 1, 0)] ^ items[size - 1 :]) * np.uint32(16_777_619)
        run ^= run >> np.uint32(15)
        if size in sizes:
            mixed = (run + np.uint32(size + 100 * sizes.start)) * np.uint32(2_246_822_519)
            mixed ^= mixed >> np.uint32(16)
            found.append((size, (mixed * np.uint32(3_266_489_917) >> np.uint32(32 - BITS)).astype(np.intp)))
    return found
