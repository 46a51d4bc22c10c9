"""The local check for words of crisis, and the card with help. docs/safety.md tells how it works."""

from dataclasses import dataclass

from bot.journal.safety.cards import card
from bot.journal.safety.countries import country_of
from bot.journal.safety.grammar import grammar
from bot.journal.safety.judging import Concern, judge
from bot.journal.safety.matching import Tagged
from bot.journal.safety.reading import read

__all__ = ["Concern", "Finding", "card", "country_of", "look"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is worrying in a text, and where: `text[start:stop]` is what was seen."""

    concern: Concern
    start: int
    stop: int


def look(text: str) -> Finding | None:
    """The most urgent concern in a text, or None.

    Needs nothing but this process, gives the same answer every time, takes time in proportion to the
    length, and never raises. The first call in a process reads the language files and the weights.
    """
    # numpy comes with it, which a start has better things to do than to wait for.
    from bot.journal.safety.likeness import believed, weigh, weights

    rules, learned = grammar(), weights()
    reading = read(text, rules.vocabulary)
    if not reading.words:
        return None
    judged = judge(Tagged(reading, rules), rules)
    found = believed(judged, weigh(reading, learned, judged))
    if found is None or found.concern is None:
        return None
    return Finding(found.concern, reading.starts[found.first], reading.stops[found.last])
