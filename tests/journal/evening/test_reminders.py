"""Reminders: each at its moment and once, through crashes, replicas, quiet and odd nights."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.journal.message import Reply
from bot.journal.reminders import MOST, Reminders, renew
from db.models import Outgoing, Reminder
from db.queries import reminders as rows
from db.queries.reminders import ReminderRecord
from tests.journal.evening.people import Clock, Town

DAILY, WORKDAYS = (0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def reminder(user_id: UUID, next_at: str, **values: Any) -> ReminderRecord:
    moment = at(next_at)
    columns: dict[str, Any] = {"at": moment.time(), "weekdays": (), "once_on": None, "text": "drink water"}
    return ReminderRecord(id=uuid4(), user_id=user_id, state="active", next_at=moment, **columns | values)


async def add(town: Town, one: ReminderRecord) -> bool:
    async with town.sessions.begin() as session:
        return await rows.add(session, one, MOST)


def shown_at(shown: list[Outgoing]) -> list[str]:
    return [f"{row.due_at:%d %H:%M}" for row in shown]


async def let_days_pass(clock: Clock, reminders: Reminders, days: int) -> None:
    for _ in range(days * 48):
        clock.goes_on(minutes=30)
        await reminders.send_due()


async def test_one_of_weekdays_comes_on_them_and_goes_on(
    town: Town, reminders: Reminders, clock: Clock
) -> None:
    one = await town.person()
    await add(town, reminder(one, "2026-06-10T13:00", weekdays=WORKDAYS))
    await let_days_pass(clock, reminders, 6)
    shown = await town.shown()
    assert shown_at(shown) == ["10 13:00", "11 13:00", "12 13:00", "15 13:00"]
    row = shown[0]
    assert row.content is not None
    assert Reply.from_content(row.content).html == "⏰ drink water"
    assert (row.purpose, row.user_id) == ("reminder", one)
    assert row.stale_at == row.due_at + timedelta(hours=1)
    [kept] = await town.reminders()
    assert (kept.state, kept.next_at) == ("active", at("2026-06-16T13:00"))


async def test_one_that_comes_once_is_done_then(town: Town, reminders: Reminders, clock: Clock) -> None:
    one = await town.person()
    await add(town, reminder(one, "2026-06-11T09:00", once_on=date(2026, 6, 11), text="a < b & c"))
    await let_days_pass(clock, reminders, 3)
    [row] = await town.shown()
    assert row.content is not None
    assert Reply.from_content(row.content).html == "⏰ a &lt; b &amp; c"
    [kept] = await town.reminders()
    assert (kept.state, kept.next_at) == ("done", None)


async def test_replicas_and_repeated_looks_send_each_once(town: Town, clock: Clock) -> None:
    one = await town.person()
    for number in range(40):
        await add(town, reminder(one, "2026-06-10T12:00", weekdays=DAILY, text=f"number {number}"))
    clock.goes_on(seconds=3)
    replicas = [Reminders(sessions=town.sessions, now=clock) for _ in range(4)]
    looked = await asyncio.gather(*(replica.send_due() for replica in replicas * 2))
    assert sum(looked) == 40
    assert len(await town.shown()) == 40


async def test_the_same_moment_is_never_shown_twice_though_the_row_moved_back(
    town: Town, reminders: Reminders, clock: Clock
) -> None:
    one = await town.person()
    record = reminder(one, "2026-06-10T12:00", weekdays=DAILY)
    await add(town, record)
    await reminders.send_due()
    async with town.sessions.begin() as session:
        await rows.change(session, one, record.id, next_at=record.next_at)
    await reminders.send_due()
    assert len(await town.shown()) == 1


@pytest.mark.parametrize(
    ("begins", "noon", "expected"),
    [
        # Spring and autumn of a daily 02:30, by the clock there.
        ("2026-03-28T12:00", "02:30", ["29 01:00", "30 00:30", "31 00:30"]),
        ("2026-10-24T12:00", "02:30", ["25 00:30", "26 01:30", "27 01:30"]),
    ],
)
async def test_nights_when_the_clocks_change(
    town: Town, reminders: Reminders, clock: Clock, begins: str, noon: str, expected: list[str]
) -> None:
    one = await town.person(zone="Europe/Berlin")
    await add(town, reminder(one, begins, at=time.fromisoformat(noon), weekdays=DAILY))
    clock.goes_to(begins)
    await let_days_pass(clock, reminders, 3)
    assert shown_at(await town.shown())[1:] == expected


class TestQuiet:
    async def test_in_quiet_hours_a_weekly_one_is_left_out_and_one_that_comes_once_waits(
        self, town: Town, reminders: Reminders, clock: Clock
    ) -> None:
        one = await town.person(settings={"quiet_from": "22:00", "quiet_to": "07:00"})
        await add(town, reminder(one, "2026-06-10T23:00", weekdays=DAILY, text="every day"))
        await add(town, reminder(one, "2026-06-10T23:30", once_on=date(2026, 6, 10), text="once"))
        await let_days_pass(clock, reminders, 2)
        [row] = await town.shown()
        assert row.content is not None
        assert Reply.from_content(row.content).html == "⏰ once"
        assert shown_at([row]) == ["11 07:00"]
        assert {kept.state for kept in await town.reminders()} == {"active", "done"}

    async def test_in_a_silence_too(self, town: Town, reminders: Reminders, clock: Clock) -> None:
        one = await town.person(silent_until=at("2026-06-11T12:10"))
        await add(town, reminder(one, "2026-06-10T13:00", weekdays=DAILY))
        await add(town, reminder(one, "2026-06-10T14:00"))
        await let_days_pass(clock, reminders, 2)
        assert shown_at(await town.shown()) == ["11 12:10", "11 13:00"]


class TestLate:
    @pytest.mark.parametrize(("minutes", "is_shown"), [(0, True), (59, True), (61, False), (3000, False)])
    async def test_a_weekly_one_comes_an_hour_late_at_most(
        self, town: Town, reminders: Reminders, clock: Clock, minutes: int, is_shown: bool
    ) -> None:
        one = await town.person()
        await add(town, reminder(one, "2026-06-10T13:00", weekdays=DAILY))
        clock.goes_to("2026-06-10T13:00")
        clock.goes_on(minutes=minutes)
        await reminders.send_due()
        assert len(await town.shown()) == is_shown
        [kept] = await town.reminders()
        assert kept.next_at is not None
        assert kept.next_at > clock()

    @pytest.mark.parametrize(("hours", "is_shown"), [(23, True), (25, False)])
    async def test_one_that_comes_once_may_come_a_day_late(
        self, town: Town, reminders: Reminders, clock: Clock, hours: int, is_shown: bool
    ) -> None:
        one = await town.person()
        await add(town, reminder(one, "2026-06-10T13:00"))
        clock.goes_to("2026-06-10T13:00")
        clock.goes_on(hours=hours)
        await reminders.send_due()
        assert len(await town.shown()) == is_shown
        [kept] = await town.reminders()
        assert kept.state == "done"


async def test_who_blocked_the_bot_gets_none_and_no_flood_after(
    town: Town, reminders: Reminders, clock: Clock
) -> None:
    one = await town.person()
    await add(town, reminder(one, "2026-06-10T13:00", weekdays=DAILY))
    await town.blocks(one, clock())
    await let_days_pass(clock, reminders, 3)
    assert await town.shown() == []
    await town.blocks(one, None)
    await let_days_pass(clock, reminders, 1)
    assert shown_at(await town.shown()) == ["13 13:00"]


async def test_another_zone_moves_what_goes_by_the_clock_and_not_what_was_counted(
    town: Town, clock: Clock
) -> None:
    one = await town.person()
    await add(town, reminder(one, "2026-06-10T13:00", weekdays=DAILY))
    await add(town, reminder(one, "2026-06-11T09:00", once_on=date(2026, 6, 11)))
    await add(town, reminder(one, "2026-06-10T14:00"))
    async with town.sessions.begin() as session:
        await renew(session, one, "America/New_York", now=clock())
    assert {it.next_at for it in await town.reminders()} == {
        at("2026-06-10T17:00"),
        at("2026-06-11T13:00"),
        at("2026-06-10T14:00"),
    }


async def test_fifty_are_enough_and_those_that_are_over_do_not_count(
    town: Town, reminders: Reminders, clock: Clock
) -> None:
    one, other = await town.person(), await town.person()
    made = [
        await add(town, reminder(one, "2026-06-10T13:00", text=f"number {number}")) for number in range(60)
    ]
    assert made == [True] * MOST + [False] * 10
    assert await add(town, reminder(other, "2026-06-10T13:00"))
    clock.goes_to("2026-06-10T13:00")
    await reminders.send_due()
    assert await add(town, reminder(one, "2026-06-12T13:00"))


async def test_the_limit_holds_for_many_at_once(town: Town) -> None:
    one = await town.person()
    for _ in range(MOST - 2):
        await add(town, reminder(one, "2026-06-10T13:00"))
    made = await asyncio.gather(*(add(town, reminder(one, "2026-06-10T13:00")) for _ in range(8)))
    assert sum(made) == 2


async def test_nobody_reads_or_changes_anothers(town: Town) -> None:
    one, other = await town.person(), await town.person()
    record = reminder(one, "2026-06-10T13:00")
    await add(town, record)
    async with town.sessions.begin() as session:
        assert await rows.find(session, other, record.id) is None
        await rows.change(session, other, record.id, text="planted")
        await rows.remove(session, other, record.id)
        assert await rows.all_of(session, other) == []
    [kept] = await town.reminders()
    assert isinstance(kept, Reminder)
    assert kept.text == "drink water"
