"""Whose evening comes when: planned ahead, one about each local day, whatever happens meanwhile."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.journal.clock import Evening
from bot.journal.evenings import Evenings, lead, renew
from db.models import Scoring
from db.queries import summaries
from db.queries.summaries import Planned
from tests.journal.evening.people import Clock, Town

DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def days(town: Town, state: str = "waiting") -> list[date]:
    return [row.local_date for row in await town.summaries() if row.state == state]


async def changes(town: Town, clock: Clock, user_id: UUID, *, was: Evening, **values: Any) -> None:
    await town.change(user_id, **values)
    async with town.sessions.begin() as session:
        await renew(session, user_id, before=was, now=clock())


async def plan_at(evenings: Evenings, clock: Clock, moment: str) -> None:
    clock.goes_to(moment)
    await evenings.plan()


async def hours_pass(evenings: Evenings, clock: Clock, number: int) -> None:
    """Each with a look at whose evening comes."""
    for _ in range(number):
        clock.goes_on(hours=1)
        await evenings.plan()


def evening(summary_time: str = "21:00", zone: str = "UTC") -> Evening:
    return Evening(time_zone=zone, summary_time=time.fromisoformat(summary_time), day_starts_at=time(4))


async def test_who_has_no_hour_yet_gets_one_and_nothing_at_once(town: Town, evenings: Evenings) -> None:
    one = await town.person("21:00", "Europe/Berlin")
    await evenings.plan()
    assert await town.next_at(one) == at("2026-06-10T19:00")
    assert await town.summaries() == []


async def test_who_wants_none_or_is_away_is_not_planned_for(
    town: Town, evenings: Evenings, clock: Clock
) -> None:
    none = await town.person(settings={"wants_summary": False})
    away = await town.person()
    await town.blocks(away, clock())
    await evenings.plan()
    assert await town.next_at(none) is None
    assert await town.next_at(away) is None


async def test_a_summary_is_planned_shortly_before_its_minute_and_the_next_hour_is_set(
    town: Town, evenings: Evenings, clock: Clock
) -> None:
    one = await town.person()
    await evenings.plan()
    await plan_at(evenings, clock, "2026-06-10T20:54")
    assert await town.summaries() == []
    await plan_at(evenings, clock, "2026-06-10T20:55:30")
    [row] = await town.summaries()
    assert (row.local_date, row.state) == (date(2026, 6, 10), "waiting")
    assert row.shown_at == at("2026-06-10T21:00")
    assert row.stale_at == at("2026-06-11T01:00")
    assert row.due_at <= clock()
    assert await town.next_at(one) == at("2026-06-11T21:00")


@pytest.mark.parametrize("begins", ["2026-04-18T00:00", "2026-10-24T00:00"])
async def test_a_fortnight_in_which_the_clocks_change_brings_one_for_each_day(
    town: Town, evenings: Evenings, clock: Clock, begins: str
) -> None:
    await town.person("23:30", "Africa/Cairo")
    clock.goes_to(begins)
    await evenings.plan()
    for _ in range(14 * 8):
        clock.goes_on(hours=3)
        await evenings.plan()
    first = at(begins).date()
    assert await days(town) == [first + DAY * number for number in range(14)]


async def test_replicas_that_plan_at_once_plan_each_once(town: Town, clock: Clock) -> None:
    await town.crowd(300, at("2026-06-10T21:00"))
    clock.goes_to("2026-06-10T21:00")
    replicas = [Evenings(sessions=town.sessions, now=clock) for _ in range(4)]
    planned = await asyncio.gather(*(replica.plan() for replica in replicas))
    assert sum(planned) == 300
    rows = await town.summaries()
    assert len({row.user_id for row in rows}) == len(rows) == 300


async def test_what_is_planned_twice_all_the_same_is_there_once(town: Town, clock: Clock) -> None:
    """As by a bot of another version, or by hand."""
    one = await town.person()
    row = Planned(
        user_id=one,
        kind="day",
        local_date=clock().date(),
        state="waiting",
        shown_at=clock(),
        stale_at=clock() + timedelta(hours=4),
        due_at=clock(),
    )
    for planned in (row, replace(row, shown_at=clock() + timedelta(hours=1))):
        async with town.sessions.begin() as session:
            await summaries.plan(session, [(one, clock() + DAY)], [planned])
    [kept] = await town.summaries()
    assert kept.shown_at == clock()


async def test_after_downtime_the_last_evening_comes_late_and_the_missed_ones_do_not(
    town: Town, evenings: Evenings, clock: Clock
) -> None:
    one = await town.person()
    await evenings.plan()
    await plan_at(evenings, clock, "2026-06-14T22:30")
    assert await days(town) == [date(2026, 6, 14)]
    assert await town.next_at(one) == at("2026-06-15T21:00")


async def test_too_late_an_evening_is_skipped_and_its_day_scored_all_the_same(
    town: Town, evenings: Evenings, clock: Clock
) -> None:
    await town.person()
    await evenings.plan()
    await plan_at(evenings, clock, "2026-06-11T01:00")
    assert await days(town) == []
    assert await days(town, "skipped") == [date(2026, 6, 10)]
    async with town.sessions() as session:
        [scoring] = await session.scalars(select(Scoring))
    assert scoring.local_date == date(2026, 6, 10)


async def test_ten_frozen_minutes_at_the_minute_make_one_late_summary(
    town: Town, evenings: Evenings, clock: Clock
) -> None:
    await town.person()
    await evenings.plan()
    await plan_at(evenings, clock, "2026-06-10T21:10")
    await evenings.plan()
    [row] = await town.summaries()
    assert (row.state, row.shown_at) == ("waiting", at("2026-06-10T21:00"))


async def test_a_clock_that_is_set_back_gives_no_day_twice(
    town: Town, evenings: Evenings, clock: Clock
) -> None:
    one = await town.person()
    await evenings.plan()
    await plan_at(evenings, clock, "2026-06-10T21:00")
    clock.goes_to("2026-06-10T20:00")
    await town.change(one, next_summary_at=at("2026-06-10T21:00"))
    for _ in range(3):
        clock.goes_on(minutes=30)
        await evenings.plan()
    assert await days(town) == [date(2026, 6, 10)]
    assert await town.next_at(one) == at("2026-06-11T21:00")


async def test_the_week_on_its_weekday_and_the_month_on_the_first(
    town: Town, evenings: Evenings, clock: Clock
) -> None:
    await town.person(settings={"review_weekday": 2})
    await plan_at(evenings, clock, "2026-06-28T00:00")
    for _ in range(8 * 24):
        clock.goes_on(hours=1)
        await evenings.plan()
    assert len(await days(town)) == 8
    [week] = await town.summaries("week")
    [month] = await town.summaries("month")
    # The first of July is a Wednesday.
    assert (week.local_date, month.local_date) == (date(2026, 7, 1), date(2026, 6, 30))
    assert at("2026-07-01T21:00") < week.shown_at < month.shown_at < at("2026-07-01T21:05")


class TestQuiet:
    async def test_quiet_hours_put_it_off_to_their_end(
        self, town: Town, evenings: Evenings, clock: Clock
    ) -> None:
        await town.person("23:00", settings={"quiet_from": "22:00", "quiet_to": "07:00"})
        await evenings.plan()
        await plan_at(evenings, clock, "2026-06-10T23:00")
        [row] = await town.summaries()
        assert (row.local_date, row.shown_at) == (date(2026, 6, 10), at("2026-06-11T07:00"))
        assert row.stale_at > row.shown_at
        assert row.due_at == row.shown_at - lead(1)

    async def test_the_reviews_do_not_fall_into_the_quiet_hours_after_their_evening(
        self, town: Town, evenings: Evenings, clock: Clock
    ) -> None:
        quiet = {"quiet_from": "23:00", "quiet_to": "07:00", "review_weekday": 2}
        await town.person("22:59", settings=quiet)
        await plan_at(evenings, clock, "2026-06-10T22:59")
        await plan_at(evenings, clock, "2026-07-01T22:59")
        for kind in ("week", "month"):
            assert (await town.summaries(kind))[-1].shown_at == at("2026-07-01T22:59")

    @pytest.mark.parametrize(
        ("until", "state", "shown_at"),
        [
            ("2026-06-10T20:59", "waiting", "2026-06-10T21:00"),
            ("2026-06-10T22:00", "waiting", "2026-06-10T22:00"),
            ("2026-06-11T04:00", "skipped", "2026-06-10T21:00"),
            ("2026-06-17T12:00", "skipped", "2026-06-10T21:00"),
        ],
    )
    async def test_a_silence_puts_it_off_while_that_makes_sense(
        self, town: Town, evenings: Evenings, clock: Clock, until: str, state: str, shown_at: str
    ) -> None:
        await town.person(silent_until=at(until))
        await evenings.plan()
        await plan_at(evenings, clock, "2026-06-10T20:58")
        [row] = await town.summaries()
        assert (row.state, row.shown_at) == (state, at(shown_at))

    async def test_after_a_silence_of_a_week_the_next_one_comes(
        self, town: Town, evenings: Evenings, clock: Clock
    ) -> None:
        await town.person(silent_until=at("2026-06-12T12:00"))
        await evenings.plan()
        await hours_pass(evenings, clock, 3 * 24)
        assert await days(town, "skipped") == [date(2026, 6, 10), date(2026, 6, 11)]
        assert await days(town) == [date(2026, 6, 12)]


class TestChanges:
    async def test_another_hour_holds_at_once(self, town: Town, evenings: Evenings, clock: Clock) -> None:
        one = await town.person()
        await evenings.plan()
        await changes(town, clock, one, was=evening(), summary_time=time(22))
        assert await town.next_at(one) == at("2026-06-10T22:00")

    async def test_an_earlier_hour_that_is_over_leaves_today_its_own(
        self, town: Town, evenings: Evenings, clock: Clock
    ) -> None:
        one = await town.person()
        await evenings.plan()
        clock.goes_to("2026-06-10T20:30")
        await changes(town, clock, one, was=evening(), summary_time=time(20))
        [row] = await town.summaries()
        assert (row.local_date, row.shown_at) == (date(2026, 6, 10), at("2026-06-10T21:00"))
        assert await town.next_at(one) == at("2026-06-11T20:00")

    async def test_what_is_planned_but_not_shown_moves_with_the_hour(
        self, town: Town, evenings: Evenings, clock: Clock
    ) -> None:
        one = await town.person()
        await evenings.plan()
        await plan_at(evenings, clock, "2026-06-10T20:58")
        await changes(town, clock, one, was=evening(), summary_time=time(22))
        assert await town.summaries() == []
        assert await town.next_at(one) == at("2026-06-10T22:00")
        await plan_at(evenings, clock, "2026-06-10T22:00")
        assert await days(town) == [date(2026, 6, 10)]

    async def test_a_day_that_was_had_does_not_come_again_at_a_later_hour(
        self, town: Town, evenings: Evenings, clock: Clock
    ) -> None:
        one = await town.person()
        await evenings.plan()
        await plan_at(evenings, clock, "2026-06-10T21:01")
        await changes(town, clock, one, was=evening(), summary_time=time(22))
        assert await town.next_at(one) == at("2026-06-11T22:00")
        assert await days(town) == [date(2026, 6, 10)]

    async def test_changing_to_and_fro_gives_one_a_day(
        self, town: Town, evenings: Evenings, clock: Clock
    ) -> None:
        one = await town.person()
        await evenings.plan()
        hour = 21
        for step in range(72):
            clock.goes_on(hours=1)
            new = (hour + 5 * step) % 5 + 19
            await changes(town, clock, one, was=evening(f"{hour}:00"), summary_time=time(new))
            hour = new
            await evenings.plan()
        found = await days(town) + await days(town, "skipped")
        assert found == [date(2026, 6, 10), date(2026, 6, 11), date(2026, 6, 12)]

    async def test_off_takes_back_what_is_not_shown_and_on_again_plans_anew(
        self, town: Town, evenings: Evenings, clock: Clock
    ) -> None:
        one = await town.person()
        await evenings.plan()
        await plan_at(evenings, clock, "2026-06-10T20:58")
        await changes(town, clock, one, was=evening(), settings={"wants_summary": False})
        assert await town.summaries() == []
        assert await town.next_at(one) is None
        await changes(town, clock, one, was=evening(), settings={"wants_summary": True})
        assert await town.next_at(one) == at("2026-06-10T21:00")

    async def test_a_flight_from_plus_14_to_minus_11_gives_each_date_once(
        self, town: Town, evenings: Evenings, clock: Clock
    ) -> None:
        """In Kiritimati the summary of the tenth came at 7:00 UTC; in Pago Pago the tenth begins then."""
        one = await town.person("21:00", "Pacific/Kiritimati")
        await plan_at(evenings, clock, "2026-06-10T00:00")
        await plan_at(evenings, clock, "2026-06-10T08:00")
        was = evening(zone="Pacific/Kiritimati")
        await changes(town, clock, one, was=was, time_zone="Pacific/Pago_Pago")
        await hours_pass(evenings, clock, 72)
        rows = await town.summaries()
        assert [row.local_date.day for row in rows] == [10, 11, 12]
        assert rows[1].shown_at == at("2026-06-12T08:00")

    async def test_a_flight_back_keeps_the_evening_that_was_near(
        self, town: Town, evenings: Evenings, clock: Clock
    ) -> None:
        one = await town.person("21:00", "Pacific/Pago_Pago")
        await plan_at(evenings, clock, "2026-06-10T07:30")
        was = evening(zone="Pacific/Pago_Pago")
        await changes(town, clock, one, was=was, time_zone="Pacific/Kiritimati")
        await hours_pass(evenings, clock, 48)
        rows = await town.summaries()
        # That of the ninth at its old hour, then those of the new place.
        assert [row.local_date.day for row in rows] == [9, 11, 12]
        assert rows[0].shown_at == at("2026-06-10T08:00")
        assert rows[1].shown_at == at("2026-06-11T07:00")

    async def test_after_a_flight_back_no_evening_comes_behind_the_next_one(
        self, town: Town, evenings: Evenings, clock: Clock
    ) -> None:
        """At 22:15 of the ninth in Pago Pago it is 23:15 of the tenth in Kiritimati, whose hour is over."""
        one = await town.person("21:00", "Pacific/Pago_Pago")
        clock.goes_to("2026-06-10T07:30")
        await evenings.plan()
        clock.goes_to("2026-06-10T09:15")
        await evenings.plan()
        was = evening(zone="Pacific/Pago_Pago")
        await changes(town, clock, one, was=was, time_zone="Pacific/Kiritimati")
        for _ in range(48):
            clock.goes_on(hours=1)
            await evenings.plan()
        rows = await town.summaries()
        assert [row.local_date.day for row in rows] == [9, 10, 11, 12]
        assert [row.shown_at for row in rows[1:3]] == [at("2026-06-10T09:15"), at("2026-06-11T07:00")]

    async def test_an_unknown_zone_counts_as_utc(self, town: Town, evenings: Evenings) -> None:
        one = await town.person(zone="Mars/Olympus")
        await evenings.plan()
        assert await town.next_at(one) == at("2026-06-10T21:00")


class TestBlocked:
    async def test_an_hour_that_comes_while_they_are_away_pauses_and_floods_nobody_later(
        self, town: Town, evenings: Evenings, clock: Clock
    ) -> None:
        one = await town.person()
        await evenings.plan()
        await town.blocks(one, clock())
        await hours_pass(evenings, clock, 5 * 24)
        assert await town.summaries() == []
        assert await town.next_at(one) is None
        await town.blocks(one, None)
        async with town.sessions.begin() as session:
            await renew(session, one, now=clock())
        assert await town.next_at(one) == at("2026-06-15T21:00")
        await plan_at(evenings, clock, "2026-06-15T21:00")
        assert await days(town) == [date(2026, 6, 15)]
