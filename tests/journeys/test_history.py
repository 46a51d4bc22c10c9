"""`/history`, `/onthisday` and `/random`: the diary by its days, and days that come back."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.journal import looking_back
from bot.journal.dates import spans
from bot.playground.chat import Message
from db.models import Metric, Update, User
from db.queries import people

from .conftest import World
from .past import Past, past_of

OFFLINE = {"openai_api_key": None, "anthropic_api_key": None}
TUESDAY = date(2026, 5, 5)


@pytest.fixture
async def past(world: World) -> Past:
    await world.start(**OFFLINE)
    return await past_of(world, world.person())


async def said(past: Past, text: str) -> Message:
    await past.person.writes(text)
    screen = await past.person.hears(lambda it: it.from_bot)
    await past.world.settle()
    return screen


async def tap(past: Past, screen: Message, button: str) -> str:
    answer = await (await past.person.taps(screen, button)).answered()
    await past.world.settle()
    return answer.text


def labels(message: Message) -> list[list[str]]:
    return [[button.text for button in row] for row in message.keyboard]


def body(message: Message) -> list[str]:
    """The lines below the title."""
    return message.text.split("\n\n", 1)[1].split("\n")


def short(day: date) -> str:
    year = "" if day.year == datetime.now(UTC).year else f" {day.year}"
    return f"{day:%a} {day.day} {day:%b}{year}"


async def test_a_day_in_its_order(past: Past) -> None:
    await past.write("In the evening", TUESDAY, hour=21, kind="voice")
    await past.write("In the morning", TUESDAY, hour=8)
    await past.write("The days around", TUESDAY - timedelta(days=9))
    await past.write("The days around", TUESDAY + timedelta(days=30))
    screen = await said(past, "/history 2026-05-05")
    assert screen.text.split("\n")[0] == "📅 Tuesday, 5 May 2026 · 2 entries"
    assert body(screen) == ["1 · 08:00 In the morning", "2 · 21:00 🎙 In the evening"]
    assert labels(screen) == [["1", "2"], ["« Sun 26 Apr", "Thu 4 Jun »"], ["Week", "Month"]]
    await past.person.taps(screen, "2")
    opened = await past.person.hears("📖")
    assert "In the evening" in opened.text
    assert "21:00 🎙" in opened.text


async def test_from_day_to_day_to_the_end_and_back(past: Past) -> None:
    days = [TUESDAY + timedelta(days=step) for step in (0, 1, 40, 300)]
    for number, day in enumerate(days):
        await past.write(f"Day {number}", day)
    screen = await said(past, "/history 2026-05-05")
    seen = [body(screen)]
    for day in days[1:]:
        await tap(past, screen, f"{short(day)} »")
        seen.append(body(screen))
    assert [it[0].split(" ", 3)[3] for it in seen] == [f"Day {number}" for number in range(4)]
    assert labels(screen)[1] == [f"« {short(days[2])}"]
    await past.world.stop()
    await past.world.start(**OFFLINE)
    for day in reversed(days[:-1]):
        await tap(past, screen, f"« {short(day)}")
    assert body(screen) == seen[0]
    assert labels(screen)[1] == [f"{short(days[1])} »"]
    assert len(past.person.chat.bot_messages) == 2


async def test_a_day_with_many_entries_has_pages(past: Past) -> None:
    for number in range(19):
        await past.write(f"Note {number}", TUESDAY, hour=number)
    screen = await said(past, "/history 2026-05-05")
    assert "19 entries, page 1 of 3" in screen.text
    await tap(past, screen, "Later ›")
    assert body(screen)[0] == "9 · 08:00 Note 8"
    await tap(past, screen, "Later ›")
    assert [it.split()[0] for it in body(screen)] == ["17", "18", "19"]
    assert labels(screen)[:2] == [["17", "18", "19"], ["‹ Earlier"]]
    await tap(past, screen, "‹ Earlier")
    await tap(past, screen, "‹ Earlier")
    assert body(screen)[0] == "1 · 00:00 Note 0"


async def test_a_page_that_is_no_longer_there_is_the_last_one(past: Past) -> None:
    ids = [await past.write(f"Note {number}", TUESDAY, hour=number) for number in range(9)]
    screen = await said(past, "/history 2026-05-05")
    await past.delete(ids[3])
    await tap(past, screen, "Later ›")
    assert len(body(screen)) == 8


async def test_a_week_and_a_month(past: Past) -> None:
    await past.write("Sunday before", date(2026, 5, 3))
    await past.write("Monday", date(2026, 5, 4), mood=6)
    await past.write("Tuesday morning", TUESDAY, hour=8, mood=8)
    await past.write("Tuesday evening", TUESDAY, hour=20, mood=7)
    await past.write("Later on", date(2026, 5, 31))
    await past.write("A month later", date(2026, 7, 1))
    screen = await said(past, "/history 2026-05-05")
    await tap(past, screen, "Week")
    assert screen.text.split("\n")[0] == "📅 4–10 May 2026 · 3 entries"
    assert body(screen) == ["Mon 4 · mood 6 · Monday", "Tue 5 · 2 entries · mood 7.5 · Tuesday morning"]
    assert labels(screen) == [["Mon 4", "Tue 5"], ["« 27 Apr – 3 May", "25–31 May »"], ["Month"]]
    await tap(past, screen, "Month")
    assert screen.text.split("\n")[0] == "📅 May 2026 · 5 entries"
    assert body(screen) == [
        "Sun 3 · 1 entry",
        "Mon 4, Tue 5 · 3 entries · mood 6.8",
        "Sun 31 · 1 entry",
    ]
    assert labels(screen) == [["1–3", "4–10", "25–31"], ["July 2026 »"]]
    await tap(past, screen, "4–10")
    await tap(past, screen, "Tue 5")
    assert body(screen)[0].endswith("Tuesday morning")
    await tap(past, screen, "Month")
    await tap(past, screen, "July 2026 »")
    assert body(screen) == ["Wed 1 · 1 entry"]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("2026-05", "May 2026"),
        ("may 2026", "May 2026"),
        ("May 5 2026", "Tuesday, 5 May 2026"),
        ("5 may 2026", "Tuesday, 5 May 2026"),
        ("2026", "July 2026"),
        ("1987", "January 1987"),
        ("1987-06-05", "Friday, 5 June 1987"),
        ("2099-12", "December 2099"),
    ],
)
async def test_a_day_or_a_month_that_is_named(past: Past, words: str, title: str) -> None:
    await past.write("A walk", TUESDAY)
    await past.write("A swim", date(2026, 7, 1))
    screen = await said(past, f"/history {words}")
    assert screen.text.split("\n")[0].split(" · ")[0] == f"📅 {title}"


async def test_an_empty_day_says_so_and_leads_on(past: Past) -> None:
    await past.write("A walk", TUESDAY)
    screen = await said(past, "/history 2026-05-02")
    assert body(screen) == ["No entries."]
    assert labels(screen)[0] == ["Tue 5 May »"]
    assert body(await said(past, "/history 2099-01-01")) == ["That is still to come."]
    assert body(await said(past, "/history 2026-03")) == ["No entries."]


@pytest.mark.parametrize(
    "nonsense", ["purple", "2026-13", "2026-02-30", "0000", "99999", "<b>x</b> &", "'; --"]
)
async def test_nonsense_gets_a_clear_word(past: Past, nonsense: str) -> None:
    await past.write("A walk", TUESDAY)
    screen = await said(past, f"/history {nonsense}")
    assert f"I can't read “{nonsense}” as a day" in screen.text
    assert not screen.buttons


async def test_the_newest_day_comes_first(past: Past) -> None:
    assert "still empty" in (await said(past, "/history")).text
    await past.write("Some time ago", 12)
    assert body(await said(past, "/history"))[0].endswith("Some time ago")
    await past.write("Just today", 0)
    assert body(await said(past, "/history"))[0].endswith("Just today")


async def test_what_is_shown_in_a_history(past: Past) -> None:
    await past.write("A question?", TUESDAY, is_question=True)
    await past.delete(await past.write("Gone", TUESDAY))
    await past.write("I felt awful", TUESDAY, concern="acute")
    await past.write("", TUESDAY, hour=13, kind="voice")
    await past.write("🎂" * 150 + "\n" + "<b>x</b> **y**", TUESDAY, hour=14)
    await past.write("x" * 4000, TUESDAY, hour=15)
    theirs = await past_of(past.world, past.world.person(first_name="Tom"))
    await theirs.write("Not yours", TUESDAY)
    screen = await said(past, "/history 2026-05-05")
    lines = body(screen)
    assert [it[:9] for it in lines] == ["1 · 12:00", "2 · 13:00", "3 · 14:00", "4 · 15:00"]
    assert lines[:2] == ["1 · 12:00 I felt awful", "2 · 13:00 🎙 no words yet"]
    assert all(len(it) < 130 for it in lines)
    await tap(past, screen, "Week")
    assert body(screen) == ["Tue 5 · 4 entries · I felt awful"]


async def test_days_are_those_that_the_entries_are_about(world: World) -> None:
    """In Auckland it is Wednesday already; what was moved to Tuesday has no hour of it."""
    await world.start(**OFFLINE)
    past = await past_of(world, world.person(), time_zone="Pacific/Auckland")
    just_before, just_after = (
        datetime(2026, 5, 5, 11, 59, tzinfo=UTC),
        datetime(2026, 5, 5, 12, 1, tzinfo=UTC),
    )
    await past.write("Before midnight", TUESDAY, written_at=just_before)
    await past.write("After midnight", date(2026, 5, 6), written_at=just_after)
    await past.write("In the small hours", TUESDAY, written_at=just_after + timedelta(hours=1))
    await past.write("Moved", TUESDAY, written_at=just_after + timedelta(days=3), day_is_chosen=True)
    screen = await said(past, "/history 2026-05-05")
    assert body(screen) == [
        "1 · 23:59 Before midnight",
        "2 · 01:01 In the small hours",
        "3 · Moved",
    ]
    await past.person.taps(screen, "2")
    opened = await past.person.hears("📖")
    assert opened.text.split("\n")[:2] == ["📖 Tuesday, 5 May 2026", "written on Wed 6 May, 01:01"]
    await past.world.settle()
    async with world.sessions.begin() as session:
        await session.execute(
            update(User).where(User.id == past.user_id).values(time_zone="America/New_York")
        )
    screen = await said(past, "/history 2026-05-06")
    # The day stays; the hour is told as it is where they are now.
    assert body(screen) == ["1 · 08:01 After midnight"]


async def test_the_way_from_entry_to_entry(past: Past) -> None:
    await past.write("One", TUESDAY, hour=8)
    await past.write("Two", TUESDAY, hour=8)
    await past.write("Asked?", TUESDAY, hour=9, is_question=True)
    await past.delete(await past.write("Gone", TUESDAY, hour=10))
    # Moved to an earlier day, it comes before what was written first.
    await past.write("Zero", TUESDAY - timedelta(days=1), hour=8, written_at=datetime(2026, 6, 1, tzinfo=UTC))
    screen = await said(past, "/history 2026-05-05")
    await past.person.taps(screen, "2")
    opened = await past.person.hears("Two")
    await past.world.settle()
    assert labels(opened) == [["⋯"], ["« Tue 5 May"]]
    seen = []
    for title in ("« Tue 5 May", "« Mon 4 May"):
        await past.person.taps(opened, title)
        opened = await past.person.hears("📖", since=opened)
        await past.world.settle()
        seen.append(opened.text.split("\n\n")[1])
    assert seen == ["One", "Zero"]
    assert labels(opened) == [["⋯"], ["Tue 5 May »"]]


async def test_on_this_day_a_year_ago_comes_first(past: Past) -> None:
    today = past.today
    years = {back: spans.months_before(today, 12 * back) for back in (1, 3)}
    await past.write("Three years", years[3])
    await past.write("One year", years[1])
    await past.write("A month", spans.months_before(today, 1))
    await past.write("Today", 0)
    await past.write("The day before", years[1] - timedelta(days=1))
    screen = await said(past, "/onthisday")
    if all(day.day == today.day for day in (*years.values(), spans.months_before(today, 1))):
        assert screen.text.startswith("On this day")
        titles = [it for it in screen.styled("bold") if "ago" in it]
        assert titles == ["A year ago", "3 years ago", "A month ago"]
        assert "The day before" not in screen.text
    assert screen.text.index("One year") < screen.text.index("Three years")
    assert "Today" not in screen.text
    await past.person.taps(screen, "2")
    assert "Three years" in (await past.person.hears("📖")).text
    await past.world.settle()
    await tap(past, screen, short(years[1]))
    assert body(screen)[0].endswith("One year")


async def test_on_this_day_else_what_is_nearest(past: Past) -> None:
    year_ago = spans.months_before(past.today, 12)
    await past.write("Three days off", year_ago + timedelta(days=3))
    await past.write("Two days off", year_ago - timedelta(days=2))
    screen = await said(past, "/onthisday")
    assert "close to it" in screen.text
    assert "About a year ago" in screen.styled("bold")
    assert "Two days off" in screen.text
    assert "Three days off" not in screen.text


@pytest.mark.parametrize(
    ("today", "day", "title"),
    [
        (date(2026, 5, 31), date(2026, 4, 30), "About a month ago"),
        (date(2026, 5, 31), date(2026, 3, 31), "2 months ago"),
        (date(2028, 2, 29), date(2027, 2, 28), "About a year ago"),
        (date(2028, 2, 29), date(2024, 2, 29), "4 years ago"),
        (date(2026, 3, 1), date(2025, 2, 28), "About a year ago"),
    ],
)
async def test_months_and_years_without_this_day(past: Past, today: date, day: date, title: str) -> None:
    await past.write("A walk", day)
    async with past.world.sessions() as session:
        person = await people.find(session, past.user_id, past.person.id)
        screen = await looking_back.on_this_day(session, person, today)
    assert f"<b>{title}</b>" in screen.html


async def test_on_this_day_leads_to_nothing_that_hurts(past: Past) -> None:
    year_ago = spans.months_before(past.today, 12)
    assert "still empty" in (await said(past, "/onthisday")).text
    await past.write("I felt awful", year_ago, concern="acute")
    await past.write("The same day", year_ago, hour=15)
    await past.write("A question?", spans.months_before(past.today, 24), is_question=True)
    await past.delete(await past.write("Gone", spans.months_before(past.today, 24)))
    await past.write("Four days off", year_ago - timedelta(days=4))
    screen = await said(past, "/onthisday")
    assert "nothing yet" in screen.text
    assert not screen.buttons


async def test_a_day_with_many_memories(past: Past) -> None:
    year_ago = spans.months_before(past.today, 12)
    for number in range(7):
        await past.write(f"Note {number}", year_ago, hour=number)
    screen = await said(past, "/onthisday")
    assert "and 4 more" in screen.text
    assert labels(screen)[0] == ["1", "2", "3"]


async def test_a_good_day_by_chance(past: Past) -> None:
    await past.write("A good one", 10, mood=8)
    await past.write("Another good one", 20, mood=7)
    await past.write("A bad one", 30, mood=3)
    await past.write("Half good", 40, mood=9)
    await past.write("Half bad", 40, hour=15, mood=3)
    await past.write("Good, and awful", 50, mood=9, concern="acute")
    await past.write("Good now", 0, mood=10)
    screen = await said(past, "/random")
    assert screen.text.startswith("🙂 A good day")
    seen = [body(screen)[-1].split(" ", 3)[3]]
    for _ in range(5):
        await tap(past, screen, "🎲 Another day")
        seen.append(body(screen)[-1].split(" ", 3)[3])
    assert set(seen) == {"A good one", "Another good one"}
    assert all(one != other for one, other in pairwise(seen))
    # Asked for again, and after a restart, it is not the same as last time either.
    await past.world.stop()
    await past.world.start(**OFFLINE)
    assert body(await said(past, "/random"))[-1].split(" ", 3)[3] != seen[-1]


async def test_without_a_good_day_it_is_any(past: Past) -> None:
    assert "no day to look back at" in (await said(past, "/random")).text
    await past.write("Today", 0)
    assert "no day to look back at" in (await said(past, "/random")).text
    await past.write("I felt awful", 4, concern="indirect")
    assert "no day to look back at" in (await said(past, "/random")).text
    await past.write("A plain one", 10)
    screen = await said(past, "/random")
    assert screen.text.startswith("🎲 A day of yours")
    assert "A plain one" in screen.text
    screen = await said(past, "/random")
    assert "the only one" in screen.text
    assert "🎲 Another day" not in [it for row in labels(screen) for it in row]


async def test_a_mood_that_was_removed_makes_no_good_day(past: Past) -> None:
    await past.write("Not so good", 10, mood=9)
    async with past.world.sessions.begin() as session:
        await session.execute(update(Metric).values(removed_at=datetime.now(UTC)))
    assert (await said(past, "/random")).text.startswith("🎲 A day of yours")


async def test_a_day_that_is_shown_again_for_the_same_update_is_the_same(past: Past) -> None:
    for number in range(20):
        await past.write(f"Day {number}", number + 1, mood=8)
    screen = await said(past, "/random")
    await tap(past, screen, "🎲 Another day")
    shown = screen.text
    async with past.world.sessions.begin() as session:
        newest = select(Update).order_by(Update.update_id.desc()).limit(1)
        row: Any = await session.scalar(newest)
        row.done_at = None
    await past.world.let_time_pass()
    await past.world.all_done()
    assert screen.text == shown
