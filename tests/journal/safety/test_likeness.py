"""The likeness to words of crisis: what is weighed is what was learned, and all of a text is looked at."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.journal.safety import Concern, look
from bot.journal.safety.grammar import grammar
from bot.journal.safety.judging import Judged
from bot.journal.safety.likeness import (
    BITS,
    DOUBTED,
    FEW,
    LONGEST,
    PASSAGE,
    Likeness,
    Pieces,
    Weights,
    believed,
    learned_from,
    passages,
    weigh,
    weights,
    windows,
)
from bot.journal.safety.reading import read
from evaluation.safety.entries import fingerprint

words = st.lists(st.text("abc我想死ябы", min_size=1, max_size=6), min_size=1, max_size=12)
sentences = st.lists(st.integers(0, 1), min_size=1, max_size=300).map(lambda it: np.cumsum(it).tolist())


def test_the_weights_are_of_the_entries_that_are_kept() -> None:
    """Whoever changes the entries, the pieces or the reading of them runs `scripts/learn`."""
    assert learned_from() == fingerprint()


@given(words, st.data())
def test_a_part_is_weighed_by_the_pieces_it_is_learned_from(words: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    stop = data.draw(st.integers(first + 1, len(words)))
    learned = Weights((np.arange(1 << BITS) % 251 - 125).astype(np.int8), 0.5, -1.0)
    pieces = Pieces(words)
    found = pieces.of(first, stop)
    told = 0.5 * learned.of[found].sum(dtype=int) / np.sqrt(len(found) + FEW) - 1
    weighed = pieces.scores(np.array([0, first]), np.array([len(words), stop]), learned)
    assert weighed[1] == pytest.approx(told)


@given(words, words)
def test_a_part_has_the_pieces_that_it_has_alone(words: list[str], others: list[str]) -> None:
    # Two characters of a script without blanks stand together; at the edge that is another piece.
    assume(words[-1].isalpha() and others[0].isascii())
    alone, among = Pieces(words).of(0, len(words)), Pieces([*words, *others]).of(0, len(words))
    assert sorted(alone) == sorted(among)


@given(sentences)
def test_every_word_is_in_a_part_and_every_part_in_a_passage(sentences: list[int]) -> None:
    parts = windows(sentences)
    assert {at for first, stop in parts for at in range(first, stop)} == set(range(len(sentences)))
    assert all(0 < stop - first <= 2 * LONGEST for first, stop in parts)
    wholes = passages(parts)
    assert all(any(low <= first and stop <= high for low, high in wholes) for first, stop in parts)
    assert all(high - low <= PASSAGE for low, high in wholes)


def test_a_line_weighs_alike_wherever_it_stands_in_a_long_day() -> None:
    """What is further away than a passage explains nothing away."""
    line = "I have looked at the flat one last time and nobody will have to carry me any longer."
    day = "Then we drove to the market and bought apples, bread and a lamp for the kitchen. " * 40
    vocabulary = grammar().vocabulary
    texts = (f"{line} {day}", f"{day} {line}", f"{line} {day} {day} {day}")
    begin, end, longer = (weigh(read(text, vocabulary), weights()) for text in texts)
    assert begin.worst == pytest.approx(end.worst, abs=0.2)
    assert begin.score == pytest.approx(end.score, abs=0.2)
    assert longer.score == pytest.approx(begin.score)
    assert begin.first == 0
    assert end.last == len(read(f"{day} {line}", vocabulary).words) - 1


SAYS_NOTHING = [
    "x" * 4000,
    "ha " * 300,
    "word " * 700 + "I felt great",
    "a very long word " * 99,
    "0123456789 " * 90,
    "https://example.org/a?b=c&d=e1f2",
    "😂" * 40,
]


@pytest.mark.parametrize("text", SAYS_NOTHING)
def test_what_says_nothing_is_no_sign(text: str) -> None:
    assert look(text) is None


FAREWELL = "Nobody will have to carry me any longer, they will all be better off once I am gone for good."


@pytest.mark.parametrize(
    "told",
    [
        "I cut myself shaving this morning.",
        "That meeting made me want to die.",
        "My character says: I'll kill myself tonight.",
        "Ten years ago I wanted to kill myself.",
    ],
)
@pytest.mark.parametrize("day", ["", "Then we drove to the market and bought apples and bread. " * 10])
def test_one_phrase_that_is_explained_or_past_does_not_stop_the_looking(told: str, day: str) -> None:
    text = f"{told} {day}{FAREWELL}"
    finding = look(text)
    assert finding is not None
    assert finding.concern is Concern.INDIRECT
    assert finding.start >= text.index(FAREWELL)


def test_a_sign_that_is_doubted_does_not_hide_another() -> None:
    like = Likeness(DOUBTED - 1, DOUBTED - 1, 0, 5)
    doubted, other = Judged(Concern.INDIRECT, 0, 2), Judged(Concern.DANGER, 4, 5)
    assert believed([doubted, other], like) == other
    assert believed([doubted], like) is None
