"""Deleting an entry: confirmed, back within a day exactly as it was, and gone for good after that."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, text, update

from bot.playground.chat import Message
from bot.playground.person import Person
from db.models import (
    Embedding,
    Entry,
    Journey,
    KnownWord,
    Metric,
    ModelCall,
    Part,
    Update,
    WordChunk,
)
from tests.recordings import recording
from tests.vendors import status

from .conftest import World
from .correcting import TOLD, all_went_well, answered, counted, forge, labels, spoken, tap

NOTHING = {"language": "en", "metrics": []}


async def deleted(world: World, person: Person, reply: Message) -> None:
    await tap(world, person, reply, "⋯", "🗑 Delete", "Delete")
    assert (reply.text, labels(reply)) == ("🗑 Deleted. It can be brought back for a day.", ["Undo"])


async def let_a_day_pass(world: World) -> None:
    async with world.sessions.begin() as session:
        day = timedelta(hours=25)
        await session.execute(update(Entry).values(deleted_at=Entry.deleted_at - day))
        await session.execute(update(Update).values(done_at=Update.done_at - timedelta(minutes=1)))


def asked_of(world: World) -> tuple[int, int]:
    return len(world.anthropic.requests), len(world.openai.requests)


async def test_it_asks_first_and_keeps_what_is_to_be_kept(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    before = reply.text
    await tap(started, person, reply, "⋯", "🗑 Delete")
    assert reply.text == "I see.\n\nDelete this entry? It can be brought back for a day."
    assert labels(reply) == ["Delete", "Keep"]
    assert await tap(started, person, reply, "Keep") == "Kept."
    assert (reply.text, labels(reply)) == (before, ["✎", "⋯"])
    [entry] = await started.entries()
    assert entry.deleted_at is None


async def test_a_deleted_entry_counts_nowhere_and_comes_back_exactly(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    await tap(started, person, reply, "✎", "mood 7/10", "−", "‹ Back", "slept 6.5 h", "Remove", "Close")
    before, numbers = reply.text, await counted(started)
    [kept] = await started.entries()
    await deleted(started, person, reply)
    [entry] = await started.entries()
    assert entry.deleted_at is not None
    for table in (Embedding, WordChunk, KnownWord, Journey):
        assert not await started.rows(table)
    minds = asked_of(started)
    await started.bot.ticks.embed()
    assert not await started.rows(Embedding)
    assert asked_of(started) == minds

    assert await tap(started, person, reply, "Undo") == "It is back."
    assert (reply.text, labels(reply)) == (before, ["✎", "⋯"])
    assert await counted(started) == numbers
    [entry] = await started.entries()
    names = ("body", "reply", "version", "local_date", "coached_at", "extracted_at", "language")
    assert [getattr(entry, name) for name in names] == [getattr(kept, name) for name in names]
    assert (entry.deleted_at, bool(entry.embedded_at)) == (None, True)
    assert len(await started.rows(Embedding)) == len(await started.rows(WordChunk)) == 1
    # One vector was made again, and nobody was asked for words or numbers.
    assert asked_of(started) == (minds[0], minds[1] + 1)
    assert len(person.chat.bot_messages) == 1
    assert not await started.rows(Journey)
    await tap(started, person, reply, "✎", "↩ slept 6.5 h", "Close")
    assert reply.text.endswith("mood 6/10 · slept 6.5 h")


async def test_taps_after_and_twice(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    await tap(started, person, reply, "⋯", "🗑 Delete")
    await person.taps(reply, "Delete")
    again = await person.taps(reply, "Delete")
    assert (await again.answered()).text == "This entry is deleted."
    await started.settle()
    [entry] = await started.entries()
    key = (await started.rows(Metric))[0].id.hex[-8:]
    shown = reply.text
    for data in (
        "num:menu::{}", "num:list:0:{}", f"num:up:{key}:{{}}", f"num:value:{key}:{{}}", "num:new:steps:{}",
        "day:20200101:{}", "day:which:{}", "del:ask:{}", "del:no:{}", "check:mood:1:{}", "fix:ask:{}",
    ):  # fmt: skip
        forge(started, person, reply, data.format(entry.id.hex))
    await started.settle()
    assert reply.text == shown
    assert (await counted(started))["mood"] == (7, "model", 7)
    await person.taps(reply, "Undo")
    await person.taps(reply, "Undo")
    await started.settle()
    assert reply.text.startswith("I see.")
    assert len(person.chat.bot_messages) == 1
    await all_went_well(started)


async def test_an_edit_does_not_bring_it_back_and_its_words_are_there_when_it_comes(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    await deleted(started, person, reply)
    minds = asked_of(started)
    await person.edits(person.chat.messages[0], "Mood 3, rather")
    await started.settle()
    [entry] = await started.entries()
    assert entry.deleted_at is not None
    assert labels(reply) == ["Undo"]
    assert asked_of(started) == minds
    assert not await started.rows(Journey)
    started.anthropic.say("Anew.")
    await tap(started, person, reply, "Undo")
    await started.settle()
    [entry] = await started.entries()
    assert (entry.body, entry.version, entry.reply) == ("Mood 3, rather", 2, "Anew.")
    assert reply.text.startswith("Anew.")


async def test_words_of_crisis_in_an_edit_get_help_all_the_same(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    await deleted(started, person, reply)
    await person.edits(person.chat.messages[0], "I want to kill myself")
    await started.settle()
    assert len(person.chat.bot_messages) == 2
    assert labels(reply) == ["Undo"]


async def test_a_deleted_entry_is_never_recalled(started: World) -> None:
    person = started.person()
    reply = await answered(started, person, "The orchard was full of cherries", NOTHING)
    await deleted(started, person, reply)
    await person.writes("Back to the orchard for cherries")
    await person.hears(lambda it: "Back to the orchard" in it.text)
    await started.settle()
    assert "The orchard was full" not in str(started.anthropic.requests[-1].body)


async def test_while_it_is_coached_its_journey_ends(started: World) -> None:
    person = started.person()
    started.anthropic.delay = 0.3
    message = await person.writes("Something I regret")
    await person.reacted(message)
    await person.writes("/delete", reply_to=message)
    asked = await person.hears("Delete this entry?")
    assert asked.text.startswith("“Something I regret”")
    await tap(started, person, asked, "Delete")
    assert labels(asked) == ["Undo"]
    assert [it.message_id for it in person.chat.bot_messages] == [asked.message_id]
    assert not await started.rows(Journey)
    started.anthropic.say("Here again.")
    await tap(started, person, asked, "Undo")
    await person.hears("Here again.", since=message)
    await started.settle()
    [entry] = await started.entries()
    assert (entry.reply, asked.text) == ("Here again.", "It is back.")


async def test_one_that_waits_for_a_mind_is_not_answered_later(started: World) -> None:
    person = started.person()
    started.anthropic.always = status(500)
    message = await person.writes("Hard day")
    await person.hears("Your entry is safe")
    await started.until_parked()
    await person.writes("/delete", reply_to=message)
    asked = await person.hears("Delete this entry?")
    await tap(started, person, asked, "Delete")
    started.anthropic.always = None
    await started.let_time_pass()
    await started.settle()
    assert len(person.chat.bot_messages) == 2
    [entry] = await started.entries()
    assert entry.coached_at is None


async def test_the_command_alone_offers_the_newest_entry(started: World) -> None:
    person = started.person()
    await person.writes("/delete")
    await person.hears("There is no entry here to delete.")
    await answered(started, person, "The older one", NOTHING)
    await answered(started, person, "The <newer> one " + "and more " * 40, NOTHING)
    await person.writes("/delete")
    asked = await person.hears("Delete this entry?")
    first, when, _, question = asked.text.splitlines()
    assert first.startswith("“The <newer> one and more")
    assert first.endswith("…”")
    assert f"{datetime.now(UTC):%H:}" in when or ":59" in when
    assert question == "Delete this entry? It can be brought back for a day."
    await tap(started, person, asked, "Keep")
    assert (asked.text, labels(asked)) == ("Kept.", [])
    await person.writes("/delete")
    asked = await person.hears("Delete this entry?")
    await tap(started, person, asked, "Delete")
    old, new = await started.entries()
    assert (old.deleted_at, bool(new.deleted_at)) == (None, True)
    reply = next(it for it in person.chat.bot_messages if it.message_id == new.reply_message_id)
    assert labels(reply) == ["Undo"]
    await person.writes("/delete")
    asked = await person.hears("The older one")
    await tap(started, person, reply, "Undo")
    assert "I see." in reply.text


async def test_the_command_alone_offers_no_question_to_the_diary(started: World) -> None:
    person = started.person()
    await answered(started, person)
    await person.writes("/ask When was I last here?")
    await started.settle()
    await person.writes("/delete")
    await person.hears(TOLD)


async def test_the_command_answers_the_bots_reply_and_parts_of_a_paste_too(started: World) -> None:
    person = started.person()
    parts = await person.pastes("A long story. " * 700)
    reply = await person.hears(lambda it: it.from_bot)
    await started.settle()
    await person.writes("/delete", reply_to=parts[-1])
    asked = await person.hears("Delete this entry?")
    await tap(started, person, asked, "Delete")
    assert len(await started.rows(Part)) == len(parts)
    assert labels(reply) == ["Undo"]
    await person.edits(parts[1], "Another part. " * 200)
    await started.settle()
    [entry] = await started.entries()
    assert entry.deleted_at is not None
    await tap(started, person, reply, "Undo")
    await started.settle()
    await person.writes("/delete", reply_to=reply)
    asked = await person.hears("“A long story.")
    await tap(started, person, asked, "Delete")
    [entry] = await started.entries()
    assert entry.deleted_at is not None


async def test_a_message_that_is_no_entry_of_ones_own_is_said_to_be_none(started: World) -> None:
    person = started.person()
    await person.writes("/help")
    shown = await person.hears(lambda it: it.from_bot)
    await person.writes("/delete", reply_to=shown)
    await person.hears("not one of your entries")


async def test_after_a_day_it_goes_for_good_with_its_recording(started: World) -> None:
    person = started.person()
    started.anthropic.give({"language": "en", "metrics": [{"name": "mood", "value": 7, "quote": "mood 7"}]})
    shown = await spoken(started, person, "A secret, mood 7")
    reply = next(it for it in person.chat.bot_messages if "🎙" not in it.text)
    [entry] = await started.entries()
    sound = Path(urlsplit(entry.audio_file_url or "").path)
    earlier = sound.with_name(sound.name.replace(".v1.", ".v0."))
    earlier.write_bytes(b"of an earlier version")
    other = sound.with_name("another.v1.ogg")
    other.write_bytes(b"of another entry")
    await deleted(started, person, reply)
    assert shown.text == "🎙 Deleted."
    await started.bot.ticks.purge_deleted()
    assert len(await started.entries()) == 1
    assert sound.exists()  # noqa: ASYNC240

    await let_a_day_pass(started)
    await started.bot.ticks.purge_deleted()
    await person.hears(lambda it: it.text == "🗑 Deleted.")
    await started.settle()
    assert (reply.text, labels(reply)) == ("🗑 Deleted.", [])
    assert [path.exists() for path in (sound, earlier, other)] == [False, False, True]
    for table in (Entry, Metric, Embedding, WordChunk, KnownWord, Journey, ModelCall, Part):
        assert not await started.rows(table)
    assert "secret" not in await everything(started)
    assert "gone for good" in await tap_undo(started, person, reply, entry)
    assert not await started.entries()


async def everything(world: World) -> str:
    """Every row of every table, as text."""
    found = []
    async with world.engine.connect() as connection:
        names = await connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        for name in names.all():
            rows = await connection.execute(text(f'SELECT CAST(t AS text) FROM "{name}" t'))  # noqa: S608
            found += [row[0] for row in rows]
    return "\n".join(found)


async def tap_undo(world: World, person: Person, reply: Message, entry: Entry) -> str:
    """A tap on an old screen that still shows the button."""
    forge(world, person, reply, f"del:undo:{entry.id.hex}")
    await world.settle()
    return person.chat.callback_answers[-1].text


async def test_an_undo_after_a_day_is_refused_even_before_it_is_gone(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    await deleted(started, person, reply)
    await let_a_day_pass(started)
    assert "gone for good" in await tap(started, person, reply, "Undo")
    [entry] = await started.entries()
    assert entry.deleted_at is not None


async def test_an_edit_of_a_message_whose_entry_is_gone_brings_nothing_back(started: World) -> None:
    person = started.person()
    parts = await person.pastes("A long story. " * 700)
    reply = await person.hears(lambda it: it.from_bot)
    await started.settle()
    await deleted(started, person, reply)
    await let_a_day_pass(started)
    await started.bot.ticks.purge_deleted()
    await started.settle()
    for part in parts:
        await person.edits(part, "Another story")
    await started.settle()
    assert not await started.entries()
    assert len(person.chat.bot_messages) == 1
    await person.writes("A new day")
    await started.settle()
    assert [entry.body for entry in await started.entries()] == ["A new day"]


async def test_raw_updates_with_odd_characters_are_blanked_too(started: World) -> None:
    person = started.person()
    reply = await answered(started, person, "A secret", NOTHING)
    kept = await answered(started, person, "This stays", NOTHING)
    async with started.sessions.begin() as session:
        row = (await session.scalars(select(Update).order_by(Update.update_id).limit(1))).one()
        row.payload = row.payload | {"message": row.payload["message"] | {"text": "secret \x00 \ud83d"}}
    await deleted(started, person, reply)
    await let_a_day_pass(started)
    await started.bot.ticks.purge_deleted()
    await started.settle()
    raw = [str(row.payload) for row in await started.rows(Update)]
    assert not [it for it in raw if "secret" in it]
    assert [it for it in raw if "This stays" in it]
    assert kept.text.startswith("I see.")


async def test_a_recording_that_cannot_be_deleted_is_tried_again_and_holds_up_nobody(
    started: World, caplog: pytest.LogCaptureFixture
) -> None:
    person = started.person()
    await spoken(started, person, "A secret")
    first = next(it for it in person.chat.bot_messages if "🎙" not in it.text)
    await deleted(started, person, first)
    second = await answered(started, person, "Another secret", NOTHING)
    await deleted(started, person, second)
    async with started.sessions.begin() as session:
        moved = update(Entry).where(Entry.kind == "voice").values(audio_file_url="s3://elsewhere/a.ogg")
        await session.execute(moved)
    await let_a_day_pass(started)
    await started.bot.ticks.purge_deleted()
    [left] = await started.entries()
    assert left.kind == "voice"
    assert "keeps its recording" in caplog.text
    assert "secret" not in caplog.text
    async with started.sessions.begin() as session:
        await session.execute(update(Entry).values(audio_file_url=None))
    await started.bot.ticks.purge_deleted()
    assert not await started.entries()


async def test_a_recording_without_words_comes_back_with_its_explanation(started: World) -> None:
    person = started.person()
    started.openai.heard = "  \n"
    await person.speaks(recording(1))
    reply = await person.hears("no words")
    await started.settle()
    before = reply.text
    await person.writes("/delete")
    asked = await person.hears("an entry without words")
    await tap(started, person, asked, "Delete")
    assert labels(reply) == ["Undo"]
    await tap(started, person, reply, "Undo")
    assert reply.text == before
    assert not await started.rows(Journey)
