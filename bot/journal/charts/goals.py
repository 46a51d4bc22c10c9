"""How far the goals are: a bar for each, and below it how the weeks went. A week that nobody counted is a
gap."""

from datetime import date

from bot.journal import phrases_charts as phrases
from bot.journal.charts.canvas import Canvas
from bot.journal.charts.fitting import fitted, lines, width_of
from bot.journal.charts.progress import MOST_WEEKS, amount, recent
from bot.journal.charts.style import BODY, LARGE, MARGIN, SMALL, WIDTH
from bot.journal.charts.values import GoalProgress, Goals, Theme
from bot.journal.numbers import plain

ROOM = WIDTH - 2 * MARGIN
HEAD, BETWEEN = 168, 76
TITLE, GAP, BAR, AMOUNT = 54, 14, 30, 62
# The weeks: their heading, and where their columns stand; a column's width, and the highest's height.
HISTORY, HEADING, BASE = 300, 44, 234
COLUMN, HIGHEST = 56, 100
SLOT = ROOM / MOST_WEEKS
# With more goals than these their weeks are left to the caption.
MOST_WITH_WEEKS, MOST_GOALS = 3, 6


def draw(goals: Goals, theme: Theme) -> bytes:
    shown = goals.goals[:MOST_GOALS]
    titles = [_title(it, number if len(shown) > 1 else 0) for number, it in enumerate(shown, 1)]
    histories = [recent(it) if len(goals.goals) <= MOST_WITH_WEEKS else {} for it in shown]
    parts = list(zip(shown, titles, histories, strict=True))
    more = len(goals.goals) - len(shown)
    height = HEAD + sum(map(_height, *zip(*parts, strict=True))) if parts else HEAD + 140
    canvas = Canvas(height + (TITLE if more else 0), theme)
    heading = fitted(goals.title, LARGE, ROOM, bold=True) or phrases.GOALS
    canvas.text(MARGIN, 88, heading, size=LARGE, colour=canvas.colours.ink, bold=True)
    top: float = HEAD
    for goal, title, weeks in parts:
        _goal(canvas, top, goal, title, weeks)
        top += _height(goal, title, weeks)
    if more:
        canvas.text(MARGIN, top, phrases.more(more), size=SMALL, colour=canvas.colours.muted)
    if not shown:
        _empty(canvas)
    return canvas.png()


def _title(goal: GoalProgress, number: int) -> list[str]:
    """In one or two lines; a number stands for what the font cannot draw, and with several before each."""
    words = lines(goal.title, BODY, ROOM - 60, 2, bold=True)
    if not number:
        return words
    return [f"{number}. {words[0]}", *words[1:]] if words else [phrases.goal_number(number)]


def _height(goal: GoalProgress, title: list[str], weeks: dict[date, float]) -> float:
    bar = GAP + BAR if goal.target is not None else 0
    return len(title) * TITLE + bar + AMOUNT + (HISTORY if weeks else 0) + BETWEEN


def _empty(canvas: Canvas) -> None:
    for place, line in enumerate(lines(phrases.NO_GOALS, BODY, ROOM, 3)):
        canvas.text(MARGIN, HEAD + 20 + TITLE * place, line, size=BODY, colour=canvas.colours.ink)


def _goal(canvas: Canvas, top: float, goal: GoalProgress, title: list[str], weeks: dict[date, float]) -> None:
    colours = canvas.colours
    for line in title:
        canvas.text(MARGIN, top + TITLE / 3, line, size=BODY, colour=colours.ink, bold=True, room=ROOM)
        top += TITLE
    if goal.target is not None:
        top += GAP
        canvas.boxes([(MARGIN, top, ROOM, BAR)], colours.track, BAR / 2)
        width = ROOM * min(goal.done / goal.target, 1)
        if width >= 1:
            canvas.boxes([(MARGIN, top, width, BAR)], colours.accent, BAR / 2)
        top += BAR
    told = fitted(amount(goal), SMALL, ROOM) or amount(goal, with_unit=False)
    canvas.text(MARGIN, top + AMOUNT * 0.6, told, size=SMALL, colour=colours.ink)
    if weeks:
        _history(canvas, top + AMOUNT, goal, weeks)


def _history(canvas: Canvas, top: float, goal: GoalProgress, weeks: dict[date, float]) -> None:
    colours = canvas.colours
    first, last = min(weeks), max(weeks)
    base = top + BASE
    scale = HIGHEST / max([*weeks.values(), goal.weekly_target or 0, 1])
    canvas.text(MARGIN, top + HEADING, phrases.WEEKS, size=SMALL, colour=colours.muted)
    canvas.line([(MARGIN, base), (WIDTH - MARGIN, base)], colours.line, 2)
    if goal.weekly_target is not None:
        _target(canvas, top + HEADING, base - goal.weekly_target * scale, goal.weekly_target)
    for day, done in weeks.items():
        x = MARGIN + SLOT * ((day - first).days // 7 + 0.5)
        _week(canvas, x, base, done, done * scale)
        if day in {first, last}:
            told = phrases.day_and_month(day)
            canvas.text(x, base + 36, told, size=SMALL, colour=colours.muted, align="center")


def _week(canvas: Canvas, x: float, base: float, done: float, height: float) -> None:
    colours = canvas.colours
    told, y = phrases.short(done), base - height - 24
    # The dashes of the target must not cross a number.
    width = width_of(told, SMALL) + 12
    canvas.boxes([(x - width / 2, y - 18, width, 36)], colours.card)
    canvas.text(x, y, told, size=SMALL, colour=colours.ink, align="center")
    if height >= 1:
        canvas.boxes([(x - COLUMN / 2, base - height, COLUMN, height)], colours.accent, 5)


def _target(canvas: Canvas, legend: float, level: float, target: float) -> None:
    """The dashed line of what a week should bring, and what it means."""
    colours = canvas.colours
    right = WIDTH - MARGIN
    told = phrases.a_week(plain(target))
    canvas.text(right, legend, told, size=SMALL, colour=colours.muted, align="right")
    x = right - width_of(told, SMALL) - 16
    for begin, end, y in ((x - 56, x, legend), (MARGIN, right, level)):
        canvas.line([(begin, y), (end, y)], colours.muted, 3, dashes=(4, 3))
