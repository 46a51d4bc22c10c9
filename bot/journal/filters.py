"""What a person types into a search: words, and filters in plain form among them.

`from:2026-05-01 to:2026-05-31`, `in:may`, "in May", `mood>=7`, `kind:voice`, `is:good`. What stands in
quotation marks is words only. A filter that cannot be read is named, and filters nothing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Literal

from bot.ai.protocols import MetricKind
from bot.journal.dates import find_dates, spans
from bot.journal.dates.words import languages
from bot.journal.metrics import KINDS
from bot.journal.recall import terms

Sign = Literal["<", "<=", ">", ">=", "="]
Problem = Literal["day", "kind", "is", "metric", "value", "apart"]

DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1900, 2100
# What may be typed for a kind, and the kinds of entries it stands for.
MEANT = {
    "text": ("text",),
    "voice": ("voice", "audio"),
    "audio": ("audio",),
    "photo": ("photo",),
    "video": ("video",),
    "document": ("document",),
}
SIGNS: dict[str, Sign] = {"=>": ">=", "≥": ">=", "=<": "<=", "≤": "<=", "==": "="}

_QUOTES = '"“”„«»'
_PIECE = re.compile(
    rf"""[{_QUOTES}](?P<quoted>[^{_QUOTES}]*)[{_QUOTES}]
    | (?<!\w)(?P<key>from|since|after|to|until|before|on|in|kind|is):(?P<space>\s*)
      (?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]+)[{_QUOTES}] | (?P<plain>[^\s{_QUOTES}]+(?:\s+\d{{4}}(?!\S))?))
    | (?<!\w)(?P<name>[^\W\d]\w*(?:[ ][^\W\d]\w*)?)(?P<gap>\s*)(?P<sign><=|>=|=<|=>|==|=|<|>|≤|≥)\s*
      (?P<value>-?\d+(?:[.,]\d+)?)(?!\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MARKS = str.maketrans(dict.fromkeys(_QUOTES, " "))
_WRITTEN = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_LAST_WORD = re.compile(r"(\w+)[^\w.!?;:,]*$")


@dataclass(frozen=True, kw_only=True)
class Condition:
    """On what the readings of one metric in an entry come to."""

    name: str
    sign: Sign
    value: float


@dataclass(frozen=True, kw_only=True)
class Filters:
    """`words` to look for in entries of the days `since` to `until`, both included, of `kinds` (keys of
    MEANT), that fit all `conditions`; with `good_days` only of days that went well. `problems` names
    what could not be read, each with the words concerned."""

    words: str = ""
    since: date | None = None
    until: date | None = None
    kinds: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    good_days: bool = False
    problems: tuple[tuple[Problem, str], ...] = ()

    @property
    def narrow(self) -> bool:
        return bool(self.since or self.until or self.kinds or self.conditions or self.good_days)

    def typed(self) -> str:
        """The same as a person could type it on any day: what `read` makes the same filters of."""
        pieces = [f'"{self.words}"'] if self.words else []
        pieces += [f"from:{self.since}"] if self.since else []
        pieces += [f"to:{self.until}"] if self.until else []
        pieces += [f"kind:{kind}" for kind in self.kinds]
        pieces += [f"{it.name}{it.sign}{_number(it.value)}" for it in self.conditions]
        pieces += ["is:good"] if self.good_days else []
        return " ".join(pieces)


def read(text: str, today: date, language: str | None) -> Filters:
    """`today` is the person's own day, `language` a BCP 47 tag. Any text can be read."""
    reading = _Reading(today, language)
    done = 0
    for match in _PIECE.finditer(text):
        reading.plain(text[done : match.start()])
        reading.piece(match)
        done = match.end()
    reading.plain(text[done:])
    return reading.filters()


def period(text: str, today: date, language: str | None) -> tuple[date, date] | None:
    """The first and the last of the days that `text` names: a day, a week, a month, a year, in figures
    or in words; None for anything else."""
    words = " ".join(text.translate(_MARKS).split()).strip(".,")
    if written := _WRITTEN.fullmatch(words):
        return _written(*(int(it) if it else None for it in written.groups()))
    if not re.search(r"\d", words):
        words = re.sub(r"[-_]+", " ", words)
    for phrase in (words, f"in {words}"):
        for tag in _tags(phrase, language):
            found = find_dates(phrase, today, tag)
            if len(found) == 1 and _covers(phrase, found[0].text_start, found[0].text_stop, tag):
                return found[0].start, found[0].stop
    return None


def metric(name: str) -> MetricKind | None:
    """The one that is called so, in full or by the beginning of its name: "sleep hours", "coffee"."""
    called = "_".join(name.casefold().split())
    if called in KINDS:
        return KINDS[called]
    return next((kind for kind in KINDS.values() if kind.name.startswith(f"{called}_")), None)


class _Reading:
    def __init__(self, today: date, language: str | None) -> None:
        self._today = today
        self._language = language
        self._words: list[str] = []
        self._spans: list[tuple[date, date]] = []
        self._first: tuple[date, date] | None = None
        self._last: tuple[date, date] | None = None
        self._kinds: list[str] = []
        self._conditions: list[Condition] = []
        self._good_days = False
        self._problems: list[tuple[Problem, str]] = []

    def plain(self, text: str) -> None:
        """Words, and the days that they name in more than one word: "in May", but no lone "summer"."""
        for start, stop, span in _named_days(text, self._today, self._language):
            self._spans.append(span)
            text = text[:start] + " " * (stop - start) + text[stop:]
        self._words.append(text)

    def piece(self, match: re.Match[str]) -> None:
        if match["quoted"] is not None:
            self._words.append(match["quoted"])
        elif match["key"]:
            self._keyed(match)
        else:
            self._compared(match)

    def _keyed(self, match: re.Match[str]) -> None:
        key, value = match["key"].lower(), match["phrase"] or match["plain"]
        rest = ""
        if match["plain"] and key != "in":
            value, *more = value.split(maxsplit=1)
            rest = "".join(more)
        # After a space it may as well be a sentence with a colon in it.
        strict = not match["space"]
        if key == "kind":
            understood = self._kind(value)
        elif key == "is":
            understood = self._is(value)
        else:
            understood = self._days(key, value)
        if understood:
            self.plain(rest)
        elif strict:
            self._problems.append((key if key in {"kind", "is"} else "day", value))  # type: ignore[arg-type]
            self.plain(rest)
        else:
            self._words.append(match[0])

    def _kind(self, value: str) -> bool:
        kind = value.casefold().removesuffix("s")
        if kind in MEANT and kind not in self._kinds:
            self._kinds.append(kind)
        return kind in MEANT

    def _is(self, value: str) -> bool:
        good = value.casefold() == "good"
        self._good_days |= good
        return good

    def _days(self, key: str, value: str) -> bool:
        span = period(value, self._today, self._language)
        if span is None:
            return False
        if key in {"from", "since"}:
            self._first = span
        elif key == "after":
            self._first = (span[1] + DAY, span[1] + DAY)
        elif key in {"to", "until"}:
            self._last = span
        elif key == "before":
            self._last = (span[0] - DAY, span[0] - DAY)
        else:
            self._spans.append(span)
        return True

    def _compared(self, match: re.Match[str]) -> None:
        """ "mood >= 7", also with a word before it that belongs to what is looked for."""
        before, name = "", match["name"]
        if metric(name) is None and " " in name:
            before, _, name = name.partition(" ")
        kind = metric(name)
        value = round(float(match["value"].replace(",", ".")), 3)
        if kind is None and match["gap"]:
            # A heart or a sum, rather than a metric.
            self._words.append(match[0])
            return
        self.plain(before)
        if kind is None:
            self._problems.append(("metric", name))
        elif not kind.minimum <= value <= kind.maximum:
            self._problems.append(("value", kind.name))
        else:
            sign = SIGNS.get(match["sign"], match["sign"])
            self._conditions.append(Condition(name=kind.name, sign=sign, value=value))  # type: ignore[arg-type]

    def filters(self) -> Filters:
        first, last = self._first, self._last
        if first and last and first[0] > last[1]:
            first, last = last, first
        since, until = first and first[0], last and last[1]
        for start, stop in self._spans:
            since, until = max(since or start, start), min(until or stop, stop)
        if since and until and since > until:
            self._problems.append(("apart", ""))
            since = until = None
        return Filters(
            words=" ".join(" ".join(self._words).translate(_MARKS).split()),
            since=since,
            until=until,
            kinds=tuple(self._kinds),
            conditions=tuple(dict.fromkeys(self._conditions)),
            good_days=self._good_days,
            problems=tuple(dict.fromkeys(self._problems)),
        )


def narrowed(filters: Filters, how: str, today: date) -> Filters:
    """As one button says: "m" this month, "y" this year, "v" voice only, "g" good days only, "x" none
    of the filters. Tapped twice, it is the same as once."""
    filters = replace(filters, problems=())
    if how == "m":
        return replace(filters, since=today.replace(day=1), until=spans.month(today.year, today.month)[1])
    if how == "y":
        return replace(filters, since=date(today.year, 1, 1), until=date(today.year, 12, 31))
    if how == "v":
        return replace(filters, kinds=("voice",))
    if how == "g":
        return replace(filters, good_days=True)
    return Filters(words=filters.words)


def _written(year: int | None, month: int | None, day: int | None) -> tuple[date, date] | None:
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if month is None:
        return spans.year(year)
    if not 1 <= month <= 12:
        return None
    if day is None:
        return spans.month(year, month)
    found = spans.day_of(year, month, day)
    return (found, found) if found else None


def _named_days(text: str, today: date, language: str | None) -> Iterator[tuple[int, int, tuple[date, date]]]:
    """Where days are named in several words or in figures, with the preposition before them."""
    for tag in _tags(text, language):
        found = [(*_with_preposition(text, it.text_start, tag), it) for it in find_dates(text, today, tag)]
        named = [
            (start, it.text_stop, (it.start, it.stop))
            for start, has_preposition, it in found
            if has_preposition or re.search(r"\w\W+\w|\d", text[it.text_start : it.text_stop])
        ]
        if named:
            yield from named
            return


def _with_preposition(text: str, start: int, tag: str | None) -> tuple[int, bool]:
    before = _LAST_WORD.search(text, 0, start)
    if before and before[1].casefold() in _prepositions((tag or "").partition("-")[0].lower()):
        return before.start(), True
    return start, False


def _covers(phrase: str, start: int, stop: int, tag: str | None) -> bool:
    start, _ = _with_preposition(phrase, start, tag)
    return not re.search(r"\w", phrase[:start] + phrase[stop:])


def _tags(text: str, language: str | None) -> Iterable[str | None]:
    """The languages to read dates in: the text's own, and English, in which the bot's words are."""
    told = terms.detect(text, language)
    own = language if terms.base(language) == told else told
    return dict.fromkeys([own, "en"])


@cache
def _prepositions(code: str) -> frozenset[str]:
    return frozenset(str(languages().get(code, {}).get("in", "")).casefold().split())


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
