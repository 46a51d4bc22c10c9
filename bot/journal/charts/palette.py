"""A picture's pixels as a PNG of the theme's own colours: a third of the size, and drawn surfaces keep their
colour to the bit. Only the smoothed edges between them are rounded."""

from functools import cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.journal.charts.style import Colours

# Pixels are looked up by the upper bits of their red, green and blue.
BITS = 6
SHIFT = 8 - BITS


def reduced(pixels: NDArray[np.uint8], colours: Colours) -> bytes:
    """The PNG of `(height, width, 3 or more)` red, green and blue."""
    image = Image.fromarray(_table(colours)[_cell(pixels)])
    image.putpalette(_palette(colours))
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _cell(pixels: NDArray[np.uint8]) -> NDArray[np.intp]:
    red, green, blue = (pixels[..., it].astype(np.intp) >> SHIFT for it in range(3))
    return np.ravel_multi_index((red, green, blue), (1 << BITS,) * 3)


@cache
def _palette(colours: Colours) -> bytes:
    """The card's colour, and the others in even steps from it: 256 at most."""
    card, *others = (np.array(_rgb(it)) for it in colours.all)
    steps = 255 // len(others)
    blends = [card + (it - card) * step / steps for it in others for step in range(1, steps + 1)]
    return np.rint([card, *blends]).astype(np.uint8).tobytes()


@cache
def _table(colours: Colours) -> NDArray[np.uint8]:
    """For each cell of colours the place in the palette of what is nearest to its middle; the colours
    themselves have their own places."""
    levels = (np.arange(1 << BITS, dtype=np.uint8) << SHIFT) + (1 << SHIFT) // 2
    middles = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1)
    palette = Image.new("P", (1, 1))
    palette.putpalette(_palette(colours))
    every = Image.fromarray(middles.reshape(1 << BITS, -1, 3))
    table = np.array(every.quantize(palette=palette, dither=Image.Dither.NONE), np.uint8).reshape(-1)
    own = np.array([_rgb(it) for it in colours.all], np.uint8)
    steps = 255 // (len(own) - 1)
    table[_cell(own)] = np.arange(len(own)) * steps
    return table


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))
