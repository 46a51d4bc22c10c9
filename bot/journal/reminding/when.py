"""A few words that say when: an hour, some days, a date, or how long from now."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from bot.journal import hours
from bot.journal.reminding import words

EVERY_DAY, WORKDAYS, WEEKEND = tuple(range(7)), (0, 1, 2, 3, 4), (5, 6)
EVERY_WEEK = ((words.EVERY_DAY, EVERY_DAY), (words.WEEKDAYS, WORKDAYS), (words.WEEKENDS, WEEKEND))
MOST_AHEAD = timedelta(days=366)
# Whichever year somebody says that is further away is too far, or long past.
YEARS = 2


Problem = Literal[
    "empty",
    "long",
    "no_time",
    "no_hour",
    "no_such_hour",
    "no_such_day",
    "past",
    "far",
    "unsupported",
    "no_text",
    "several",
]
"""What keeps a line from being a reminder."""


class Unclear(ValueError):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem: Problem = problem


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """What was said so far. `weekdays` come every week, `once_on` is one day, `after` from now: with
    `once_on` it is a number of whole days, and counts where no hour is said. `hour` is the one of a part of
    the day where `at` was not said. `is_open`: nothing tells which half of the day `at` is in. `is_end`: it
    is 24:00, the end of the days that are said."""

    at: time | None = None
    is_open: bool = False
    is_end: bool = False
    weekdays: tuple[int, ...] = ()
    once_on: date | None = None
    after: timedelta | None = None
    hour: int | None = None

    @property
    def has_days(self) -> bool:
        return bool(self.weekdays or self.once_on or self.after)

    @property
    def is_late(self) -> bool:
        return self.hour is not None and self.hour >= 12

    def joined(self, other: "Schedule") -> "Schedule | None":
        """Both together, unless the one says again what the other did."""
        if (self.at and other.at) or (self.has_days and other.has_days):
            return None
        after, once_on, at = self.after or other.after, self.once_on or other.once_on, self.at or other.at
        if after and at and not once_on:
            return None
        return Schedule(
            at=at,
            is_open=self.is_open or other.is_open,
            is_end=self.is_end or other.is_end,
            weekdays=self.weekdays or other.weekdays,
            once_on=once_on,
            after=None if at else after,
            hour=self.hour if self.hour is not None else other.hour,
        )

    def by_clock(self) -> "Schedule":
        """The same on the days that begin at 00:00 where it is said for those that end then."""
        if not self.is_end:
            return self
        weekdays = tuple(sorted((day + 1) % 7 for day in self.weekdays))
        once_on = self.once_on and self.once_on + timedelta(days=1)
        return replace(self, weekdays=weekdays, once_on=once_on, is_end=False)

    def time(self) -> time | None:
        """The hour, where one was said."""
        if self.at is None:
            return time(self.hour) if self.hour is not None else None
        if self.is_open and (self.is_late or 1 <= self.at.hour <= 5) and self.at.hour < 12:
            # Nobody wants to drink water at one in the night who does not say so.
            return self.at.replace(hour=self.at.hour + 12)
        return self.at


def read(said: Sequence[str], now: datetime) -> Schedule | None:
    """What these words say, if all of them together say when, for someone whose clock shows `now`. Raises
    `Unclear` where they mean an hour or a day that cannot be."""
    joined = " ".join(said)
    return _days(joined, said, now) or _from_now(joined, now) or _date(joined, now.date()) or _hour(joined)


def _days(joined: str, said: Sequence[str], now: datetime) -> Schedule | None:
    today = now.date()
    if part := words.PARTS.get(joined):
        ahead, hour = part
        if isinstance(ahead, int):
            return Schedule(once_on=today + timedelta(days=ahead), hour=hour)
        return Schedule(weekdays=EVERY_DAY, hour=hour)
    for known, ahead in ((words.TODAY, 0), (words.TOMORROW, 1), (words.AFTER_TOMORROW, 2)):
        if joined in known:
            return Schedule(once_on=today + timedelta(days=ahead))
    for known, days in EVERY_WEEK:
        if joined in known:
            return Schedule(weekdays=days)
    return _weekdays([it for word in said for it in _split(word)], today)


def _split(word: str) -> list[str]:
    """“mon-fri” and “mon,wed” are more than one word."""
    return [it for it in re.split(r"([-–,&+])", word) if it and it != ","]


def _weekdays(said: list[str], today: date) -> Schedule | None:
    prefix, rest = _prefix(said)
    found: list[int] = []
    is_weekly, until = prefix in words.EVERY, False
    for word in rest:
        if word in words.AND or word in words.ON or word in words.EVERY:
            continue
        if word in words.UNTIL and found and not until:
            until = True
            continue
        day = words.DAY.get(word, words.DAYS.get(word))
        if day is None or (word in words.AMBIGUOUS and not prefix and len(rest) == 1):
            return None
        is_weekly = is_weekly or word in words.DAYS
        found += _range(found[-1], day) if until else [day]
        until = False
    if not found or until or not rest or rest[-1] in words.AND:
        return None
    if is_weekly or len(set(found)) > 1:
        return Schedule(weekdays=tuple(sorted(set(found))))
    ahead = (found[0] - today.weekday()) % 7
    return Schedule(once_on=today + timedelta(days=ahead or 7))


def _prefix(said: list[str]) -> tuple[str, list[str]]:
    """What stands before the days, such as “every” or “on”, and the rest."""
    for count in (2, 1):
        start = " ".join(said[:count])
        if len(said) > count and (start in words.EVERY or start in words.ON):
            return start, said[count:]
    return "", said


def _range(first: int, last: int) -> list[int]:
    return [day % 7 for day in range(first + 1, first + 1 + (last - first) % 7)]


_AMOUNTS = "|".join(sorted(map(re.escape, words.NUMBERS), key=len, reverse=True))
_FROM_NOW = re.compile(
    rf"(?:in|dans|en|dentro de)\s+(?P<amount>-?\d{{1,6}}(?:[.,]\d)?|{_AMOUNTS})[\s-]*(?P<unit>[^\W\d]+)"
)


def _from_now(joined: str, now: datetime) -> Schedule | None:
    match = _FROM_NOW.fullmatch(joined)
    unit = words.UNITS.get(match["unit"]) if match else None
    if match is None or unit is None:
        return None
    said = match["amount"]
    amount = words.NUMBERS[said] if said in words.NUMBERS else float(said.replace(",", "."))
    minutes = amount * unit
    if minutes < 0:
        raise Unclear("past")
    if not 0 < minutes <= MOST_AHEAD / timedelta(minutes=1):
        raise Unclear("no_such_day")
    after = timedelta(minutes=minutes)
    is_in_days = unit >= words.UNITS["day"] and not after % timedelta(days=1)
    return Schedule(after=after, once_on=(now + after).date() if is_in_days else None)


_AT = r"(?:at|around|about|um|gegen|a las?|sobre las|à|vers)\s+"
_UNIT = r"(?:h|hs|hrs|uhr|heures?|horas?|o['’]?clock)"
_PLAIN = re.compile(
    rf"(?:(?P<at>{_AT})(?P<hour>\d{{1,3}})(?:\s*{_UNIT})?|(?P<hour2>\d{{1,3}})\s*(?P<unit>{_UNIT}))"
)


_END = re.compile(r"24(?!\d)")


def _hour(joined: str) -> Schedule | None:
    if plain := _PLAIN.fullmatch(joined):
        said = plain["hour"] or plain["hour2"]
        if int(said) > 24:
            raise Unclear("no_such_hour")
        is_open = not said.startswith("0") and int(said) <= 12
        return Schedule(at=time(int(said) % 24), is_open=is_open, is_end=int(said) == 24)
    said = re.sub(f"^{_AT}", "", joined)
    try:
        at = hours.read(said)
    except ValueError:
        raise Unclear("no_such_hour") from None
    if at is None:
        return None
    return Schedule(at=at, is_open=len(hours.possible(said)) > 1, is_end=_END.match(said) is not None)


_DATES = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?P<year>\d{4})?"),
    re.compile(
        r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.|er)?(?: (?:of|de))? (?P<name>[^\W\d]+)"
        r"(?:,? (?:de )?(?P<year>\d{4}))?"
    ),
    re.compile(r"(?P<name>[^\W\d]+) (?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,? (?P<year>\d{4}))?"),
)  # fmt: skip
_ON = re.compile(r"(?:on|on the|am|el|le) ")


def _date(joined: str, today: date) -> Schedule | None:
    if on := _ON.match(joined):
        joined = joined[on.end() :]
    for pattern in _DATES:
        match = pattern.fullmatch(joined)
        said = match.groupdict() if match else {}
        month = words.MONTHS.get(said["name"]) if "name" in said else said and int(said["month"])
        if said and month:
            return Schedule(once_on=_on(said["year"], int(month), int(said["day"]), today))
    return None


def _on(year: str | None, month: int, day: int, today: date) -> date:
    """The next such date where no year is said, which may be in four years."""
    # At the ends of the calendar no clock tells an hour everywhere.
    if year and abs(int(year) - today.year) > YEARS:
        raise Unclear("far" if int(year) > today.year else "past")
    for this in [int(year)] if year else range(today.year, today.year + 5):
        try:
            found = date(this, month, day)
        except ValueError:
            continue
        if year or found >= today:
            return found
    raise Unclear("no_such_day")
