"""A row of days: the score as a line over a band of the usual, and each category small below it. A day
without a score is a gap: nothing is drawn for it, and no line crosses it."""

from collections.abc import Mapping
from datetime import date, timedelta

from bot.journal import phrases_charts as phrases
from bot.journal.charts.canvas import Box, Canvas, Point
from bot.journal.charts.facts import Facts, average, facts
from bot.journal.charts.fitting import drawable, fitted, lines, width_of
from bot.journal.charts.style import BODY, LARGE, MARGIN, SMALL, WIDTH
from bot.journal.charts.values import Theme, Trend
from bot.journal.phrases_back import day_span

ROOM = WIDTH - 2 * MARGIN
# To the left stand the figures of the scale, and the last date reaches out to the right.
MAIN: Box = (MARGIN + 88, 252, ROOM - 88 - 56, 340)
DATES, LEGEND = 44, 116
# The categories: how much each takes, between two of them, the plot in it, and what lies above that.
CELL, GUTTER, PLOT, NAME = 168, 64, 76, 52
MOST_CELLS = 8
DOT, SMALL_DOT, LEAST_DOT = 18.0, 11.0, 4.0
# Between two labels of the time axis, in days: the first that leaves them room is taken.
STEPS = (1, 2, 7, 14, 28, 56, 84)
LABEL_ROOM = 132


def draw(trend: Trend, theme: Theme) -> bytes:
    scored = trend.overall
    # What the font cannot draw is left to the caption.
    categories = [it for it in trend.categories.items() if drawable(it[0], bold=True)][:MOST_CELLS]
    known = facts(scored)
    top = MAIN[1] + MAIN[3] + (LEGEND if known else DATES) + 66
    is_empty = not scored and not categories
    canvas = Canvas(top + CELL * ((len(categories) + 1) // 2) + 10 if not is_empty else 430, theme)
    _head(canvas, trend, len(scored))
    if is_empty:
        _empty(canvas)
        return canvas.png()
    _main(canvas, trend, scored, known)
    width = (ROOM - GUTTER) / 2
    for place, (name, scores) in enumerate(categories):
        corner = (MARGIN + (width + GUTTER) * (place % 2), top + CELL * (place // 2))
        _category(canvas, trend, (*corner, width, PLOT), name, scores)
    return canvas.png()


def _head(canvas: Canvas, trend: Trend, scored: int) -> None:
    colours = canvas.colours
    title = fitted(trend.title, LARGE, ROOM, bold=True) or phrases.days(trend.length)
    canvas.text(MARGIN, 92, title, size=LARGE, colour=colours.ink, bold=True)
    told = f"{day_span(trend.first, trend.last)} · {phrases.scored_of(scored, max(trend.passed, scored))}"
    canvas.text(MARGIN, 166, told, size=SMALL, colour=colours.muted, room=ROOM)


def _empty(canvas: Canvas) -> None:
    for place, line in enumerate(lines(phrases.NO_TREND, BODY, ROOM, 3)):
        canvas.text(MARGIN, 280 + 58 * place, line, size=BODY, colour=canvas.colours.ink)


def _main(canvas: Canvas, trend: Trend, scored: Mapping[date, int], known: Facts | None) -> None:
    colours = canvas.colours
    x, _, width, _ = MAIN
    if known:
        top, bottom = (_level(MAIN, it) for it in (known.high, known.low))
        canvas.boxes([(x, top, width, bottom - top)], colours.band)
    for score in (0, 50, 100):
        level = _level(MAIN, score)
        canvas.line([(x, level), (x + width, level)], colours.line, 2)
        canvas.text(x - 20, level, str(score), size=SMALL, colour=colours.muted, align="right")
    if known:
        level = _level(MAIN, known.average)
        canvas.line([(x, level), (x + width, level)], colours.muted, 3, dashes=(4, 3))
        _legend(canvas, known)
    _runs(canvas, trend, MAIN, scored, DOT)
    _dates(canvas, trend)


def _dates(canvas: Canvas, trend: Trend) -> None:
    room = MAIN[2] / max(trend.length - 1, 1)
    # A week's days are told by their names, which need less room than dates.
    is_week = trend.length <= 7
    step = next(it for it in STEPS if it * room >= LABEL_ROOM or is_week)
    for back in range(0, trend.length, step):
        day = trend.last - timedelta(days=back)
        x, y = _point(trend, MAIN, day, 0)
        told = phrases.weekday(day) if is_week else phrases.day_and_month(day)
        canvas.line([(x, y), (x, y + 12)], canvas.colours.line, 2)
        canvas.text(x, y + DATES, told, size=SMALL, colour=canvas.colours.muted, align="center")


def _legend(canvas: Canvas, known: Facts) -> None:
    """What the dashes and the band are."""
    colours = canvas.colours
    x, y = MAIN[0], MAIN[1] + MAIN[3] + LEGEND
    canvas.line([(x, y), (x + 56, y)], colours.muted, 3, dashes=(4, 3))
    told = phrases.average(known.average)
    canvas.text(x + 72, y, told, size=SMALL, colour=colours.muted)
    if known.high > known.low:
        x += 72 + width_of(told, SMALL) + 56
        canvas.boxes([(x, y - 16, 56, 32)], colours.band)
        canvas.text(x + 72, y, phrases.MIDDLE_HALF, size=SMALL, colour=colours.muted)


def _category(canvas: Canvas, trend: Trend, box: Box, name: str, scores: Mapping[date, int]) -> None:
    colours = canvas.colours
    x, y, width, height = box
    mean = average(scores)
    told = phrases.days(len(scores)) if mean is None else phrases.average(mean)
    canvas.text(x + width, y + 20, told, size=SMALL, colour=colours.muted, align="right")
    label = phrases.capital(phrases.category(name))
    room = width - width_of(told, SMALL) - 20
    canvas.text(x, y + 20, label, size=SMALL, colour=colours.ink, bold=True, room=room)
    # Dots at its edges still lie on the panel.
    plot = (x + 8, y + NAME, width - 16, height)
    canvas.boxes([(x, y + NAME - 8, width, height + 16)], colours.panel, 10)
    canvas.line([(x, _level(plot, 50)), (x + width, _level(plot, 50))], colours.line, 2)
    _runs(canvas, trend, plot, scores, SMALL_DOT)


def _runs(canvas: Canvas, trend: Trend, box: Box, scores: Mapping[date, int], dot: float) -> None:
    # The days of a long trend stand close: its lines are thin, and only a day by itself is a dot.
    room = box[2] / trend.length
    dot = min(dot, max(room, LEAST_DOT))
    for run in _consecutive(scores):
        points = [_point(trend, box, day, scores[day]) for day in run]
        if len(points) > 1:
            canvas.line(points, canvas.colours.accent, max(dot / 3, 2))
        if len(points) == 1 or room >= LEAST_DOT:
            canvas.dots(points, canvas.colours.accent, dot)


def _consecutive(days: Mapping[date, int]) -> list[list[date]]:
    runs: list[list[date]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _point(trend: Trend, box: Box, day: date, score: int) -> Point:
    part = (day - trend.first).days / (trend.length - 1) if trend.length > 1 else 0.5
    return box[0] + box[2] * part, _level(box, score)


def _level(box: Box, score: float) -> float:
    return box[1] + box[3] * (1 - score / 100)
