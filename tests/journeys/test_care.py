"""Words of crisis get help at once, whatever else works, and the entry is kept and answered with care."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.journal import corrections, deletion
from bot.journal.care import OVERLAP, WINDOW, concern_of
from bot.journal.phrases_correcting import day as short_day
from db.models import DailyScore, Entry, Goal, Metric, Outgoing, Reminder
from db.queries import entries, people, preferences
from tests.recordings import recording
from tests.vendors import Fault, status

from .conftest import World
from .evenings import Minds, reading
from .past import past_of

GRAVE = "I don't want to live anymore. I have written the letters."
CARD = "emergency"


async def test_the_card_comes_with_every_mind_down_and_the_entry_is_kept(started: World) -> None:
    person = started.person()
    started.anthropic.always = Fault(kind="stall")
    started.openai.always = status(500)
    message = await person.writes(GRAVE)
    card = await person.hears(lambda it: CARD in it.text.lower())
    assert message.bot_reactions == ("✍",) or await person.reacted(message) == ("✍",)
    [entry] = await started.entries()
    assert (entry.body, entry.concern) == (GRAVE, "acute")
    assert not entry.coached_at
    assert "findahelpline" in str(card.payload)


async def test_the_card_comes_before_the_coach_who_knows_of_it(started: World) -> None:
    person = started.person()
    started.anthropic.say("I'm glad you told me. Is somebody near you?")
    await person.writes(GRAVE)
    await person.hears("I'm glad you told me.")
    await started.settle()
    card, reply = person.chat.bot_messages
    assert CARD in card.text.lower()
    assert reply.text == "I'm glad you told me. Is somebody near you?"
    assert 'concern="acute"' in str(started.anthropic.requests[-1].body["messages"])


async def test_without_a_model_the_card_stands_alone(world: World) -> None:
    await world.start(anthropic_api_key=None, openai_api_key=None)
    person = world.person()
    await person.writes(GRAVE)
    await world.settle()
    [card] = person.chat.bot_messages
    assert CARD in card.text.lower()
    [entry] = await world.entries()
    assert entry.coached_at
    assert entry.reply is None
    # Nor is anybody asked for a number on that day.
    await person.writes("I had some soup")
    reply = await person.hears(lambda it: it.from_bot, since=card)
    await world.settle()
    assert "1 to 10" not in reply.text
    assert not any("7" in it.text for it in reply.buttons)


async def test_a_model_that_refuses_is_not_what_the_person_hears(started: World) -> None:
    person = started.person()
    started.anthropic.give({"language": "en", "metrics": [], "asks_about_past": False, "concern": "acute"})
    started.anthropic.always = Fault(kind="refusal")
    await person.writes(GRAVE)
    await started.settle()
    [card] = person.chat.bot_messages
    assert CARD in card.text.lower()


async def test_what_is_spoken_is_looked_at_too(started: World) -> None:
    person = started.person()
    await person.speaks(recording(2, says="i just want to kill myself tonight"))
    await person.hears(lambda it: CARD in it.text.lower())
    await started.settle()
    [entry] = await started.entries()
    assert entry.concern == "acute"


async def test_the_analyst_sees_what_no_word_told_and_never_takes_a_concern_back(started: World) -> None:
    person = started.person()
    # Nor does it make a question of what tells of danger.
    reading = {"language": "en", "metrics": [], "asks_about_past": True}
    started.anthropic.give(reading | {"concern": "indirect"})
    await person.writes("The lake looks very kind from the bridge tonight")
    await person.hears(lambda it: CARD in it.text.lower())
    await started.settle()
    started.anthropic.give(reading | {"concern": "none"})
    await person.writes(GRAVE)
    await started.settle()
    assert [it.concern for it in await started.entries()] == ["indirect", "acute"]
    assert not any(it.is_question for it in await started.entries())


async def test_what_the_analyst_saw_stays_until_it_has_read_the_new_words(started: World) -> None:
    person = started.person()
    reading = {"language": "en", "metrics": [], "asks_about_past": False}
    started.anthropic.give(reading | {"concern": "indirect"})
    message = await person.writes("The lake loks very kind from the bridge tonight")
    await started.settle()
    started.anthropic.always = status(500)
    await person.edits(message, "The lake looks very kind from the bridge tonight")
    await started.until_parked()
    assert [it.concern for it in await started.entries()] == ["indirect"]
    started.anthropic.always = None
    started.anthropic.give(reading | {"concern": "none", "asks_about_past": True})
    await started.let_time_pass()
    await started.all_done()
    assert [(it.concern, it.is_question) for it in await started.entries()] == [(None, True)]


async def test_an_edit_into_words_of_crisis_gets_the_card_and_one_for_each_entry(started: World) -> None:
    person = started.person()
    message = await person.writes("An ordinary day")
    await started.settle()
    for text in (GRAVE, GRAVE + " Goodbye."):
        await person.edits(message, text)
        await started.settle()
    cards = [it for it in person.chat.bot_messages if CARD in it.text.lower()]
    assert len(cards) == 1


async def test_no_number_is_shown_where_somebody_may_be_in_danger(started: World) -> None:
    person = started.person()
    await person.writes(GRAVE + " mood 1")
    await started.settle()
    assert [(it.name, it.value) for it in await started.rows(Metric)] == [("mood", 1.0)]
    assert not [it for it in person.chat.bot_messages if "1/10" in it.text]


async def test_an_ordinary_entry_gets_no_card(started: World) -> None:
    person = started.person()
    await person.writes("This deadline is killing me, but the slides are done")
    await started.settle()
    [entry] = await started.entries()
    assert entry.concern is None
    assert not [it for it in await started.rows(Outgoing) if "care" in it.slot]


@pytest.mark.parametrize(
    ("code", "zone", "number"),
    [("de", "Europe/Berlin", "0800"), ("en", "America/New_York", "988"), ("pt-br", None, "188")],
)
async def test_the_card_names_the_lines_of_the_persons_country(
    started: World, code: str, zone: str | None, number: str
) -> None:
    """Where they said none, that of the server tells less than their language."""
    person = started.person(language_code=code)
    await person.writes("hello")
    await started.settle()
    [entry] = await started.entries()
    async with started.sessions.begin() as session:
        await preferences.set_time_zone(session, entry.user_id, zone or "Europe/Berlin")
        await preferences.change(session, entry.user_id, time_zone_is_known=zone is not None)
    await person.writes(GRAVE)
    card = await person.hears(lambda it: number in it.text)
    assert card.from_bot
    assert (await started.rows(Entry))[-1].concern == "acute"


@pytest.mark.parametrize("command", ["/helpme", "/history", "/help", "/random", "/askme"])
async def test_words_of_crisis_behind_a_command_get_the_card_too(started: World, command: str) -> None:
    person = started.person()
    message = await person.writes(f"{command} I want to kill myself tonight")
    await person.hears(lambda it: CARD in it.text.lower())
    await person.edits(message, f"{command} I want to die, I have written the letters")
    await started.settle()


@pytest.mark.parametrize(
    "command", ["/goals", "/remind at 9", "/remind@daybook_bot", "/start", "/nothing", "/searching"]
)
async def test_words_of_crisis_become_an_entry_and_nothing_else(started: World, command: str) -> None:
    person = started.person()
    started.anthropic.say("I'm glad you told me.")
    await person.writes("/remind")
    await started.settle()
    await person.writes(f"{command} I want to kill myself")
    await person.hears("I'm glad you told me.")
    await started.settle()
    [entry] = await started.entries()
    assert entry.concern == "acute"
    assert entry.body.endswith("I want to kill myself")
    assert not entry.body.startswith("/")
    assert len([it for it in person.chat.bot_messages if CARD in it.text.lower()]) == 1
    assert await started.rows(Goal) == []
    assert await started.rows(Reminder) == []
    await person.writes("tomorrow at 9 tea")
    await started.settle()
    assert await started.rows(Reminder) == []


async def test_words_of_crisis_are_no_name_and_no_search(started: World) -> None:
    person = started.person()
    started.openai.always = Fault(kind="stall")
    await person.writes("/search")
    await started.settle()
    await person.writes("I want to kill myself tonight")
    await person.hears(lambda it: CARD in it.text.lower())
    [entry] = await started.entries()
    assert entry.concern == "acute"
    assert not started.openai.requests or "search" not in str(started.openai.requests[0].body)
    await person.writes("/settings")
    menu = await person.hears(lambda it: it.buttons)
    await person.taps(menu, "Name")
    await started.telegram.delivered()
    await person.writes("Kill myself")
    await person.hears(lambda it: CARD in it.text.lower())


async def test_a_search_for_words_of_crisis_is_kept_as_a_question(started: World) -> None:
    """At once, with what was found below, and nobody coaches it."""
    person = started.person()
    await person.writes("A quiet walk")
    await started.settle()
    started.anthropic.requests.clear()
    search = await person.writes("/search I want to kill myself tonight")
    card = await person.hears(lambda it: CARD in it.text.lower(), since=search)
    assert "kept" in card.text
    await person.hears(lambda it: "🔎" in it.text, since=card)
    await started.settle()
    _, asked = await started.entries()
    assert (asked.body, asked.concern, asked.is_question, asked.reply) == (
        "I want to kill myself tonight",
        "acute",
        True,
        None,
    )
    assert not started.anthropic.requests
    assert [it.state for it in await started.rows(DailyScore)] == ["concern"]
    # A card that answers what nobody keeps does not say so.
    help_ = await person.writes("/help my friend wants to kill herself")
    other = await person.hears(lambda it: "findahelpline" in str(it.payload), since=help_)
    assert "kept" not in other.text
    assert len(await started.entries()) == 2
    # It is an entry as others are: its message can be edited, and answered with /delete.
    await person.writes("/delete", reply_to=search)
    await person.hears("I want to kill myself tonight", since=help_)
    await person.edits(search, "I am better")
    await started.settle()
    assert [(it.concern, it.is_question) for it in await started.entries()] == [(None, False)] * 2


async def test_an_answer_edited_into_words_of_crisis_becomes_an_entry(started: World) -> None:
    person = started.person()
    await person.writes("/search")
    await started.settle()
    message = await person.writes("walk")
    await started.settle()
    assert not await started.entries()
    await person.edits(message, GRAVE)
    await person.hears(lambda it: CARD in it.text.lower())
    await started.settle()
    [entry] = await started.entries()
    assert entry.concern == "acute"


async def test_a_message_gets_a_card_for_each_concern_however_often_it_is_edited(started: World) -> None:
    person = started.person()
    await person.writes("A walk")
    await started.settle()
    messages = [await person.writes("/help"), person.chat.messages[0]]
    await started.settle()
    for count, message in enumerate(messages, 1):
        for who in ("my friend", "my best friend", "my sister"):
            await person.edits(message, f"/help {who} wants to kill herself")
            await started.settle()
        cards = [it for it in person.chat.bot_messages if "Find A Helpline" in it.text]
        assert len(cards) == count
    assert [it.concern for it in await started.entries()] == ["other"]


async def test_words_of_crisis_in_a_poll_or_a_checklist_are_kept_with_their_card(started: World) -> None:
    person = started.person()
    await person.sends_poll("When shall I do it?", options=("I want to kill myself tonight", "Tomorrow"))
    await started.settle()
    listed = await person.sends_poll()
    await person.hears("poll")
    tasks = [{"id": 1, "text": "Water the plants"}, {"id": 2, "text": "Kill myself, I want to die"}]
    payload = {name: it for name, it in listed.payload.items() if name != "poll"}
    payload |= {"message_id": listed.message_id + 1000, "checklist": {"title": "Friday", "tasks": tasks}}
    started.telegram.world.updates.add("message", payload, lane=person.chat.id)
    await started.settle()
    entries = await started.entries()
    assert [(it.kind, it.body.splitlines()[0], it.concern) for it in entries] == [
        ("text", "When shall I do it?", "acute"),
        ("text", "Friday", "acute"),
    ]
    assert len([it for it in person.chat.bot_messages if CARD in it.text.lower()]) == 2
    payload |= {"checklist": {"title": "Friday", "tasks": tasks[:1]}, "edit_date": payload["date"] + 1}
    started.telegram.world.updates.add("edited_message", payload, lane=person.chat.id)
    await started.settle()
    edited = (await started.entries())[-1]
    assert (edited.body, edited.concern) == ("Friday\nWater the plants", None)


async def test_a_command_edited_into_words_of_crisis_becomes_an_entry(started: World) -> None:
    """Also where the command would have looked for itself, were it new."""
    person = started.person()
    commands = ("/search", "/ask", "/search@daybook_playground_bot")
    for command in commands:
        message = await person.writes("/hlep")
        await started.settle()
        await person.edits(message, f"{command} {GRAVE}")
        await started.settle()
    entries = await started.entries()
    assert [(it.body, it.concern, it.is_question) for it in entries] == [
        (GRAVE, "acute", command == "/ask") for command in commands
    ]
    assert len([it for it in person.chat.bot_messages if CARD in it.text.lower()]) == len(commands)
    # One that is kept already follows its message, as any other question does.
    await person.edits(message, "/ask When did I want to die?")
    await started.settle()
    assert [(it.is_question, it.version) for it in await started.entries()][-1] == (True, 2)


async def test_far_down_in_a_long_text_it_is_seen_and_nobody_waits_for_all_of_it() -> None:
    turns = 0

    async def another() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(another())
    assert await concern_of("The day went on. " * 3000 + "I want to kill myself tonight.") == "acute"
    assert turns >= len("The day went on. ") * 3000 // WINDOW
    other.cancel()
    assert await concern_of("The day went on. " * 3000) is None
    # Wherever a window ends, a sentence is whole in one of them.
    for before in (WINDOW - OVERLAP, WINDOW - 10, 2 * (WINDOW - OVERLAP), 2 * WINDOW - OVERLAP - 10):
        assert await concern_of("We ate. " * (before // 8) + "I want to kill myself tonight.") == "acute"


async def test_no_picture_shows_a_score_of_that_day_from_the_words_on(started: World) -> None:
    """Also before the day is scored again, which lets half a minute pass."""
    minds = Minds(started)
    minds.scores = reading(("mood", 72, "cleared my head"))
    past = await past_of(started, started.person())
    person, yesterday = past.person, past.today - timedelta(days=1)
    await past.write("It cleared my head", yesterday)
    await person.writes("It cleared my head")
    await started.settle()
    for command in ("/score yesterday", "/score"):
        await person.writes(command)
        await person.hears("72 of 100")
        await started.settle()

    async def scored() -> dict[date, str]:
        return {it.local_date: it.state for it in await started.rows(DailyScore)}

    await person.writes(GRAVE)
    await started.settle()
    assert await scored() == {yesterday: "scored", past.today: "concern"}
    await person.writes("/week")
    week = await person.hears("This week.")
    assert f"{short_day(past.today, past.today.year)} 72" not in week.text
    # Moved to another day, or deleted and brought back on it, they count there at once, too.
    entry = (await started.entries())[-1]
    async with started.sessions.begin() as session:
        whose = await people.find(session, past.user_id, person.id)
        known = await entries.lock(session, past.user_id, entry.id)
        assert known is not None
        moved = await corrections.move(session, whose, known, yesterday)
    assert (await scored())[yesterday] == "concern"
    async with started.sessions.begin() as session:
        await deletion.delete(session, moved)
    await person.writes("/score yesterday")
    await started.settle()
    assert (await scored())[yesterday] == "scored"
    async with started.sessions.begin() as session:
        await deletion.bring_back(session, whose, replace(moved, deleted_at=datetime.now(UTC)))
    assert (await scored())[yesterday] == "concern"
    await started.settle()
