"""When something that a person chose by their own clock really comes: pure functions, no state.

An hour that the clocks leave out in spring comes right after the gap, one that they show twice in autumn
comes the first time only.
"""

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
NOON = time(12)
# Clocks change by an hour or so. A longer gap is a date that a country left out to change sides.
LEFT_OUT = timedelta(hours=12)
# No place is further than a day from UTC, and no country left out two dates.
SEARCHED = 4

# A late summary is still worth its message for so long, and in any case for the shorter of these.
SENT_LATE, SENT_LATE_AT_LEAST = timedelta(hours=4), timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Evening:
    """Whose `summary_time` and `day_starts_at`, in which `time_zone`, as in `users`."""

    time_zone: str
    summary_time: time
    day_starts_at: time


@dataclass(frozen=True, kw_only=True)
class Due:
    """`at` is in UTC, `local_date` the day that the summary is about."""

    at: datetime
    local_date: date


@lru_cache(maxsize=1024)
def zone_of(name: str) -> tzinfo:
    """The zone, or UTC where this machine knows none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        log.warning("a person's time zone is not known on this machine: UTC stands in for it")
        return UTC


def moment_of(day: date, at: time, zone: tzinfo) -> datetime:
    """When the clocks there first show this hour of that day, or first show a later one; in UTC."""
    moment, _ = _moment_and_gap(day, at, zone)
    return moment


def _moment_and_gap(day: date, at: time, zone: tzinfo) -> tuple[datetime, timedelta]:
    wall = datetime.combine(day, at.replace(fold=0), zone)
    moment = wall.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment, timedelta(0)
    # In a gap the wall time counts by the offset before it, which is past it, or by that after, before it.
    early, late = wall.replace(fold=1).astimezone(UTC), moment
    gap = late - early
    offset = late.astimezone(zone).utcoffset()
    while late - early > SECOND:
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            late = middle
        else:
            early = middle
    return late, gap


def next_summary(evening: Evening, after: datetime, beyond: date = date.min) -> Due:
    """The first summary that comes `after` an aware moment, about a day `beyond` the one given."""
    # Whoever flew across the date line may have had the next day's already.
    first = max(_today(evening, after) - DAY * SEARCHED, beyond)
    days = _days(evening, first, 3 * SEARCHED)
    return next(it for it in days if it.at > after and it.local_date > beyond)


def latest_summary(evening: Evening, until: datetime) -> Due:
    """The last one that comes no later than `until`."""
    days = _days(evening, _today(evening, until) - DAY * SEARCHED, 2 * SEARCHED)
    return max((it for it in days if it.at <= until), key=lambda it: it.local_date)


def _today(evening: Evening, moment: datetime) -> date:
    return moment.astimezone(zone_of(evening.time_zone)).date()


def _days(evening: Evening, first: date, count: int) -> Iterator[Due]:
    zone = zone_of(evening.time_zone)
    # Before noon, the day that a person wants summed up is the one that is over.
    is_about_today = evening.summary_time >= max(NOON, evening.day_starts_at)
    for day in (first + DAY * number for number in range(count)):
        at, gap = _moment_and_gap(day, evening.summary_time, zone)
        if gap < LEFT_OUT:
            yield Due(at=at, local_date=day if is_about_today else day - DAY)


def end_of(evening: Evening, local_date: date) -> datetime:
    """When the person's own day is over, in UTC."""
    return moment_of(local_date + DAY, evening.day_starts_at, zone_of(evening.time_zone))


def stale_at(evening: Evening, local_date: date, shown_at: datetime) -> datetime:
    """Until when a summary that should have been there at `shown_at` still makes sense: four hours, or
    until its day ends, though an hour in any case."""
    over = end_of(evening, local_date)
    if over <= shown_at:
        return shown_at + SENT_LATE
    return min(shown_at + SENT_LATE, max(over, shown_at + SENT_LATE_AT_LEAST))


def next_on(weekdays: Collection[int], at: time, zone: tzinfo, after: datetime) -> datetime:
    """When it is this hour there next `after` an aware moment, on one of these weekdays (0 is Monday);
    in UTC."""
    today = after.astimezone(zone).date()
    days = (today + DAY * ahead for ahead in range(-1, 15))
    moments = (moment_of(day, at, zone) for day in days if day.weekday() in weekdays)
    return next(it for it in moments if it > after)
