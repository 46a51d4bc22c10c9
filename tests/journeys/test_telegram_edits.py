"""An entry follows what its message says now, whatever it is edited into."""

import pytest

from bot.playground.chat import Message
from db.models import Embedding, Metric, Update

from .conftest import World


def take_caption_away(world: World, message: Message) -> None:
    """As clients do: the message keeps its picture and loses its words."""
    kept = {name: value for name, value in message.payload.items() if not name.startswith("caption")}
    message.chat.change(message, {**kept, "edit_date": world.telegram.world.now()})
    world.telegram.world.updates.add("edited_message", message.payload, lane=message.chat.id)


async def test_an_entry_that_is_edited_into_a_command_says_the_command(started: World) -> None:
    person = started.person()
    message = await person.writes("Mood 7")
    first = await person.hears(lambda it: it.from_bot)
    await started.settle()
    started.anthropic.say("What is a foo?")
    await person.edits(message, "/foo and nothing else")
    await person.hears("What is a foo?")
    await started.settle()
    [entry] = await started.entries()
    assert (entry.version, entry.body) == (2, "/foo and nothing else")
    assert [it.message_id for it in person.chat.bot_messages] == [first.message_id]
    assert not await started.rows(Metric)


async def test_a_mistyped_command_does_not_become_an_entry_by_an_edit(started: World) -> None:
    person = started.person()
    message = await person.writes("/hlep")
    await person.hears("/help")
    await person.edits(message, "/help")
    await started.settle()
    assert not await started.entries()
    assert "send it once more" in person.chat.bot_messages[-1].text
    assert len(person.chat.bot_messages) == 2


async def test_a_command_that_is_edited_into_words_is_a_new_entry(started: World) -> None:
    person = started.person()
    message = await person.writes("/hlep")
    await person.hears("/help")
    await person.edits(message, "Today was long")
    await person.hears("Today was long")
    await started.settle()
    [entry] = await started.entries()
    assert (entry.body, entry.message_id) == ("Today was long", message.message_id)


async def test_a_caption_that_is_added_later_is_a_new_entry(started: World) -> None:
    person = started.person()
    message = await person.sends_photo()
    await person.hears("can't see pictures")
    await person.edits(message, "The lake at six")
    await person.hears("The lake at six")
    await started.settle()
    [entry] = await started.entries()
    assert (entry.kind, entry.body, entry.message_id) == ("photo", "The lake at six", message.message_id)


async def test_a_caption_that_is_taken_away_leaves_an_entry_without_words(started: World) -> None:
    person = started.person()
    started.anthropic.give({"language": "en", "metrics": [{"name": "mood", "value": 9, "quote": "mood 9"}]})
    message = await person.sends_photo(caption="The lake, mood 9")
    first = await person.hears(lambda it: it.from_bot)
    await started.settle()
    assert await started.rows(Metric)
    assert await started.rows(Embedding)
    asked = len(started.anthropic.requests)
    take_caption_away(started, message)
    await person.hears("can't see pictures")
    await started.settle()
    [entry] = await started.entries()
    assert (entry.version, entry.body, entry.caption) == (2, "", None)
    assert [it.message_id for it in person.chat.bot_messages] == [first.message_id]
    assert not await started.rows(Metric)
    assert not await started.rows(Embedding)
    assert len(started.anthropic.requests) == asked
    await person.edits(message, "The lake after all")
    await person.hears("The lake after all")
    await started.settle()
    [entry] = await started.entries()
    assert (entry.version, entry.body) == (3, "The lake after all")


async def test_an_edit_of_what_is_no_entry_changes_nothing(started: World) -> None:
    person = started.person()
    message = await person.sends_photo()
    await person.hears("can't see pictures")
    take_caption_away(started, message)
    await started.settle()
    assert not await started.entries()
    assert len(person.chat.bot_messages) == 1
    assert [row.attempts for row in await started.rows(Update)] == [1, 1]


@pytest.mark.parametrize("words", ["Mood 2, honestly", "/foo"])
async def test_no_typing_is_shown_after_the_reply_is_edited(started: World, words: str) -> None:
    person = started.person()
    message = await person.writes("Mood 7")
    await person.hears(lambda it: it.from_bot)
    await started.settle()
    await person.edits(message, words)
    await started.settle()
    methods = [call.method for call in started.telegram.calls]
    last_typing = len(methods) - 1 - methods[::-1].index("sendChatAction")
    assert last_typing < methods.index("editMessageText")
