"""What a question that stands open may take for its answer, and what it must leave alone."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import func, select, update

from bot.playground.chat import Message
from bot.playground.person import Person
from db.models import Metric, TelegramIdentity, Update
from tests.recordings import recording

from .conftest import World
from .test_telegram_taps import forge

NOTHING_READ = {"language": "en", "metrics": [], "asks_about_past": False}
READ = {"language": "en", "metrics": [{"name": "mood", "value": 8, "quote": "mood 8"}]}
ASKS = {"/search": "What are you looking for?", "/ask": "What would you like to know?"}
LINE = "Tea with Anna, mood 8"


async def asked(world: World, person: Person, command: str) -> Message:
    """The question that the command without words asks."""
    await person.writes(command)
    question = await person.hears(ASKS[command])
    await world.settle()
    return question


async def told(world: World, person: Person, text: str = "A day by the sea") -> Message:
    """The reply to an entry."""
    await person.writes(text)
    reply = await person.hears(text)
    await world.settle()
    return reply


async def bodies(world: World) -> list[str]:
    return [entry.body for entry in await world.entries() if not entry.is_question]


async def waits(world: World) -> bool:
    return any("ask" in (row.dialog or {}) for row in await world.rows(TelegramIdentity))


async def once_more(world: World) -> None:
    """The last update is handled again, as after a crash right before its end."""
    async with world.sessions.begin() as session:
        last = await session.scalar(select(func.max(Update.update_id)))
        await session.execute(update(Update).where(Update.update_id == last).values(done_at=None))
    await world.let_time_pass()
    await world.settle()


async def speaks(person: Person, _: Message) -> None:
    await person.speaks(recording(1, says="I slept badly"))


async def forwards(person: Person, _: Message) -> None:
    await person.forwards("A poem that somebody wrote")


async def commands(person: Person, _: Message) -> None:
    await person.writes("/help")


async def pictures(person: Person, _: Message) -> None:
    await person.sends_photo()


async def presses(person: Person, reply: Message) -> None:
    await (await person.taps(reply, "⋯")).answered()


async def writes_much(person: Person, _: Message) -> None:
    await person.writes("Today I walked along the canal for hours. " * 20)


async def replies_to_another(person: Person, reply: Message) -> None:
    await person.writes("And then we swam", reply_to=reply)


async def is_not_well(person: Person, _: Message) -> None:
    await person.writes("I want to kill myself")


Act = Callable[[Person, Message], Awaitable[None]]
OTHER = (speaks, forwards, commands, pictures, presses, writes_much, replies_to_another, is_not_well)


@pytest.mark.parametrize("act", OTHER)
@pytest.mark.parametrize("command", ASKS)
async def test_only_the_very_next_message_answers(started: World, command: str, act: Act) -> None:
    person = started.person()
    reply = await told(started, person)
    await asked(started, person, command)
    await act(person, reply)
    await started.settle()
    assert not await waits(started)
    await person.writes(LINE)
    await started.settle()
    assert (await bodies(started))[-1] == LINE
    assert not [it for it in await started.entries() if it.is_question]


async def test_an_edit_of_an_earlier_message_leaves_the_question_open(started: World) -> None:
    person = started.person()
    await told(started, person)
    await asked(started, person, "/search")
    await person.edits(person.chat.messages[0], "A day at the lake")
    await started.settle()
    await person.writes("lake")
    await person.hears("🔎")


async def test_cancel_still_knows_of_the_question(started: World) -> None:
    person = started.person()
    await asked(started, person, "/ask")
    await person.writes("/cancel")
    await person.hears("never mind")


async def test_what_was_searched_for_becomes_an_entry_once(started: World) -> None:
    person = started.person()
    await told(started, person)
    await asked(started, person, "/search")
    message = await person.writes(LINE)
    screen = await person.hears("🔎")
    await started.settle()
    assert len(await bodies(started)) == 1
    started.anthropic.give(READ)
    started.anthropic.say("So tea it was.")
    taps = [await person.taps(screen, "✍ That was an entry") for _ in range(2)]
    for tap in taps:
        await tap.answered()
    reply = await person.hears("So tea it was.")
    await started.settle()
    await once_more(started)
    [_, entry] = await started.entries()
    assert (entry.body, entry.message_id, entry.version) == (LINE, message.message_id, 1)
    assert int(entry.written_at.timestamp()) == message.payload["date"]
    assert all((entry.embedded_at, entry.extracted_at, entry.coached_at))
    assert reply.text == "So tea it was.\n\nmood 8/10"
    assert await person.reacted(message) == ("✍",)
    assert (screen.text, screen.buttons) == ("It is kept as an entry.", [])
    # It is an entry in every respect: an edit changes it.
    await person.edits(message, f"{LINE}, and cake")
    await started.settle()
    assert (await bodies(started))[-1] == f"{LINE}, and cake"
    assert {(row.error) for row in await started.rows(Update)} == {None}


async def test_nobody_makes_an_entry_of_anothers_words(started: World) -> None:
    mina, tom = started.person(), started.person(first_name="Tom")
    own = await told(started, tom)
    await asked(started, mina, "/search")
    message = await mina.writes(LINE)
    screen = await mina.hears("still empty")
    await started.settle()
    forge(started, tom.sender, own.payload, f"was:{message.message_id}")
    forge(started, tom.sender, screen.payload, f"was:{message.message_id}")
    await started.settle()
    assert await bodies(started) == ["A day by the sea"]
    await (await mina.taps(screen, "✍ That was an entry")).answered()
    await started.settle()
    assert await bodies(started) == ["A day by the sea", LINE]


async def test_what_was_asked_becomes_an_entry_once(started: World) -> None:
    person = started.person()
    await asked(started, person, "/ask")
    started.anthropic.say("Nothing in your diary tells.")
    await person.writes(LINE)
    reply = await person.hears("Nothing in your diary tells.")
    await started.settle()
    assert not await bodies(started)
    assert not await started.rows(Metric)
    started.anthropic.give(READ)
    started.anthropic.say("So tea it was.")
    taps = [await person.taps(reply, "✍ That was an entry") for _ in range(2)]
    for tap in taps:
        assert (await tap.answered()).text == "It is kept as an entry."
    await person.hears("So tea it was.")
    await started.settle()
    await once_more(started)
    [entry] = await started.entries()
    assert (entry.body, entry.is_question, entry.version) == (LINE, False, 2)
    assert reply.text == "So tea it was.\n\nmood 8/10"
    assert [button.text for button in reply.buttons] == ["✎", "⋯"]
    assert len(await started.rows(Metric)) == 1


async def test_a_question_hides_the_way_back_in_its_menu(started: World) -> None:
    person = started.person()
    started.anthropic.say("On Monday.")
    await person.writes("/ask When did I last see Anna?")
    reply = await person.hears("On Monday.")
    await started.settle()
    assert [button.text for button in reply.buttons] == ["⋯"]
    await (await person.taps(reply, "⋯")).answered()
    await started.settle()
    assert "✍ That was an entry" in [button.text for button in reply.buttons]


async def test_what_the_analyst_takes_for_a_question_can_be_an_entry_all_the_same(started: World) -> None:
    person = started.person()
    started.anthropic.give(NOTHING_READ | {"asks_about_past": True})
    started.anthropic.say("I looked.")
    await person.writes("I wonder when I last slept well")
    reply = await person.hears("I looked.")
    await started.settle()
    assert not await bodies(started)
    # It would say so again if it were asked.
    started.anthropic.give(NOTHING_READ | {"asks_about_past": True})
    started.anthropic.say("Good to wonder.")
    await (await person.taps(reply, "✍ That was an entry")).answered()
    await person.hears("Good to wonder.")
    await started.settle()
    assert await bodies(started) == ["I wonder when I last slept well"]


@pytest.mark.parametrize(
    ("buttons", "answer"),
    [(["✎", "mood 8/10", "Other value"], "7"), (["⋯", "Another day", "Another date…"], "yesterday")],
)
async def test_a_reply_to_some_other_message_corrects_nothing(
    started: World, buttons: list[str], answer: str
) -> None:
    person = started.person()
    other = await told(started, person)
    started.anthropic.give(READ)
    started.anthropic.say("So tea it was.")
    await person.writes(LINE)
    reply = await person.hears("So tea it was.")
    await started.settle()
    for button in buttons:
        await (await person.taps(reply, button)).answered()
        await started.settle()
    await person.writes(answer, reply_to=other)
    await started.settle()
    entries = await started.entries()
    assert [it.body for it in entries] == ["A day by the sea", LINE, answer]
    assert not entries[1].day_is_chosen
    assert [row.value for row in await started.rows(Metric)] == [8]
    # The question is still open, for a reply to its own screen too.
    await person.writes(answer, reply_to=reply)
    await person.hears("Noted: ")
    await started.settle()
    assert len(await started.entries()) == 3
