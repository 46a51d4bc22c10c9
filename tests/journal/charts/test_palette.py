import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.journal.charts.palette import reduced
from bot.journal.charts.style import COLOURS
from bot.journal.charts.values import Theme
from tests.journal.charts.looking import opened, pixel


@pytest.mark.parametrize("theme", COLOURS)
def test_surfaces_keep_their_colour(theme: Theme) -> None:
    row = np.array([[pixel(it) for it in COLOURS[theme].all]], np.uint8)
    kept = np.array(opened(reduced(row, COLOURS[theme])).convert("RGB"))
    assert (kept == row).all()


@given(st.sampled_from(list(COLOURS)), st.data(), st.floats(0, 1))
def test_edges_stay_smooth(theme: Theme, data: st.DataObject, part: float) -> None:
    colours = COLOURS[theme]
    card, other = (np.array(pixel(it)) for it in (colours.card, data.draw(st.sampled_from(colours.all))))
    edge = np.rint(card + (other - card) * part).astype(np.uint8).reshape(1, 1, 3)
    kept = np.array(opened(reduced(edge, colours)).convert("RGB")).astype(int)
    # Half a step between two blends, and half a cell of the look-up.
    assert np.abs(kept - edge).max() <= 12
