"""A sheet to draw on, in pixels from the upper left corner, and its way to a PNG.

Nothing of matplotlib's global state is used: no pyplot, no fonts and colours of a settings file."""

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import BoxStyle, PathPatch, Wedge
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from bot.journal.charts.fitting import CAPITALS, DPI, ONE_AT_A_TIME, drawable, fitted, font
from bot.journal.charts.palette import reduced
from bot.journal.charts.style import COLOURS, WIDTH
from bot.journal.charts.values import Theme

Point = tuple[float, float]
Box = tuple[float, float, float, float]


class Canvas:
    """What is drawn later lies above what was drawn before."""

    def __init__(self, height: float, theme: Theme) -> None:
        # Such heights are whole inches and eighths, which come back as the same number of pixels.
        self.height = ceil(height / 9) * 9
        self.colours = COLOURS[theme]
        self._artists: list[Artist] = []
        self._down = Affine2D().scale(1, -1).translate(0, self.height)

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
        text = Text(
            x,
            y + size * CAPITALS / 2,
            shown,
            fontproperties=font(size, bold=bold),
            color=colour,
            horizontalalignment=align,
            verticalalignment="baseline",
            usetex=False,
            parse_math=False,
            antialiased=True,
            transform=self._down,
        )
        self._artists.append(text)

    def boxes(self, boxes: Iterable[Box], colour: str, radius: float = 0) -> None:
        """Filled ones of `(x, y, width, height)`, with rounded corners."""
        paths = [_box(*box, radius) for box in boxes]
        if paths:
            self._path(Path.make_compound_path(*paths), facecolor=colour, linewidth=0)

    def frame(self, box: Box, colour: str, width: float, radius: float = 0) -> None:
        self._path(_box(*box, radius), facecolor="none", edgecolor=colour, linewidth=width)

    def line(
        self,
        points: Sequence[Point],
        colour: str,
        width: float,
        *,
        dashes: tuple[float, float] | None = None,
    ) -> None:
        """`dashes` are the lengths of a dash and of a gap, in widths of the line."""
        line = Line2D(
            [x for x, _ in points],
            [y for _, y in points],
            color=colour,
            linewidth=width,
            linestyle=(0, dashes) if dashes else "-",
            solid_capstyle="round",
            solid_joinstyle="round",
            marker="None",
            antialiased=True,
            transform=self._down,
        )
        self._artists.append(line)

    def dots(self, points: Sequence[Point], colour: str, size: float) -> None:
        """Round ones, `size` pixels across."""
        dots = Line2D(
            [x for x, _ in points],
            [y for _, y in points],
            linestyle="None",
            marker="o",
            markersize=size,
            markerfacecolor=colour,
            markeredgewidth=0,
            fillstyle="full",
            antialiased=True,
            transform=self._down,
        )
        self._artists.append(dots)

    def ring(self, centre: Point, radius: float, width: float, colour: str, part: float = 1) -> None:
        """`part` of a ring, clockwise from its top."""
        # The sheet is upside down for matplotlib, which turns the other way.
        start, stop = (0.0, 360.0) if part >= 1 else (-90.0, -90.0 + 360 * part)
        wedge = Wedge(centre, radius, start, stop, width=width, facecolor=colour, linewidth=0)
        wedge.set_transform(self._down)
        self._artists.append(wedge)

    def png(self) -> bytes:
        with ONE_AT_A_TIME:
            pixels = self._painted()
        return reduced(pixels, self.colours)

    def _painted(self) -> NDArray[np.uint8]:
        """Of `(height, width, 4)`: red, green, blue and what is always opaque."""
        size = (WIDTH / DPI, self.height / DPI)
        figure = Figure(figsize=size, dpi=DPI, facecolor=self.colours.card, frameon=True)
        agg = FigureCanvasAgg(figure)
        for place, artist in enumerate(self._artists):
            artist.set_zorder(place)
            figure.add_artist(artist, clip=False)
        agg.draw()  # type: ignore[no-untyped-call]
        pixels = np.array(agg.buffer_rgba())  # type: ignore[no-untyped-call]
        # Figures are full of circles. Taken apart, this one's megabytes of pixels are freed at once and
        # not with some later garbage collection.
        for artist in self._artists:
            artist.remove()
        del agg.renderer
        return pixels

    def _path(self, path: Path, **style: object) -> None:
        self._artists.append(PathPatch(path, transform=self._down, antialiased=True, **style))


def _box(x: float, y: float, width: float, height: float, radius: float) -> Path:
    rounded = min(radius, width / 2, height / 2)
    if rounded <= 0:
        return Path([(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)], closed=True)
    return BoxStyle.Round(pad=0, rounding_size=rounded)(x, y, width, height, 1)
