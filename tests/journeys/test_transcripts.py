"""Better words for what was heard in a recording."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from db.models import Entry, Outgoing, TelegramIdentity, Update
from tests.recordings import recording

from .conftest import World
from .correcting import labels, spoken, tap


async def test_a_transcript_is_fixed_by_a_reply_and_travels_again(started: World) -> None:
    person = started.person()
    started.anthropic.say("First.")
    shown = await spoken(started, person, "I slept sadly", caption="Monday")
    assert labels(shown) == ["✎ Fix"]
    started.anthropic.say("Second.")
    fix = await person.writes("I slept badly & <woke>", reply_to=shown)
    await person.hears("I have your words now")
    await person.hears(lambda it: it.text.startswith("Second."), since=fix)
    await started.settle()
    [entry] = await started.entries()
    assert (entry.body, entry.transcript) == ("Monday\n\nI slept badly & <woke>", "I slept sadly")
    assert (entry.version, entry.caption) == (2, "Monday")
    assert shown.styled("expandable_blockquote") == ["I slept badly & <woke>"]
    assert "What you said" in shown.text
    assert all((entry.embedded_at, entry.extracted_at, entry.coached_at))
    # Transcript, reply, thanks: the reply was edited in its place.
    assert [it.text.split()[0] for it in person.chat.bot_messages] == ["🎙", "Second.", "Thank"]
    uploads = [it for it in started.openai.requests if "file" in it.body]
    assert len(uploads) == 1
    await person.writes("I slept badly, again", reply_to=shown)
    await started.settle()
    [entry] = await started.entries()
    assert (entry.body, entry.transcript) == ("Monday\n\nI slept badly, again", "I slept sadly")
    assert (entry.version, shown.styled("expandable_blockquote")) == (3, ["I slept badly, again"])


async def test_a_transcript_is_fixed_by_its_button(started: World) -> None:
    person = started.person()
    shown = await spoken(started, person)
    await tap(started, person, shown, "✎ Fix")
    assert "next message" in shown.text
    await tap(started, person, shown, "Never mind")
    assert labels(shown) == ["✎ Fix"]
    await person.writes("This is a new entry")
    await started.settle()
    assert len(await started.entries()) == 2
    await tap(started, person, shown, "✎ Fix")
    await person.writes("I slept madly")
    await person.hears("I have your words now")
    await started.settle()
    first, _ = await started.entries()
    assert (first.body, first.transcript, first.version) == ("I slept madly", "I slept badly", 2)
    await person.writes("And this is one more")
    await started.settle()
    assert len(await started.entries()) == 3


async def test_grave_words_that_are_asked_for_are_the_transcript(started: World) -> None:
    """Once, also where a crash has the message handled again."""
    person = started.person()
    grave = "I want to kill myself tonight"
    shown = await spoken(started, person)
    await tap(started, person, shown, "✎ Fix")
    await person.writes(grave)
    await person.hears("I have your words now")
    await started.settle()
    async with started.sessions.begin() as session:
        latest = select(func.max(Update.update_id)).scalar_subquery()
        await session.execute(update(Update).where(Update.update_id == latest).values(done_at=None))
    await started.let_time_pass()
    await started.all_done()
    [entry] = await started.entries()
    assert (entry.body, entry.transcript, entry.concern) == (grave, "I slept badly", "acute")
    assert len([it for it in person.chat.bot_messages if "emergency" in it.text.lower()]) == 1


async def test_the_words_asked_for_are_waited_for_only_a_while(started: World) -> None:
    person = started.person()
    shown = await spoken(started, person)
    await tap(started, person, shown, "✎ Fix")
    async with started.sessions.begin() as session:
        identity = (await session.scalars(select(TelegramIdentity))).one()
        long_ago = datetime.now(UTC) - timedelta(minutes=11)
        identity.dialog = (identity.dialog or {}) | {"at": long_ago.isoformat()}
    await person.writes("A new day")
    await started.settle()
    assert [entry.body for entry in await started.entries()] == ["I slept badly", "A new day"]


@pytest.mark.parametrize("text", ["\u200b", "\u2060 \u200b", "I slept badly"])
async def test_an_empty_fix_or_the_same_words_change_nothing(started: World, text: str) -> None:
    person = started.person()
    shown = await spoken(started, person)
    await person.writes(text, reply_to=shown)
    await person.hears(lambda it: "no words in that" in it.text or "just what I have" in it.text)
    await started.settle()
    [entry] = await started.entries()
    assert (entry.body, entry.version) == ("I slept badly", 1)


async def test_a_fix_while_the_old_words_are_coached_leaves_no_stale_reply(started: World) -> None:
    person = started.person()
    started.anthropic.delay = 0.3
    await person.speaks(recording(1, says="I hate it here"))
    shown = await person.hears("What I heard")
    # Nobody replies before the bot has heard that its message is there.
    await started.until(Outgoing, lambda rows: any(shown.message_id in it.message_ids for it in rows))
    await person.writes("I ate it here", reply_to=shown)
    await person.hears(lambda it: "I ate it here" in it.text and "🎙" not in it.text)
    await started.settle()
    [entry] = await started.entries()
    assert (entry.body, entry.version) == ("I ate it here", 2)
    assert not [it for it in person.chat.bot_messages if "hate" in it.text]


async def test_a_reply_to_any_other_message_is_an_entry(started: World) -> None:
    person = started.person()
    await spoken(started, person)
    reply = next(it for it in person.chat.bot_messages if "🎙" not in it.text)
    await person.writes("It was the neighbours", reply_to=reply)
    await person.writes("It was the dog", reply_to=person.chat.messages[0])
    await started.settle()
    bodies = [entry.body for entry in await started.entries()]
    assert bodies == ["I slept badly", "It was the neighbours", "It was the dog"]


async def test_a_fix_that_is_edited_later_becomes_no_entry(started: World) -> None:
    person = started.person()
    shown = await spoken(started, person)
    fix = await person.writes("I slept madly", reply_to=shown)
    await started.settle()
    await person.edits(fix, "I slept gladly")
    await started.settle()
    assert [entry.body for entry in await started.entries()] == ["I slept madly"]


async def test_a_caption_that_is_edited_keeps_the_corrected_words(started: World) -> None:
    person = started.person()
    shown = await spoken(started, person, "I slept sadly", caption="Monday")
    await person.writes("I slept badly", reply_to=shown)
    await started.settle()
    await person.edits(person.chat.messages[0], "Tuesday")
    await started.settle()
    [entry] = await started.entries()
    assert (entry.body, entry.transcript, entry.version) == ("Tuesday\n\nI slept badly", "I slept sadly", 3)


async def test_menus_reach_entries_of_any_kind(started: World) -> None:
    person = started.person()
    await spoken(started, person)
    reply = next(it for it in person.chat.bot_messages if "🎙" not in it.text)
    await tap(started, person, reply, "⋯", "Numbers")
    assert "no numbers" in reply.text
    assert labels(reply) == ["Add a number", "Close"]
    async with started.sessions.begin() as session:
        await session.execute(update(Entry).values(reply=None))
    assert await tap(started, person, reply, "Close") == ""
