"""The person blocks the bot and comes back: nothing is tried in vain, and what they missed is shown once."""

import pytest

from bot.playground.person import Person
from db.models import Outgoing, TelegramIdentity

from .conftest import World, texts


async def misses_a_reply(world: World, person: Person) -> None:
    """Write an entry, and block the bot before it can answer."""
    world.anthropic.say("You missed this")
    await person.writes("Before I go")
    await person.blocks()
    await world.settle()
    [row] = await world.rows(Outgoing)
    assert (row.state, row.error) == ("failed", "blocked")
    assert not person.chat.bot_messages


async def test_the_missed_reply_comes_when_the_person_unblocks(started: World) -> None:
    person = started.person()
    await misses_a_reply(started, person)
    tries = started.telegram.count("sendMessage")
    await started.let_time_pass()
    await started.settle()
    assert started.telegram.count("sendMessage") == tries <= 1
    await person.unblocks()
    await person.hears("You missed this")
    await started.settle()
    assert texts(person.chat.bot_messages) == ["You missed this"]
    [entry] = await started.entries()
    assert entry.reply_message_id == person.chat.bot_messages[0].message_id


@pytest.mark.parametrize("words", ["/help", "Here again"])
async def test_whatever_they_write_brings_the_missed_reply_first(started: World, words: str) -> None:
    person = started.person()
    started.telegram.fail("forbidden", "sendMessage")
    started.anthropic.say("You missed this")
    await person.writes("Before I go")
    await started.until(Outgoing, lambda rows: any(row.error == "blocked" for row in rows))
    [identity] = await started.rows(TelegramIdentity)
    assert identity.blocked_at
    assert started.telegram.count("sendMessage") == 1
    await person.writes(words)
    await started.settle()
    shown = texts(person.chat.bot_messages)
    assert len(shown) == 2
    assert shown[0] == "You missed this"
    [identity] = await started.rows(TelegramIdentity)
    assert identity.blocked_at is None


async def test_a_short_answer_is_not_brought_up_again(started: World) -> None:
    person = started.person()
    await person.writes("Hello")
    await person.hears(lambda it: it.from_bot)
    await started.settle()
    await person.sends_sticker()
    await person.blocks()
    await started.settle()
    await person.unblocks()
    await started.settle()
    assert len(person.chat.bot_messages) == 1


async def test_a_reply_in_doubt_is_still_in_doubt_after_the_return(started: World) -> None:
    person = started.person()
    started.anthropic.say("Only once")
    started.telegram.fail("lost_answer", "sendMessage")
    started.telegram.fail("forbidden", "editMessageReplyMarkup")
    await person.writes("Hello")
    await started.until(Outgoing, lambda rows: any(row.error == "blocked" for row in rows))
    [row] = await started.rows(Outgoing)
    assert row.state == "unknown"
    await person.writes("/help")
    await started.settle()
    assert texts(person.chat.bot_messages)[0] == "Only once"
    assert len(person.chat.bot_messages) == 2


async def test_a_long_reply_goes_on_where_it_was_cut_off(started: World) -> None:
    person = started.person()
    await person.writes("first")
    await person.hears(lambda it: it.from_bot)
    await started.settle()
    started.anthropic.say("word " * 2000)
    held = started.telegram.fail("hold", "sendMessage")
    await person.writes("Hello")
    await started.telegram.until(lambda: held.met)
    started.telegram.fail("forbidden", "sendMessage")
    held.release()
    await started.until(Outgoing, lambda rows: any(row.error == "blocked" for row in rows))
    assert len(person.chat.bot_messages) == 2
    await person.blocks()
    await person.unblocks()
    await started.settle()
    assert " ".join(texts(person.chat.bot_messages)[1:]).split() == ["word"] * 2000


async def test_a_chat_that_does_not_exist_is_closed_like_a_blocked_one(started: World) -> None:
    person = started.person()
    await person.writes("Hello")
    chats = started.telegram.world._chats
    chat = chats.pop(person.id)
    await started.until(Outgoing, lambda rows: any(row.error == "blocked" for row in rows))
    [identity] = await started.rows(TelegramIdentity)
    assert identity.blocked_at
    chats[person.id] = chat
    await person.writes("/help")
    await started.settle()
    assert len(person.chat.bot_messages) == 2
