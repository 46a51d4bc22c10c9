"""When the conversation takes place: so many days before the one on which the program runs.

The bot goes by the machine's own clock. Only the dates of the messages are the script's.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.journal.dates import spans
from bot.journal.days import local_day

ZONE = "Europe/Berlin"
DAY_STARTS = time(4)


def today() -> date:
    return local_day(datetime.now(UTC), ZONE, DAY_STARTS)


def ago(days: int) -> date:
    return today() - timedelta(days=days)


def a_month_ago() -> date:
    return spans.months_before(today(), 1)


def at(day: date, hour: str) -> datetime:
    """That moment in Mina's zone."""
    return datetime.combine(day, time.fromisoformat(hour), ZoneInfo(ZONE))


def after(day: date) -> date:
    return day + timedelta(days=1)
