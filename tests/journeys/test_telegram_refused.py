"""Telegram refuses how a message looks (400): its words arrive all the same."""

import logging

import pytest

from bot.playground.errors import ApiRefused, bad_request
from bot.playground.faults import Fault
from db.models import Outgoing

from .conftest import World, texts

SECRET = "a canary in the coal mine"


def refuse(world: World, method: str, reason: str, times: int = 1) -> Fault:
    refusal: ApiRefused = bad_request(reason)
    return world.telegram.faults.plan(Fault(kind="refuse", method=method, refusal=refusal, times=times))


@pytest.mark.parametrize(
    "reason", ["can't parse entities: unsupported start tag", "ENTITY_BOUNDS_INVALID", "something quite new"]
)
async def test_a_reply_whose_formatting_is_refused_arrives_as_plain_text(started: World, reason: str) -> None:
    person = started.person()
    refuse(started, "sendMessage", reason)
    started.anthropic.say("<b>Bold</b> words &amp; more")
    await person.writes("Hello")
    reply = await person.hears("Bold words & more")
    await started.settle()
    assert not reply.styled("bold")
    assert len(person.chat.bot_messages) == 1
    [row] = await started.rows(Outgoing)
    assert (row.state, row.message_ids) == ("shown", [reply.message_id])


async def test_a_question_whose_buttons_are_refused_arrives_without_them(world: World) -> None:
    await world.start(anthropic_api_key=None)
    person = world.person()
    refuse(world, "sendMessage", "BUTTON_DATA_INVALID")
    await person.writes("A long day")
    reply = await person.hears(lambda it: it.from_bot)
    await world.settle()
    assert not reply.buttons
    assert len(person.chat.bot_messages) == 1


async def test_an_edit_whose_formatting_is_refused_is_made_in_plain_text(started: World) -> None:
    person = started.person()
    message = await person.writes("Hello")
    first = await person.hears(lambda it: it.from_bot)
    await started.settle()
    refuse(started, "editMessageText", "can't parse entities")
    started.anthropic.say("<i>Better</i> so")
    await person.edits(message, "Hello there")
    await person.hears("Better so")
    await started.settle()
    assert [it.message_id for it in person.chat.bot_messages] == [first.message_id]
    assert not first.styled("italic")


async def test_what_is_refused_as_plain_text_too_is_given_up_and_its_text_stays_out_of_the_log(
    started: World, caplog: pytest.LogCaptureFixture
) -> None:
    person = started.person()
    refuse(started, "sendMessage", f"PEER_FLOOD {SECRET}", times=2)
    started.anthropic.say(SECRET)
    with caplog.at_level(logging.DEBUG, logger="bot"):
        await person.writes("Hello")
        await started.settle()
    [row] = await started.rows(Outgoing)
    assert (row.state, row.error) == ("failed", "refused")
    assert started.telegram.count("sendMessage") == 2
    assert "DeliveryRefused" in caplog.text
    assert SECRET not in caplog.text
    await person.writes("And again")
    await person.hears("And again")
    await started.settle()
    assert ["And again" in text for text in texts(person.chat.bot_messages)] == [True]
