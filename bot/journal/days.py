"""Which day it is, for whom."""

from datetime import UTC, date, datetime, time, timedelta

from bot.journal.clock import zone_of
from db.queries.people import Person


def local_day(moment: datetime, time_zone: str, day_starts_at: time) -> date:
    """The day that an aware `moment` belongs to for a person: the small hours before
    `day_starts_at` still belong to the day before."""
    local = moment.astimezone(zone_of(time_zone))
    return local.date() - timedelta(days=1) if local.time() < day_starts_at else local.date()


def day_of(person: Person, moment: datetime) -> date:
    """The person's own day that an aware `moment` belongs to."""
    return local_day(moment, person.time_zone, person.day_starts_at)


def today_of(person: Person) -> date:
    """The person's own day now."""
    return day_of(person, datetime.now(UTC))
