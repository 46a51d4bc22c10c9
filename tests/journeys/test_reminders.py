"""Reminders in a chat: set, listed, changed, silenced, and shown when their time comes."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest

from bot.journal import phrases_reminders as words
from bot.journal.phrases_correcting import WAS_ENTRY
from bot.journal.reminders import MOST
from bot.playground.chat import Message
from bot.playground.person import Person
from db.models import Outgoing, Reminder, Update, User
from db.queries import reminders as rows
from db.queries.reminders import ReminderRecord

from .conftest import World
from .meeting import labels, nothing_failed, says, taps
from .test_forged_taps import sends

SET = "/remind nudge me at 13:00 on weekdays to drink water"


async def the_reminder(world: World) -> Reminder:
    [found] = await world.rows(Reminder)
    assert isinstance(found, Reminder)
    return found


async def sets(world: World, person: Person, line: str = SET) -> Message:
    return await says(world, person, line, words.ADDED)


async def test_what_follows_on_the_next_line_is_set_too(started: World) -> None:
    await sets(started, started.person(), SET.replace(" ", "\n", 1))
    assert (await the_reminder(started)).text == "drink water"


async def let_it_be_time(world: World) -> None:
    """The times of all reminders have come a minute ago, as the clock's tick finds them."""
    async with world.sessions.begin() as session:
        for one in await rows.active_of(session, (await world.rows(Reminder))[0].user_id):
            moment = datetime.now(UTC) - timedelta(minutes=1)
            await rows.change(session, one.user_id, one.id, next_at=moment)
    await world.bot.reminders.send_due()
    await world.settle()


async def test_one_is_set_in_a_line_and_comes_at_its_time(started: World) -> None:
    person = started.person()
    shown = await sets(started, person)
    assert "drink water" in shown.text
    assert "On weekdays at 13:00." in shown.text
    assert labels(shown) == [words.PAUSE, words.CHANGE, words.DELETE, words.ALL]
    kept = await the_reminder(started)
    assert (kept.text, kept.at, kept.weekdays) == ("drink water", time(13), [0, 1, 2, 3, 4])
    await let_it_be_time(started)
    nudge = person.chat.bot_messages[-1]
    assert nudge.text == "⏰ drink water"
    await started.bot.reminders.send_due()
    await started.settle()
    assert len(person.chat.bot_messages) == 2
    assert await started.entries() == []
    await nothing_failed(started)


async def test_the_question_is_asked_and_the_next_line_answers_it(started: World) -> None:
    person = started.person()
    await says(started, person, "/remind", "What shall I remind you of")
    await says(started, person, "tomorrow at 9 to call the dentist", words.ADDED)
    assert (await the_reminder(started)).text == "call the dentist"
    assert await started.entries() == []


async def test_what_the_command_leaves_open_is_asked_and_heard(started: World) -> None:
    person = started.person()
    await says(started, person, "/remind tomorrow call the dentist", "At what hour?")
    await says(started, person, "tomorrow at 9", "And what shall I remind you of?")
    await says(started, person, "tomorrow at 9 call the dentist", words.ADDED)
    assert (await the_reminder(started)).text == "call the dentist"
    assert await started.entries() == []


async def test_a_diary_line_is_no_answer(started: World) -> None:
    person = started.person()
    await says(started, person, "/remind", "What shall I remind you of")
    await person.writes("The lake was calm and we stayed there until it got dark")
    await started.settle()
    assert [entry.body for entry in await started.entries()] == [
        "The lake was calm and we stayed there until it got dark"
    ]
    await person.writes("tomorrow at 9 to call the dentist")
    await started.settle()
    assert await started.rows(Reminder) == []
    assert len(await started.entries()) == 2


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("at 25:00 sleep", "There is no such hour"),
        ("2020-01-01 at 9 party", "That moment has passed"),
        ("2040-01-01 at 9 party", "more than a year away"),
        ("31.02. at 9 party", "I know no such day"),
        ("💧", "I can't read when"),
        ("at 13:00 " + "water " * 660, "A reminder is a line of up to"),
        ("every two weeks at 9 water the plants", "every day, on certain weekdays, or once"),
        ("at 13:00", "And what shall I remind you of?"),
    ],
)
async def test_what_cannot_be_is_said_clearly(started: World, line: str, answer: str) -> None:
    person = started.person()
    await says(started, person, f"/remind {line}", answer)
    assert await started.rows(Reminder) == []
    await nothing_failed(started)


async def test_an_hour_that_cannot_be_may_be_said_again(started: World) -> None:
    person = started.person()
    await says(started, person, "/remind", "What shall I remind you of")
    await says(started, person, "at 25:00 to sleep", "There is no such hour")
    await says(started, person, "at 22:00 to sleep", words.ADDED)
    assert await started.entries() == []


async def test_the_list_pauses_changes_and_deletes(started: World) -> None:
    person = started.person()
    await sets(started, person)
    await sets(started, person, "/remind every day at 21:30 stretch")
    listed = await says(started, person, "/reminders", "Your reminders")
    assert "drink water" in listed.text
    assert "every day at 21:30" in listed.text
    button = next(it for it in labels(listed) if "drink water" in it)
    await taps(started, person, listed, button)
    assert await taps(started, person, listed, words.PAUSE) == words.PAUSED
    assert "It is paused" in listed.text
    assert await taps(started, person, listed, words.RESUME) == words.RESUMED
    assert "paused" not in listed.text
    await taps(started, person, listed, words.CHANGE)
    changed = await says(started, person, "at 14:00", words.CHANGED)
    assert "On weekdays at 14:00." in changed.text
    await taps(started, person, changed, words.CHANGE)
    changed = await says(started, person, "drink tea", words.CHANGED)
    assert "drink tea" in changed.text
    assert WAS_ENTRY in labels(changed)
    await taps(started, person, changed, WAS_ENTRY)
    assert [it.body for it in await started.entries()] == ["drink tea"]
    listed = await says(started, person, "/reminders", "Your reminders")
    await taps(started, person, listed, next(it for it in labels(listed) if "drink tea" in it))
    await taps(started, person, listed, words.DELETE)
    assert "Delete this reminder?" in listed.text
    assert await taps(started, person, listed, words.DELETE) == words.DELETED
    assert "stretch" in listed.text
    assert (await the_reminder(started)).text == "stretch"
    await nothing_failed(started)


async def test_a_paused_one_does_not_come(started: World) -> None:
    person = started.person()
    shown = await sets(started, person)
    await taps(started, person, shown, words.PAUSE)
    async with started.sessions.begin() as session:
        one = await the_reminder(started)
        await rows.change(session, one.user_id, one.id, next_at=datetime.now(UTC))
    assert await started.bot.reminders.send_due() == 0


async def test_fifty_are_kept_and_the_next_is_refused(started: World) -> None:
    person = started.person()
    await sets(started, person)
    first = await the_reminder(started)
    async with started.sessions.begin() as session:
        for number in range(MOST - 1):
            one = ReminderRecord(
                id=UUID(int=number),
                user_id=first.user_id,
                text=f"number {number}",
                at=first.at,
                weekdays=tuple(first.weekdays),
                once_on=None,
                state="active",
                next_at=first.next_at,
            )
            await rows.add(session, one, MOST)
    await says(started, person, SET, "as many as I keep")
    listed = await says(started, person, "/reminders", "Your reminders")
    turned = set()
    while words.NEXT in labels(listed):
        turned.add(listed.text)
        await taps(started, person, listed, words.NEXT)
    assert len(turned) == 6
    assert len(await started.rows(Reminder)) == MOST


async def test_the_same_update_twice_sets_one(started: World) -> None:
    person = started.person()
    await sets(started, person)
    [update] = await started.rows(Update)
    await started.bot.inbox.put([update.payload | {"update_id": update.update_id + 7}])
    await started.settle()
    assert len(await started.rows(Reminder)) == 1


async def test_nobody_taps_on_anothers(started: World) -> None:
    mine, other = started.person(), started.person()
    shown = await sets(started, mine)
    theirs = await sets(started, other)
    own = {it.user_id: it.id for it in await started.rows(Reminder)}
    data = next(it.data for it in shown.buttons if it.text == words.DELETE)
    assert data is not None
    for act in ("delete", "pause", "change", "open"):
        sends(started, other, theirs.payload, data=data.replace("sure", act))
        await started.settle()
        assert "drink water" in theirs.text
    assert {it.user_id: it.id for it in await started.rows(Reminder)} == own
    assert {it.state for it in await started.rows(Reminder)} == {"active"}


async def test_quiet_hours_are_chosen_and_said(started: World) -> None:
    person = started.person()
    screen = await says(started, person, "/settings", "Settings")
    await taps(started, person, screen, words.QUIET)
    assert await taps(started, person, screen, "22:00–07:00") == "Noted: 22:00–07:00"
    assert "Quiet hours: 22:00–07:00" in screen.text
    shown = await sets(started, person, "/remind every day at 23:00 sleep")
    assert "it will not come" in shown.text
    shown = await sets(started, person, "/remind tomorrow at 06:00 sleep")
    assert "comes when they end, at 07:00" in shown.text
    await taps(started, person, screen, words.QUIET)
    await taps(started, person, screen, "None")
    assert "Quiet hours: none" in screen.text
    await nothing_failed(started)


async def test_a_silence_keeps_them_away_until_it_is_over(started: World) -> None:
    person = started.person()
    await sets(started, person)
    screen = await says(started, person, "/silence", "For how long")
    assert await taps(started, person, screen, "1 hour") == "1 hour"
    assert "🔕 Silent until" in screen.text
    [user] = await started.rows(User)
    assert timedelta(minutes=59) < user.silent_until - datetime.now(UTC) <= timedelta(hours=1)
    await let_it_be_time(started)
    assert not [row for row in await started.rows(Outgoing) if row.purpose == "reminder"]
    await taps(started, person, screen, words.SILENCE_OVER)
    assert "Silent until" not in screen.text
    await let_it_be_time(started)
    assert person.chat.bot_messages[-1].text == "⏰ drink water"
    for label in ("Today", "A week"):
        await taps(started, person, screen, label)
        assert "Silent until" in screen.text
    await nothing_failed(started)


async def test_a_new_zone_moves_it_with_the_person(started: World) -> None:
    person = started.person()
    await sets(started, person)
    before = (await the_reminder(started)).next_at
    screen = await says(started, person, "/settings", "Settings")
    await taps(started, person, screen, "Time zone")
    await says(started, person, "Tokyo", "Settings")
    after = (await the_reminder(started)).next_at
    assert before is not None
    assert after is not None
    assert (before.hour, after.hour) == (13, 4)
