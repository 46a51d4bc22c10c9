from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local_day(moment: datetime, time_zone: str, day_starts_at: time) -> date:
    """The day that an aware `moment` belongs to for a person: the small hours before
    `day_starts_at` still belong to the day before."""
    local = moment.astimezone(ZoneInfo(time_zone))
    return local.date() - timedelta(days=1) if local.time() < day_starts_at else local.date()
