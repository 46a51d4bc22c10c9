"""How far an entry moves goals: what the analyst is told of them, and the check of what it says."""

import logging
from collections.abc import Sequence
from html import escape
from uuid import UUID

from bot.ai.protocols import KnownGoal, ProposedProgress
from bot.journal.goals.proposing import is_amount
from bot.journal.quotes import find_quote
from bot.journal.tokens import fit
from db.queries.goal_progress import Step
from db.queries.goals import GoalRecord

log = logging.getLogger(__name__)

# The analyst is asked about so many at most, each in so many tokens.
MOST_ASKED, LONGEST_TOLD = 40, 60
# An entry does so many times the target of a whole period at most, or so much in all, whatever it says: more
# is misread.
MOST_TIMES_TARGET, LEAST_BOUND, MOST_WITHOUT = 20.0, 100.0, 1_000.0
# Several parts of one entry may move a goal.
MOST_PARTS = 5


def asked_about(goals: Sequence[GoalRecord]) -> tuple[KnownGoal, ...]:
    """What the analyst is told, by the places of the goals from 1 on."""
    return tuple(
        KnownGoal(
            number=number,
            title=goal.title,
            measure=goal.measure,
            target=goal.target,
            unit=goal.unit or "",
            cadence=goal.cadence,
        )
        for number, goal in enumerate(goals[:MOST_ASKED], 1)
    )


def block(goals: Sequence[KnownGoal]) -> str:
    """The goals as quoted data before the entry; nothing where there are none."""
    if not goals:
        return ""
    lines = [f'<goal n="{goal.number}" unit="{_quoted(goal.unit)}">{_words(goal)}</goal>' for goal in goals]
    return "\n".join(["<goals>", *lines, "</goals>", ""])


def _words(goal: KnownGoal) -> str:
    measure = f" (what counts: {_quoted(goal.measure)})" if goal.measure else ""
    return _quoted(goal.title) + measure


def _quoted(text: str) -> str:
    return escape(fit(" ".join(text.split()), LONGEST_TOLD))


def check(
    proposed: Sequence[ProposedProgress], goals: Sequence[GoalRecord], text: str, source: str
) -> dict[UUID, Step]:
    """The steps of the goals in the order in which the analyst was told of them. One that names no goal, has
    no possible amount or no quote from `text` is dropped, the rest stays; parts with quotes of their own
    add up."""
    asked = goals[:MOST_ASKED]
    parts: dict[UUID, dict[str, float]] = {}
    kept = 0
    for it in proposed:
        is_number = isinstance(it.goal, int) and not isinstance(it.goal, bool)
        goal = asked[it.goal - 1] if is_number and 1 <= it.goal <= len(asked) else None
        quote = find_quote(it.quote, text) if isinstance(it.quote, str) else None
        if goal is None or quote is None or not is_amount(it.amount, bound(goal)):
            continue
        of_goal = parts.setdefault(goal.id, {})
        # Parts that are possible by themselves may not be so together.
        fits = sum(of_goal.values()) + it.amount <= bound(goal)
        if fits and quote not in of_goal and len(of_goal) < MOST_PARTS:
            of_goal[quote] = float(it.amount)
            kept += 1
    if kept < len(proposed):
        log.info("%d of %d proposed steps of goals did not pass", len(proposed) - kept, len(proposed))
    return {
        goal_id: Step(amount=round(sum(amounts.values()), 6), quote=next(iter(amounts)), source=source)
        for goal_id, amounts in parts.items()
    }


def bound(goal: GoalRecord) -> float:
    """What one entry can count for it at most."""
    if goal.target is None:
        return MOST_WITHOUT
    return max(goal.target * MOST_TIMES_TARGET, LEAST_BOUND)
