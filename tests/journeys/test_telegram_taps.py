"""Taps on the numbers of a check-in: kept once, for the person's own entry only."""

from typing import Any

import pytest

from bot.playground.chat import Message
from bot.playground.person import Person
from db.models import Metric, Update

from .conftest import World
from .meeting import button_of


async def asked(world: World, person: Person) -> Message:
    """The message with which the offline coach asks for a number."""
    await world.start(anthropic_api_key=None)
    await person.writes("A long day")
    reply = await person.hears(numbers)
    await world.settle()
    return reply


def numbers(message: Message) -> list[str]:
    """The data of the buttons that answer the question, one a number."""
    data = [button.data or "" for button in message.buttons]
    return [it for it in data if it.startswith("check:")]


def number(message: Message, value: int) -> str:
    return next(data for data in numbers(message) if data.split(":")[2] == str(value))


def forge(world: World, sender: Any, message: Any, data: str, **more: Any) -> None:
    """A tap as a changed client may send it."""
    query = world.telegram.world.open_query(world.person().chat)
    tap = {"id": query.query_id, "from": sender, "chat_instance": "1", "data": data, **more}
    if message is not None:
        tap["message"] = message
    world.telegram.world.updates.add("callback_query", tap, lane=sender["id"])


async def said(world: World) -> list[tuple[str, float, str]]:
    return [(row.name, row.value, row.source) for row in await world.rows(Metric)]


async def test_a_tap_is_kept_and_takes_the_buttons_away(world: World) -> None:
    person = world.person()
    reply = await asked(world, person)
    tap = await person.taps(reply, "7")
    assert "7" in (await tap.answered()).text
    await world.settle()
    [(_, value, source)] = await said(world)
    assert (value, source) == (7, "person")
    assert not numbers(reply)


async def test_what_was_asked_and_left_open_is_not_asked_again_that_day(world: World) -> None:
    person = world.person()
    await world.start(anthropic_api_key=None)
    names: list[str | None] = []
    for told in ("Mood 6, a long day", "The balcony was quiet", "Soup, and early to bed"):
        await person.writes(told)
        await world.settle()
        [entry] = [it for it in await world.entries() if it.body == told]
        names.append(entry.reply_check_in)
    assert names == ["energy", "stress", "sleep_quality"]


async def test_of_two_taps_the_later_one_counts(world: World) -> None:
    person = world.person()
    reply = await asked(world, person)
    await person.taps(reply, "7")
    last = await person.taps(reply, "4")
    await last.answered()
    await world.settle()
    assert [value for _, value, _ in await said(world)] == [4]
    assert all(row.attempts == 1 for row in await world.rows(Update))


async def test_a_tap_on_a_message_that_was_deleted_is_kept(world: World) -> None:
    person = world.person()
    reply = await asked(world, person)
    await person.deletes(reply)
    tap = await person.taps(reply, "7")
    await tap.answered()
    await world.settle()
    assert [value for _, value, _ in await said(world)] == [7]
    assert all(row.attempts == 1 and row.error is None for row in await world.rows(Update))


@pytest.mark.parametrize("by", ["tap", "reply"])
async def test_who_is_quicker_than_the_answer_of_telegram_is_understood(started: World, by: str) -> None:
    person = started.person()
    late = started.telegram.fail("late_answer", "sendMessage")
    await person.writes("/settings" if by == "tap" else "A long day")
    message = await person.hears(lambda it: it.from_bot)
    if by == "tap":
        await person.taps(message, button_of(message, "Manner"))
    else:
        await person.writes("It was the heat", reply_to=message)
    await started.until(
        Update, lambda rows: len(rows) == 2 and bool(rows[-1].lease_token or rows[-1].done_at)
    )
    late.release()
    await started.settle()
    if by == "tap":
        assert person.chat.bot_messages == [message]
        assert "listener" in message.text.casefold()
    else:
        first, second = await started.entries()
        assert second.continues_id == first.id


async def test_nobody_can_answer_for_another_persons_entry(world: World) -> None:
    mina, tom = world.person(), world.person(first_name="Tom")
    reply = await asked(world, mina)
    data = number(reply, 7)
    await tom.writes("My own day")
    own = await tom.hears(lambda it: it.from_bot)
    await world.settle()
    forge(world, tom.sender, own.payload, data)
    forge(world, {"id": 5, "is_bot": False, "first_name": "Nobody"}, own.payload, data)
    await world.settle()
    assert not await said(world)
    assert numbers(reply)
    assert all(row.attempts == 1 and row.error is None for row in await world.rows(Update))


@pytest.mark.parametrize("change", [":99:", ":11:", ":0:"])
async def test_a_number_that_nobody_was_asked_for_is_not_kept(world: World, change: str) -> None:
    person = world.person()
    reply = await asked(world, person)
    name = number(reply, 7).split(":")
    forge(world, person.sender, reply.payload, f"check:{name[1]}{change}{name[3]}")
    forge(world, person.sender, reply.payload, f"check:nonsense:7:{name[3]}")
    await world.settle()
    assert not await said(world)


async def test_a_tap_outside_a_private_chat_changes_nothing_there(world: World) -> None:
    person, group = world.person(), world.telegram.group()
    reply = await asked(world, person)
    data = number(reply, 7)
    elsewhere = world.telegram.world.say(group.chat, {"text": "?"})
    touched = world.telegram.count("editMessageReplyMarkup")
    forge(world, person.sender, elsewhere.payload, data)
    forge(world, person.sender, None, data, inline_message_id="abc")
    forge(world, person.sender, reply.payload, "something old")
    await world.settle()
    assert not await said(world)
    assert world.telegram.count("editMessageReplyMarkup") == touched
    assert numbers(reply)
    assert world.telegram.count("answerCallbackQuery") == 3
    assert all(row.attempts == 1 and row.error is None for row in await world.rows(Update))
