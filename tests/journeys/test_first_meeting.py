"""The first meeting: who the bot is, the time zone, the evening, and every way through and around it."""

from datetime import UTC, datetime, time
from typing import Any

import pytest
from sqlalchemy import func, select, update

from db.models import TelegramIdentity, Update

from .conftest import World
from .meeting import (
    ASKS_HOUR,
    ASKS_ZONE,
    DONE,
    button_of,
    chosen,
    greets,
    is_time_in,
    labels,
    nothing_failed,
    says,
    taps,
    user,
)


async def test_by_buttons(started: World) -> None:
    person = started.person(language_code="de")
    question = await greets(started, person)
    intro = person.chat.bot_messages[0]
    assert len(intro.text.split("\n")) == 4
    assert "I'm Daybook" in intro.text
    assert "not a therapist" in intro.text
    assert not intro.buttons
    assert labels(question)[0].startswith("Berlin ")
    assert is_time_in("Europe/Berlin", labels(question)[0])
    assert await taps(started, person, question, "Berlin") == "Noted: Europe/Berlin"
    assert question.text.startswith("Your time zone is Europe/Berlin, where it is ")
    assert is_time_in("Europe/Berlin", question.text)
    assert ASKS_HOUR in question.text
    await taps(started, person, question, "22:00")
    assert DONE in question.text
    assert "comes at 22:00" in question.text
    assert len(person.chat.bot_messages) == 2
    them = await user(started)
    assert (them.time_zone, them.summary_time) == ("Europe/Berlin", time(22))
    them_chosen = await chosen(started)
    assert them_chosen.welcome is None
    assert them_chosen.time_zone_is_known
    assert them_chosen.wants_summary
    assert not await started.entries()
    await nothing_failed(started)


async def test_by_words(started: World) -> None:
    person = started.person()
    await greets(started, person)
    answer = await says(started, person, "münchen", ASKS_HOUR)
    assert answer.text.startswith("Your time zone is Europe/Berlin, where it is ")
    answer = await says(started, person, "half past nine", DONE)
    assert "21:30" in answer.text
    them = await user(started)
    assert (them.time_zone, them.summary_time) == ("Europe/Berlin", time(21, 30))
    assert not await started.entries()
    await says(started, person, "Berlin", "Berlin")
    [entry] = await started.entries()
    assert entry.body == "Berlin"


async def test_everything_can_be_skipped(started: World) -> None:
    person = started.person()
    question = await greets(started, person)
    await taps(started, person, question, "Not now")
    assert question.text.startswith("Until you tell me, I go by UTC")
    await taps(started, person, question, "Not now")
    assert DONE in question.text
    assert "I go by UTC" in question.text
    assert "21:00" in question.text
    found = await chosen(started)
    assert (found.welcome, found.time_zone_is_known) == (None, False)
    assert (await user(started)).time_zone == "UTC"


async def test_no_summary(started: World) -> None:
    person = started.person()
    await greets(started, person)
    await says(started, person, "Oslo", ASKS_HOUR)
    answer = await says(started, person, "off", DONE)
    assert "No evening summary" in answer.text
    assert not (await chosen(started)).wants_summary


@pytest.mark.parametrize("stop_at", ["zone", "hour"])
async def test_a_restart_in_the_middle_forgets_nothing(world: World, stop_at: str) -> None:
    await world.start()
    person = world.person()
    question = await greets(world, person)
    if stop_at == "hour":
        await taps(world, person, question, "All time zones")
        await taps(world, person, question, "Europe")
        await taps(world, person, question, "More")
        await taps(world, person, question, "Oslo")
    await world.stop()
    await world.start()
    if stop_at == "zone":
        await says(world, person, "Oslo", ASKS_HOUR)
    answer = await says(world, person, "9pm", DONE)
    assert "Europe/Oslo" in answer.text
    assert (await user(world)).summary_time == time(21)


async def test_a_button_works_after_a_restart_and_an_hour(world: World) -> None:
    await world.start(default_time_zone="Asia/Tokyo")
    person = world.person()
    question = await greets(world, person)
    await world.stop()
    await the_question_is_old(world)
    await world.start()
    await taps(world, person, question, "New York")
    assert ASKS_HOUR in question.text
    assert (await user(world)).time_zone == "America/New_York"


async def the_question_is_old(world: World) -> None:
    async with world.sessions.begin() as session:
        [identity] = await session.scalars(select(TelegramIdentity))
        assert identity.dialog
        identity.dialog = identity.dialog | {"at": datetime(2020, 1, 1, tzinfo=UTC).isoformat()}


async def test_an_update_that_is_handled_twice_shows_and_changes_nothing_more(world: World) -> None:
    """As after a crash right before its end."""
    await world.start()
    person = world.person()
    for line in ("/start", "Grmblfix", "+25", "Springfield", "Oslo", "25:00", "9pm", "/start", "/cancel"):
        await person.writes(line)
        await person.hears(lambda it: it.from_bot)
        await world.settle()
        shown, before = [it.text for it in person.chat.bot_messages], await user(world)
        await world.stop()
        await the_last_update_is_not_done(world)
        await world.start()
        await world.settle()
        assert [it.text for it in person.chat.bot_messages] == shown, line
        after = await user(world)
        assert (after.time_zone, after.settings) == (before.time_zone, before.settings), line
    assert [it.body for it in await world.entries()] == ["Grmblfix"]


async def the_last_update_is_not_done(world: World) -> None:
    async with world.sessions.begin() as session:
        last = await session.scalar(select(func.max(Update.update_id)))
        await session.execute(update(Update).where(Update.update_id == last).values(done_at=None))


async def test_start_again_goes_on_where_it_was(started: World) -> None:
    person = started.person()
    await greets(started, person)
    again = await says(started, person, "/start", ASKS_ZONE)
    assert "still open" in again.text
    assert "therapist" not in again.text
    await the_question_is_old(started)
    await says(started, person, "/start", ASKS_ZONE)
    await says(started, person, "Lima", ASKS_HOUR)
    await says(started, person, "/start", ASKS_HOUR)
    await says(started, person, "20:00", DONE)


async def test_start_again_of_somebody_known_asks_nothing(started: World) -> None:
    person = started.person()
    await greets(started, person)
    await says(started, person, "Lima", ASKS_HOUR)
    await says(started, person, "20:00", DONE)
    back = await says(started, person, "/start", "Welcome back, Mina!")
    assert labels(back) == ["⚙ Settings"]
    await taps(started, person, back, "⚙ Settings")
    assert "America/Lima" in back.text
    await says(started, person, "Lima", "Lima")
    assert [it.body for it in await started.entries()] == ["Lima"]


@pytest.mark.parametrize("payload", ["xyz", "a" * 64, "https://t.me/x?start=1", "\u202e<b>", "0' OR 1=1"])
async def test_a_deep_link_changes_nothing(started: World, payload: str) -> None:
    person = started.person()
    await says(started, person, f"/start {payload}", ASKS_ZONE)
    assert len(person.chat.bot_messages) == 2
    await nothing_failed(started)


async def test_two_taps_on_the_same_button_are_one(started: World) -> None:
    person = started.person()
    question = await greets(started, person)
    london = button_of(question, "London")
    first, second = await person.taps(question, london), await person.taps(question, london)
    await first.answered()
    await second.answered()
    await started.settle()
    assert ASKS_HOUR in question.text
    assert (await chosen(started)).welcome == "hour"
    first, second = await person.taps(question, "20:00"), await person.taps(question, "20:00")
    await first.answered()
    await second.answered()
    await started.settle()
    assert DONE in question.text
    assert len(person.chat.bot_messages) == 2
    await nothing_failed(started)


async def test_skipping_twice_in_a_hurry_skips_one_question(started: World) -> None:
    person = started.person()
    question = await greets(started, person)
    data = next(it.data for it in question.buttons if it.text == "Not now")
    assert data
    first, second = await person.taps(question, data), await person.taps(question, data)
    await first.answered()
    await second.answered()
    await started.settle()
    assert ASKS_HOUR in question.text


async def test_a_stale_screen_still_does_what_it_says(started: World) -> None:
    person = started.person()
    stale = await greets(started, person)
    await says(started, person, "Lima", ASKS_HOUR)
    await says(started, person, "20:00", DONE)
    await taps(started, person, stale, "London")
    assert stale.text.startswith(DONE)
    assert "Europe/London" in stale.text
    assert "20:00" in stale.text
    await taps(started, person, stale, "⚙ Settings")
    assert "Europe/London" in stale.text


@pytest.mark.parametrize(
    "data",
    [
        "zone:meet:at:Europe/Atlantis",
        "zone:meet:at:../../etc/passwd",
        "zone:meet:in:Atlantis:0",
        "zone:meet:in:Europe:99",
        "hour:meet:25:00",
        "hour:set:later:1",
        "set:manner:cruel",
        "set:length:huge",
        "set:day:99",
        "set:day:²",
        "set:country:XX",
        "set:name:other",
        "set:nonsense",
    ],
)
async def test_forged_buttons_do_nothing(started: World, data: str) -> None:
    person = started.person()
    question = await greets(started, person)
    before = (await user(started)).settings
    query = started.telegram.world.open_query(person.chat)
    tap = {"id": query.query_id, "from": person.sender, "chat_instance": "1", "data": data}
    started.telegram.world.updates.add(
        "callback_query", tap | {"message": question.payload}, lane=person.chat.id
    )
    await started.settle()
    them = await user(started)
    assert (them.time_zone, them.summary_time, them.settings) == ("UTC", time(21), before)
    assert ASKS_ZONE in question.text
    assert [it.text for it in person.chat.callback_answers] == ["This button no longer does anything."]
    await nothing_failed(started)


async def test_every_zone_of_the_list_can_be_reached(started: World) -> None:
    person = started.person()
    question = await greets(started, person)
    await taps(started, person, question, "All time zones")
    await taps(started, person, question, "Pacific")
    seen: list[str] = []
    while True:
        seen += [it.data or "" for it in question.buttons if ":at:" in (it.data or "")]
        if not any(it.text.startswith("More") for it in question.buttons):
            break
        await taps(started, person, question, "More")
    assert "zone:meet:at:Pacific/Chatham" in seen
    assert len(seen) == len(set(seen)) > 30
    await taps(started, person, question, "‹ Back")
    await taps(started, person, question, "‹ Back")
    assert ASKS_ZONE in question.text


@pytest.mark.parametrize(
    "name", ["<b>Eve</b>", "\u202eeve", "M" * 4000, "&amp; Co", "مينا", "\u200b", "</code><script>"]
)
async def test_hostile_names_are_only_names(started: World, name: str) -> None:
    person = started.person(first_name=name)
    await greets(started, person)
    intro = person.chat.bot_messages[0]
    assert intro.text.startswith("Hello")
    assert not intro.entities or all(it["type"] == "bot_command" for it in intro.entities)
    assert "\u202e" not in intro.text
    assert len(intro.text) < 700
    await says(started, person, "/cancel", "never mind")
    await says(started, person, "/start", "Welcome back")
    await nothing_failed(started)


async def test_what_is_stored_and_who_reads_it_is_said_as_it_is(world: World) -> None:
    bots: list[tuple[dict[str, Any], list[str], list[str]]] = [
        ({"anthropic_api_key": None, "openai_api_key": None}, ["No AI company"], ["Anthropic", "OpenAI"]),
        (
            {"anthropic_base_url": "https://api.anthropic.com", "openai_api_key": None},
            ["Anthropic"],
            ["OpenAI", "No AI company"],
        ),
        ({"openai_base_url": "http://127.0.0.1:9/v1"}, ["127.0.0.1"], ["OpenAI", "No AI company"]),
    ]
    for changes, said, unsaid in bots:
        await world.start(**changes)
        person = world.person()
        await greets(world, person)
        kept = await says(world, person, "/privacy", "Who can read it")
        assert all(it in kept.text for it in ("goals", "reminders", "scores of your days", "summaries"))
        for message in (person.chat.bot_messages[0], person.chat.bot_messages[-1]):
            assert all(it in message.text for it in said)
            assert not any(it in message.text for it in unsaid)
        await world.stop()
