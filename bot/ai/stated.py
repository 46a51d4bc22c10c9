"""The metrics that a text plainly states, read by rule.

A rule that proposes nothing is right more often than one that guesses: what is denied, wished for,
somebody else's, of another day, a range or an estimate is left alone, and so is every sentence that is
not built as the rules know it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.ai.doubts import BOUNDARIES, Doubts
from bot.ai.lexicon import LANGUAGES, Lexicon, lexicon
from bot.ai.pieces import Piece, pieces_of
from bot.ai.protocols import MetricKind, ProposedMetric
from bot.ai.values import Item, Unit, items_of

_POINTS = ("mood", "energy", "stress", "anxiety", "focus", "pain", "sleep_quality")

# topic of a lexicon -> the unit of the value beside it -> the metric
TOPICS: Mapping[str, Mapping[Unit, str]] = {
    **{name: {"number": name, "score": name} for name in _POINTS},
    "sleep": {"minutes": "sleep_hours", "span": "sleep_hours"},
    "exercise": {"minutes": "exercise_minutes", "km": "distance_km"},
    "walk": {"km": "distance_km"},
    "steps": {"number": "steps"},
    "weight": {"kg": "weight_kg"},
    "water": {"glass": "water_glasses"},
    "coffee": {"number": "coffee_cups", "glass": "coffee_cups"},
    "alcohol": {"number": "alcohol_drinks", "glass": "alcohol_drinks"},
    "screen": {"minutes": "screen_hours"},
    "work": {"minutes": "work_hours"},
    "meditation": {"minutes": "meditation_minutes"},
    "reading": {"minutes": "reading_minutes"},
    "outdoors": {"minutes": "outdoor_minutes"},
}
# Less than this is something else: a nap, three steps to happiness.
LEAST = {"sleep_hours": 1.0, "steps": 200.0}
MOST_LINKS = 5
# “coffee at 7” is no number of coffees: behind these only a mark may part term and value.
COUNTED = {"coffee", "alcohol"}


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A metric with its value in the units of a text, and where it stands there."""

    name: str
    unit: Unit
    amount: float
    start: int
    end: int


def stated_metrics(text: str, vocabulary: Sequence[MetricKind], language: str | None) -> list[ProposedMetric]:
    """What the text states of the vocabulary, in its order. A metric that is stated twice with
    different values is ambiguous and left out, but for those of which a day can hold several (the
    ones counted in minutes, km, cups, drinks and glasses)."""
    kinds = {kind.name: kind for kind in vocabulary}
    pieces = pieces_of(text)
    found: dict[str, list[ProposedMetric]] = {}
    for statement in sorted(_statements(pieces, language), key=lambda one: (one.start, one.end)):
        kind = kinds.get(statement.name)
        value = converted(statement, kind) if kind else None
        if kind is None or value is None:
            continue
        same = found.setdefault(kind.name, [])
        if all(metric.value != value for metric in same):
            quote = text[statement.start : statement.end]
            same.append(ProposedMetric(name=kind.name, value=value, quote=quote))
    plain = [name for name, same in found.items() if len(same) == 1 or _is_additive(kinds[name])]
    return [metric for name in plain for metric in found[name]]


def _is_additive(kind: MetricKind) -> bool:
    return kind.unit in {"minutes", "km", "cups", "drinks", "glasses"}


def converted(statement: Statement, kind: MetricKind) -> float | None:
    """The value in the metric's own unit; None when it is out of its range."""
    value = statement.amount
    if statement.unit in {"minutes", "span"} and kind.unit == "hours":
        value = round(value / 60, 2)
    least = max(kind.minimum, LEAST.get(kind.name, kind.minimum))
    return value if least <= value <= kind.maximum else None


def _statements(pieces: Sequence[Piece], language: str | None) -> Iterator[Statement]:
    """Read in the text's language and in English, from which people borrow; where the language is
    unknown, in every one that has its terms, each doubting in the words of all of them."""
    words = {piece.text for piece in pieces if piece.kind == "word"}
    codes = [code for code in LANGUAGES if language not in LANGUAGES or code in {language, "en"}]
    lexicons = [lexicon(code) for code in codes]
    spoken = [one for one in lexicons if one.code == language or not words.isdisjoint(one.term_words)]
    for one in spoken:
        yield from _Reader(pieces, one, spoken).statements()


class _Reader:
    """Reads the pieces with the words of one language."""

    def __init__(self, pieces: Sequence[Piece], lexicon: Lexicon, spoken: Sequence[Lexicon]):
        self._lexicon = lexicon
        self._items = items_of(pieces, lexicon)
        self._words = [item.word for item in self._items]
        self._doubts = Doubts(self._items, spoken)
        self._claimed = -1  # the last item of the last statement
        self._used: set[int] = set()  # values that belong to a statement

    def statements(self) -> Iterator[Statement]:
        at = 0
        while at < len(self._items):
            topic, stop = self._term(at)
            if topic:
                found = self._before(topic, at, stop) or self._behind(topic, at, stop)
                yield from found
                at = max(stop, self._claimed + 1 if found else stop)
            else:
                at += 1

    def _term(self, at: int) -> tuple[str, int]:
        """The topic whose longest term stands here, and where the term ends."""
        best, longest = "", 0
        if self._items[at].kind == "word":
            for topic, phrases in self._lexicon.terms.items():
                length = phrases.length_at(self._words, at)
                if length > longest:
                    best, longest = topic, length
        return best, at + longest

    def _before(self, topic: str, at: int, stop: int) -> list[Statement]:
        """“7/10 mood”, “6.5 h of sleep”: the value stands before the term."""
        value = at - 1
        while at - value <= MOST_LINKS and self._is_link(value):
            value -= 1
        item = self._item(value)
        if item is None or item.kind != "value" or value in self._used:
            return []
        if item.unit == "kg" or (topic in _POINTS and item.unit != "score"):
            return []
        return self._accept(topic, value, [value], stop)

    def _behind(self, topic: str, at: int, stop: int) -> list[Statement]:
        """“mood: 7”, “ran 5 km in 30 minutes”: one value or two stand behind the term."""
        value = stop
        while value - stop <= MOST_LINKS and self._is_link(value):
            if topic in COUNTED and self._words[value]:
                return []
            value += 1
        values = [value]
        another = value + 2 if self._word(value + 1) in self._lexicon.chain else value + 1
        metric, other = self._metric(topic, value), self._metric(topic, another)
        if metric and other and metric != other:
            values.append(another)
        return self._accept(topic, at, values, values[-1] + 1)

    def _accept(self, topic: str, start: int, values: list[int], stop: int) -> list[Statement]:
        if not all(self._metric(topic, value) for value in values):
            return []
        if not self._may_begin(start) or not self._may_end(stop):
            return []
        if self._doubts.about(start, is_amount=topic not in _POINTS):
            return []
        self._claimed = stop - 1
        self._used.update(values)
        return [self._statement(topic, start, value, stop) for value in values]

    def _statement(self, topic: str, start: int, value: int, stop: int) -> Statement:
        item = self._items[value]
        # The quote ends with its value, or with the term where that stands behind the value.
        last = stop - 1 if value == start else value
        return Statement(
            name=self._metric(topic, value),
            unit=item.unit,
            amount=item.amount,
            start=self._items[start].start,
            end=self._items[last].end,
        )

    def _metric(self, topic: str, at: int) -> str:
        item = self._item(at)
        return TOPICS[topic].get(item.unit, "") if item and item.kind == "value" else ""

    def _may_begin(self, start: int) -> bool:
        """Whether only words that may lead in stand between the clause's beginning and the statement."""
        at = start - 1
        while at >= 0 and self._items[at].kind == "word" and self._words[at] in self._lexicon.lead:
            if self._words[at] in self._lexicon.speaker:
                return True
            at -= 1
        if at < 0 or at == self._claimed:
            return True
        return self._items[at].kind in BOUNDARIES or self._words[at] in self._lexicon.speaker

    def _may_end(self, stop: int) -> bool:
        item = self._item(stop)
        if item is None or item.kind in BOUNDARIES or self._term(stop)[0]:
            return True
        if item.kind == "value":
            # The next statement may begin with its value.
            return bool(self._word(stop + 1)) and item.unit != "number"
        return item.kind == "word" and self._lexicon.follow.length_at(self._words, stop) > 0

    def _is_link(self, at: int) -> bool:
        item = self._item(at)
        if item is None:
            return False
        return item.kind in {"colon", "dash", "about"} or (
            item.kind == "word" and item.word in self._lexicon.link
        )

    def _item(self, at: int) -> Item | None:
        return self._items[at] if 0 <= at < len(self._items) else None

    def _word(self, at: int) -> str:
        return self._words[at] if 0 <= at < len(self._words) else ""
