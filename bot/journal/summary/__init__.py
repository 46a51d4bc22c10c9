"""Summaries of days, and reviews of weeks and months: what they say, and when they say nothing."""

from bot.journal.summary.preparing import Summaries
from bot.journal.summary.values import Claim, Prepared, Scorer

__all__ = ["Claim", "Prepared", "Scorer", "Summaries"]
