"""A mind is down: the entry is safe, the person is told once and kindly, the reply comes by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import case, func, literal, select, update

from db.models import Embedding, Entry, Journey, Metric, WordChunk
from tests.vendors import Fault, overloaded, rate_limit, status

from .conftest import World, texts

SAFE = "Your entry is safe."

FAULTS = [
    pytest.param(overloaded(), id="529"),
    pytest.param(rate_limit(retry_after=1), id="429"),
    pytest.param(status(500), id="500"),
    pytest.param(status(401, "authentication_error"), id="401"),
    pytest.param(Fault(kind="cut_midway"), id="cut"),
    pytest.param(Fault(kind="end_midway"), id="ends early"),
    pytest.param(Fault(kind="error_midway", type="overloaded_error"), id="error within the stream"),
    pytest.param(Fault(kind="html"), id="captive portal"),
]


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_coach_is_down_and_comes_back(started: World, fault: Fault) -> None:
    person = started.person()
    started.anthropic.always = fault
    first = await person.writes("Hard day at work")
    await person.hears(lambda it: SAFE in it.text)
    await person.writes("And now it rains")
    await started.settle()
    assert first.bot_reactions == ("✍",)
    # Told once, not once an entry.
    assert [SAFE in it for it in texts(person.chat.bot_messages)] == [True]
    assert await waiting(started) == {"coach"}

    started.anthropic.always = None
    started.anthropic.say("I read your hard day.", "I read your rain.")
    await started.let_time_pass()
    await person.hears(lambda it: it.text == "I read your rain.")
    await started.settle()
    assert texts(person.chat.bot_messages)[1:] == ["I read your hard day.", "I read your rain."]
    await started.let_time_pass()
    await started.settle()
    assert not await started.rows(Journey)


async def test_who_is_answered_first_brings_on_the_others(started: World) -> None:
    """Also where the coach had answered before it went down."""
    mina, tom = started.person(), started.person(first_name="Tom")
    started.anthropic.say("Before.")
    await mina.writes("A quiet morning")
    await mina.hears("Before.")
    await started.settle()
    started.anthropic.always = Fault(kind="html")
    for person in (mina, tom):
        await person.writes("Hard day at work")
        await person.hears(SAFE)
    await started.settle()
    started.anthropic.always = None
    async with started.sessions.begin() as session:
        first = select(Journey.entry_id).order_by(Journey.entry_id).limit(1).scalar_subquery()
        later = func.now() + literal(timedelta(hours=5))
        due = case((Journey.entry_id == first, func.now()), else_=later)
        await session.execute(update(Journey).values(due_at=due))
    await started.until(Journey, lambda rows: not rows)
    await started.settle()
    assert len(tom.chat.bot_messages) == 2


async def test_what_is_tried_again_is_not_indexed_again(started: World) -> None:
    person = started.person()
    started.anthropic.always = overloaded()
    await person.writes("Hard day at work")
    await started.until_parked()
    before = [(it.id, it.version) for it in await started.rows(WordChunk)]
    assert len(before) == 1
    started.anthropic.always = None
    started.anthropic.say("I read your hard day.")
    await started.let_time_pass()
    written = next(it for it in person.chat.messages if it.text == "Hard day at work")
    await person.hears("I read your hard day.")
    await started.settle()
    assert [(it.id, it.version) for it in await started.rows(WordChunk)] == before
    await person.edits(written, "Hard day at the office")
    await started.settle()
    [after] = await started.rows(WordChunk)
    assert after.version == 2


async def waiting(world: World) -> set[str | None]:
    return {journey.waiting_for for journey in await world.rows(Journey)}


async def test_a_refusal_is_an_answer_too(started: World) -> None:
    person = started.person()
    started.anthropic.give({"language": "en", "metrics": []})
    started.anthropic.always = Fault(kind="refusal")
    await person.writes("Something the model will not answer")
    answer = await person.hears(lambda it: it.from_bot)
    assert "rather not answer" in answer.text
    [entry] = await started.entries()
    assert entry.coached_at


async def test_embeddings_and_metrics_never_hold_up_the_reply_and_are_filled_in_later(
    started: World,
) -> None:
    person = started.person()
    started.openai.always = status(500)
    started.anthropic.give("this is not JSON")
    started.anthropic.say("Here all the same.")
    await person.writes("Mood 6 in spite of it all")
    await person.hears(lambda it: it.text == "Here all the same.")
    await started.settle()
    assert not await started.rows(Embedding)
    assert not await started.rows(Metric)

    started.openai.always = None
    await started.let_time_pass()
    await started.all_done()
    await started.bot.ticks.embed()
    assert len(await started.rows(Embedding)) == 1
    assert [(m.name, m.value) for m in await started.rows(Metric)] == [("mood", 6.0)]
    # The number that was read late is shown below the reply that came first.
    await started.settle()
    [shown] = person.chat.bot_messages
    assert shown.text.startswith("Here all the same.\n\n")
    assert not await started.rows(Journey)


@pytest.mark.parametrize("kind", ["wrong_size", "nan", "zero", "missing"])
async def test_a_bad_vector_is_never_stored(started: World, kind: str) -> None:
    person = started.person()
    started.openai.always = Fault(kind=kind)  # type: ignore[arg-type]
    await person.writes("Walked by the river")
    await person.hears(lambda it: it.from_bot)
    await started.settle()
    assert not await started.rows(Embedding)
    [entry] = await started.entries()
    assert (entry.embedded_at, bool(entry.replied_at)) == (None, True)


async def test_word_search_steps_in_while_there_are_no_vectors(started: World) -> None:
    person = started.person()
    started.openai.always = status(500)
    await person.writes("The orchard was full of cherries")
    await person.hears(lambda it: "orchard" in it.text)
    await person.writes("Back to the orchard today")
    await person.hears(lambda it: "Back" in it.text)
    await started.settle()
    assert "The orchard was full of cherries</earlier_entry>" in str(started.anthropic.requests[-1].body)


async def test_without_keys_the_offline_coach_reads_asks_and_says_so(world: World) -> None:
    await world.start(anthropic_api_key=None, openai_api_key=None)
    person = world.person()
    await person.writes("Slept 6.5 hours and ran 30 minutes")
    answer = await person.hears(lambda it: it.from_bot)
    assert "offline" in answer.text.lower()
    assert [button.text for button in answer.buttons][:10] == [str(n) for n in range(1, 11)]
    await person.taps(answer, "8")
    await world.settle()
    found = {(m.name, m.value, m.source, m.quote) for m in await world.rows(Metric)}
    assert ("sleep_hours", 6.5, "rule", "Slept 6.5 hours") in found
    assert ("exercise_minutes", 30.0, "rule", "ran 30 minutes") in found
    assert ("mood", 8.0, "person", None) in found
    assert "8" not in [button.text for button in answer.buttons]
    assert not world.anthropic.requests
    assert not world.openai.requests

    # The day's second reply repeats neither itself nor what it was told.
    await person.writes("Tea with my neighbour")
    second = await person.hears(lambda it: it.from_bot and "energy" in it.text.lower())
    assert "your entry is kept" not in second.text
    for _ in range(2):
        await person.writes("More tea")
        await world.settle()
    await person.writes("And more")
    await person.hears(lambda it: it.text == "Kept. (I'm still offline.)")


async def test_nobody_is_asked_for_what_they_just_said(world: World) -> None:
    await world.start(anthropic_api_key=None, openai_api_key=None)
    person = world.person()
    await person.writes("A long day by the sea, mood 7")
    answer = await person.hears(lambda it: it.from_bot)
    assert "How was your energy" in answer.text


async def test_entries_from_before_the_key_get_their_vectors_once_it_is_set(world: World) -> None:
    await world.start(openai_api_key=None)
    person = world.person()
    await person.writes("Before there was a key")
    await person.hears(lambda it: it.from_bot)
    await world.settle()
    await world.stop()
    await world.start()
    await world.until(Embedding, bool)
    await world.all_done()
    assert len(await world.rows(Embedding)) == 1
    assert len(person.chat.bot_messages) == 1
    async with world.sessions() as session:
        assert await session.scalar(select(func.count()).where(Entry.embedded_at.is_not(None))) == 1
