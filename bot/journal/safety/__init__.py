"""The local check for words of crisis, and the card with help. docs/safety.md tells how it works."""

from dataclasses import dataclass

from bot.journal.safety.cards import card
from bot.journal.safety.countries import country_of
from bot.journal.safety.grammar import grammar
from bot.journal.safety.judging import Concern, judge
from bot.journal.safety.likeness import believed, weigh
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
    rules = grammar()
    reading = read(text, rules.vocabulary)
    if not reading.words:
        return None
    judged = judge(Tagged(reading, rules), rules)
    like = weigh(reading)
    concern = believed(judged, like)
    if concern is None:
        return None
    # Where nothing else was seen it is in the part that is most like it.
    first, last = (judged.first, judged.last) if judged else (like.first, like.last)
    return Finding(concern, reading.starts[first], reading.stops[last])
