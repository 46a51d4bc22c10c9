"""The card of one day: its score as a ring, its categories as bars, its numbers."""

from collections.abc import Sequence

from bot.journal import phrases_charts as phrases
from bot.journal.charts.canvas import Canvas
from bot.journal.charts.fitting import drawable, fitted, lines, width_of
from bot.journal.charts.style import BODY, HUGE, LARGE, MARGIN, SMALL, WIDTH
from bot.journal.charts.values import Category, DayCard, Theme

HEAD, FOOT = 392, 48
RING, RING_WIDTH = 138, 32
ROW, BAR = 78, 28
LABELS, FIGURES = 296, 112
NUMBER_ROW, GUTTER = 64, 64
MOST_ROWS, MOST_NUMBERS = 10, 8


def draw(card: DayCard, theme: Theme) -> bytes:
    # What the font cannot draw is left to the caption.
    rows = [it for it in card.categories if drawable(it.name)][:MOST_ROWS]
    numbers = [it for it in card.numbers if all(drawable(part) or not part for part in it) and any(it)]
    is_empty = card.overall is None and not rows
    numbers_at = HEAD + (ROW * len(rows) + 36 if rows else 90 if is_empty else 0)
    number_rows = (min(len(numbers), MOST_NUMBERS) + 1) // 2
    more = len(numbers) > MOST_NUMBERS
    canvas = Canvas(numbers_at + NUMBER_ROW * (number_rows + more) + (FOOT if number_rows else 0), theme)
    _head(canvas, card)
    for place, category in enumerate(rows):
        _row(canvas, HEAD + ROW * (place + 0.5), category)
    if is_empty:
        canvas.text(MARGIN, HEAD + 20, phrases.NO_DAY_SCORE, size=SMALL, colour=canvas.colours.muted)
    if numbers:
        _numbers(canvas, numbers_at, numbers)
    return canvas.png()


def _head(canvas: Canvas, card: DayCard) -> None:
    colours = canvas.colours
    x, y = MARGIN + RING, 200
    canvas.ring((x, y), RING, RING_WIDTH, colours.track)
    if card.overall is None:
        canvas.text(x, y, phrases.NO_SCORE, size=SMALL, colour=colours.muted, align="center")
    else:
        canvas.ring((x, y), RING, RING_WIDTH, colours.of(card.overall), card.overall / 100)
        size = HUGE if card.overall < 100 else HUGE * 0.8
        canvas.text(x, y - 14, str(card.overall), size=size, colour=colours.ink, bold=True, align="center")
        canvas.text(x, y + 56, phrases.OF_100, size=SMALL, colour=colours.muted, align="center")
    left = MARGIN + 2 * RING + 56
    room = WIDTH - MARGIN - left
    weekday, day = phrases.full_day(card.local_date)
    titles = lines(card.title, BODY, room, 2)
    top = 174 - 27 * len(titles)
    canvas.text(left, top, weekday, size=LARGE, colour=colours.ink, bold=True, room=room)
    canvas.text(left, top + 70, day, size=BODY, colour=colours.muted, room=room)
    for place, title in enumerate(titles):
        canvas.text(left, top + 132 + 54 * place, title, size=BODY, colour=colours.ink, room=room)


def _row(canvas: Canvas, y: float, category: Category) -> None:
    colours = canvas.colours
    left, right = MARGIN + LABELS, WIDTH - MARGIN - FIGURES
    name = phrases.capital(phrases.category(category.name))
    canvas.text(MARGIN, y, name, size=BODY, colour=colours.ink, room=LABELS - 24)
    if category.score is None:
        canvas.text(left, y, phrases.NOT_SCORED, size=SMALL, colour=colours.muted)
        return
    top = y - BAR / 2
    canvas.boxes([(left, top, right - left, BAR)], colours.track, BAR / 2)
    if category.score:
        width = max((right - left) * category.score / 100, 8)
        canvas.boxes([(left, top, width, BAR)], colours.of(category.score), BAR / 2)
    figure = str(category.score)
    canvas.text(WIDTH - MARGIN, y, figure, size=BODY, colour=colours.ink, bold=True, align="right")


def _numbers(canvas: Canvas, top: float, numbers: Sequence[tuple[str, str]]) -> None:
    colours = canvas.colours
    column = (WIDTH - 2 * MARGIN - GUTTER) / 2
    canvas.line([(MARGIN, top), (WIDTH - MARGIN, top)], colours.line, 2)
    shown = numbers[:MOST_NUMBERS]
    for place, (label, value) in enumerate(shown):
        x = MARGIN + (column + GUTTER) * (place % 2)
        y = top + NUMBER_ROW * (place // 2 + 0.5) + 20
        told = fitted(value, SMALL, column * 0.6, bold=True)
        canvas.text(x + column, y, told, size=SMALL, colour=colours.ink, bold=True, align="right")
        room = column - width_of(told, SMALL, bold=True) - 20
        canvas.text(x, y, label, size=SMALL, colour=colours.muted, room=room)
    if len(numbers) > len(shown):
        y = top + NUMBER_ROW * (len(shown) // 2 + 0.5) + 20
        canvas.text(MARGIN, y, phrases.more(len(numbers) - len(shown)), size=SMALL, colour=colours.muted)
