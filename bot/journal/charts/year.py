"""A year as a calendar: weeks as columns, in three bands of four months so that a phone shows each day.
A day without a score is a small dot."""

from calendar import monthrange
from datetime import date

from bot.journal import phrases_charts as phrases
from bot.journal.charts.canvas import Box, Canvas, Point
from bot.journal.charts.facts import average
from bot.journal.charts.fitting import width_of
from bot.journal.charts.style import LARGE, MARGIN, SMALL
from bot.journal.charts.values import Theme, Year

MONTHS_OF_A_BAND = 4
LEFT, TOP = MARGIN + 82, 204
PITCH, CELL, CORNER = 46, 40, 7
# Above the days stand the names of the months.
NAMES = 50
BAND = NAMES + 7 * PITCH + 40
LEGEND = TOP + 3 * BAND + 24


def draw(year: Year, theme: Theme) -> bytes:
    canvas = Canvas(LEGEND + 72, theme)
    _head(canvas, year)
    for band in range(3):
        _band(canvas, year, 1 + MONTHS_OF_A_BAND * band, TOP + BAND * band + NAMES)
    _legend(canvas)
    return canvas.png()


def _head(canvas: Canvas, year: Year) -> None:
    colours = canvas.colours
    scored = year.inside
    mean = average(scored)
    told = [phrases.days_scored(len(scored)) if scored else phrases.NO_YEAR]
    if mean is not None:
        told.append(phrases.average(mean))
    canvas.text(MARGIN, 84, phrases.year(year.year), size=LARGE, colour=colours.ink, bold=True)
    canvas.text(MARGIN, 152, " · ".join(told), size=SMALL, colour=colours.muted)


def _band(canvas: Canvas, year: Year, month: int, top: float) -> None:
    """The days of four months; `top` is where their first row begins."""
    colours = canvas.colours
    boxes: dict[str, list[Box]] = {}
    dots: list[Point] = []
    for day, column, row in _places(year, month):
        x, y = LEFT + PITCH * column, top + PITCH * row
        score = year.scores.get(day)
        if score is None:
            dots.append((x + CELL / 2, y + CELL / 2))
        else:
            boxes.setdefault(colours.of(score), []).append((x, y, CELL, CELL))
        if day.day == 1:
            _month(canvas, day, (x, top, y), is_first=day.month == month)
        if day == year.today:
            canvas.frame((x - 4, y - 4, CELL + 8, CELL + 8), colours.ink, 5, CORNER + 4)
    for colour, them in boxes.items():
        canvas.boxes(them, colour, CORNER)
    canvas.dots(dots, colours.empty, 10)
    _weekdays(canvas, year, top)


def _places(year: Year, month: int) -> list[tuple[date, int, int]]:
    """Each day of the four months from `month` on, with its column and row."""
    first = date(year.year, month, 1)
    before = (first.weekday() - year.first_weekday) % 7
    length = sum(monthrange(year.year, it)[1] for it in range(month, month + MONTHS_OF_A_BAND))
    days = [date.fromordinal(first.toordinal() + number) for number in range(length)]
    return [(day, *divmod(before + number, 7)) for number, day in enumerate(days)]


def _month(canvas: Canvas, day: date, place: tuple[float, float, float], *, is_first: bool) -> None:
    """Its name, and the line that parts it from the month before; the first of the month stands at
    `(x, y)`, below `top`."""
    x, top, y = place
    gap = (PITCH - CELL) / 2
    # A month that begins within a week is named over its first whole one.
    name_x = x if y == top else x + PITCH
    canvas.text(name_x, top - NAMES / 2, phrases.month(day), size=SMALL, colour=canvas.colours.ink, bold=True)
    if not is_first:
        left, right = x - gap, x + PITCH - gap
        steps = [(left, top), (left, top + 7 * PITCH)]
        if y > top:
            steps = [(right, top), (right, y - gap), (left, y - gap), (left, top + 7 * PITCH)]
        canvas.line([(a, b - gap) for a, b in steps], canvas.colours.muted, 2)


def _weekdays(canvas: Canvas, year: Year, top: float) -> None:
    for row in (0, 2, 4, 6):
        # The ordinal 1 is a Monday.
        day = date.fromordinal(8 + year.first_weekday + row)
        y = top + PITCH * row + CELL / 2
        canvas.text(MARGIN, y, phrases.weekday(day), size=SMALL, colour=canvas.colours.muted)


def _legend(canvas: Canvas) -> None:
    colours = canvas.colours
    y = LEGEND
    x = _told(canvas, LEFT, phrases.LOWEST) + 16
    for colour in colours.ramp:
        canvas.boxes([(x, y - CELL / 2, CELL, CELL)], colour, CORNER)
        x += PITCH
    x = _told(canvas, x + 10, phrases.HIGHEST) + 56
    canvas.dots([(x, y)], colours.empty, 10)
    x = _told(canvas, x + 22, phrases.NOT_SCORED) + 56
    canvas.frame((x - 4, y - CELL / 2, CELL, CELL), colours.ink, 5, CORNER + 4)
    _told(canvas, x + CELL + 10, phrases.TODAY)


def _told(canvas: Canvas, x: float, words: str) -> float:
    """Words of the legend; returns where they end."""
    canvas.text(x, LEGEND, words, size=SMALL, colour=canvas.colours.muted)
    return x + width_of(words, SMALL)
