"""Taps on a goal, and what is typed about one: they add, change, pause, finish and delete it."""

import pytest
from sqlalchemy import update

from db.models import Entry, Goal, GoalProgress, Update

from .conftest import World
from .correcting import all_went_well, forge, tap
from .goals import RUN, added, goal_of, ran, shown, told


async def test_taps_add_and_take_away_and_count_once_after_a_crash(started: World) -> None:
    person = started.person()
    message = await added(started, person)
    assert await tap(started, person, message, "+1", "+1") == "2× by tap today."
    newest = max(row.update_id for row in await started.rows(Update))
    async with started.sessions.begin() as session:
        await session.execute(update(Update).where(Update.update_id == newest).values(done_at=None))
    await started.settle()
    assert message.text.splitlines()[1] == "2 of 3 times this week, 66 %"
    await tap(started, person, message, "+1")
    assert message.text.splitlines()[1:3] == ["3 of 3 times this week, reached ✓", "▰▰▰▰▰▰▰▰"]
    assert await tap(started, person, message, "−1", "−1", "−1") == "0× by tap today."
    assert await tap(started, person, message, "−1") == "Nothing was added by tap today."
    assert await started.rows(GoalProgress) == []
    assert (await goal_of(started)).progress == 0


async def test_a_step_taken_back_while_a_new_reply_is_stored_does_not_bring_back_the_old(
    started: World,
) -> None:
    person = started.person()
    message = await added(started, person)
    await told(started, person, "Ran in the park", ran())
    await tap(started, person, message, "What counted")
    out = next(it.data or "" for it in message.buttons if it.text.startswith("✕"))
    async with started.sessions.begin() as session:
        await session.execute(update(Entry).values(reply="Anew."))
        forge(started, person, message, out)
        await started.until(GoalProgress, lambda rows: all(it.removed_at for it in rows))
    await started.settle()
    assert [it.text for it in person.chat.bot_messages if it is not message][-1] == "Anew."


@pytest.mark.parametrize(("typed", "amount"), [("7", 7), ("7,5 km", 7.5), ("٧", 7)])
async def test_another_amount_can_be_typed(started: World, typed: str, amount: float) -> None:
    person = started.person()
    message = await added(started, person, RUN | {"unit": "km", "target": 20})
    await tap(started, person, message, "Other amount")
    await person.writes(typed)
    await person.hears(lambda it: "by tap" in it.text)
    await started.settle()
    assert (await goal_of(started)).progress == amount
    assert await started.entries() == []


@pytest.mark.parametrize("typed", ["-3", "−3 times", "0", "- 2"])
async def test_below_nothing_there_is_no_amount(started: World, typed: str) -> None:
    person = started.person()
    message = await added(started, person)
    await tap(started, person, message, "Other amount")
    await person.writes(typed)
    await person.hears("That can't be")
    await started.settle()
    assert (await goal_of(started)).progress == 0
    assert await started.entries() == []


@pytest.mark.parametrize("line", ["7 things went well today", "3 beers", "Nothing much"])
async def test_a_diary_line_is_no_amount(started: World, line: str) -> None:
    person = started.person()
    message = await added(started, person)
    await tap(started, person, message, "Other amount")
    await person.writes(line)
    await started.settle()
    assert [it.body for it in await started.entries()] == [line]
    assert (await goal_of(started)).progress == 0


async def test_a_goal_can_be_changed_in_every_part(started: World) -> None:
    person = started.person()
    message = await added(started, person)
    await tap(started, person, message, "✎ Change", "How often", "Each month")
    await tap(started, person, message, "How much")
    await person.writes("12,5 km")
    await person.hears(lambda it: "12.5 km" in it.text)
    await started.settle()
    await tap(started, person, message, "‹ Back", "Words")
    await person.writes("Run <b>slowly</b>\nin the forest")
    await person.hears(lambda it: it.text.startswith("Run <b>slowly</b> in the forest"))
    await started.settle()
    await tap(started, person, message, "‹ Back", "Why")
    await person.writes("My back & my head")
    await person.hears("Why: My back & my head")
    await started.settle()
    goal = await goal_of(started)
    assert (goal.title, goal.why) == ("Run <b>slowly</b> in the forest", "My back & my head")
    assert (goal.target, goal.unit, goal.cadence) == (12.5, "km", "month")
    await tap(started, person, message, "‹ Back", "How often", "Once, in all")
    assert (await goal_of(started)).cadence is None
    assert await started.entries() == []


async def test_pause_resume_finish_and_delete(started: World) -> None:
    person = started.person()
    message = await added(started, person)
    assert await tap(started, person, message, "⏸ Pause") == "Paused."
    assert (await goal_of(started)).state == "paused"
    await told(started, person, "Ran in the park", ran())
    assert await started.rows(GoalProgress) == []
    await tap(started, person, message, "▶ Resume")
    await told(started, person, "Ran in the park", ran(), reply="Well run.")
    reply = next(it for it in person.chat.bot_messages if it.text.startswith("Well run."))
    assert "🎯 Run three times a week +1" in reply.text
    await tap(started, person, message, "🏁 Finish")
    goal = await goal_of(started)
    assert (goal.state, goal.finished_at is not None) == ("finished", True)
    listed = await shown(started, person)
    assert "none is active now" in listed.text
    await tap(started, person, listed, "🏁 Finished (1)")
    assert "1× in all" in listed.text
    await tap(started, person, listed, "1. Run three times a week", "▶ Take it up again")
    goal = await goal_of(started)
    assert (goal.state, goal.finished_at) == ("active", None)
    await tap(started, person, listed, "🗑 Delete", "Keep", "🗑 Delete")
    assert "can't be brought back" in listed.text
    await tap(started, person, listed, "Delete")
    assert (await started.rows(Goal), await started.rows(GoalProgress)) == ([], [])
    assert "You have no goals here yet" in listed.text
    assert reply.text == "Well run."
    started.anthropic.give(RUN)
    await person.writes("run again")
    await person.hears("Shall I keep it")
    await started.settle()
    assert await tap(started, person, message, "▶ Take it up again") == "This goal is gone."
    await all_went_well(started)


async def test_nobody_reaches_the_goal_of_another(started: World) -> None:
    mina, ben = started.person(), started.person(first_name="Ben")
    await added(started, mina, RUN | {"title": "Row across the lake"})
    goal = await goal_of(started)
    await ben.writes("/goals")
    theirs = await ben.hears("You have no goals")
    await started.settle()
    for action in ("one", "delete", "more", "pause", "drop", "finish"):
        forge(started, ben, theirs, f"goal:{action}::{goal.id.hex}")
        await started.settle()
    after = await goal_of(started)
    assert (after.state, after.progress) == ("active", 0)
    assert "Row across" not in str([it.text for it in ben.chat.bot_messages])


async def test_forged_taps_do_nothing(started: World) -> None:
    person = started.person()
    message = await added(started, person)
    goal = await goal_of(started)
    for data in ("goal:per:hour:", "goal:fly::", "goal:out:00000000:", "goal:rows:abc:", "goal:back::"):
        forge(started, person, message, f"{data}{goal.id.hex}")
        await started.settle()
    assert (await goal_of(started)).cadence == "week"
    await all_went_well(started)
