"""Which symbols in a row name which days.

A rule is a pattern and what it means. In a pattern each piece stands for one symbol and lists the
letters it may have; "?" makes it optional, "-" lets no small word come before it, and "$" asks that
a phrase ends there. The letters are in `words`; M month, W weekday, S season, U unit, H holiday,
D a day counted from today, N O digits, n o in words, 4 a year, # a written date.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from bot.journal.dates import spans
from bot.journal.dates.spans import DAY, Span
from bot.journal.dates.words import Symbol

Values = list[tuple[str, Any]]
Meaning = Callable[[Values, date, bool], Span | None]


@dataclass(frozen=True, kw_only=True)
class Piece:
    letters: str
    optional: bool
    joined: bool


class Rule:
    def __init__(self, patterns: str, meaning: Meaning) -> None:
        self.patterns = [[_piece(it) for it in pattern.split()] for pattern in patterns.split("|")]
        self.meaning = meaning


def _piece(text: str) -> Piece:
    return Piece(letters=text.strip("-?"), optional=text.endswith("?"), joined=text.startswith("-"))


def match(pattern: Sequence[Piece], symbols: Sequence[Symbol], at: int) -> tuple[Values, int] | None:
    """The values of the symbols that the pattern takes from `at` on, and where it ends."""
    if not pattern:
        return [], at
    piece, rest = pattern[0], pattern[1:]
    if piece.letters == "$":
        ends = at == len(symbols) or not symbols[at].readings.keys().isdisjoint(".,jK")
        return match(rest, symbols, at) if ends else None
    here = at
    while here < len(symbols):
        readings = symbols[here].readings
        letter = next((it for it in piece.letters if it in readings), None)
        if letter and (found := match(rest, symbols, here + 1)):
            return [(letter, readings[letter]), *found[0]], found[1]
        if piece.joined or "s" not in readings or here >= at + 2:
            break
        here += 1
    return match(rest, symbols, at) if piece.optional else None


def _value(values: Values, letters: str) -> Any:
    return next((value for letter, value in values if letter in letters), None)


def _has(values: Values, letter: str) -> bool:
    return any(it[0] == letter for it in values)


def _ago(values: Values, today: date, _: bool) -> Span | None:
    count, unit = _value(values, "Nn") or 1, _value(values, "Uu")
    if _value(values, "D") == 0 and unit in {"month", "year"}:
        day = spans.months_before(today, count * (12 if unit == "year" else 1))
        return day, day
    if unit in {"day", "night"}:
        slack = 0 if count < 7 else 1
        return today - (count + slack) * DAY, today - (count - slack) * DAY
    if unit in {"week", "weekend"}:
        day = today - 7 * count * DAY
        return day - 3 * DAY, day + 3 * DAY
    if count > 100:
        return None
    day = spans.months_before(today, count * (12 if unit == "year" else 1))
    slack = 15 if unit == "month" else 45 if count == 1 else 183
    return day - slack * DAY, day + slack * DAY


def _past_span(values: Values, today: date, _: bool) -> Span | None:
    count, unit = _value(values, "Nn"), _value(values, "U")
    if count > 1000:
        return None
    if unit in {"month", "year"}:
        return spans.months_before(today, count * (12 if unit == "year" else 1)), today
    return today - count * (7 if unit in {"week", "weekend"} else 1) * DAY, today


def _last_unit(values: Values, today: date, _: bool) -> Span | None:
    unit = _value(values, "U")
    span = {
        "day": (today - 7 * DAY, today),
        "night": (today - DAY, today),
        "week": spans.week(today - 7 * DAY),
        "weekend": _weekend(today),
        "month": spans.month(*_month_before(today)),
        "year": spans.year(today.year - 1),
    }[unit]
    return _part(values, span)


def _part(values: Values, span: Span) -> Span:
    """The early, middle or late part of it, where a word says so."""
    part = next((letter for letter, _ in values if letter in "EIZ"), None)
    return spans.third(span, part) if part else span


def _weekend(today: date) -> Span:
    saturday = spans.weekday_before(today, 5) if today.weekday() != 6 else today - 8 * DAY
    return saturday, saturday + DAY


def _the_weekend(values: Values, today: date, _: bool) -> Span | None:
    return _weekend(today) if _value(values, "U") == "weekend" else None


def _month_before(today: date) -> tuple[int, int]:
    return (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)


def _this_unit(values: Values, today: date, _: bool) -> Span | None:
    start = {
        "day": today,
        "night": today,
        "week": spans.week(today)[0],
        "weekend": today - (today.weekday() - 5) * DAY if today.weekday() >= 5 else today + DAY,
        "month": today.replace(day=1),
        "year": today.replace(month=1, day=1),
    }[_value(values, "U")]
    return start, today


def _weekday(values: Values, today: date, _: bool) -> Span | None:
    day = spans.weekday_before(today, _value(values, "Ww"))
    return day, day


def _this_weekday(values: Values, today: date, _: bool) -> Span | None:
    day = spans.week(today)[0] + _value(values, "Ww") * DAY
    return day, day


def _weekday_of_last_week(values: Values, today: date, _: bool) -> Span | None:
    if _value(values, "U") != "week":
        return None
    day = spans.week(today - 7 * DAY)[0] + _value(values, "Ww") * DAY
    return day, day


def _latest(today: date, years: range, of_year: Callable[[int], Span | None]) -> Span | None:
    """The latest that has begun, or the one of the only year there is."""
    for number in years:
        span = of_year(number)
        if span and (span[0] <= today or len(years) == 1):
            return span
    return None


def _years(values: Values, today: date) -> range:
    """The years that may be meant, the likeliest first: the one that is named, or the latest."""
    if named := _value(values, "4"):
        return range(named, named + 1)
    unit = _value(values, "U")
    if unit == "year" and _has(values, "L"):
        return range(today.year - 1, today.year)
    return range(today.year, today.year - 9, -1)


def _month(values: Values, today: date, _: bool) -> Span | None:
    number = _value(values, "Mm") + 1
    years = _years(values, today)
    is_last = _has(values, "L") and _value(values, "U") is None
    if is_last and number == today.month:
        years = range(today.year - 1, today.year)
    span = _latest(today, years, lambda it: spans.month(it, number))
    return _part(values, span) if span else None


def _months(values: Values, today: date, _: bool) -> Span | None:
    first, last = [value + 1 for letter, value in values if letter in "Mm"]
    stop = _latest(today, _years(values, today), lambda it: spans.month(it, last))
    if stop is None:
        return None
    return spans.month(stop[0].year - (first > last), first)[0], stop[1]


def _season(values: Values, today: date, _: bool) -> Span | None:
    number = _value(values, "SV")
    span = _latest(today, _years(values, today), lambda it: spans.season(number, it))
    is_last = _has(values, "L") and _value(values, "U") is None
    if span and is_last and span[1] >= today:
        span = spans.season(number, span[0].year - 1)
    return span


def _holiday(values: Values, today: date, _: bool) -> Span | None:
    name = _value(values, "H")
    return _latest(today, _years(values, today), lambda it: spans.holiday(name, it))


def _day(values: Values, today: date, _: bool) -> Span | None:
    return _days(_value(values, "NOo"), _value(values, "NOo"), values, today)


def _day_span(values: Values, today: date, _: bool) -> Span | None:
    first, last = [value for letter, value in values if letter in "NOo"]
    return _days(first, last, values, today)


def _days(first: int, last: int, values: Values, today: date) -> Span | None:
    number = _value(values, "Mm") + 1

    def of_year(it: int) -> Span | None:
        start, stop = spans.day_of(it, number, first), spans.day_of(it, number, last)
        return (start, stop) if start and stop and start <= stop else None

    return _latest(today, _years(values, today), of_year)


def _day_of_month(values: Values, today: date, _: bool) -> Span | None:
    number = _value(values, "NO")
    for back in range(3):
        first = spans.months_before(today.replace(day=1), back)
        day = spans.day_of(first.year, first.month, number)
        if day and day <= today:
            return day, day
    return None


def _year(values: Values, today: date, _: bool) -> Span | None:
    return _part(values, spans.year(_value(values, "4")))


def _year_in_words(values: Values, today: date, month_first: bool) -> Span | None:
    return _year(values, today, month_first) if _value(values, "U") == "year" else None


def _then(values: Values, today: date, _: bool) -> Span | None:
    unit = _value(values, "U")
    if unit == "week":
        return today - 8 * DAY, today - 6 * DAY
    day = spans.months_before(today, 12 if unit == "year" else 1)
    slack = 7 if unit == "year" else 2
    return day - slack * DAY, day + slack * DAY


def _offset(values: Values, today: date, _: bool) -> Span | None:
    offset = _value(values, "D")
    if offset == -7:
        return today - 10 * DAY, today
    return today + offset * DAY, today + offset * DAY


def _written(values: Values, today: date, month_first: bool) -> Span | None:
    figures = [it for it in re.split(r"\D+", _value(values, "#")) if it]
    numbers = [int(it) for it in figures]
    day: date | None
    if len(figures[0]) == 4:
        day = spans.day_of(numbers[0], numbers[1], numbers[2])
        return (day, day) if day else None
    first, second = numbers[0], numbers[1]
    if second > 12 or (month_first and first <= 12 and "/" in _value(values, "#")):
        first, second = second, first
    if len(numbers) == 3:
        of_year = numbers[2] + (2000 if numbers[2] < 100 else 0)
        day = spans.day_of(of_year, second, first)
    else:
        candidates = (spans.day_of(it, second, first) for it in range(today.year, today.year - 5, -1))
        day = next((it for it in candidates if it and it <= today), None)
    return (day, day) if day else None


def nothing(values: Values, today: date, _: bool) -> Span | None:
    """For what lies ahead or comes every week: no part of it is read as another day."""
    return None


RULES = (
    Rule("B Nn U A?|Nn U A D?|u A", _ago),
    Rule("L Nn U|Nn L U|Nn U L", _past_span),
    Rule("L S|S L|T S|P S|P T S|P L S|P S L|S 4|S P 4|P S 4|P S P 4|S L U|S U L|P S L U|P S U L", _season),
    Rule("V|V 4|L V|V L U|V U L", _season),
    Rule("L U|U L|EIZ L U|EIZ U L", _last_unit),
    Rule("P U|G U", _the_weekend),
    Rule("T U", _this_unit),
    Rule("X U|U X|X Ww|Ww X|X Mm|Mm X|X S|S X|P Nn U", nothing),
    Rule("Ww L U|Ww U L|L U Ww|U L Ww", _weekday_of_last_week),
    Rule("W|L Ww|Ww L|P -w $", _weekday),
    Rule("T Ww", _this_weekday),
    Rule("M|P -m|L Mm|Mm L|T Mm|Mm 4|Mm , 4", _month),
    Rule("Mm L U|Mm U L|Mm T U|P -m L U|P -m U L|P -m 4", _month),
    Rule("EIZ M|EIZ -m|EIZ Mm 4|EIZ L Mm|EIZ Mm L U|EIZ Mm U L", _month),
    Rule("f Mm K Mm|f Mm K Mm 4", _months),
    Rule("H|L H|H L|H 4|H P 4|H L U|H U L", _holiday),
    Rule("Ww? ,? NO Mm|Ww? ,? NO Mm 4|Ww? ,? NO Mm , 4|Ww? ,? o M|o M 4|o s m|o s m 4", _day),
    Rule("Ww? ,? Mm NO|Ww? ,? Mm NO 4|Ww? ,? Mm NO , 4|M o|M o 4", _day),
    Rule("NO Mm L U|NO Mm U L|Mm NO L U", _day),
    Rule("NO K NO Mm|NO K NO Mm 4|Mm NO K NO|Mm NO K NO 4", _day_span),
    Rule("G O $|G -N $|NO C", _day_of_month),
    Rule("P 4|EIZ 4|EIZ P 4", _year),
    Rule("P U 4|U 4|P 4 U|4 U", _year_in_words),
    Rule("Y L U|Y U L|L U Y|U L Y", _then),
    Rule("D", _offset),
    Rule("#", _written),
)


def starting_with(symbol: Symbol) -> list[tuple[Sequence[Piece], Meaning]]:
    """The patterns that may begin with this symbol, in the order of the rules."""
    by_letter = _by_letter()
    if by_letter.keys().isdisjoint(symbol.readings):
        return []
    fits = {place for letter in symbol.readings for place in by_letter.get(letter, ())}
    return [_patterns()[place] for place in sorted(fits)]


@cache
def _patterns() -> list[tuple[Sequence[Piece], Meaning]]:
    return [(pattern, rule.meaning) for rule in RULES for pattern in rule.patterns]


@cache
def _by_letter() -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, (pattern, _) in enumerate(_patterns()):
        for piece in pattern:
            for letter in piece.letters:
                found.setdefault(letter, []).append(place)
            if not piece.optional:
                break
    return found
