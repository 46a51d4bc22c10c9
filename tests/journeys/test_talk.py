"""What the coach is told of the talk so far, and what becomes of its words."""

from datetime import timedelta
from typing import Any

from bot.journal.recall import words
from db.models import Entry, Metric, ModelCall
from db.queries import preferences

from .conftest import World


def turn(world: World) -> str:
    """What the coach was told last."""
    return str(asked(world)["messages"][-1]["content"])


def asked(world: World) -> dict[str, Any]:
    """The last request to the coach."""
    bodies = [dict(it.body) for it in world.anthropic.requests]
    return next(it for it in reversed(bodies) if "manner:" in str(it.get("system")))


def part(told: str, name: str) -> str:
    return told.partition(f"<{name}>")[2].partition(f"</{name}>")[0]


async def prefer(world: World, **chosen: Any) -> None:
    [entry, *_] = await world.entries()
    async with world.sessions.begin() as session:
        await preferences.change(session, entry.user_id, **chosen)


async def test_an_answer_to_the_coach_continues_the_thread(started: World) -> None:
    person = started.person()
    started.anthropic.say("What made the garden so good today?", "The light, then.")
    await person.writes("A good hour in the garden")
    reply = await person.hears(lambda it: "garden" in it.text and it.from_bot)
    await started.settle()
    await person.writes("The light, I think", reply_to=reply)
    await person.hears(lambda it: it.text.startswith("The light, then."))
    await started.settle()
    first, second = await started.entries()
    assert second.continues_id == first.id
    thread = part(turn(started), "thread")
    assert "A good hour in the garden" in thread
    assert "<you>What made the garden so good today?</you>" in thread


async def test_a_question_that_was_asked_lately_is_named_to_the_coach(started: World) -> None:
    person = started.person()
    started.anthropic.say("That sounds long. Who else was there?", "Rest well.")
    await person.writes("The meeting took all day")
    await person.hears(lambda it: "Who else" in it.text)
    await person.writes("Home now")
    await person.hears(lambda it: "Rest well" in it.text)
    assert "- That" not in turn(started)
    assert "- Who else was there?" in turn(started)


async def test_an_answer_about_the_past_names_the_entries_it_rests_on(started: World) -> None:
    person = started.person()
    for text in ("Slept like a stone after the swim", "A long swim in the lake", "Rain all day"):
        await person.writes(text)
        await person.hears(text.split()[0])
    await started.settle()
    started.anthropic.give({"language": "en", "metrics": [], "asks_about_past": True, "concern": "none"})

    def answer(body: dict[str, Any]) -> str | None:
        told = str(body["messages"][-1]["content"])
        line = next((it for it in told.splitlines() if "Slept like a stone" in it), "")
        number = line.partition('n="')[2].partition('"')[0]
        return f"You slept well after the swim [{number}], and nowhere else [77]." if number else None

    started.anthropic.answer = answer
    await person.writes("When did I last sleep well, after the swim?")
    await person.hears(lambda it: it.text.startswith("You slept well after the swim, and nowhere else."))
    await started.settle()
    slept, *_, question = await started.entries()
    assert question.is_question
    assert question.reply_sources == [slept.id.hex]
    assert not await started.rows(Metric)


async def test_what_only_the_analyst_takes_for_a_question_is_answered_from_as_much_as_any(
    started: World,
) -> None:
    person = started.person()
    for number in range(9):
        await person.writes(f"Swam in the lake, lap {number}")
    await started.settle()
    started.anthropic.give({"language": "en", "metrics": [], "asks_about_past": True, "concern": "none"})
    await person.writes("My laps in the lake so far")
    await started.settle()
    told = part(turn(started), "earlier_entries")
    assert [number for number in range(9) if f"lap {number}" not in told] == []


async def test_ask_takes_a_question_and_counts_as_no_entry(started: World) -> None:
    person = started.person()
    await person.writes("Mood 8 with Ana at the lake")
    await person.hears(lambda it: it.from_bot)
    await started.settle()
    await person.writes("/ask")
    await person.hears(lambda it: "What would you like to know" in it.text)
    started.anthropic.say("At the lake [1].")
    await person.writes("Where was I with mood 8?")
    await person.hears(lambda it: it.text.startswith("At the lake."))
    await started.settle()
    started.anthropic.say("With Ana [1].")
    asked = await person.writes("/ask who was with me at the lake?")
    await person.hears(lambda it: it.text.startswith("With Ana."))
    await started.settle()
    entry, first, second = await started.entries()
    assert [it.is_question for it in (entry, first, second)] == [False, True, True]
    assert second.body == "who was with me at the lake?"
    assert second.reply_sources == [entry.id.hex]
    # Questions are not read for numbers, and are nobody's memory.
    assert len([it for it in await started.rows(ModelCall) if it.stage == "extract"]) == 1
    assert "Where was I" not in part(turn(started), "earlier_entries")

    started.anthropic.say("At the lake, with Ana [1].")
    await person.edits(asked, "/ask where was I, and with whom?")
    await person.hears(lambda it: it.text.startswith("At the lake, with Ana."))
    await started.settle()
    assert (await started.entries())[-1].body == "where was I, and with whom?"


async def test_without_a_model_a_question_is_answered_with_what_was_found(world: World) -> None:
    await world.start(anthropic_api_key=None, openai_api_key=None)
    person = world.person()
    await person.writes("A long swim in the lake")
    await person.hears(lambda it: it.from_bot)
    await person.writes("/ask when did I swim?")
    await person.hears(lambda it: "these entries may speak of it" in it.text)
    # One word finds it as a search would.
    for text in ("/ask lake",):
        await world.settle()
        before = len(person.chat.bot_messages)
        await person.writes(text)
        await world.settle()
        assert "these entries may speak of it" in person.chat.bot_messages[before].text
    await person.writes("/ask what about the zeppelin?")
    await person.hears(lambda it: "I find nothing about that" in it.text)
    await world.settle()
    swim, *found, _ = await world.entries()
    assert [it.reply_sources for it in found] == [[swim.id.hex]] * 2


async def test_who_wants_no_replies_gets_none_but_asks_and_is_answered(started: World) -> None:
    person = started.person()
    await person.writes("One")
    await person.hears(lambda it: it.from_bot)
    await started.settle()
    await prefer(started, manner="silent")
    message = await person.writes("Mood 4 and rain")
    await started.settle()
    assert message.bot_reactions == ("✍",)
    assert len(person.chat.bot_messages) == 1
    assert [it.value for it in await started.rows(Metric)] == [4.0]
    await person.writes("/ask how was my mood?")
    await person.hears(lambda it: "how was my mood" in it.text and it.from_bot)


async def test_the_coach_is_told_the_manner_and_the_length(started: World) -> None:
    person = started.person()
    await person.writes("One")
    await person.hears(lambda it: it.from_bot)
    await started.settle()
    await prefer(started, manner="challenger", length="short")
    await person.writes("Two")
    await person.hears(lambda it: "Two" in it.text and it.from_bot)
    system = str(asked(started)["system"])
    assert "manner: challenger" in system
    assert "length: short" in system


async def test_a_question_edited_into_an_entry_is_one(started: World) -> None:
    person = started.person()
    message = await person.writes("/ask when did I run?")
    await started.settle()
    await person.edits(message, "Ran today, mood 8")
    await started.settle()
    [entry] = await started.entries()
    assert (entry.is_question, entry.body) == (False, "Ran today, mood 8")
    assert [it.value for it in await started.rows(Metric)] == [8.0]


async def test_many_questions_do_not_hide_what_answers_them(started: World) -> None:
    person = started.person()
    await person.writes("Slept well for ten hours by the open window")
    await started.settle()
    [told] = await started.entries()
    for _ in range(2):
        async with started.sessions.begin() as session:
            for number in range(30):
                values = {"user_id": told.user_id, "kind": "text", "is_question": True}
                asked = Entry(
                    **values,
                    body="When did I last sleep well?",
                    local_date=told.local_date,
                    written_at=told.written_at - timedelta(minutes=number + 1),
                )
                session.add(asked)
                await session.flush()
                await words.index(session, told.user_id, asked.id)
    await person.writes("/ask when did I last sleep well?")
    await started.settle()
    assert "Slept well for ten hours" in part(turn(started), "earlier_entries")


async def test_under_just_log_it_an_edit_leaves_no_stale_reply(started: World) -> None:
    person = started.person()
    started.anthropic.say("Eight hours, then.")
    message = await person.writes("Slept eight hours")
    await person.hears("Eight hours, then.")
    await started.settle()
    await prefer(started, manner="silent")
    await person.edits(message, "Slept five hours")
    await started.settle()
    [shown] = person.chat.bot_messages
    assert shown.text.startswith("Kept, as it is now.")


async def test_a_reply_that_cannot_be_drawn_does_not_hold_up_the_chat(started: World) -> None:
    person = started.person()
    started.anthropic.say("Thank you <ı>, and <ſ>.", "Here.")
    await person.writes("one")
    await person.hears("Thank you <ı>, and <ſ>.")
    started.anthropic.say("Look <a href='https://evil.example/?q=diary'>here</a>.")
    await person.writes("two")
    await started.settle()
    assert not [it for it in person.chat.bot_messages if it.styled("text_link")]
