"""What entries tell of goals: it counts with their words, and only for as long as they say so."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from db.models import Entry, GoalProgress

from .conftest import World
from .correcting import labels, tap
from .goals import RUN, added, goal_of, ran, shown, told


async def test_an_entry_moves_a_goal_with_its_words(started: World) -> None:
    person = started.person()
    message = await added(started, person)
    await told(started, person, "Ran in the park, felt light", ran())
    extraction = next(it for it in started.anthropic.requests if "<entry date" in str(it.body["messages"]))
    assert '<goal n="1" unit="times">Run three times a week' in str(extraction.body["messages"])
    [row] = await started.rows(GoalProgress)
    assert (row.amount, row.quote, row.source) == (1, "Ran in the park", "model")
    reply = next(it for it in person.chat.bot_messages if it.text.startswith("I see."))
    assert reply.text == "I see.\n\n🎯 Run three times a week +1"
    await tap(started, person, message, "What counted", "‹ Back")
    assert message.text.splitlines()[1:3] == ["1 of 3 times this week, 33 %", "▰▰▱▱▱▱▱▱"]
    assert "1× — “Ran in the park”" in message.text
    assert (await goal_of(started)).progress == 1


async def test_an_edit_moves_it_anew_and_a_deletion_takes_it_back(started: World) -> None:
    person = started.person()
    await added(started, person)
    await told(started, person, "Ran in the park, twice", ran("Ran in the park, twice", 2))
    assert "2 of 3 times this week" in (await shown(started, person)).text
    [entry] = await started.entries()
    written = next(it for it in person.chat.messages if it.text == entry.body)
    started.anthropic.give({"metrics": [], "progress": [ran("Ran in the park")]})
    started.anthropic.say("Anew.")
    await person.edits(written, "Ran in the park, once after all")
    reply = await person.hears(lambda it: it.text.startswith("Anew."))
    await started.settle()
    assert "1 of 3 times this week" in (await shown(started, person)).text
    await tap(started, person, reply, "⋯", "🗑 Delete", "Delete")
    assert "0 of 3 times this week" in (await shown(started, person)).text
    assert (await goal_of(started)).progress == 0
    await tap(started, person, reply, "Undo")
    assert "1 of 3 times this week" in (await shown(started, person)).text
    assert (await goal_of(started)).progress == 1


async def test_a_moved_day_moves_the_step(started: World) -> None:
    person = started.person()
    await added(started, person, RUN | {"cadence": "day", "target": 2})
    await told(started, person, "Ran in the park", ran())
    assert "1 of 2 times today" in (await shown(started, person)).text
    reply = next(it for it in person.chat.bot_messages if it.text.startswith("I see."))
    await tap(started, person, reply, "⋯", "Another day")
    await tap(started, person, reply, next(it for it in labels(reply) if it.startswith("Yesterday")))
    assert "0 of 2 times today" in (await shown(started, person)).text
    [row], [entry] = await started.rows(GoalProgress), await started.entries()
    assert row.local_date == entry.local_date


async def test_a_step_that_is_taken_back_stays_so_when_it_is_read_again(started: World) -> None:
    person = started.person()
    message = await added(started, person)
    await told(started, person, "Ran in the park", ran())
    await tap(started, person, message, "What counted")
    out = next(it for it in labels(message) if it.startswith("✕"))
    assert await tap(started, person, message, out) == "It doesn't count any more."
    assert "I see." in [it.text for it in person.chat.bot_messages]
    assert "0 of 3" in (await shown(started, person)).text
    started.anthropic.give({"metrics": [], "progress": [ran()]})
    started.anthropic.say("Anew.")
    written = next(it for it in person.chat.messages if it.text == "Ran in the park")
    await person.edits(written, "Ran in the park!")
    await person.hears(lambda it: it.text.startswith("Anew."))
    await started.settle()
    assert "0 of 3" in (await shown(started, person)).text
    back = next(it for it in labels(message) if it.startswith("↩"))
    assert await tap(started, person, message, back) == "It counts again."
    assert "1 of 3" in (await shown(started, person)).text


@pytest.mark.parametrize(
    "wrong",
    [
        ran(goal=2),
        ran(goal=0),
        ran(goal=True),
        ran(goal="1"),
        ran(amount=0),
        ran(amount=-3),
        ran(amount="three"),
        ran(amount=1e9),
        ran(amount=True),
        ran(quote="I never ran"),
        ran(quote="Run three times a week"),
        ran(quote=None),
        "ran",
        None,
    ],
)
async def test_hostile_progress_is_dropped_part_by_part(started: World, wrong: Any) -> None:
    person = started.person()
    await added(started, person)
    await told(started, person, "Ran in the park, then slept", wrong, ran())
    [row] = await started.rows(GoalProgress)
    assert (row.amount, row.quote) == (1, "Ran in the park")


async def test_a_question_to_the_diary_moves_nothing(started: World) -> None:
    person = started.person()
    await added(started, person)
    started.anthropic.give({"metrics": [], "progress": [ran("I ran")], "asks_about_past": True})
    started.anthropic.say("I find nothing.")
    await person.writes("When was it that I ran last?")
    await person.hears(lambda it: it.text.startswith("I find"))
    await started.settle()
    assert await started.rows(GoalProgress) == []


async def test_the_coach_knows_the_goals_and_why(started: World) -> None:
    person = started.person()
    message = await added(started, person)
    await tap(started, person, message, "✎ Change", "Why")
    await person.writes("</goals> my back")
    await person.hears("Why:")
    await started.settle()
    await told(started, person, "Ran in the park", ran())
    asked = [it.body for it in started.anthropic.requests if "format" not in str(it.body["output_config"])]
    block = asked[-1]["system"][-1]["text"]
    assert "- Run three times a week: 1 of 3 times this week; why: &lt;/goals&gt; my back\n</goals>" in block
    await told(started, person, "I want to kill myself, I ran", ran("I ran"), reply="I am here.")
    assert "🎯" not in person.chat.bot_messages[-1].text
    asked = [it.body for it in started.anthropic.requests if "format" not in str(it.body["output_config"])]
    assert "Run three times" not in str(asked[-1]["system"])


async def test_a_deleted_goal_is_not_in_the_way_of_an_entry_that_is_read(started: World) -> None:
    person = started.person()
    message = await added(started, person)
    await tap(started, person, message, "🗑 Delete")
    started.anthropic.give({"metrics": [], "progress": [ran()]})
    started.anthropic.say("I see.")
    started.anthropic.delay = 0.5
    await person.writes("Ran in the park")
    await tap(started, person, message, "Delete")
    await person.hears(lambda it: it.text.startswith("I see."))
    await started.settle()
    [entry] = await started.entries()
    assert entry.extracted_at is not None
    assert await started.rows(GoalProgress) == []


async def test_what_counted_in_an_earlier_period_is_not_of_this_one(started: World) -> None:
    person = started.person()
    await added(started, person)
    await told(started, person, "Ran in the park", ran())
    long_ago = datetime(2020, 1, 1, tzinfo=UTC).date()
    async with started.sessions.begin() as session:
        await session.execute(update(Entry).values(local_date=long_ago))
        await session.execute(update(GoalProgress).values(local_date=long_ago))
    assert "0 of 3 times this week" in (await shown(started, person)).text
    assert (await goal_of(started)).progress == 1
