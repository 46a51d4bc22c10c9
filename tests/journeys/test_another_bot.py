"""Two bots, one after the other, on one database: each counts its messages and its updates for itself."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from bot.playground.person import Person
from bot.playground.server import BotApiServer
from bot.telegram.takeover import aside, take_over
from db.models import Bot, Entry, Journey, Outgoing, Part, TelegramIdentity, Update
from db.queries import bots
from tests.recordings import recording

from .conftest import TOKEN, World
from .test_telegram_taps import forge

FIRST = 1_000
FORMER, PRESENT = 123456, 654321
PRESENT_TOKEN = f"{PRESENT}:test-token-of-another-bot"
MINA = 77

Servers = tuple[tuple[BotApiServer, Person], tuple[BotApiServer, Person]]


@pytest.fixture
async def servers() -> AsyncIterator[Servers]:
    """Both count from the same number on, and the same person writes to both."""
    async with (
        BotApiServer(token=TOKEN, first_id=FIRST) as former,
        BotApiServer(token=PRESENT_TOKEN, first_id=FIRST) as present,
    ):
        people = [it.person("Mina", language_code="en", user_id=MINA) for it in (former, present)]
        yield (former, people[0]), (present, people[1])


async def serve(world: World, bot: tuple[BotApiServer, Person]) -> Person:
    """Start the bot of this server; the person who writes to it."""
    server, person = bot
    await world.stop()
    # The claim of the former one runs out by itself.
    await world.let_time_pass()
    world.telegram = server
    token = TOKEN if server.world.bot_id == FORMER else PRESENT_TOKEN
    await world.start(telegram_bot_token=SecretStr(token), telegram_api_url=server.url)
    return person


async def bodies(world: World) -> list[str]:
    return [entry.body for entry in await world.entries()]


async def test_what_has_the_number_of_an_older_message_is_kept(world: World, servers: Servers) -> None:
    """Also what the former bot received and never handled."""
    mina = await serve(world, servers[0])
    first = await mina.writes("A day by the sea")
    await mina.hears("A day by the sea")
    await mina.writes("/ask")
    await mina.hears("What would you like to know?")
    await world.settle()
    await world.stop()
    late = await mina.writes("Sent as the former bot stopped")
    raw = {"update_id": 5_000, "message": late.payload}
    async with world.sessions.begin() as session:
        session.add(Update(update_id=5_000, chat_id=MINA, payload=raw))

    mina = await serve(world, servers[1])
    messages = [await mina.writes(f"A day in the hills {n}") for n in range(8)]
    await mina.hears("A day in the hills 7")
    await world.settle()
    assert {first.message_id, late.message_id} <= {it.message_id for it in messages}
    assert await bodies(world) == [
        "A day by the sea",
        "Sent as the former bot stopped",
        *(f"A day in the hills {n}" for n in range(8)),
    ]
    assert not [it for it in await world.entries() if it.is_question]
    said = [it.text for it in mina.chat.bot_messages]
    assert [sum(body in it for it in said) for body in (await bodies(world))[1:]] == [1] * 9
    assert {(row.attempts, row.error) for row in await world.rows(Update)} == {(1, None)}


async def test_an_edit_and_a_paste_mean_the_new_messages(world: World, servers: Servers) -> None:
    mina = await serve(world, servers[0])
    paste = "The harbour at six. " * 350
    await mina.pastes(paste)
    await world.settle()
    assert len(await world.rows(Part)) == 2
    async with world.sessions.begin() as session:
        await session.execute(update(Entry).values(written_at=Entry.written_at - timedelta(minutes=1)))
    mina = await serve(world, servers[1])
    again = await mina.writes("The hills")
    await mina.hears("The hills")
    await mina.edits(again, "The high hills")
    await world.settle()
    kept = await bodies(world)
    assert (len(kept), kept[-1]) == (2, "The high hills")
    assert kept[0].split() == paste.split()


async def test_buttons_of_the_former_bot_do_no_harm(world: World, servers: Servers) -> None:
    """They are tapped in its own chat, which it does not hear any more, or forged."""
    mina = await serve(world, servers[0])
    await mina.writes("A day by the sea")
    old = await mina.hears("A day by the sea")
    await world.settle()
    data = [button.data for button in old.buttons if button.data]
    mina = await serve(world, servers[1])
    await mina.writes("/help")
    help_ = await mina.hears(lambda it: it.from_bot)
    await mina.writes("A day in the hills")
    reply = await mina.hears("A day in the hills")
    await world.settle()
    before = (help_.text, reply.text)
    for it in data:
        forge(world, mina.sender, old.payload, it)
    await world.settle()
    assert (help_.text, reply.text) == before
    assert {(row.attempts, row.error) for row in await world.rows(Update)} == {(1, None)}
    # Its own buttons change its own messages.
    await (await mina.taps(reply, "⋯")).answered()
    await world.settle()
    assert "Close" in [it.text for it in reply.buttons]


async def test_what_waits_is_shown_by_the_bot_that_serves(world: World, servers: Servers) -> None:
    """A recording that waits for a transcriber, and a reply whose sending was cut short."""
    world.settings = world.settings.model_copy(update={"openai_api_key": None})
    mina = await serve(world, servers[0])
    await mina.speaks(recording(1, says="I slept badly"))
    await world.until_parked()
    await mina.writes("A day by the sea")
    await mina.hears("A day by the sea")
    await world.settle()
    await world.stop()
    async with world.sessions.begin() as session:
        reply = select(Outgoing.id).where(Outgoing.slot.endswith(":reply")).limit(1).scalar_subquery()
        content: dict[str, Any] = {"html": "Half said", "buttons": [], "reply_to": None}
        cut = update(Outgoing).where(Outgoing.id == reply)
        await session.execute(
            cut.values(state="sending", message_ids=[], content=content, after_message_id=FIRST + 900)
        )
    mina = await serve(world, servers[1])
    await mina.hears("Half said")
    await world.settle()
    assert len(await world.rows(Journey)) == 1
    assert {row.state for row in await world.rows(Outgoing)} == {"shown"}


async def test_the_same_bot_leaves_all_as_it_is(world: World, servers: Servers) -> None:
    mina = await serve(world, servers[0])
    await mina.writes("A day by the sea")
    await mina.hears("A day by the sea")
    await world.settle()
    before = [(it.message_id, it.reply_message_id) for it in await world.entries()]
    slots = {row.slot: row.message_ids for row in await world.rows(Outgoing)}
    for _ in range(2):
        await serve(world, servers[0])
    assert [(it.message_id, it.reply_message_id) for it in await world.entries()] == before
    assert {row.slot: row.message_ids for row in await world.rows(Outgoing)} == slots
    assert [row.id for row in await world.rows(Bot)] == [FORMER]


async def test_there_and_back_again_and_again(world: World, servers: Servers) -> None:
    """With something left in the inbox each time, in the same order."""
    await take_over(world.sessions, FORMER)
    for turn, bot_id in enumerate((PRESENT, FORMER, PRESENT)):
        async with world.sessions.begin() as session:
            for number in (1, 2, 3):
                about = {"message_id": number, "chat": {"id": MINA}, "text": f"{turn}:{number}\x00"}
                raw = {"update_id": number, "message": about | {"reply_to_message": {"message_id": 9}}}
                session.add(Update(update_id=number, chat_id=MINA, payload=raw))
            slots = [
                Outgoing(slot=f"update:{it}", purpose="answer", chat_id=MINA, state="shown") for it in (1, 2)
            ]
            session.add_all(slots)
        async with world.sessions.begin() as session:
            await session.execute(update(TelegramIdentity).values(dialog={"heard": 1}))
        await take_over(world.sessions, bot_id)
        await take_over(world.sessions, bot_id)
    rows = sorted(await world.rows(Update), key=lambda it: it.update_id)
    assert all(row.update_id == row.payload["update_id"] < 0 for row in rows)
    texts = [row.payload["message"]["text"] for row in rows]
    assert texts == [f"{turn}:{number}\x00" for turn in range(3) for number in (1, 2, 3)]
    assert {row.payload["message"]["reply_to_message"]["message_id"] for row in rows} == {-9}
    assert not [row for row in await world.rows(Outgoing) if not row.slot.startswith("left:")]
    assert {row.id for row in await world.rows(Bot)} == {FORMER, PRESENT}


async def test_replicas_that_start_together_take_over_once(world: World, servers: Servers) -> None:
    """The later one must not put aside what the earlier one received meanwhile."""
    await take_over(world.sessions, FORMER)
    async with world.sessions.begin() as held:
        assert await bots.may_look(held)
        waiting = asyncio.create_task(take_over(world.sessions, PRESENT))
        await bots.note(held, PRESENT)
        held.add(Update(update_id=1, chat_id=MINA, payload={}))
    await waiting
    assert [row.update_id for row in await world.rows(Update)] == [1]


def test_only_messages_are_put_aside() -> None:
    chat = {"id": 5, "photo": [{"file_id": "5"}]}
    expected = {"message": {"message_id": -5, "chat": chat}, "message_id": -5}
    assert aside({"message": {"message_id": 5, "chat": chat}, "message_id": -5}) == expected
    assert aside(expected) == expected


async def test_a_paste_is_one_entry_beside_those_of_the_former_bot(world: World, servers: Servers) -> None:
    mina = await serve(world, servers[0])
    await mina.writes("A day by the sea")
    await mina.hears("A day by the sea")
    await world.settle()
    mina = await serve(world, servers[1])
    await mina.pastes("The harbour at six. " * 350)
    await world.settle()
    assert len(await world.entries()) == 2
