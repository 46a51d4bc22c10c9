"""What is chosen minutes before a summary: the one that is prepared follows."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import update

from bot.journal import phrases_reminders as reminder_words
from bot.journal import phrases_settings
from bot.journal import phrases_summary as words
from bot.journal.clock import zone_of
from bot.journal.message import Reply
from bot.playground.chat import Message
from db.models import Goal, Outgoing, StoredPicture, Summary, User

from .conftest import LONG_AGO, World
from .evenings import Minds, by_tap, prefers, reading
from .evenings import words as given
from .meeting import says, taps
from .past import Past, past_of

STORY = "A day by the water."
BODY = "Walked along the canal with Noor. It really cleared my head."


class Tonight:
    """Somebody whose summary is prepared, and comes in minutes: at ten in the evening, where they live."""

    def __init__(self, past: Past, minute: datetime, today: date, offset: int) -> None:
        self.past, self.minute, self.today, self.offset = past, minute, today, offset
        self.world: World = past.world

    async def screen(self, *path: str) -> Message:
        """The settings, and what is tapped there."""
        screen = await says(self.world, self.past.person, "/settings", "Settings")
        for label in path:
            await taps(self.world, self.past.person, screen, label)
        return screen

    async def prepared(self) -> None:
        """All that is due to be prepared by and by is prepared."""
        await self.world.bot.evenings.plan()
        async with self.world.sessions.begin() as session:
            waiting = update(Summary).where(Summary.state == "waiting", Summary.lease_until.is_(None))
            await session.execute(waiting.values(due_at=LONG_AGO))
        await self.world.until(Summary, lambda rows: all(it.state != "waiting" for it in rows))

    async def summaries(self) -> dict[str, Summary]:
        return {row.kind: row for row in await self.world.rows(Summary)}

    async def reply(self, kind: str = "day") -> Reply | None:
        """What the chat is to show of it, if anything."""
        summary = (await self.summaries())[kind]
        slot = f"summary:{summary.id}"
        found = [row for row in await self.world.rows(Outgoing) if row.slot == slot]
        return Reply.from_content(found[0].content) if found else None

    async def png(self) -> bytes:
        reply = await self.reply()
        assert reply is not None
        [picture] = [it for it in await self.world.rows(StoredPicture) if it.id == reply.picture]
        return bytes(picture.png)


@pytest.fixture
async def tonight(started: World) -> Tonight:
    minds = Minds(started)
    minds.scores = reading(("mood", 72, "It really cleared my head"))
    minds.summary = given(STORY)
    minute = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=4)
    ahead = (22 - minute.hour) % 24
    offset = ahead if ahead <= 14 else ahead - 24
    # Zones named after their distance from Greenwich count it the other way round.
    zone = f"Etc/GMT{-offset:+d}"
    there = minute.astimezone(zone_of(zone))
    past = await past_of(started, started.person(), time_zone=zone)
    await past.write(BODY, there.date(), mood=7)
    await by_tap(past)
    await prefers(past, review_weekday=(there.weekday() + 3) % 7)
    async with started.sessions.begin() as session:
        await session.execute(update(User).values(summary_time=there.time(), next_summary_at=minute))
    known = Tonight(past, minute, there.date(), offset)
    await known.prepared()
    if there.day == 1:
        # The review of the month is none of what is looked at here.
        assert set(await known.summaries()) == {"day", "month"}
    return known


async def test_how_much_it_says_is_followed(tonight: Tonight) -> None:
    first = await tonight.reply()
    assert first is not None
    assert STORY in first.html
    assert first.picture
    await tonight.screen(words.SUMMARY, words.LEVELS["numbers"][0])
    await tonight.prepared()
    now = await tonight.reply()
    assert now is not None
    assert STORY not in now.html
    assert not now.picture
    [summary] = [it for kind, it in (await tonight.summaries()).items() if kind == "day"]
    assert (summary.shown_at, summary.state) == (tonight.minute, "prepared")


async def test_the_pictures_theme_is_followed(tonight: Tonight) -> None:
    light = await tonight.png()
    await tonight.screen("Pictures", phrases_settings.THEMES["dark"][0])
    await tonight.prepared()
    assert await tonight.png() != light


async def test_where_the_day_starts_is_followed(tonight: Tonight) -> None:
    before = (await tonight.summaries())["day"]
    await tonight.screen("Day starts at", "04:00")
    await tonight.prepared()
    now = (await tonight.summaries())["day"]
    assert (now.shown_at, now.local_date) == (tonight.minute, tonight.today)
    # Whose day ends later may have it later.
    assert now.stale_at > before.stale_at


async def test_the_weekday_of_the_review_is_followed(tonight: Tonight) -> None:
    assert "week" not in await tonight.summaries()
    today, other = (words.WEEKDAYS[(tonight.today.weekday() + ahead) % 7] for ahead in (0, 1))
    screen = await tonight.screen(words.SUMMARY, today)
    await tonight.prepared()
    known = await tonight.summaries()
    assert known["week"].shown_at == known["day"].shown_at + timedelta(minutes=1)
    assert await tonight.reply("week")
    await taps(tonight.world, tonight.past.person, screen, other)
    await tonight.prepared()
    known = await tonight.summaries()
    assert "week" not in known
    assert known["day"].shown_at == tonight.minute
    slots = {row.slot for row in await tonight.world.rows(Outgoing) if row.purpose == "summary"}
    assert slots <= {f"summary:{it.id}" for it in known.values()}


async def off(tonight: Tonight) -> None:
    await tonight.screen("Evening summary", "Off")


async def later(tonight: Tonight) -> None:
    await tonight.screen("Evening summary", "23:00")


async def quiet(tonight: Tonight) -> None:
    await tonight.screen("Quiet hours", reminder_words.span(time(22), time(7)))


async def silent(tonight: Tonight) -> None:
    screen = await says(tonight.world, tonight.past.person, "/silence", "")
    await taps(tonight.world, tonight.past.person, screen, reminder_words.SILENCES["week"])


async def moved(tonight: Tonight) -> None:
    await tonight.screen("Time zone")
    # To the west, where the evening of the same day is still to come.
    city = "Kathmandu" if tonight.offset > 5 else "Pago Pago"
    await says(tonight.world, tonight.past.person, city, "Settings")


@pytest.mark.parametrize("choose", [off, later, quiet, silent, moved])
async def test_what_decides_when_it_comes_is_followed(
    tonight: Tonight, choose: Callable[[Tonight], object]
) -> None:
    """Nothing of it is left to come at the old minute."""
    await choose(tonight)  # type: ignore[misc]
    await tonight.world.bot.evenings.plan()
    left = [row for row in await tonight.world.rows(Outgoing) if row.purpose == "summary"]
    assert [row for row in left if row.due_at == tonight.minute] == []
    coming = [row for row in await tonight.world.rows(Summary) if row.state == "waiting"]
    assert tonight.minute not in {row.shown_at for row in coming}


async def test_the_goals_that_it_names_are_followed(tonight: Tonight) -> None:
    async with tonight.world.sessions.begin() as session:
        session.add(Goal(user_id=tonight.past.user_id, title="Swim", state="active"))
    screen = await says(tonight.world, tonight.past.person, "/goals", "Swim")
    await taps(tonight.world, tonight.past.person, screen, "1. Swim")
    await taps(tonight.world, tonight.past.person, screen, "⏸ Pause")
    assert (await tonight.summaries())["day"].state == "waiting"
    await tonight.prepared()
    await taps(tonight.world, tonight.past.person, screen, "🗑 Delete")
    await taps(tonight.world, tonight.past.person, screen, "Delete")
    assert (await tonight.summaries())["day"].state == "waiting"
