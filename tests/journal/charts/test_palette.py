import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.journal.charts.palette import STEPS, reduced
from bot.journal.charts.style import COLOURS
from bot.journal.charts.values import Theme
from tests.journal.charts.looking import opened, pixel


@pytest.mark.parametrize("theme", COLOURS)
def test_surfaces_keep_their_colour(theme: Theme) -> None:
    row = np.array([[(*pixel(it), 255) for it in COLOURS[theme].all]], np.uint8)
    kept = np.array(opened(reduced(row, COLOURS[theme])).convert("RGB"))
    assert (kept == row[..., :3]).all()


@given(st.sampled_from(list(COLOURS)), st.data(), st.floats(0, 1))
def test_edges_stay_smooth(theme: Theme, data: st.DataObject, part: float) -> None:
    colours = COLOURS[theme]
    card, other = (np.array(pixel(it)) for it in (colours.card, data.draw(st.sampled_from(colours.all))))
    edge = np.rint(card + (other - card) * part).astype(np.uint8)
    pixels = np.array([[[*edge, 255]]], np.uint8)
    kept = np.array(opened(reduced(pixels, colours)).convert("RGB"))[0, 0].astype(int)
    # A step between two blends, since none takes the place of a surface, and half a cell of the look-up.
    most = np.abs(other - card).max() / STEPS + 3
    assert np.abs(kept - edge).max() <= most


@given(st.sampled_from(list(COLOURS)), st.lists(st.tuples(st.integers(0, 13), st.integers(1, 9)), min_size=1))
def test_runs_come_back_as_they_were(theme: Theme, runs: list[tuple[int, int]]) -> None:
    every = COLOURS[theme].all
    row = [(*pixel(every[place % len(every)]), 255) for place, length in runs for _ in range(length)]
    # The second row begins with what the first ends with, or not.
    pixels = np.array([row, row[::-1]], np.uint8)
    kept = np.array(opened(reduced(pixels, COLOURS[theme])).convert("RGB"))
    assert (kept == pixels[..., :3]).all()
