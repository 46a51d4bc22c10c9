"""A sheet to draw on, in pixels from the upper left corner, and its way to a PNG.

Nothing of matplotlib's global state is used: no pyplot, no fonts and colours of a settings file. Its renderer
is called as it is: figures and artists would take longer to make than the lines they stand for."""

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any, Literal

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.patches import BoxStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from bot.journal.charts.fitting import CAPITALS, DPI, drawable, fitted
from bot.journal.charts.lettering import lettering
from bot.journal.charts.palette import reduced
from bot.journal.charts.style import COLOURS, WIDTH
from bot.journal.charts.values import Theme

Point = tuple[float, float]
Box = tuple[float, float, float, float]

CIRCLE = Path.unit_circle()


class Canvas:
    """What is drawn later lies above what was drawn before."""

    def __init__(self, height: float, theme: Theme) -> None:
        self.height = ceil(height)
        self.colours = COLOURS[theme]
        self._agg: Any = RendererAgg(WIDTH, self.height, DPI)  # type: ignore[no-untyped-call]
        self._down = Affine2D().scale(1, -1).translate(0, self.height)
        self.boxes([(0, 0, WIDTH, self.height)], self.colours.card)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float,
        colour: str,
        bold: bool = False,
        align: Literal["left", "center", "right"] = "left",
        room: float | None = None,
    ) -> None:
        """One line in at most `room` pixels, its capitals centred on `y`. What the font cannot draw is
        left out."""
        shown = drawable(words, bold=bold) if room is None else fitted(words, size, room, bold=bold)
        if not shown:
            return
        letters = lettering(shown, size, bold=bold)
        left = x - letters.width * {"left": 0, "center": 0.5, "right": 1}[align] + letters.left
        bottom = y + size * CAPITALS / 2 + letters.below
        # The renderer counts from the lower left corner, and wants the lowest row first.
        self._agg.draw_image(
            self._style(), round(left), self.height - round(bottom), letters.in_colour(colour)[::-1]
        )

    def boxes(self, boxes: Iterable[Box], colour: str, radius: float = 0) -> None:
        """Filled ones of `(x, y, width, height)`, with rounded corners."""
        paths = [_box(*box, radius) for box in boxes]
        if paths:
            self._fill(Path.make_compound_path(*paths), colour)

    def frame(self, box: Box, colour: str, width: float, radius: float = 0) -> None:
        self._agg.draw_path(self._style(colour, width), _box(*box, radius), self._down)

    def line(
        self,
        points: Sequence[Point],
        colour: str,
        width: float,
        *,
        dashes: tuple[float, float] | None = None,
    ) -> None:
        """`dashes` are the lengths of a dash and of a gap, in widths of the line."""
        style = self._style(colour, width)
        if dashes:
            style.set_dashes(0, [it * width for it in dashes])
        else:
            style.set_capstyle("round")
        style.set_joinstyle("round")
        self._agg.draw_path(style, Path(np.asarray(points, float)), self._down)

    def dots(self, points: Sequence[Point], colour: str, size: float) -> None:
        """Round ones, `size` pixels across."""
        if points:
            round_one = Affine2D().scale(size / 2)
            places = Path(np.asarray(points, float))
            self._agg.draw_markers(self._style(), CIRCLE, round_one, places, self._down, to_rgba(colour))

    def ring(self, centre: Point, radius: float, width: float, colour: str, part: float = 1) -> None:
        """`part` of a ring, clockwise from its top."""
        # The sheet is upside down for the renderer, which turns the other way.
        start, stop = (0.0, 360.0) if part >= 1 else (-90.0, -90.0 + 360 * part)
        arc = Path.arc(start, stop)
        there = np.asarray(arc.vertices)
        back = there[::-1] * (radius - width) / radius
        turn = Path.MOVETO if part >= 1 else Path.LINETO
        curve = list(np.asarray(arc.codes))
        shape = Path(np.concatenate([there, back, back[-1:]]), [*curve, turn, *curve[1:], Path.CLOSEPOLY])
        self._fill(shape.transformed(Affine2D().scale(radius).translate(*centre)), colour)

    def png(self) -> bytes:
        return reduced(np.asarray(self._agg.buffer_rgba()), self.colours)

    def _fill(self, path: Path, colour: str) -> None:
        self._agg.draw_path(self._style(), path, self._down, to_rgba(colour))

    def _style(self, colour: str = "#000000", width: float = 0) -> Any:
        """The renderer's, for a line; one without width is not drawn."""
        style = self._agg.new_gc()
        style.set_foreground(to_rgba(colour), isRGBA=True)
        style.set_linewidth(width)
        return style


def _box(x: float, y: float, width: float, height: float, radius: float) -> Path:
    rounded = min(radius, width / 2, height / 2)
    if rounded <= 0:
        return Path([(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)], closed=True)
    return BoxStyle.Round(pad=0, rounding_size=rounded)(x, y, width, height, 1)
