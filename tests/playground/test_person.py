"""The people's side: what they see, and how a test waits for it."""

import asyncio

import pytest
from telegram import Bot

from bot.playground.chat import Event
from bot.playground.errors import ApiRefused
from bot.playground.person import Person
from bot.playground.server import BotApiServer
from bot.playground.world import FIRST_PERSON_ID


async def test_a_long_paste_is_several_messages(bot: Bot, person: Person) -> None:
    paste = " ".join(f"word{number}" for number in range(1200))
    first, *more = await person.pastes(paste)
    assert len(more) == 2
    assert more[-1].date - first.date <= 1
    assert [update.message.text for update in await bot.get_updates() if update.message] == [
        message.text for message in person.chat.messages
    ]
    assert " ".join(message.text for message in person.chat.messages) == paste
    assert (await person.writes("  Hello \n")).text == "Hello"


async def test_hearing_begins_where_the_person_last_acted(bot: Bot, person: Person) -> None:
    asked = await person.writes("One")
    await bot.send_message(person.id, "To one")
    await person.writes("Two")
    hearing = asyncio.create_task(person.hears())
    sent = await bot.send_message(person.id, "To two")
    assert (await hearing).message_id == sent.message_id
    assert (await person.hears(since=asked)).text == "To one"
    await bot.edit_message_text("Better", person.id, person.chat.bot_messages[0].message_id)
    assert (await person.hears(lambda message: message.edits)).text == "Better"


async def test_waiting_ends(person: Person) -> None:
    with pytest.raises(TimeoutError):
        await person.hears("never", timeout=0.01)
    with pytest.raises(TimeoutError):
        await person.reacted(await person.writes("x"), timeout=0.01)


async def test_those_who_follow_a_chat_hear_of_everything(bot: Bot, person: Person) -> None:
    events: list[Event] = []
    stop = person.chat.follow(events.append)
    message = await person.writes("x")
    await bot.send_chat_action(person.id, "typing")
    await bot.send_message_draft(person.id, 1, "y")
    sent = await bot.send_message(person.id, "y")
    await bot.set_message_reaction(person.id, message.message_id, "👍")
    await bot.edit_message_text("z", person.id, sent.message_id)
    await bot.delete_message(person.id, sent.message_id)
    stop()
    await person.writes("x")
    assert [event.kind for event in events] == [
        "message", "action", "draft", "message", "reaction", "edit", "delete",
    ]  # fmt: skip


async def test_what_a_client_does_not_let_happen(person: Person) -> None:
    with pytest.raises(ValueError, match="empty"):
        await person.writes(" ")
    with pytest.raises(ApiRefused):
        await person.writes("\u202e")
    with pytest.raises(LookupError):
        await person.edits(5, "x")
    with pytest.raises(LookupError):
        await person.writes("x", reply_to=5)
    await person.blocks()
    with pytest.raises(ValueError, match="blocked"):
        await person.writes("x")


async def test_an_edit_to_the_same_text_tells_nobody(server: BotApiServer, person: Person) -> None:
    message = await person.writes("x")
    pending = server.world.updates.pending
    await person.edits(message, " x ")
    assert server.world.updates.pending == pending
    await person.edits(message, "y")
    assert server.world.updates.pending == pending + 1
    assert message.history == ["x", "y"]


async def test_people_keep_their_ids_from_one_server_to_the_next(server: BotApiServer) -> None:
    assert [server.person().id for _ in range(2)] == [FIRST_PERSON_ID, FIRST_PERSON_ID + 1]
    assert server.person(user_id=FIRST_PERSON_ID + 2).id == FIRST_PERSON_ID + 2
    assert server.person().id == FIRST_PERSON_ID + 3
    with pytest.raises(ValueError, match="already"):
        server.person(user_id=FIRST_PERSON_ID)


async def test_twenty_thousand_chats(bot: Bot, server: BotApiServer) -> None:
    people = [server.person() for _ in range(20_000)]
    for one in people:
        await one.writes("Hello")
    await bot.send_message(people[-1].id, "Hello")
    assert (await people[-1].hears()).text == "Hello"
    assert server.world.updates.pending == 20_000
