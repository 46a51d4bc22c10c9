"""The buttons under a summary, and what is chosen of it in the settings."""

import pytest
from sqlalchemy import update

from bot.jobs.ticks import Ticks
from bot.journal import phrases, phrases_score
from bot.journal import phrases_summary as words
from bot.journal.preferences import Preferences
from bot.playground.chat import Message
from db.models import Outgoing, Summary, User

from .conftest import LONG_AGO, World
from .evenings import Minds, by_tap, evening, reading, shown
from .meeting import nothing_failed, taps
from .past import Past, past_of
from .test_forged_taps import sends

BODY = "Walked along the canal with Noor. It really cleared my head. Slept badly though."


async def an_evening(world: World) -> tuple[Past, Message]:
    minds = Minds(world)
    minds.scores = reading(("mood", 72, "It really cleared my head"), ("sleep", 40, "Slept badly though"))
    past = await past_of(world, world.person())
    await past.write(BODY, 0, mood=7)
    await by_tap(past)
    [message] = await shown(past, await evening(past))
    return past, message


async def chosen(world: World) -> Preferences:
    [user] = await world.rows(User)
    return Preferences.of(user.settings)


async def test_why_and_correct_open_below_and_the_words_stay(started: World) -> None:
    past, message = await an_evening(started)
    before = message.text
    await past.person.taps(message, words.WHY)
    why = await past.person.hears("It really cleared my head", since=message)
    await past.person.taps(message, words.CORRECT)
    await past.person.hears(phrases_score.WHICH_CATEGORY, since=why)
    await started.settle()
    assert message.text == before
    assert message.payload["photo"]
    assert len(past.person.chat.bot_messages) == 4


async def test_what_was_shown_long_ago_is_answered_below(started: World) -> None:
    past, message = await an_evening(started)
    await past.person.taps(message, words.QUIETER)
    screen = await past.person.hears(words.QUIETER_NOW["plain"])
    await started.settle()
    async with started.sessions.begin() as session:
        await session.execute(update(Outgoing).values(created_at=LONG_AGO))
    await Ticks(started.sessions, {}, None).purge()
    assert await started.rows(Outgoing) == []
    before, count = message.text, len(past.person.chat.bot_messages)
    # Each in a message of its own, and where the place of an answer is gone, there too.
    await past.person.taps(message, words.WHY)
    why = await past.person.hears("It really cleared my head", since=screen)
    await past.person.taps(message, words.CORRECT)
    fix = await past.person.hears(phrases_score.WHICH_CATEGORY, since=why)
    await past.person.taps(message, words.QUIETER)
    again = await past.person.hears(words.QUIETER_NOW["plain"], since=fix)
    await past.person.taps(screen, words.EVEN_QUIETER)
    await past.person.hears(words.QUIETER_NOW["numbers"], since=again)
    await started.settle()
    await nothing_failed(started)
    assert len(past.person.chat.bot_messages) == count + 4
    assert (message.text, screen.text) == (before, words.QUIETER_NOW["plain"])
    assert (await chosen(started)).evening == "numbers"


async def test_quieter_goes_step_by_step_and_back(started: World) -> None:
    past, message = await an_evening(started)
    before = message.text
    await past.person.taps(message, words.QUIETER)
    screen = await past.person.hears(words.QUIETER_NOW["plain"])
    assert (await chosen(started)).evening == "plain"
    for level in ("numbers", "weekdays", "off"):
        await taps(started, past.person, screen, words.EVEN_QUIETER)
        assert screen.text == words.QUIETER_NOW[level]
        known = await chosen(started)
        assert known.wants_summary is (level != "off")
        # Who wants none keeps how much it said.
        assert known.evening == ("weekdays" if level == "off" else level)
    assert [it.text for it in screen.buttons] == [words.UNDO]
    for level in ("weekdays", "numbers", "plain", "full"):
        await taps(started, past.person, screen, words.UNDO)
        assert screen.text == words.QUIETER_NOW[level]
    known = await chosen(started)
    assert (known.evening, known.wants_summary) == ("full", True)
    assert [it.text for it in screen.buttons] == [words.EVEN_QUIETER]
    assert message.text == before


async def test_off_ends_the_hour_and_on_sets_it_again(started: World) -> None:
    past, message = await an_evening(started)
    await past.person.taps(message, words.QUIETER)
    screen = await past.person.hears(words.QUIETER_NOW["plain"])
    for _ in range(3):
        await taps(started, past.person, screen, words.EVEN_QUIETER)
    [user] = await started.rows(User)
    assert user.next_summary_at is None
    await taps(started, past.person, screen, words.UNDO)
    [user] = await started.rows(User)
    assert user.next_summary_at is not None


async def test_a_second_tap_on_an_old_summary_never_makes_it_louder(started: World) -> None:
    past, message = await an_evening(started)
    await past.person.taps(message, words.QUIETER)
    screen = await past.person.hears(words.QUIETER_NOW["plain"])
    await taps(started, past.person, screen, words.EVEN_QUIETER)
    assert (await chosen(started)).evening == "numbers"
    await past.person.taps(message, words.QUIETER)
    await past.person.hears(words.QUIETER_NOW["numbers"], since=screen)
    assert (await chosen(started)).evening == "numbers"


@pytest.mark.parametrize(
    "data",
    [
        "evening:why:20261399", "evening:why:99999999", "evening:fix:00000000", "evening:quieter:loud",
        "evening:level:", "evening:nothing", "evening:why:19000101",
    ],
)  # fmt: skip
async def test_forged_taps_do_nothing(started: World, data: str) -> None:
    past, message = await an_evening(started)
    before = (await chosen(started)).model_dump()
    sends(started, past.person, message.payload, data=data)
    await started.settle()
    await nothing_failed(started)
    assert (await chosen(started)).model_dump() == before
    assert message.payload["photo"]


async def test_the_settings_show_how_much_it_says_and_change_it(started: World) -> None:
    past = await past_of(started, started.person())
    person = past.person
    await person.writes("/settings")
    screen = await person.hears("Settings")
    assert f"{words.SUMMARY}: all of it" in screen.text
    await taps(started, person, screen, words.SUMMARY)
    await taps(started, person, screen, words.LEVELS["numbers"][0])
    await taps(started, person, screen, "Wed")
    await taps(started, person, screen, words.SOFT_ON)
    labels = [it.text for it in screen.buttons]
    assert {it for it in labels if it.startswith("✓")} == {"✓ Numbers only", "✓ Wed", "✓ A soft line"}
    known = await chosen(started)
    assert (known.evening, known.review_weekday, known.soft_line) == ("numbers", 2, True)
    await taps(started, person, screen, words.LEVELS["full"][0])
    await taps(started, person, screen, "‹ Back")
    assert f"{words.SUMMARY}: all of it" in screen.text
    assert phrases.OLD_BUTTON not in screen.text
    assert not await started.rows(Summary)
