"""A sentence becomes a goal that its person confirms or changes."""

import asyncio
import logging
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from bot import prompts
from bot.ai.protocols import Analyst, GoalRequest, ProposedGoal
from bot.errors import MindError
from bot.journal.charts import CATEGORIES
from bot.journal.charts.words import one_line
from bot.journal.quotes import find_quote

log = logging.getLogger(__name__)

PROMPT = "goal"
# A goal is a sentence, in characters; whoever writes more than that rather tells something.
LONGEST = 300
LONGEST_TITLE, LONGEST_MEASURE, LONGEST_UNIT = 120, 120, 24
LEAST, MOST_TARGET = 0.01, 1_000_000.0
# Somebody waits in the chat: after so many seconds the rules propose.
PATIENCE = 15.0

CADENCES = ("day", "week", "month")


def problem_with(text: str) -> Literal["long", "wordless"] | None:
    """Why this cannot be a goal, if so."""
    if len(one_line(text)) > LONGEST:
        return "long"
    return None if any(it.isalpha() for it in text) else "wordless"


@dataclass(frozen=True, kw_only=True)
class Proposer:
    """`rules` stand in for an analyst that cannot answer now, or not within `patience`, in seconds."""

    analyst: Analyst
    rules: Analyst
    patience: float = PATIENCE

    async def propose(self, sentence: str) -> ProposedGoal:
        """What is made of a sentence that `problem_with` finds none with. Its fields are not checked."""
        asked = request(sentence)
        try:
            async with asyncio.timeout(self.patience):
                return await self.analyst.propose_goal(asked)
        except (MindError, TimeoutError) as error:
            log.warning("a goal is proposed by rule: %s: %s", type(error).__name__, error)
            return await self.rules.propose_goal(asked)


def request(sentence: str) -> GoalRequest:
    """The sentence as quoted data."""
    text = one_line(sentence)
    return GoalRequest(
        system=prompts.load(PROMPT).render(),
        message=f"<sentence>\n{escape(text, quote=False)}\n</sentence>",
        text=text,
    )


def columns(proposal: ProposedGoal, sentence: str) -> dict[str, Any]:
    """The columns of the goal: what is wrong in a proposal is left out field by field, and the title is
    then the sentence."""
    return {
        "title": title_of(proposal.title) or cut_title(one_line(sentence)),
        # It is for the coach to remember: only in their own words.
        "why": find_quote(proposal.why, one_line(sentence)) if isinstance(proposal.why, str) else None,
        "measure": _line(proposal.measure, LONGEST_MEASURE),
        "unit": _line(proposal.unit, LONGEST_UNIT) or "times",
        "target": float(proposal.target) if is_amount(proposal.target, MOST_TARGET) else None,
        "cadence": proposal.cadence if proposal.cadence in CADENCES else None,
        "category": proposal.category if proposal.category in CATEGORIES else None,
    }


def title_of(value: object) -> str | None:
    """The value as a title; None where it is none."""
    title = _line(value, LONGEST_TITLE)
    return title if title and any(it.isalpha() for it in title) else None


def cut_title(text: str) -> str:
    """At a word where one is near."""
    if len(text) <= LONGEST_TITLE:
        return text
    room = text[: LONGEST_TITLE - 1]
    at_word, blank, _ = room.rpartition(" ")
    return (at_word if blank and len(at_word) > LONGEST_TITLE // 2 else room) + "…"


def _line(value: object, longest: int) -> str | None:
    line = one_line(value) if isinstance(value, str) else ""
    return line if 0 < len(line) <= longest else None


def is_amount(value: object, most: float) -> bool:
    """Whether it is a number above nothing that can be shown; bool is an int to Python, and not a number
    compares false with everything."""
    return isinstance(value, int | float) and not isinstance(value, bool) and LEAST <= value <= most
