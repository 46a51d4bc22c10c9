"""Quiet hours and silence."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.journal.quiet import Quiet

TIMES = st.times().map(lambda it: it.replace(microsecond=0, fold=0))
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"}))
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def quiet(begins: str, ends: str, zone: str = "UTC") -> Quiet:
    return Quiet(time_zone=zone, begins=time.fromisoformat(begins), ends=time.fromisoformat(ends))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "over"),
    [
        ("2026-06-10T21:59", None),
        ("2026-06-10T22:00", "2026-06-11T07:00"),
        ("2026-06-11T00:00", "2026-06-11T07:00"),
        ("2026-06-11T06:59", "2026-06-11T07:00"),
        ("2026-06-11T07:00", None),
    ],
)
def test_a_night(moment: str, over: str | None) -> None:
    assert quiet("22:00", "07:00").hours_end(at(moment)) == (at(over) if over else None)


def test_an_afternoon_and_none_at_all() -> None:
    siesta = quiet("13:00", "15:00")
    assert siesta.hours_end(at("2026-06-10T13:00")) == at("2026-06-10T15:00")
    assert siesta.hours_end(at("2026-06-10T12:59")) is None
    assert quiet("13:00", "13:00").hours_end(at("2026-06-10T13:00")) is None
    assert Quiet(time_zone="UTC").ends_at(at("2026-06-10T13:00")) is None
    assert Quiet(time_zone="UTC", begins=time(22)).ends_at(at("2026-06-10T23:00")) is None


def test_a_silence_that_ends_in_quiet_hours_goes_on_until_they_end() -> None:
    both = Quiet(time_zone="UTC", begins=time(22), ends=time(7), silent_until=at("2026-06-10T23:00"))
    assert both.ends_at(at("2026-06-10T20:00")) == at("2026-06-11T07:00")
    alone = Quiet(time_zone="UTC", silent_until=at("2026-06-10T23:00"))
    assert alone.ends_at(at("2026-06-10T20:00")) == at("2026-06-10T23:00")
    assert alone.ends_at(at("2026-06-10T23:00")) is None


@given(ZONES, TIMES, TIMES, MOMENTS)
def test_they_end_at_their_hour_within_a_day_and_it_is_quiet_until_then(
    zone: str, begins: time, ends: time, moment: datetime
) -> None:
    night = Quiet(time_zone=zone, begins=begins, ends=ends)
    over = night.hours_end(moment)
    if over is None:
        return
    # A country that changes sides of the date line leaves a day out.
    assert moment <= over <= moment + timedelta(hours=50)
    there = over.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    if over > moment and there.time() != ends:
        gap = (over - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
        assert gap.time() < ends or gap.date() < there.date()
