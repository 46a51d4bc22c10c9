"""Taps that no button of ours sends: each is answered at once, tried once, and changes nothing."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram.ext import CallbackQueryHandler

from bot.playground.chat import Message
from bot.playground.person import Person
from bot.telegram import application
from db.models import Metric, Outgoing, TelegramIdentity, Update, User

from .conftest import World

INACCESSIBLE = {"date": 0}
NOBODY = {"id": 5, "is_bot": False, "first_name": "Nobody"}


def patterns() -> list[str]:
    """Those of the table of handlers."""
    found = [it for it in application.handlers()[0] if isinstance(it, CallbackQueryHandler)]
    return [it.pattern.pattern for it in found if isinstance(it.pattern, re.Pattern)]


def forged(known: list[str]) -> list[str]:
    """Data that fits a pattern, with the id of a real entry in it or without, and data that fits none."""
    data: list[str] = []
    fitting = st.sampled_from(patterns()).flatmap(lambda it: st.from_regex(it, alphabet=st.characters()))
    ids = st.sampled_from(known)

    @settings(max_examples=120, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(it=fitting, known_id=ids, rubbish=st.text(min_size=1, max_size=64))
    def collect(it: str, known_id: str, rubbish: str) -> None:
        data.extend((it, re.sub("[0-9a-f]{32}", known_id, it), rubbish))

    collect()
    return [it for it in dict.fromkeys(data) if 0 < len(it.encode(errors="replace")) <= 64]


def sends(world: World, person: Person, message: Any, sender: Any = None, **more: Any) -> None:
    query = world.telegram.world.open_query(person.chat)
    tap = {"id": query.query_id, "from": sender or person.sender, "chat_instance": "1", **more}
    if message is not None:
        tap["message"] = message
    world.telegram.world.updates.add("callback_query", tap, lane=person.chat.id)


async def answered(world: World, person: Person) -> Message:
    world.anthropic.say("I see.")
    await person.writes("A day by the sea")
    reply = await person.hears("I see.")
    await world.settle()
    return reply


async def state(world: World) -> Any:
    entries = [(it.id, it.body, it.local_date, it.deleted_at, it.version) for it in await world.entries()]
    people = [(it.id, it.settings, it.time_zone, it.name) for it in await world.rows(User)]
    dialogs = [(it.telegram_id, it.dialog) for it in await world.rows(TelegramIdentity)]
    shown = [(it.slot, it.message_ids) for it in await world.rows(Outgoing) if it.message_ids]
    return entries, people, dialogs, shown, len(await world.rows(Metric))


async def all_went_well(world: World, taps: int) -> None:
    """Each was handled once, and answered."""
    assert {(row.attempts, row.error) for row in await world.rows(Update)} == {(1, None)}
    assert world.telegram.count("answerCallbackQuery") == taps


@pytest.mark.parametrize("more", [{}, {"data": ""}, {"game_short_name": "chess"}])
async def test_a_tap_without_data_is_answered(started: World, more: dict[str, Any]) -> None:
    person = started.person()
    reply = await answered(started, person)
    before = await state(started)
    sends(started, person, reply.payload, **more)
    sends(started, person, None, inline_message_id="abc", **more)
    await started.settle()
    assert await state(started) == before
    await all_went_well(started, 2)


async def test_whatever_data_says_it_is_answered_once(started: World) -> None:
    """In the person's own chat: what it asks for may be done, but nothing fails."""
    person = started.person()
    reply = await answered(started, person)
    [entry] = await started.entries()
    data = forged([entry.id.hex])
    assert len(data) > 150
    for it in data:
        sends(started, person, reply.payload, data=it)
    await started.settle()
    await all_went_well(started, len(data))
    assert len(await started.rows(User)) == 1


@pytest.mark.parametrize("place", ["group", "another", "inline", "stranger", "nobody"])
async def test_elsewhere_than_in_ones_own_chat_nothing_is_done(started: World, place: str) -> None:
    person, other = started.person(), started.person(first_name="Tom")
    mine = await answered(started, person)
    theirs = await answered(started, other)
    group = started.telegram.world.say(started.telegram.group().chat, {"text": "?"})
    message = {
        "group": group.payload,
        "another": theirs.payload,
        "inline": None,
        "stranger": mine.payload,
        "nobody": theirs.payload | INACCESSIBLE,
    }[place]
    sender = {"stranger": other.sender, "nobody": NOBODY}.get(place)
    before = await state(started)
    data = forged([it.id.hex for it in await started.entries()])
    for it in data:
        more = {"inline_message_id": "abc"} if message is None else {}
        sends(started, person, message, sender, data=it, **more)
    await started.settle()
    assert await state(started) == before
    await all_went_well(started, len(data))


async def test_a_tap_on_a_message_too_old_to_show_is_as_good_as_any(started: World) -> None:
    person = started.person()
    reply = await answered(started, person)
    [entry] = await started.entries()
    sends(started, person, reply.payload | INACCESSIBLE, data=f"num:menu::{entry.id.hex}")
    await started.settle()
    assert "Close" in [it.text for it in reply.buttons]
    await all_went_well(started, 1)
