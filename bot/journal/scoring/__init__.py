"""The score of a day: categories with their evidence, counted together by the program.

    scored = await scorer.bring_up_to_date(person.user_id, day)

How it comes about, and what it never does, is told in docs/scoring.md.
"""

from bot.journal.scoring.scorer import DayScorer
from bot.journal.scoring.values import ScoredDay

__all__ = ["DayScorer", "ScoredDay"]
