"""When an hour by somebody's own clock really comes, on every night of the year and on the odd ones."""

import logging
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.journal.clock import (
    DAY,
    NOON,
    Due,
    Evening,
    end_of,
    latest_summary,
    moment_of,
    next_on,
    next_summary,
    stale_at,
    zone_of,
)

ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"}))
TIMES = st.times().map(lambda it: it.replace(second=0, microsecond=0, fold=0))
MOMENTS = st.datetimes(datetime(1995, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DATES = st.dates(date(1995, 1, 1), date(2036, 12, 31))
STARTS = st.integers(0, 6).map(time)
EVENINGS = st.builds(Evening, time_zone=ZONES, summary_time=TIMES, day_starts_at=STARTS)


def evening(zone: str, at: str, starts: str = "04:00") -> Evening:
    return Evening(
        time_zone=zone, summary_time=time.fromisoformat(at), day_starts_at=time.fromisoformat(starts)
    )


def follow(one: Evening, after: datetime, count: int) -> list[Due]:
    found: list[Due] = []
    while len(found) < count:
        found.append(next_summary(one, found[-1].at if found else after))
    return found


def local(due: Due, zone: str) -> str:
    return f"{due.at.astimezone(ZoneInfo(zone)):%d %H:%M}"


@pytest.mark.parametrize(
    ("zone", "at", "after", "shown"),
    [
        # Midnight is left out, so that the hour after it comes at one; it is about the day before.
        ("Africa/Cairo", "00:30", "2026-04-22", ["23 00:30", "24 01:00", "25 00:30"]),
        ("Asia/Beirut", "00:30", "2026-03-27", ["28 00:30", "29 01:00", "30 00:30"]),
        ("America/Santiago", "00:15", "2026-09-05", ["05 00:15", "06 01:00", "07 00:15"]),
        ("Europe/Berlin", "02:30", "2026-03-27T12", ["28 02:30", "29 03:00", "30 02:30"]),
        ("Australia/Lord_Howe", "02:15", "2026-10-02", ["03 02:15", "04 02:30", "05 02:15"]),
        # Here the gap goes past midnight.
        ("America/Nuuk", "23:30", "2026-03-27T12", ["27 23:30", "29 00:00", "29 23:30"]),
        # The hour comes twice.
        ("Africa/Cairo", "23:30", "2026-10-28", ["28 23:30", "29 23:30", "30 23:30"]),
        ("Asia/Beirut", "23:30", "2026-10-23", ["23 23:30", "24 23:30", "25 23:30"]),
        ("America/Santiago", "23:30", "2026-04-03T12", ["03 23:30", "04 23:30", "05 23:30"]),
        ("Europe/Berlin", "02:30", "2026-10-24T12", ["25 02:30", "26 02:30", "27 02:30"]),
        ("Australia/Lord_Howe", "01:45", "2026-04-04T00", ["05 01:45", "06 01:45", "07 01:45"]),
        # The night before the clocks change, and the evening of it, are like any other.
        ("Africa/Cairo", "23:30", "2026-04-22", ["22 23:30", "23 23:30", "24 23:30"]),
        ("America/Santiago", "23:30", "2026-09-04T12", ["04 23:30", "05 23:30", "06 23:30"]),
    ],
)
def test_the_odd_nights(zone: str, at: str, after: str, shown: list[str]) -> None:
    one = evening(zone, at)
    found = follow(one, datetime.fromisoformat(after).replace(tzinfo=UTC), len(shown))
    assert [local(due, zone) for due in found] == shown
    days = [due.local_date for due in found]
    assert days == [days[0] + DAY * number for number in range(len(days))]


def test_an_hour_that_comes_twice_is_the_first_of_them() -> None:
    for zone, day, at in (
        ("Africa/Cairo", date(2026, 10, 29), time(23, 30)),
        ("Asia/Beirut", date(2026, 10, 24), time(23, 30)),
        ("America/Santiago", date(2026, 4, 4), time(23, 30)),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30)),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45)),
    ):
        there = ZoneInfo(zone)
        moment = moment_of(day, at, there)
        step = timedelta(minutes=30 if zone.endswith("Howe") else 60)
        again = (moment + step).astimezone(there)
        assert again.time() == at, zone
        assert (moment.astimezone(there).fold, again.fold) == (0, 1), zone


def test_a_date_that_a_country_left_out_has_no_evening() -> None:
    found = follow(evening("Pacific/Apia", "21:00"), datetime(2011, 12, 29, tzinfo=UTC), 4)
    assert [due.local_date.day for due in found] == [28, 29, 31, 1]


def test_a_morning_hour_is_about_the_day_before() -> None:
    at = datetime(2026, 6, 10, 1, tzinfo=UTC)
    assert next_summary(evening("UTC", "08:00"), at).local_date == date(2026, 6, 9)
    assert next_summary(evening("UTC", "03:59"), at).local_date == date(2026, 6, 9)
    assert next_summary(evening("UTC", "00:30", "00:00"), at).local_date == date(2026, 6, 10)
    assert next_summary(evening("UTC", "12:00"), at).local_date == date(2026, 6, 10)
    assert next_summary(evening("UTC", "23:59"), at).local_date == date(2026, 6, 10)


def test_a_flight_across_the_date_line_repeats_no_day() -> None:
    """From +14 to -11, an hour after the summary: the same day comes once more, and had its own."""
    there, back = evening("Pacific/Kiritimati", "21:00"), evening("Pacific/Pago_Pago", "21:00")
    had = latest_summary(there, datetime(2026, 5, 10, 8, tzinfo=UTC))
    assert had == Due(at=datetime(2026, 5, 10, 7, tzinfo=UTC), local_date=date(2026, 5, 10))
    following = next_summary(back, had.at + timedelta(hours=1), had.local_date)
    assert following == Due(at=datetime(2026, 5, 12, 8, tzinfo=UTC), local_date=date(2026, 5, 11))


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "", "America", "../../etc/passwd", "Europe/\x00Berlin", "x" * 5000]
)
def test_an_unknown_zone_counts_as_utc_and_the_log_does_not_name_it(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    zone_of.cache_clear()
    with caplog.at_level(logging.WARNING):
        at = next_summary(evening(name, "21:00"), datetime(2026, 6, 10, 20, tzinfo=UTC)).at
    assert at == datetime(2026, 6, 10, 21, tzinfo=UTC)
    [line] = caplog.messages
    assert "UTC stands in" in line
    assert not name or name not in line


@given(EVENINGS, MOMENTS)
def test_the_next_one_is_after_the_moment_and_no_other_is_between(one: Evening, moment: datetime) -> None:
    due = next_summary(one, moment)
    assert due.at > moment
    assert due.at.tzinfo is UTC
    before = latest_summary(one, moment)
    assert before.at <= moment
    assert next_summary(one, before.at) == due
    assert latest_summary(one, due.at) == due
    assert due.at - before.at <= timedelta(hours=50)


@given(EVENINGS, MOMENTS)
def test_each_local_day_comes_once_and_none_is_left_out_that_there_was(one: Evening, after: datetime) -> None:
    found = follow(one, after, 6)
    for earlier, later in pairwise(found):
        assert earlier.at < later.at
        missed = (later.local_date - earlier.local_date).days - 1
        assert missed >= 0
        if missed:
            # Only where a country changed sides of the date line.
            assert later.at - earlier.at < timedelta(hours=30)


@given(EVENINGS, MOMENTS, st.integers(-3, 3))
def test_a_day_that_was_had_is_never_given_again(one: Evening, moment: datetime, days: int) -> None:
    had = latest_summary(one, moment).local_date + DAY * days
    due = next_summary(one, moment, had)
    assert due.at > moment
    assert due.local_date > had


@given(ZONES, DATES, TIMES)
def test_the_clocks_there_show_the_hour_or_have_just_left_it_out(zone: str, day: date, at: time) -> None:
    there = ZoneInfo(zone)
    moment = moment_of(day, at, there)
    wall = moment.astimezone(there)
    asked = datetime.combine(day, at)
    if wall.replace(tzinfo=None) == asked:
        assert wall.fold == 0
        return
    assert wall.replace(tzinfo=None, fold=0) > asked
    second_before = (moment - timedelta(seconds=1)).astimezone(there)
    assert second_before.replace(tzinfo=None, fold=0) < asked


@given(EVENINGS, MOMENTS)
def test_the_day_told_is_the_persons_own_day_of_the_hour_or_of_the_evening_before(
    one: Evening, moment: datetime
) -> None:
    due = next_summary(one, moment)
    there = due.at.astimezone(ZoneInfo(one.time_zone))
    if there.replace(tzinfo=None, fold=0).time() != one.summary_time:
        return
    day = there.date() - DAY if there.time() < max(NOON, one.day_starts_at) else there.date()
    assert due.local_date == day


@given(EVENINGS, MOMENTS)
def test_a_late_one_makes_sense_for_an_hour_at_least_and_four_at_most(one: Evening, moment: datetime) -> None:
    due = next_summary(one, moment)
    until, over = stale_at(one, due.local_date, due.at), end_of(one, due.local_date)
    assert timedelta(hours=1) <= until - due.at <= timedelta(hours=4)
    if over - due.at > timedelta(hours=1):
        assert until <= over


def test_late_is_until_the_day_ends() -> None:
    one = evening("Europe/Berlin", "23:00")
    due = next_summary(one, datetime(2026, 6, 10, tzinfo=UTC))
    assert stale_at(one, due.local_date, due.at) - due.at == timedelta(hours=4)
    late = evening("Europe/Berlin", "01:30")
    due = next_summary(late, datetime(2026, 6, 10, tzinfo=UTC))
    assert stale_at(late, due.local_date, due.at) - due.at == timedelta(hours=2, minutes=30)


@given(ZONES, TIMES, MOMENTS, st.sets(st.integers(0, 6), min_size=1))
def test_what_comes_on_weekdays_comes_on_no_other(
    zone: str, at: time, after: datetime, days: set[int]
) -> None:
    there = ZoneInfo(zone)
    moment = next_on(days, at, there, after)
    assert after < moment <= after + timedelta(days=10)
    wall = moment.astimezone(there)
    if wall.replace(tzinfo=None, fold=0).time() == at:
        assert wall.weekday() in days
    assert next_on(days, at, there, moment) > moment
