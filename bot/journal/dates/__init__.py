"""The days that a text names, in the person's language: "last Tuesday", "im Mai", "il y a deux semaines".

A grammar of a few dozen rules reads words of `languages.toml`, so a language is a table of words.
Why no library: see docs/recall.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.journal.dates import spans
from bot.journal.dates.rules import match, nothing, starting_with
from bot.journal.dates.spans import Span
from bot.journal.dates.words import Symbol, languages, symbols

# A question is short, and of a long entry the beginning is enough.
LONGEST = 8_000
MOST = 20
# Tags whose dates written with slashes begin with the month.
MONTH_FIRST = {"en", "en-us", "en-ph", "en-ca"}


@dataclass(frozen=True, kw_only=True)
class DateRange:
    """`text[text_start:text_stop]` means the days from `start` to `stop`, both included."""

    start: date
    stop: date
    text_start: int
    text_stop: int


@dataclass(frozen=True, kw_only=True)
class _Found:
    first: int
    last: int
    span: Span


def find_dates(text: str, today: date, language: str | None) -> list[DateRange]:
    """The past days that `text` names, in its order, as seen on `today`, the person's own day.

    `language` is a BCP 47 tag; of a language without a table, and of None, only dates in figures are
    read. What lies ahead is left out, and a span that reaches beyond today ends today.
    """
    tag = (language or "").replace("_", "-").lower()
    code = tag.partition("-")[0]
    read = symbols(text[:LONGEST], code if code in languages() else "")
    found = _joined(_found(read, today, tag in MONTH_FIRST), read, today)
    return [
        DateRange(
            start=it.span[0],
            stop=min(it.span[1], today),
            text_start=read[it.first].start,
            text_stop=read[it.last].stop,
        )
        for it in found
        if it.span[0] <= today
    ][:MOST]


def _found(read: Sequence[Symbol], today: date, month_first: bool) -> list[_Found]:
    found: list[_Found] = []
    at = 0
    while at < len(read):
        stop, span = _longest(read, at, today, month_first)
        if span:
            around = at > 0 and "R" in read[at - 1].readings
            found.append(_Found(first=at, last=stop - 1, span=spans.widened(span) if around else span))
        at = max(stop, at + 1)
    return found


def _longest(read: Sequence[Symbol], at: int, today: date, month_first: bool) -> tuple[int, Span | None]:
    """Where the longest rule that fits ends, and what it means; None for what names no past day."""
    longest: tuple[int, Span | None] = (at, None)
    for pattern, meaning in starting_with(read[at]):
        fit = match(pattern, read, at)
        if fit and fit[1] > longest[0]:
            span = meaning(fit[0], today, month_first)
            if span or meaning is nothing:
                longest = fit[1], span
    return longest


def _joined(found: Sequence[_Found], read: Sequence[Symbol], today: date) -> list[_Found]:
    """Two dates with "from" or "between" before and "to" or "and" between them are one span, and one
    after "since" lasts until today."""
    joined: list[_Found] = []
    waiting = list(found)
    while waiting:
        one = waiting.pop(0)
        before = _reading_before(read, one.first)
        other = waiting[0] if waiting else None
        if other and not before.isdisjoint("Ff") and _only_until(read[one.last + 1 : other.first]):
            waiting.pop(0)
            ends = sorted((*one.span, *other.span))
            one = _Found(first=one.first, last=other.last, span=(ends[0], ends[-1]))
        elif "F" in before or "F" in read[one.first].readings:
            one = _Found(first=one.first, last=one.last, span=(one.span[0], max(one.span[1], today)))
        joined.append(one)
    return joined


def _reading_before(read: Sequence[Symbol], at: int) -> set[str]:
    while at > 0 and "s" in read[at - 1].readings and not read[at - 1].readings.keys() & {"F", "f"}:
        at -= 1
    return set(read[at - 1].readings) if at > 0 else set()


def _only_until(between: Sequence[Symbol]) -> bool:
    letters = [it.readings.keys() for it in between]
    return any("K" in it for it in letters) and all(it & {"K", "s", "f", "P"} for it in letters)
