"""What a goal's picture and its caption both tell."""

from datetime import date

from bot.journal import phrases_charts as phrases
from bot.journal.charts.values import GoalProgress
from bot.journal.charts.words import cut, isolated, one_line
from bot.journal.numbers import plain

MOST_WEEKS = 8
LONGEST_UNIT = 24


def amount(goal: GoalProgress, *, with_unit: bool = True) -> str:
    """“2 of 3 times this week”."""
    target = None if goal.target is None else plain(goal.target)
    unit = isolated(cut(one_line(goal.unit), LONGEST_UNIT)) if with_unit else ""
    return phrases.done_of(plain(goal.done), target, unit, goal.per)


def recent(goal: GoalProgress) -> dict[date, float]:
    """The weeks of the last `MOST_WEEKS` that were counted, in order."""
    weeks = sorted({it.starts: it.done for it in goal.weeks}.items())
    return {day: done for day, done in weeks if (weeks[-1][0] - day).days < 7 * MOST_WEEKS}
