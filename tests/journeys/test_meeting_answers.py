"""What people type when the first meeting asks: answers, slips of the finger, and entries."""

from datetime import time

import pytest

from db.models import Outgoing, Update

from .conftest import World
from .meeting import (
    ASKS_HOUR,
    DONE,
    greets,
    is_time_in,
    labels,
    nothing_failed,
    says,
    taps,
    user,
    user_of,
)


async def test_an_entry_meanwhile_is_kept_and_the_question_stays_open(started: World) -> None:
    person = started.person()
    await greets(started, person)
    line = "Went to Berlin with Anna and ate far too much cake"
    await person.writes(line)
    await person.hears("Anna")
    await started.settle()
    [entry] = await started.entries()
    assert entry.body == line
    assert len(person.chat.bot_messages) == 3
    assert (await user(started)).time_zone == "UTC"
    await says(started, person, "Berlin", ASKS_HOUR)
    await person.writes("Slept badly at 21:30")
    await person.hears("Slept badly")
    await started.settle()
    await says(started, person, "21:30", DONE)
    assert [it.body for it in await started.entries()] == [line, "Slept badly at 21:30"]


async def test_a_reply_to_the_coach_or_anothers_words_are_no_answer(started: World) -> None:
    person = started.person()
    question = await greets(started, person)
    await person.writes("A walk along the river and then tea")
    coached = await person.hears("A walk")
    await started.settle()
    await person.writes("Berlin", reply_to=coached)
    await person.hears("Berlin", since=coached)
    await person.forwards("Paris", of=started.person(first_name="Tom"))
    await started.settle()
    assert (await user_of(started, person)).time_zone == "UTC"
    assert [it.body for it in await started.entries()][1:] == ["Berlin", "Paris"]
    await person.writes("Lima", reply_to=question)
    await person.hears(ASKS_HOUR)


async def test_an_unknown_place_is_kept_as_an_entry_and_remedied_once(started: World) -> None:
    person = started.person()
    await greets(started, person)
    answer = await says(started, person, "Grmblfix", "I keep it as an entry")
    assert "UTC+5:30" in answer.text
    await person.hears("Grmblfix", since=answer)
    await started.settle()
    assert [it.body for it in await started.entries()] == ["Grmblfix"]
    count = len(person.chat.bot_messages)
    await person.writes("Brrr")
    await person.hears("Brrr")
    await started.settle()
    assert len(person.chat.bot_messages) == count + 1, "only the coach answers"
    await says(started, person, "Lisbon", ASKS_HOUR)


async def test_a_slip_of_the_finger_brings_up_the_city(started: World) -> None:
    person = started.person()
    await greets(started, person)
    answer = await says(started, person, "Barcelna", "Did you mean")
    await taps(started, person, answer, "Barcelona")
    assert ASKS_HOUR in answer.text
    assert (await user(started)).time_zone == "Europe/Madrid"


@pytest.mark.parametrize("text", ["Springfield", "Portland"])
async def test_namesakes_are_a_choice(started: World, text: str) -> None:
    person = started.person()
    await greets(started, person)
    answer = await says(started, person, text, "Which of these")
    assert all(label.startswith(f"{text}, ") for label in labels(answer)[:2])
    assert any(is_time_in("America/New_York", label) for label in labels(answer))
    await says(started, person, "Boston", ASKS_HOUR)
    assert (await user(started)).time_zone == "America/New_York"
    assert not await started.entries()


async def test_a_country_with_several_clocks_is_a_choice(started: World) -> None:
    person = started.person()
    await greets(started, person)
    answer = await says(started, person, "USA", "Which of these")
    await taps(started, person, answer, "Honolulu")
    assert answer.text.startswith("Your time zone is Pacific/Honolulu, where it is")


async def test_an_offset_that_there_is_not_is_asked_for_again(started: World) -> None:
    person = started.person()
    await greets(started, person)
    await says(started, person, "UTC+25", "No clock on earth")
    await says(started, person, "UTC+5:30", ASKS_HOUR)
    assert (await user(started)).time_zone == "Asia/Kolkata"
    assert not await started.entries()


async def test_an_hour_that_there_is_not_is_asked_for_again(started: World) -> None:
    person = started.person()
    await greets(started, person)
    await says(started, person, "Rome", ASKS_HOUR)
    await says(started, person, "25:00", "no such hour")
    await says(started, person, "22 Uhr", DONE)
    assert (await user(started)).summary_time == time(22)
    assert not await started.entries()


async def test_a_shared_location_offers_what_is_near_and_is_never_stored(started: World) -> None:
    person = started.person()
    await greets(started, person)
    await person.sends_location(48.137154, 11.576124)
    answer = await person.hears("near you")
    await started.settle()
    assert labels(answer)[0].startswith("Berlin ")
    assert len(labels(answer)) <= 4 + 2
    assert (await user(started)).time_zone == "UTC", "nothing is guessed"
    await taps(started, person, answer, "Vienna")
    assert answer.text.startswith("Your time zone is Europe/Vienna, where it is")
    assert "48.137" not in str([row.payload for row in await started.rows(Update)])
    assert "48.137" not in str([row.content for row in await started.rows(Outgoing)])
    await person.sends_location(48.137154, 11.576124)
    await person.hears("I don't keep places")
    await started.settle()
    assert "48.137" not in str([row.payload for row in await started.rows(Update)])
    await nothing_failed(started)


async def test_an_answer_that_is_edited_becomes_no_entry(started: World) -> None:
    person = started.person()
    await greets(started, person)
    message = await person.writes("Berlin")
    await person.hears(ASKS_HOUR)
    await started.settle()
    await person.edits(message, "Berlin, I mean")
    await started.settle()
    assert not await started.entries()
