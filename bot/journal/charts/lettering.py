"""Words as they are painted. Shaping and painting letters is most of a picture's work, and the same names,
days and figures stand in nearly all of them: so they are kept for a while."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from numpy.typing import NDArray

from bot.journal.charts.fitting import DPI, font, width_of

# Some megabytes: a line of a title takes about 30 kB, a figure 2.
KEPT = 512


@dataclass(frozen=True, kw_only=True)
class Lettering:
    """`inked` is how much of each pixel is covered, from 0 to 255, the highest row first. It begins `left`
    pixels from where the words begin, and ends `below` pixels below the line on which they stand; they
    take `width` pixels of that line."""

    inked: NDArray[np.uint8]
    left: int
    below: int
    width: float

    def in_colour(self, colour: str) -> NDArray[np.uint8]:
        """Of `(height, width, 4)`: red, green, blue and how opaque."""
        painted = np.empty((*self.inked.shape, 4), np.uint8)
        painted[..., :3] = np.rint(np.array(to_rgba(colour)[:3]) * 255)
        painted[..., 3] = self.inked
        return painted


@lru_cache(KEPT)
def lettering(words: str, size: float, *, bold: bool) -> Lettering:
    """Of what is drawable already."""
    width = width_of(words, size, bold=bold)
    # Marks and slanted letters reach beyond the line's own place.
    around = ceil(size)
    agg: Any = RendererAgg(ceil(width) + 2 * around, 3 * around, DPI)  # type: ignore[no-untyped-call]
    agg.draw_text(agg.new_gc(), around, 2 * around, words, font(size, bold=bold), 0)
    inked = np.asarray(agg.buffer_rgba())[..., 3]
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if not rows.size:
        return Lettering(inked=np.zeros((1, 1), np.uint8), left=0, below=0, width=width)
    top, bottom, first, last = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    return Lettering(
        inked=inked[top:bottom, first:last].copy(),
        left=int(first) - around,
        below=int(bottom) - 2 * around,
        width=width,
    )
