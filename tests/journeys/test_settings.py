"""`/settings`, and the commands that tell about the bot."""

from datetime import time
from typing import Any

import pytest

from bot.journal import phrases_settings
from bot.journal.preferences import Length, Manner
from bot.playground.chat import Message
from bot.playground.person import Person
from bot.telegram.application import COMMANDS
from db.models import Update, User

from .conftest import World
from .meeting import chosen, greets, labels, nothing_failed, says, taps, user


async def opens(world: World, person: Person, *buttons: str) -> Message:
    await person.writes("/settings")
    screen = await person.hears("Settings")
    await world.settle()
    for button in buttons:
        await taps(world, person, screen, button)
    return screen


async def test_all_is_on_one_screen_and_each_part_has_a_way_back(started: World) -> None:
    person = started.person()
    screen = await opens(started, person)
    first = screen.text
    assert "UTC, it is " in first
    assert "Day starts at: 04:00" in first
    assert "Evening summary: 21:00" in first
    assert "Manner: coach" in first
    assert "Replies: normal" in first
    assert "Pictures: light" in first
    assert "Name: Mina" in first
    for button in labels(screen):
        await taps(started, person, screen, button)
        assert "Settings\n" not in screen.text
        await taps(started, person, screen, "‹ Back")
        assert "Settings\n" in screen.text
    assert len(person.chat.bot_messages) == 1
    await nothing_failed(started)


async def test_each_choice_is_shown_at_once_and_kept(world: World) -> None:
    await world.start()
    person = world.person()
    screen = await opens(world, person)
    for part, button, shown in (
        ("Time zone", "London", "Europe/London, it is"),
        ("Day starts at", "05:00", "Day starts at: 05:00"),
        ("Evening summary", "23:00", "Evening summary: 23:00"),
        ("Manner", "Just log it", "Manner: just log it"),
        ("Replies", "Short", "Replies: short"),
        ("Pictures", "Dark", "Pictures: dark"),
    ):
        await taps(world, person, screen, part)
        assert (await taps(world, person, screen, button)).startswith("Noted: ")
        assert shown in screen.text
    await world.stop()
    await world.start()
    screen = await opens(world, person, "Manner")
    assert "✓ Just log it" in labels(screen)
    them, preferences = await user(world), await chosen(world)
    assert (them.time_zone, them.day_starts_at, them.summary_time) == ("Europe/London", time(5), time(23))
    assert (preferences.manner, preferences.length, preferences.theme) == ("silent", "short", "dark")
    assert preferences.time_zone_is_known


async def test_every_manner_and_length_has_a_button(started: World) -> None:
    person = started.person()
    screen = await opens(started, person)
    manners: list[Manner] = ["listener", "coach", "challenger", "silent"]
    lengths: list[Length] = ["short", "normal", "long"]
    for manner in manners:
        await taps(started, person, screen, "Manner")
        await person.taps(screen, f"set:manner:{manner}")
        await started.settle()
        assert (await chosen(started)).manner == manner
        assert f"Manner: {phrases_settings.MANNERS[manner][0].lower()}" in screen.text
    for length in lengths:
        await taps(started, person, screen, "Replies")
        await person.taps(screen, f"set:length:{length}")
        await started.settle()
        assert (await chosen(started)).length == length


async def test_the_evening_can_be_turned_off_and_on(started: World) -> None:
    person = started.person()
    screen = await opens(started, person, "Evening summary", "Off")
    assert "Evening summary: off" in screen.text
    await taps(started, person, screen, "Evening summary")
    assert "✓ Off" in labels(screen)
    answer = await says(started, person, "at 7:45 pm", "Evening summary: 19:45")
    assert (await chosen(started)).wants_summary
    assert (await user(started)).summary_time == time(19, 45)
    assert "Settings" in answer.text
    assert not await started.entries()


@pytest.mark.parametrize("line", ["5", "05:00", "at 5am"])
async def test_the_start_of_the_day_by_words(started: World, line: str) -> None:
    person = started.person()
    await opens(started, person, "Day starts at")
    await says(started, person, line, "Day starts at: 05:00")
    assert (await user(started)).day_starts_at == time(5)
    assert not await started.entries()


async def test_a_new_zone_by_words(started: World) -> None:
    person = started.person()
    screen = await opens(started, person, "Time zone")
    assert "from now on" in screen.text
    await says(started, person, "Tokyo", "Asia/Tokyo, it is")
    assert (await chosen(started)).welcome is None
    assert not await started.entries()


async def test_a_closed_screen_waits_for_nothing(started: World) -> None:
    person = started.person()
    for part in ("Time zone", "Evening summary", "Helplines", "Name"):
        await opens(started, person, part, "‹ Back")
    for line in ("Tokyo", "9pm", "Norway"):
        await person.writes(line)
        await person.hears(line)
        await started.settle()
    assert [it.body for it in await started.entries()] == ["Tokyo", "9pm", "Norway"]
    them = await user(started)
    assert (them.time_zone, them.summary_time, them.name) == ("UTC", time(21), "Mina")


async def test_a_new_zone_and_day_hold_for_what_is_written_from_then_on(started: World) -> None:
    """Whatever the hour is now, one of these two places is in another day than the other."""
    person = started.person()
    days = []
    for zone in ("Kiritimati", "Pago Pago"):
        await opens(started, person, "Time zone")
        await says(started, person, zone, f"{zone.replace(' ', '_')}, it is")
        await person.writes(f"Written in {zone}")
        await person.hears(f"Written in {zone}")
        await started.settle()
        days.append((await started.entries())[-1].local_date)
    assert days[0] > days[1]
    assert [it.local_date for it in await started.entries()] == days


async def test_the_country_for_helplines(started: World) -> None:
    person = started.person()
    await opens(started, person, "Helplines")
    screen = await says(started, person, "Österreich", "Helplines: Austria")
    assert (await chosen(started)).country == "AT"
    await taps(started, person, screen, "Helplines")
    await says(started, person, "NO", "Helplines: Norway")
    screen = await opens(started, person, "Helplines", "From my time zone")
    assert (await chosen(started)).country is None
    assert "Norway" not in screen.text
    assert not await started.entries()


@pytest.mark.parametrize(
    ("part", "line", "remedy"),
    [
        ("Helplines", "Grmblfix", "two letters"),
        ("Evening summary", "9ish", "half past nine"),
        ("Day starts at", "11:00", "from 00:00 to 06:00"),
        ("Time zone", "Grmblfix", "offset"),
        ("Name", "What a day!", "three words"),
    ],
)
async def test_what_is_no_answer_is_an_entry(started: World, part: str, line: str, remedy: str) -> None:
    person = started.person()
    await opens(started, person, part)
    await says(started, person, line, remedy)
    assert [it.body for it in await started.entries()] == [line]


@pytest.mark.parametrize("name", ["<b>Bob</b> & Co", "Mina Lund", "مينا", "👩‍🚀"])
async def test_another_name(started: World, name: str) -> None:
    person = started.person()
    await opens(started, person, "Name")
    answer = await says(started, person, name, f"Name: {name}")
    assert (await user(started)).name == name
    assert answer.styled("bold")[-1] == name
    screen = await opens(started, person, "Name", "As on Telegram")
    assert "Name: Mina" in screen.text
    assert not await started.entries()


async def test_a_name_of_4000_letters_is_an_entry(started: World) -> None:
    person = started.person()
    await opens(started, person, "Name")
    await person.writes("M" * 4000)
    await person.hears(lambda it: it.from_bot)
    await started.settle()
    assert (await user(started)).name == "Mina"
    [entry] = await started.entries()
    assert entry.body == "M" * 4000


async def test_two_taps_and_a_stale_screen(started: World) -> None:
    person = started.person()
    stale = await opens(started, person, "Manner")
    fresh = await opens(started, person, "Replies")
    first, second = await person.taps(fresh, "Long"), await person.taps(fresh, "Long")
    await first.answered()
    await second.answered()
    await started.settle()
    assert "Replies: long" in fresh.text
    await taps(started, person, stale, "Listener")
    assert "Manner: listener" in stale.text
    assert "Replies: long" in stale.text
    assert len(person.chat.bot_messages) == 2
    await nothing_failed(started)


async def test_nobody_changes_anothers_settings(started: World) -> None:
    mina, tom = started.person(), started.person(first_name="Tom")
    screen = await opens(started, mina, "Manner")
    query = started.telegram.world.open_query(tom.chat)
    tap: dict[str, Any] = {"id": query.query_id, "from": tom.sender, "chat_instance": "1"}
    group = started.telegram.group()
    elsewhere = started.telegram.world.say(group.chat, {"text": "?"})
    for more in ({"message": elsewhere.payload}, {"inline_message_id": "abc"}):
        started.telegram.world.updates.add(
            "callback_query", tap | more | {"data": "set:manner:silent"}, lane=tom.chat.id
        )
    await started.settle()
    assert "How shall I answer?" in screen.text
    assert (await chosen(started)).manner == "coach"
    assert [it.name for it in await started.rows(User)] == ["Mina"]
    assert all(row.error is None for row in await started.rows(Update))


async def test_cancel_ends_the_open_question_and_says_so(started: World) -> None:
    person = started.person()
    await says(started, person, "/cancel", "nothing to cancel")
    await opens(started, person, "Time zone")
    await says(started, person, "/cancel", "never mind")
    await says(started, person, "/cancel", "nothing to cancel")
    await person.writes("Tokyo")
    await person.hears("Tokyo")
    await started.settle()
    assert [it.body for it in await started.entries()] == ["Tokyo"]


async def test_cancel_ends_the_first_meeting(started: World) -> None:
    person = started.person()
    await greets(started, person)
    await says(started, person, "/cancel", "never mind")
    assert (await chosen(started)).welcome is None
    await says(started, person, "/start", "Welcome back")


async def test_help_and_the_menu_name_every_command(started: World) -> None:
    person = started.person()
    answer = await says(started, person, "/help", "Just write or speak")
    assert all(f"/{name} — {what}" in answer.text for name, what in COMMANDS)
    assert len(answer.text) < 1200
    assert {"start", "help", "settings", "privacy", "cancel"} <= {name for name, _ in COMMANDS}
    profile = started.telegram.world.profile
    [(scope, listed)] = profile.commands.items()
    assert "all_private_chats" in str(scope)
    assert [(it["command"], it["description"]) for it in listed] == list(COMMANDS)
    assert profile.menu_buttons[None] == {"type": "commands"}
    for name, _ in COMMANDS:
        await person.writes(f"/{name}")
        await started.settle()
    assert not any("I don't know that command" in it.text for it in person.chat.bot_messages)
    await nothing_failed(started)
