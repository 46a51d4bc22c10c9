"""A picture's pixels as a PNG of the theme's own colours: a third of the size, and drawn surfaces keep their
colour to the bit. Only the smoothed edges between them are rounded."""

from functools import cache
from io import BytesIO
from zlib import Z_RLE

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.journal.charts.style import Colours

# Pixels are looked up by the upper bits of their red, green and blue.
BITS = 6
SHIFT = 8 - BITS
# From the card's colour to each other: as many as an edge needs to look smooth on a phone.
STEPS = 6


def reduced(pixels: NDArray[np.uint8], colours: Colours) -> bytes:
    """The PNG of `(height, width, 4)` red, green, blue and what is always opaque."""
    height, width, _ = pixels.shape
    row = np.ascontiguousarray(pixels).view(np.uint32).ravel()
    # Most pixels are as the one before: only the first of each run is looked up.
    starts = np.flatnonzero(np.concatenate([[True], row[1:] != row[:-1]]))
    found = _table(colours)[_cell(row[starts].view(np.uint8).reshape(-1, 4))]
    flat = np.repeat(found, np.diff(starts, append=len(row)))
    image = Image.fromarray(flat.reshape(height, width))
    image.putpalette(_palette(colours))
    file = BytesIO()
    # Runs are what there is to find: looking for more takes twice as long, for a tenth of the size.
    image.save(file, "PNG", compress_type=Z_RLE)
    return file.getvalue()


def _cell(pixels: NDArray[np.uint8]) -> NDArray[np.intp]:
    red, green, blue = (pixels[..., it].astype(np.intp) >> SHIFT for it in range(3))
    return np.ravel_multi_index((red, green, blue), (1 << BITS,) * 3)


@cache
def _palette(colours: Colours) -> bytes:
    """The card's colour, and the others in even steps from it."""
    card, *others = (np.array(_rgb(it)) for it in colours.all)
    blends = [card + (it - card) * step / STEPS for it in others for step in range(1, STEPS + 1)]
    return np.rint([card, *blends]).astype(np.uint8).tobytes()


@cache
def _table(colours: Colours) -> NDArray[np.uint8]:
    """For each cell of colours the place in the palette of what is nearest to its middle; the colours
    themselves have their own places, and no edge takes that of a surface."""
    levels = (np.arange(1 << BITS, dtype=np.uint8) << SHIFT) + (1 << SHIFT) // 2
    middles = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1)
    palette = Image.new("P", (1, 1))
    palette.putpalette(_palette(colours))
    every = Image.fromarray(middles.reshape(1 << BITS, -1, 3))
    table = np.array(every.quantize(palette=palette, dither=Image.Dither.NONE), np.uint8).reshape(-1)
    for surface in colours.surfaces:
        place = colours.all.index(surface) * STEPS
        table[table == place] = place - 1
    own = np.array([_rgb(it) for it in colours.all], np.uint8)
    table[_cell(own)] = np.arange(len(own)) * STEPS
    return table


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))
