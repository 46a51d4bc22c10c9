"""A password that is typed into the chat after /password: deleted, and never stored, logged, embedded or sent
to a model."""

import io
import json
import logging
import time

import pytest
from sqlalchemy import select

from bot import logs
from bot.playground.chat import Message
from bot.playground.person import Person
from db.models import Base
from tests.journeys.conftest import World
from tests.journeys.meeting import nothing_failed

SECRET = "hunter2-is-my-canary"


async def everything_stored(world: World) -> str:
    """All rows of all tables, as text."""
    tables = Base.metadata.sorted_tables
    assert len(tables) > 20
    async with world.engine.connect() as connection:
        rows = [(await connection.execute(select(it))).all() for it in tables]
    return "\n".join(repr(tuple(row)) for some in rows for row in some)


async def long_ago(world: World, person: Person) -> Message:
    """Telegram deletes nothing that is older than 48 hours."""
    world.telegram.world.clock = lambda: time.time() - 50 * 3600
    message = await person.writes(f"/password {SECRET}")
    world.telegram.world.clock = time.time
    return message


async def nothing_kept(world: World) -> None:
    assert SECRET not in await everything_stored(world)
    for server in (world.anthropic, world.openai):
        assert SECRET not in json.dumps([it.body for it in server.requests], default=str)
    assert not await world.entries()
    await nothing_failed(world)


@pytest.mark.parametrize(
    "typed",
    [
        f"/password {SECRET}",
        f"/PASSWORD {SECRET}",
        f"/Password\n{SECRET}",
        f"  \n\u200b/password {SECRET}",
        f"/password:{SECRET}",
        f"/password@daybook_bot {SECRET}",
        f"/password@another_bot {SECRET}",
        f"/password{SECRET}",
        f"/password\u00a0{SECRET} and more\nof it",
    ],
)
async def test_it_goes_at_once_and_nothing_of_it_stays(started: World, typed: str) -> None:
    person = started.person()
    message = await person.writes(typed)
    answer = await person.hears("I deleted that message")
    await started.settle()
    assert message.deleted
    assert "/account" in answer.text
    await nothing_kept(started)


async def test_in_the_midst_of_a_paste_the_rest_is_kept(started: World) -> None:
    person = started.person()
    message = await person.writes(f"A day by the sea\n/password {SECRET}\nand a swim")
    await person.hears("so I deleted the message")
    await started.settle()
    assert message.deleted
    assert [it.body for it in await started.entries()] == [
        f"A day by the sea\n/password {'•' * len(SECRET)}\nand a swim"
    ]
    assert SECRET not in await everything_stored(started)
    for server in (started.anthropic, started.openai):
        assert SECRET not in json.dumps([it.body for it in server.requests], default=str)
    await nothing_failed(started)


async def test_nor_in_a_caption(started: World) -> None:
    person = started.person()
    message = await person.sends_photo(caption=f"/password {SECRET}")
    await person.hears("I deleted that message")
    await started.settle()
    assert message.deleted
    await nothing_kept(started)


async def test_an_edit_that_says_one_leaves_the_entry_as_it_was(started: World) -> None:
    person = started.person()
    message = await person.writes("A day by the sea")
    await person.hears("A day by the sea")
    await started.settle()
    await person.edits(message, f"/password {SECRET}")
    await person.hears("I deleted that message")
    await started.settle()
    assert message.deleted
    assert [it.body for it in await started.entries()] == ["A day by the sea"]
    assert SECRET not in await everything_stored(started)


async def test_an_answer_to_such_a_message_does_not_bring_it_back(started: World) -> None:
    person = started.person()
    message = await long_ago(started, person)
    await person.hears("please delete it yourself")
    reply = await person.writes("what was that?", reply_to=message)
    await person.hears("what was that?")
    await started.settle()
    assert reply.reply_to == message.message_id
    stored = await everything_stored(started)
    assert SECRET not in stored
    assert "what was that?" in stored


async def test_whoever_cannot_delete_it_says_so(started: World) -> None:
    """As where the message came two days ago."""
    person = started.person()
    message = await long_ago(started, person)
    answer = await person.hears("please delete it yourself, now")
    await started.settle()
    assert not message.deleted
    assert "I haven't stored it" in answer.text
    await nothing_kept(started)


@pytest.mark.parametrize("fault", ["broken", "busy"])
async def test_telegram_in_trouble_is_asked_again(started: World, fault: str) -> None:
    person = started.person()
    started.telegram.fail(fault, "deleteMessage", times=2, retry_after=1)
    message = await person.writes(f"/password {SECRET}")
    await person.hears("I deleted that message")
    await started.settle()
    assert message.deleted


async def test_telegram_out_of_reach_is_told(started: World) -> None:
    person = started.person()
    started.telegram.fail("broken", "deleteMessage", times=9)
    await person.writes(f"/password {SECRET}")
    await person.hears("please delete it yourself, now")
    await started.settle()
    await nothing_kept(started)


async def test_what_its_person_deleted_meanwhile_is_deleted(started: World) -> None:
    person = started.person()
    held = started.telegram.fail("hold", "deleteMessage")
    message = await person.writes(f"/password {SECRET}")
    await started.telegram.until(lambda: held.met)
    person.chat.remove(message)
    held.release()
    await person.hears("I deleted that message")


async def test_in_a_group_nobody_but_an_administrator_may(started: World) -> None:
    person, group = started.person(), started.telegram.group()
    member = group.member(person)
    message = await member.writes(f"/password {SECRET}")
    answer = await member.hears("please delete it yourself, now")
    await started.settle()
    assert not message.deleted
    assert "Write to me in private" in answer.text
    await nothing_kept(started)


async def test_with_nothing_behind_it_the_account_is_shown(started: World) -> None:
    person = started.person()
    message = await person.writes("/password")
    await person.hears("Your account")
    await started.settle()
    assert not message.deleted


async def test_while_the_bot_asks_something_it_is_no_answer(started: World) -> None:
    person = started.person()
    await person.writes("/ask")
    await person.hears("What would you like to know?")
    await started.settle()
    await person.writes(f"/password {SECRET}")
    await person.hears("I deleted that message")
    await started.settle()
    await nothing_kept(started)


async def test_no_log_line_holds_it(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.TextFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    caplog.set_level(logging.DEBUG)
    try:
        await world.start()
        person = world.person()
        world.telegram.fail("broken", "deleteMessage", times=9)
        world.telegram.fail("broken", "sendMessage", times=1)
        await person.writes(f"/password {SECRET}")
        await person.hears("please delete it yourself")
        await world.settle()
    finally:
        root.removeHandler(handler)
    assert "is not deleted" in out.getvalue()
    assert SECRET not in out.getvalue()
    assert SECRET not in caplog.text


async def test_words_about_passwords_are_an_entry(started: World) -> None:
    person = started.person()
    for words in ("I forgot my password today", "see /password there", "password hunter2"):
        await person.writes(words)
        await person.hears(words)
    await started.settle()
    assert len(await started.entries()) == 3
