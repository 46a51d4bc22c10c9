"""What others are told of a person's goals: the coach, and the pictures."""

from collections.abc import Sequence
from html import escape
from typing import cast

from bot import prompts
from bot.journal import phrases_charts, phrases_goals
from bot.journal.charts.values import MOST_OF_A_GOAL, GoalProgress, Goals, Per, Week
from bot.journal.charts.words import isolated
from bot.journal.numbers import plain
from bot.journal.panels import shortened
from bot.journal.tokens import estimate_tokens, fit
from db.queries.goals import GoalRecord, Standing

PROMPT = "goals"
# In tokens: of all goals, of a title, and of a reason.
BUDGET, LONGEST_TITLE, LONGEST_WHY = 1_200, 60, 80
# Of the goals that an entry moves its reply names so many, in so many characters.
MOST_MOVED, LONGEST_MOVED = 2, 40


def for_coach(standings: Sequence[Standing]) -> str | None:
    """A block of the coach's system prompt, as quoted data; None without goals. The first ones that fit
    are told."""
    lines: list[str] = []
    left = BUDGET
    for it in standings:
        line = f"- {_quoted(it.goal.title, LONGEST_TITLE)}: {_quoted(done(it), LONGEST_TITLE)}"
        if it.goal.why:
            line += f"; why: {_quoted(it.goal.why, LONGEST_WHY)}"
        left -= estimate_tokens(line)
        if left < 0:
            break
        lines.append(line)
    return prompts.load(PROMPT).render(goals="\n".join(lines)) if lines else None


def _quoted(text: str, tokens: int) -> str:
    """On one line: a goal must not look like another one, or its reason like a fact."""
    return escape(fit(" ".join(text.split()), tokens), quote=False)


def done(standing: Standing) -> str:
    """“2 of 3 times this week”."""
    goal = standing.goal
    target = None if goal.target is None else plain(goal.target)
    unit = isolated(unit_of(goal))
    return phrases_charts.done_of(plain(standing.done), target, unit, goal.cadence)


def moved_goals(moved: Sequence[tuple[str, float, str]]) -> str:
    """“🎯 Run three times a week +1”: the goals that an entry moves, and how many more."""
    shown = [
        phrases_goals.moved(shortened(title, LONGEST_MOVED) or title, plain(amount), unit)
        for title, amount, unit in moved[:MOST_MOVED]
    ]
    rest = len(moved) - len(shown)
    return " · ".join([*shown, f"+{rest}"] if rest else shown)


def unit_of(goal: GoalRecord) -> str:
    return goal.unit or phrases_goals.TIMES


def picture(standings: Sequence[Standing], title: str = "") -> Goals:
    """The picture of these goals."""
    return Goals(goals=[_progress(it) for it in standings], title=title)


def _progress(standing: Standing) -> GoalProgress:
    goal = standing.goal
    return GoalProgress(
        title=goal.title,
        done=min(standing.done, MOST_OF_A_GOAL),
        target=goal.target,
        unit=unit_of(goal),
        per=cast("Per | None", goal.cadence),
        weeks=[Week(starts=monday, done=min(amount, MOST_OF_A_GOAL)) for monday, amount in standing.weeks],
    )
