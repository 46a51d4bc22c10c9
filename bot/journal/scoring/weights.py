"""How a day's categories come to one number; docs/scoring.md tells it to people."""

from collections.abc import Mapping

# How much each category counts. What a person feels weighs more than what they did.
WEIGHTS = {
    "mood": 3,
    "energy": 2,
    "sleep": 2,
    "body": 1,
    "focus": 1,
    "connection": 1,
    "growth": 1,
    "calm": 2,
}
# What the scored categories must weigh together before a day has a score: mood alone does.
LEAST_WEIGHT = 3


def overall(scores: Mapping[str, int]) -> int | None:
    """The weighted mean of the scored categories, 0 to 100, halves rounded up; None where they weigh too
    little. Whole numbers all the way, so that it is the same on every machine."""
    weight = sum(WEIGHTS[category] for category in scores)
    if weight < LEAST_WEIGHT:
        return None
    total = sum(WEIGHTS[category] * score for category, score in scores.items())
    return (2 * total + weight) // (2 * weight)
