"""Correcting the numbers that the bot read."""

import pytest
from sqlalchemy import update

from db.models import Metric, TelegramIdentity, Update

from .conftest import World
from .correcting import READ, TOLD, all_went_well, answered, counted, forge, labels, tap


async def test_the_menu_opens_in_place_and_closes_again(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    before = reply.text
    assert before == "I see.\n\nmood 7/10 · slept 6.5 h"
    assert labels(reply) == ["✎", "⋯"]
    await tap(started, person, reply, "⋯")
    assert labels(reply) == ["Numbers", "Another day", "🗑 Delete", "Close"]
    assert reply.text == before
    await tap(started, person, reply, "Numbers")
    assert reply.text.splitlines()[2:] == [
        "mood 7/10 — “Mood 7”",
        "slept 6.5 h — “slept 6.5 <hours>”",
        "Tap a number to change or remove it.",
    ]
    await tap(started, person, reply, "Close")
    assert (reply.text, labels(reply)) == (before, ["✎", "⋯"])
    assert len(person.chat.bot_messages) == 1
    await all_went_well(started)


async def test_a_number_goes_up_and_down_in_steps_of_its_unit(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    await tap(started, person, reply, "✎")
    ups = [button for button in reply.buttons if button.text == "+"]
    assert await tap(started, person, reply, ups[1].data or "") == "slept 7 h"
    assert "slept 7 h (I read 6.5) — “slept 6.5 <hours>”" in reply.text
    await tap(started, person, reply, "mood 7/10")
    assert labels(reply) == ["−", "+", "Other value", "Remove", "‹ Back"]
    assert await tap(started, person, reply, "−", "−") == "mood 5/10"
    await tap(started, person, reply, "‹ Back", "Close")
    assert reply.text == "I see.\n\nmood 5/10 · slept 7 h"
    assert await counted(started) == {"mood": (5, "person", 7), "sleep_hours": (7, "person", 6.5)}


async def test_quick_taps_all_count_and_end_where_the_metric_ends(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    await tap(started, person, reply, "✎", "mood 7/10")
    for _ in range(2):
        await person.taps(reply, "+")
    await started.settle()
    assert (await counted(started))["mood"][0] == 9
    for _ in range(3):
        last = await person.taps(reply, "+")
    assert (await last.answered()).text == "It ends at mood 10/10."
    await started.settle()
    assert (await counted(started))["mood"][0] == 10


async def test_a_tap_that_is_handled_again_after_a_crash_counts_once(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    await tap(started, person, reply, "✎", "mood 7/10", "+")
    newest = max(row.update_id for row in await started.rows(Update))
    async with started.sessions.begin() as session:
        await session.execute(update(Update).where(Update.update_id == newest).values(done_at=None))
    await started.settle()
    assert (await counted(started))["mood"][0] == 8
    await tap(started, person, reply, "+")
    assert (await counted(started))["mood"][0] == 9


@pytest.mark.parametrize(
    ("typed", "value"), [("7,5", 7.5), ("7.5 h", 7.5), ("90 min", 1.5), ("٧", 7), ("7h45", 7.75)]
)
async def test_another_value_can_be_typed(started: World, typed: str, value: float) -> None:
    person = started.person()
    reply = await answered(started, person)
    await tap(started, person, reply, "✎", "slept 6.5 h", "Other value")
    assert "7.5 h, 7h30 or 90 min" in reply.text
    await person.writes(typed)
    await person.hears(lambda it: it.text.startswith("Noted: slept"))
    await started.settle()
    assert (await counted(started))["sleep_hours"] == (value, "person", 6.5)
    assert labels(reply) == ["✎", "⋯"]
    assert len(await started.entries()) == 1
    # Nothing is asked any more.
    await person.writes("8")
    await started.settle()
    assert [entry.body for entry in await started.entries()] == [TOLD, "8"]


@pytest.mark.parametrize("typed", ["25 h", "1e309", "-1", "24.5", "9" * 300])
async def test_a_value_out_of_range_changes_nothing_and_may_be_typed_anew(started: World, typed: str) -> None:
    person = started.person()
    reply = await answered(started, person)
    await tap(started, person, reply, "✎", "slept 6.5 h", "Other value")
    await person.writes(typed)
    await person.hears("Hours of sleep goes from 0 to 24. I changed nothing")
    await started.settle()
    assert (await counted(started))["sleep_hours"] == (6.5, "model", 6.5)
    await person.writes("8")
    await person.hears("Noted: slept 8 h")
    await started.settle()
    assert len(await started.entries()) == 1


@pytest.mark.parametrize("text", ["NaN", "7 things went well", "Nothing else to say"])
async def test_a_diary_line_is_never_taken_for_a_value(started: World, text: str) -> None:
    person = started.person()
    reply = await answered(started, person)
    await tap(started, person, reply, "✎", "slept 6.5 h", "Other value")
    await person.writes(text)
    await started.settle()
    assert [entry.body for entry in await started.entries()] == [TOLD, text]
    assert (await counted(started))["sleep_hours"] == (6.5, "model", 6.5)


async def test_a_typed_value_that_is_edited_becomes_no_entry(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    await tap(started, person, reply, "✎", "slept 6.5 h", "Other value")
    message = await person.writes("8")
    await person.hears("Noted: slept 8 h")
    await person.edits(message, "8.5")
    await started.settle()
    assert len(await started.entries()) == 1


async def test_a_removed_number_stays_removed_when_it_is_read_again(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    await tap(started, person, reply, "✎", "mood 7/10", "Remove")
    assert "↩ mood 7/10" in labels(reply)
    await tap(started, person, reply, "Close")
    assert reply.text == "I see.\n\nslept 6.5 h"
    started.anthropic.give(READ)
    started.anthropic.say("Anew.")
    await person.edits(person.chat.messages[0], f"{TOLD}, and more")
    await person.hears(lambda it: it.text == "Anew.\n\nslept 6.5 h")
    await started.settle()
    await tap(started, person, reply, "✎", "↩ mood 7/10", "Close")
    assert reply.text == "Anew.\n\nmood 7/10 · slept 6.5 h"


async def test_none_can_be_typed_for_a_number(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    await tap(started, person, reply, "✎", "mood 7/10", "Other value")
    await person.writes("None")
    await person.hears("no longer counts")
    await started.settle()
    assert set(await counted(started)) == {"sleep_hours"}


async def test_a_correction_survives_an_edit_that_is_read_anew(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    await tap(started, person, reply, "✎", "mood 7/10", "−", "‹ Back", "Close")
    started.anthropic.give({"language": "en", "metrics": [{"name": "mood", "value": 2, "quote": "Mood 2"}]})
    started.anthropic.say("Anew.")
    await person.edits(person.chat.messages[0], "Mood 2, after all")
    await person.hears(lambda it: it.text == "Anew.\n\nmood 6/10")
    await started.settle()
    assert await counted(started) == {"mood": (6, "person", 2)}
    await tap(started, person, reply, "✎")
    assert "mood 6/10 (I read 2) — “Mood 2”" in reply.text


async def test_a_tap_while_the_entry_is_coached_anew_is_kept(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    await tap(started, person, reply, "✎", "mood 7/10")
    started.anthropic.give(READ)
    started.anthropic.say("Anew.")
    started.anthropic.delay = 0.3
    await person.edits(person.chat.messages[0], f"{TOLD}!")
    tapped = await person.taps(reply, "+")
    assert (await tapped.answered()).text == "mood 8/10"
    await person.hears(lambda it: it.text == "Anew.\n\nmood 8/10 · slept 6.5 h")
    await started.settle()
    assert (await counted(started))["mood"] == (8, "person", 7)


async def test_a_number_that_is_missing_can_be_added(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    await tap(started, person, reply, "✎", "Add a number", "›")
    assert "Steps" not in labels(reply)
    await tap(started, person, reply, "‹", "Steps")
    await person.writes("12,500")
    await person.hears("Noted: 12,500 steps")
    await started.settle()
    await tap(started, person, reply, "✎", "Add a number", "Energy", "4")
    assert reply.text == "I see.\n\nmood 7/10 · energy 4/10 · slept 6.5 h · 12,500 steps"
    found = await counted(started)
    assert (found["steps"], found["energy"]) == ((12_500, "person", None), (4, "person", None))


async def test_a_check_in_still_works_beside_the_numbers(world: World) -> None:
    await world.start(anthropic_api_key=None)
    person = world.person()
    await person.writes("Slept 6.5 hours")
    reply = await person.hears(lambda it: it.buttons)
    await world.settle()
    await tap(world, person, reply, "✎", "slept 6.5 h", "+", "‹ Back", "Close")
    assert labels(reply) == [*(str(it) for it in range(1, 11)), "✎", "⋯"]
    assert await tap(world, person, reply, "8") == "Noted: mood 8/10"
    assert reply.text.endswith("mood 8/10 · slept 7 h")
    assert labels(reply) == ["✎", "⋯"]


async def test_nobody_corrects_the_entry_of_another(started: World) -> None:
    mina, tom = started.person(), started.person(first_name="Tom")
    reply = await answered(started, mina)
    own = await answered(started, tom, "Mine alone", {"language": "en", "metrics": []})
    [theirs, _] = await started.entries()
    key = next(row.id.hex[-8:] for row in await started.rows(Metric) if row.name == "mood")
    before, shown = await counted(started), own.text
    for data in (
        "num:menu::{}", "num:list:0:{}", f"num:up:{key}:{{}}", f"num:out:{key}:{{}}",
        f"num:value:{key}:{{}}",
        "num:new:mood:{}", "day:20200101:{}", "day:which:{}", "day:other:{}", "del:yes:{}", "del:undo:{}",
        "del:ask:{}", "fix:ask:{}", "check:mood:1:{}",
    ):  # fmt: skip
        forge(started, tom, own, data.format(theirs.id.hex))
    await started.settle()
    assert await counted(started) == before
    assert (own.text, labels(own)) == (shown, ["⋯"])
    assert labels(reply) == ["✎", "⋯"]
    [theirs, _] = await started.entries()
    assert (theirs.deleted_at, theirs.day_is_chosen) == (None, False)
    dialogs = {row.telegram_id: row.dialog for row in await started.rows(TelegramIdentity)}
    assert "ask" not in (dialogs[tom.id] or {})
    await all_went_well(started)


async def test_odd_taps_change_nothing(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    [entry] = await started.entries()
    before = await counted(started)
    for data in (
        "num:up:00000000:{}", "num:up::{}", "num:down:zzzzzzzz0:{}", "num:one:0:{}", "num:value:x:{}",
        "num:new:nonsense:{}", "num:explode:0:{}", "num:list:99999999999999999999:{}", "num:add:no:{}",
        "num:back:00000000:{}", "fix:ask:{}", "fix:no:{}", "check:steps:7:{}", "check:mood:99:{}",
        "num:menu::00000000000000000000000000000000", "num:menu::{}x", "del:yes:{}0",
    ):  # fmt: skip
        forge(started, person, reply, data.format(entry.id.hex))
    await started.settle()
    assert {name: found for name, found in (await counted(started)).items() if name != "steps"} == before
    [entry] = await started.entries()
    assert entry.deleted_at is None
    await all_went_well(started)
