"""Arithmetic on days: every span has both ends in it, and ends no later than today."""

import calendar
from datetime import date, timedelta

Span = tuple[date, date]

DAY = timedelta(days=1)
# The days that a holiday is remembered by: (month, day) of the first and the last.
HOLIDAYS = {
    "christmas": ((12, 24), (12, 26)),
    "christmas_eve": ((12, 24), (12, 24)),
    "new_year": ((1, 1), (1, 1)),
    "new_years_eve": ((12, 31), (12, 31)),
    "valentine": ((2, 14), (2, 14)),
    "halloween": ((10, 31), (10, 31)),
}
# Months that a season begins with, spring first. The south of the world has its own, half a year away;
# nothing tells us where a person lives but their time zone, so the north's are meant.
SEASONS = (3, 6, 9, 12)


def month(year: int, number: int) -> Span:
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


def year(number: int) -> Span:
    return date(number, 1, 1), date(number, 12, 31)


def season(number: int, of_year: int) -> Span:
    """Three months; a winter is of the year in which it begins."""
    first = SEASONS[number]
    last = first + 2
    stop = month(of_year + (last > 12), last - 12 if last > 12 else last)[1]
    return date(of_year, first, 1), stop


def holiday(name: str, of_year: int) -> Span:
    if name == "easter":
        sunday = easter(of_year)
        return sunday - 2 * DAY, sunday + DAY
    first, last = HOLIDAYS[name]
    return date(of_year, *first), date(of_year, *last)


def easter(of_year: int) -> date:
    """The Sunday, by the Gregorian calendar (the anonymous algorithm of 1876)."""
    a, (b, c) = of_year % 19, divmod(of_year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    n = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * n) // 451
    number, day = divmod(h + n - 7 * m + 114, 31)
    return date(of_year, number, day + 1)


def week(day: date) -> Span:
    monday = day - day.weekday() * DAY
    return monday, monday + 6 * DAY


def weekday_before(today: date, weekday: int) -> date:
    """The last one before today."""
    return today - ((today.weekday() - weekday - 1) % 7 + 1) * DAY


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last day."""
    years, zero_based = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, zero_based + 1, min(day.day, calendar.monthrange(years, zero_based + 1)[1]))


def day_of(of_year: int, month_number: int, day: int) -> date | None:
    try:
        return date(of_year, month_number, day)
    except ValueError:
        return None


def third(span: Span, which: str) -> Span:
    """The early, middle or late part of a span, a little over a third of it."""
    days = (span[1] - span[0]).days + 1
    part = -(-days * 2 // 5)
    if which == "E":
        return span[0], span[0] + (part - 1) * DAY
    if which == "Z":
        return span[1] - (part - 1) * DAY, span[1]
    middle = span[0] + (days - part) // 2 * DAY
    return middle, middle + (part - 1) * DAY


def widened(span: Span) -> Span:
    """What "around" makes of it."""
    days = 3 * DAY if (span[1] - span[0]).days < 7 else 10 * DAY
    return span[0] - days, span[1] + days
