"""People's words in the pictures' two fonts: what these can draw of them, and how much fits."""

from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

import matplotlib
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties, get_font

from bot.journal.charts import letters

# With this many dots an inch, a point of a font or a line is a pixel.
DPI = 72
# The height of the fonts' capitals, as part of their size.
CAPITALS = 0.729
# The same words are measured again and again.
KEPT = 2048


@lru_cache(KEPT)
def drawable(words: str, *, bold: bool = False) -> str:
    """As much of the words as the font has; "" if that makes no sense."""
    return letters.drawable(words, _glyphs(bold))


def fitted(words: str, size: float, room: float, *, bold: bool = False) -> str:
    """The drawable words as far as they fit into `room` pixels, marked where they are cut."""
    shown = drawable(words, bold=bold)
    stop = _longest(shown, lambda it: width_of(it, size, bold=bold) <= room)
    return shown if stop == len(shown) else shown[:stop].rstrip() + "…"


def lines(words: str, size: float, room: float, most: int, *, bold: bool = False) -> list[str]:
    """The drawable words in at most so many lines of `room` pixels."""
    rest = drawable(words, bold=bold)
    broken: list[str] = []
    while rest and len(broken) < most - 1:
        stop = _longest(rest, lambda it: width_of(it, size, bold=bold) <= room)
        broken.append(rest[:stop].rstrip())
        rest = rest[stop:].lstrip()
    return [*broken, fitted(rest, size, room, bold=bold)] if rest else broken


@lru_cache(KEPT)
def width_of(words: str, size: float, *, bold: bool = False) -> float:
    """In pixels, of what is drawable already."""
    ruler, face = _ruler(), font(size, bold=bold)
    return float(ruler.get_text_width_height_descent(words, face, False)[0])  # type: ignore[no-untyped-call]


@cache
def font(size: float, *, bold: bool) -> FontProperties:
    return FontProperties(fname=_file(bold), size=size)


def _longest(words: str, fits: Callable[[str], bool]) -> int:
    """How much of the words fits with the mark of a cut: whole words, unless the first is too long."""
    if fits(words):
        return len(words)
    low, high = 0, len(words) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(words[:middle] + "…") else (low, middle - 1)
    space = words.rfind(" ", 0, low + 1)
    return space if space > 0 else max(low, 1)


@cache
def _ruler() -> RendererAgg:
    return RendererAgg(1, 1, DPI)  # type: ignore[no-untyped-call]


@cache
def _glyphs(bold: bool) -> frozenset[int]:
    return frozenset(get_font(_file(bold)).get_charmap())


def _file(bold: bool) -> str:
    """One of the fonts that come with matplotlib, so that a picture looks the same everywhere."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return str(Path(matplotlib.get_data_path(), "fonts", "ttf", name))
