"""The colours, measured: WCAG 2.2's contrast, and how far apart they are for eyes that tell colours apart
less well. The simulation is by Machado, Oliveira and Fernandes (2009), distances are in OKLab."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.journal.charts.palette import STEPS
from bot.journal.charts.style import COLOURS, SMALL, WIDTH
from bot.journal.charts.values import Theme

Array = NDArray[np.float64]

SIGHT = {
    "usual": np.eye(3),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
# In hundredths of OKLab, where the just noticeable difference is about 2.
APART = 7.5


def linear(colour: str) -> Array:
    encoded = np.frombuffer(bytes.fromhex(colour[1:]), np.uint8) / 255
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def distance(one: str, other: str, sight: str) -> float:
    def perceived(colour: str) -> Array:
        light = np.clip(SIGHT[sight] @ linear(colour), 0, 1)
        return np.asarray(TO_OKLAB @ np.cbrt(TO_CONES @ light))

    return float(np.linalg.norm(perceived(one) - perceived(other)) * 100)


def test_the_measures_measure() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert distance("#000000", "#ffffff", "usual") == pytest.approx(100, abs=0.1)
    # What only its red and green tell apart is one colour without them.
    red, green = "#b05a5a", "#6e7a5a"
    assert distance(red, green, "deuteranopia") < distance(red, green, "usual") / 2


@pytest.mark.parametrize("theme", COLOURS)
def test_text_can_be_read(theme: Theme) -> None:
    colours = COLOURS[theme]
    for words in (colours.ink, colours.muted):
        assert contrast(words, colours.card) >= 4.5


@pytest.mark.parametrize("theme", COLOURS)
def test_marks_stand_out_from_what_lies_under_them(theme: Theme) -> None:
    colours = COLOURS[theme]
    for mark in (*colours.ramp, colours.accent, colours.muted, colours.empty):
        assert contrast(mark, colours.card) >= 3
    for under in (colours.band, colours.panel, colours.track):
        assert contrast(colours.accent, under) >= 3
    assert contrast(colours.muted, colours.band) >= 3


@pytest.mark.parametrize("theme", COLOURS)
def test_the_ramp_goes_one_way_without_any_colour(theme: Theme) -> None:
    steps = [contrast(it, COLOURS[theme].card) for it in COLOURS[theme].ramp]
    assert steps == sorted(steps)
    assert all(later / earlier >= 1.2 for earlier, later in pairwise(steps))


@pytest.mark.parametrize("theme", COLOURS)
@pytest.mark.parametrize("sight", SIGHT)
def test_each_step_of_the_ramp_is_told_from_the_next(theme: Theme, sight: str) -> None:
    for lower, higher in pairwise(COLOURS[theme].ramp):
        assert distance(lower, higher, sight) >= APART


@pytest.mark.parametrize("theme", COLOURS)
def test_scores_take_the_ramp_in_fifths(theme: Theme) -> None:
    colours = COLOURS[theme]
    taken = [colours.of(score) for score in range(101)]
    assert [taken.count(it) for it in colours.ramp] == [20, 20, 20, 20, 21]
    assert taken == sorted(taken, key=colours.ramp.index)


@pytest.mark.parametrize("theme", COLOURS)
def test_the_palette_has_room_for_the_colours(theme: Theme) -> None:
    assert STEPS * (len(COLOURS[theme].all) - 1) < 256


def test_the_smallest_letters_can_be_read_on_a_phone() -> None:
    assert SMALL * 360 / WIDTH >= 11
