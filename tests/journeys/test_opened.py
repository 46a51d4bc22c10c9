"""An entry that was opened again is corrected where it stands, also one that never got a reply."""

from sqlalchemy import delete, update

from bot.playground.chat import Message
from bot.playground.person import Person
from db.models import Entry, Outgoing

from .conftest import World
from .correcting import READ, TOLD, all_went_well, answered, counted, labels, tap


async def silently(world: World, person: Person) -> Message:
    """The entry of somebody who wants theirs only kept, opened from the history."""
    await person.writes("/settings")
    screen = await person.hears("Manner")
    await tap(world, person, screen, "Manner", "Just log it")
    world.anthropic.give(READ)
    mine = await person.writes(TOLD)
    await world.settle()
    return await opened(world, person, mine)


async def opened(world: World, person: Person, since: Message) -> Message:
    await person.writes("/history today")
    days = await person.hears("1 ·", since=since)
    await tap(world, person, days, "1")
    shown = await person.hears("📖", since=days)
    await world.settle()
    return shown


async def test_a_number_of_an_entry_without_a_reply_is_corrected(started: World) -> None:
    person = started.person()
    entry = await silently(started, person)
    assert labels(entry) == ["✎", "⋯"]
    before = entry.text
    assert before.endswith("mood 7/10 · slept 6.5 h")
    messages = len(person.chat.bot_messages)
    await tap(started, person, entry, "✎")
    assert "mood 7/10 — “Mood 7”" in entry.text
    assert await tap(started, person, entry, "+") == "mood 8/10"
    await tap(started, person, entry, "mood 8/10", "Other value")
    await person.writes("4")
    await person.hears("Noted: mood 4/10")
    await started.settle()
    assert entry.text == before.replace("mood 7", "mood 4")
    assert labels(entry) == ["✎", "⋯"]
    assert await counted(started) == {"mood": (4, "person", 7), "sleep_hours": (6.5, "model", 6.5)}
    # All of it in one place, but the word about what was typed.
    assert len(person.chat.bot_messages) == messages + 1
    await all_went_well(started)


async def test_its_day_too_and_it_can_be_deleted_and_come_back(started: World) -> None:
    person = started.person()
    entry = await silently(started, person)
    title = entry.text.splitlines()[0]
    await tap(started, person, entry, "⋯", "Another day")
    yesterday = next(it for it in labels(entry) if it.startswith("Yesterday"))
    await tap(started, person, entry, yesterday)
    assert entry.text.splitlines()[0] != title
    await tap(started, person, entry, "⋯", "Another day", "Another date…")
    await person.writes("today")
    await person.hears("Noted: this is about")
    await started.settle()
    assert entry.text.splitlines()[0] == title
    await tap(started, person, entry, "⋯", "🗑 Delete", "Keep")
    assert entry.text.splitlines()[0] == title
    await tap(started, person, entry, "⋯", "🗑 Delete", "Delete")
    [row] = await started.rows(Entry)
    assert row.deleted_at is not None
    await tap(started, person, entry, "Undo")
    [row] = await started.rows(Entry)
    assert row.deleted_at is None
    await all_went_well(started)


async def test_a_reply_shows_what_was_corrected_elsewhere(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    entry = await opened(started, person, reply)
    assert labels(entry) == ["💬 What I said", "✎", "⋯"]
    await tap(started, person, entry, "✎", "+")
    assert reply.text == "I see.\n\nmood 8/10 · slept 6.5 h"
    assert "mood 8/10 (I read 7)" in entry.text
    await tap(started, person, entry, "mood 8/10", "Remove")
    assert reply.text == "I see.\n\nslept 6.5 h"
    await tap(started, person, entry, "↩ mood 8/10", "Close")
    assert reply.text == "I see.\n\nmood 8/10 · slept 6.5 h"
    # And the menu under the reply opens there.
    await tap(started, person, reply, "⋯")
    assert labels(entry) == ["💬 What I said", "✎", "⋯"]
    assert labels(reply) == ["Numbers", "Another day", "🗑 Delete", "Close"]


async def test_what_was_opened_long_ago_is_answered_below_it(started: World) -> None:
    person = started.person()
    entry = await silently(started, person)
    async with started.sessions.begin() as session:
        await session.execute(delete(Outgoing).where(Outgoing.slot.endswith(":opened")))
    await tap(started, person, entry, "⋯")
    below = await person.hears("📖", since=entry)
    assert labels(below) == ["Numbers", "Another day", "🗑 Delete", "Close"]
    await tap(started, person, below, "Close")
    assert labels(below) == ["✎", "⋯"]


async def test_no_numbers_are_shown_where_the_words_ask_for_care(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    async with started.sessions.begin() as session:
        await session.execute(update(Entry).values(concern="acute"))
    entry = await opened(started, person, reply)
    assert labels(entry) == ["💬 What I said", "⋯"]
    assert entry.text.endswith("Mood 7, slept 6.5 <hours>")


async def test_an_answer_to_it_goes_on_with_the_entry(started: World) -> None:
    person = started.person()
    entry = await opened(started, person, await answered(started, person))
    await person.writes("And then it rained", reply_to=entry)
    await started.settle()
    first, then = sorted(await started.rows(Entry), key=lambda it: it.id)
    assert then.continues_id == first.id
