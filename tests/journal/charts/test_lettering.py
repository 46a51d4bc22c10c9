"""Words as they are painted, kept and not."""

import numpy as np
import pytest

from bot.journal.charts.fitting import width_of
from bot.journal.charts.lettering import KEPT, lettering


def test_words_stand_where_their_measure_says() -> None:
    letters = lettering("Hm", 40, bold=False)
    assert letters.width == width_of("Hm", 40)
    assert letters.inked.shape[1] == pytest.approx(letters.width, abs=8)
    assert 0 <= letters.left <= 6
    # Neither letter reaches below the line on which they stand; these do.
    assert abs(letters.below) <= 1
    assert lettering("gy", 40, bold=False).below > 5
    # Nothing is cut off, and nothing empty is kept around it.
    for edge in (letters.inked[0], letters.inked[-1], letters.inked[:, 0], letters.inked[:, -1]):
        assert edge.any()


def test_the_colour_is_the_one_that_is_asked_for() -> None:
    letters = lettering("7", 40, bold=True)
    painted = letters.in_colour("#1c5480")
    assert (painted[..., :3] == (0x1C, 0x54, 0x80)).all()
    assert (painted[..., 3] == letters.inked).all()
    assert letters.in_colour("#ffffff")[..., :3].min() == 255


def test_bold_words_have_more_ink() -> None:
    plain, bold = (lettering("Sunday", 40, bold=it).inked.sum(dtype=int) for it in (False, True))
    assert bold > 1.2 * plain


def test_what_shows_nothing_takes_no_ink() -> None:
    assert not lettering("\u200c", 40, bold=False).inked.any()


def test_words_are_painted_once_and_not_kept_for_ever() -> None:
    lettering.cache_clear()
    first = lettering("Monday", 34, bold=False)
    assert lettering("Monday", 34, bold=False) is first
    for number in range(KEPT + 1):
        lettering(str(number), 8, bold=False)
    assert lettering.cache_info().currsize == KEPT
    again = lettering("Monday", 34, bold=False)
    assert again is not first
    assert np.array_equal(again.inked, first.inked)
