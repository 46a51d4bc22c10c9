"""The evening's hour in a chat: set at the first meeting, moved by settings, paused by a block, and the
summary that comes at it, once, whatever happens."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from bot.journal.clock import Due, Evening, latest_summary
from bot.journal.evenings import Evenings
from bot.playground.chat import Message
from bot.playground.person import Person
from db.models import Outgoing, Summary, TelegramIdentity, User
from db.queries import summaries

from .conftest import LONG_AGO, World
from .evenings import Minds, prefers, reading, words
from .meeting import greets, says, taps, user
from .past import Past, past_of

STORY = "A day by the water."


async def next_at(world: World) -> datetime | None:
    """Of the next summary: as the bot is set it is planned hours ahead, and then the next to be planned is
    the one after it."""
    planned = [row.shown_at for row in await days_of(world) if row.state == "waiting"]
    return min(planned, default=(await user(world)).next_summary_at)


def tonight(hour: int, zone: str = "UTC") -> datetime:
    """The next time that the clocks there show this hour."""
    now = datetime.now(ZoneInfo(zone))
    today = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)


async def a_day(world: World, ago: timedelta = timedelta(0)) -> Past:
    """Somebody whose minute was so long ago, or is now, with an entry of the day that it is about. No review
    comes with it."""
    minds = Minds(world)
    minds.scores = reading(("mood", 72, "the lake was lovely"))
    minds.summary = words(STORY)
    past = await past_of(world, world.person())
    minute = (datetime.now(UTC) - ago).replace(second=0, microsecond=0)
    hours = (_there(minute, zone) for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"))
    one, day = next((it, due.local_date) for it, due in hours if due.local_date.day != 1)
    await past.write("Swam early, the lake was lovely", day)
    await prefers(past, evening="plain", review_weekday=(day.weekday() + 3) % 7)
    async with world.sessions.begin() as session:
        values = {"time_zone": one.time_zone, "summary_time": one.summary_time, "next_summary_at": minute}
        await session.execute(update(User).values(values))
    return past


def _there(minute: datetime, zone: str) -> tuple[Evening, Due]:
    at = minute.astimezone(ZoneInfo(zone)).time()
    evening = Evening(time_zone=zone, summary_time=at, day_starts_at=time(0))
    return evening, latest_summary(evening, minute)


def stories(person: Person) -> list[Message]:
    return [it for it in person.chat.bot_messages if STORY in it.text]


async def days_of(world: World) -> list[Summary]:
    return [row for row in await world.rows(Summary) if row.kind == "day"]


async def test_the_first_meeting_sets_the_hour(started: World) -> None:
    person = started.person()
    question = await greets(started, person)
    await taps(started, person, question, "London")
    assert await next_at(started) == tonight(21, "Europe/London")
    await taps(started, person, question, "22:00")
    assert await next_at(started) == tonight(22, "Europe/London")


async def test_who_skips_the_questions_has_one_too(started: World) -> None:
    person = started.person()
    await greets(started, person)
    await started.bot.evenings.plan()
    assert await next_at(started) == tonight(21)


async def test_settings_move_it_at_once_and_off_is_off(started: World) -> None:
    person = started.person()
    screen = await says(started, person, "/settings", "Settings")
    await taps(started, person, screen, "Evening summary")
    await taps(started, person, screen, "23:00")
    assert await next_at(started) == tonight(23)
    await taps(started, person, screen, "Time zone")
    # Where the hour is over and the day is not, the summary comes when it was to come before.
    is_night = 17 <= datetime.now(UTC).hour < 23
    city, zone = ("Honolulu", "Pacific/Honolulu") if is_night else ("Kathmandu", "Asia/Kathmandu")
    await says(started, person, city, "Settings")
    assert await next_at(started) == tonight(23, zone)
    screen = await says(started, person, "/settings", "Settings")
    await taps(started, person, screen, "Evening summary")
    await taps(started, person, screen, "Off")
    assert await next_at(started) is None
    await started.bot.evenings.plan()
    assert await next_at(started) is None


async def test_it_comes_at_its_minute_and_once(started: World) -> None:
    past = await a_day(started)
    await started.bot.evenings.plan()
    await past.person.hears(STORY)
    await started.all_done()
    for _ in range(3):
        await started.bot.evenings.plan()
        await started.settle()
    assert len(stories(past.person)) == 1
    [summary] = await days_of(started)
    assert summary.state == "prepared"


async def test_three_replicas_send_one(world: World) -> None:
    bots = [await world.start() for _ in range(3)]
    past = await a_day(world)
    await asyncio.gather(*(bot.evenings.plan() for bot in bots * 3))
    await past.person.hears(STORY)
    await world.all_done()
    assert len(stories(past.person)) == 1


async def test_what_dies_while_preparing_is_prepared_by_the_next_start(world: World) -> None:
    await world.start()
    past = await a_day(world)
    await world.stop()
    await Evenings(sessions=world.sessions).plan()
    async with world.sessions.begin() as session:
        # By a worker that is never heard of again.
        assert await summaries.claim(session, 9, datetime.now(UTC))
    async with world.sessions.begin() as session:
        await session.execute(update(Summary).values(lease_until=LONG_AGO))
    await world.start()
    await past.person.hears(STORY)
    await world.all_done()
    assert len(stories(past.person)) == 1


async def test_a_lost_answer_sends_no_second_one(started: World) -> None:
    past = await a_day(started)
    started.telegram.fail("lost_answer", "sendMessage")
    await started.bot.evenings.plan()
    await past.person.hears(STORY)
    await started.until(Outgoing, lambda rows: any(row.attempts for row in rows if row.purpose == "summary"))
    await started.let_time_pass()
    await started.all_done()
    assert len(stories(past.person)) == 1


async def test_a_block_pauses_it_and_a_return_brings_the_next_one_only(started: World) -> None:
    past = await a_day(started)
    await past.person.blocks()
    await started.settle()
    await started.bot.evenings.plan()
    await started.settle()
    assert await days_of(started) == []
    assert await next_at(started) is None
    assert len(await started.entries()) == 1
    await past.person.unblocks()
    await started.settle()
    [identity] = await started.rows(TelegramIdentity)
    assert identity.blocked_at is None
    following = await next_at(started)
    assert following is not None
    assert following > datetime.now(UTC)
    await started.bot.evenings.plan()
    await started.settle()
    assert stories(past.person) == []


@pytest.mark.parametrize("hours", [5, 18])
async def test_after_long_downtime_what_makes_no_sense_any_more_is_not_sent(
    started: World, hours: int
) -> None:
    past = await a_day(started, timedelta(hours=hours))
    await started.bot.evenings.plan()
    await started.settle()
    assert {row.state for row in await days_of(started)} == {"skipped"}
    assert stories(past.person) == []


async def test_a_little_late_it_still_comes(started: World) -> None:
    past = await a_day(started, timedelta(minutes=30))
    await started.bot.evenings.plan()
    await past.person.hears(STORY)
    await started.all_done()
    assert len(stories(past.person)) == 1
