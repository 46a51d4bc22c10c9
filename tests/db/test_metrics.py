"""What is read of an entry, and what its person said of it, through every later reading."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal.message import Identity, Incoming
from bot.journal.receive import receive
from db.models import Entry, Metric
from db.queries import around, entries, metrics
from db.queries.metrics import Reading

Sessions = async_sessionmaker[AsyncSession]
Owned = tuple[UUID, UUID]
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def mood(value: float, quote: str = "mood 7") -> Reading:
    return Reading(name="mood", ordinal=0, value=value, unit="points", quote=quote, source="model")


def moved(value: float, quote: str) -> Reading:
    return Reading(
        name="exercise_minutes",
        ordinal=0,
        value=value,
        unit="minutes",
        quote=quote,
        source="model",
        several=True,
    )


RAN, SWAM, BIKED = moved(30, "ran 30 min"), moved(20, "swam 20 min"), moved(10, "biked 10 min")
TEXT = "mood 7, ran 30 min, swam 20 min"


@pytest.fixture
async def owned(sessions: Sessions) -> Owned:
    return await taken(sessions, TEXT)


async def taken(sessions: Sessions, text: str, person: int = 7) -> Owned:
    who = Identity(telegram_id=person, chat_id=person, first_name="Mina", language_code="en")
    message = Incoming(identity=who, message_id=1, kind="text", text=text, written_at=NOON)
    async with sessions.begin() as session:
        stored = await receive(session, message, "UTC")
        entry = (await session.scalars(select(Entry).where(Entry.id == stored.entry_id))).one()
        return entry.user_id, entry.id


async def read(sessions: Sessions, owned: Owned, *readings: Reading, body: str | None = None) -> None:
    async with sessions.begin() as session:
        if body is not None:
            await session.execute(update(Entry).where(Entry.id == owned[1]).values(body=body))
        written = await session.scalar(select(Entry.body).where(Entry.id == owned[1])) or ""
        await metrics.replace_read(session, *owned, readings, body=written, call_id=None)


async def kept(sessions: Sessions, owned: Owned) -> list[Metric]:
    async with sessions() as session:
        return await metrics.all_of_entry(session, *owned)


async def counted(sessions: Sessions, owned: Owned) -> Sequence[tuple[str, float]]:
    async with sessions() as session:
        return [(row.quote or "", row.value) for row in await metrics.of_entry(session, *owned)]


async def correct(sessions: Sessions, owned: Owned, quote: str, value: float | None) -> None:
    """Change the number with this quote; None removes it."""
    [metric] = [row for row in await kept(sessions, owned) if row.quote == quote]
    async with sessions.begin() as session:
        if value is None:
            await metrics.remove(session, owned[0], metric.id)
        else:
            await metrics.correct(session, owned[0], metric.id, value)


async def test_a_correction_stands_beside_what_was_read_and_outlives_it(
    sessions: Sessions, owned: Owned
) -> None:
    await read(sessions, owned, mood(7), RAN)
    await correct(sessions, owned, "mood 7", 4)
    await read(sessions, owned, mood(7), RAN)
    await read(sessions, owned, mood(2, "mood 2"), body="mood 2")
    [row] = await kept(sessions, owned)
    assert (row.value, row.source, row.model_value, row.quote) == (4, "person", 2, "mood 2")


async def test_what_was_removed_is_not_read_again_and_keeps_its_quote(
    sessions: Sessions, owned: Owned
) -> None:
    await read(sessions, owned, mood(7), RAN)
    await correct(sessions, owned, "mood 7", None)
    await read(sessions, owned, mood(7), RAN)
    assert await counted(sessions, owned) == [("ran 30 min", 30)]
    [row] = [row for row in await kept(sessions, owned) if row.removed_at]
    assert (row.quote, row.value, row.source) == ("mood 7", 7, "model")
    await read(sessions, owned, RAN)
    await read(sessions, owned, mood(3, "mood 3"), body="mood 3")
    assert await counted(sessions, owned) == []


async def test_readings_of_one_name_are_known_by_their_words_not_by_their_place(
    sessions: Sessions, owned: Owned
) -> None:
    await read(sessions, owned, RAN, SWAM)
    await correct(sessions, owned, "swam 20 min", 25)
    await read(sessions, owned, SWAM, body="swam 20 min")
    assert await counted(sessions, owned) == [("swam 20 min", 25)]
    await read(sessions, owned, BIKED, SWAM, body="biked 10 min, swam 20 min")
    assert sorted(await counted(sessions, owned)) == [("biked 10 min", 10), ("swam 20 min", 25)]


async def test_a_removed_one_of_several_takes_no_other_with_it(sessions: Sessions, owned: Owned) -> None:
    await read(sessions, owned, RAN, SWAM)
    await correct(sessions, owned, "ran 30 min", None)
    await read(sessions, owned, moved(30, "I ran 30 min"), BIKED, SWAM)
    assert sorted(await counted(sessions, owned)) == [("biked 10 min", 10), ("swam 20 min", 20)]


async def test_the_same_value_twice_is_told_apart_by_its_words(sessions: Sessions, owned: Owned) -> None:
    walked = moved(30, "walked 30 min")
    await read(sessions, owned, RAN, walked)
    await correct(sessions, owned, "walked 30 min", None)
    await read(sessions, owned, walked, RAN)
    assert await counted(sessions, owned) == [("ran 30 min", 30)]


async def test_a_corrected_sentence_that_is_rewritten_counts_once(sessions: Sessions, owned: Owned) -> None:
    await read(sessions, owned, RAN)
    await correct(sessions, owned, "ran 30 min", 35)
    await read(sessions, owned, moved(40, "ran 40 min"), body="ran 40 min")
    assert await counted(sessions, owned) == [("ran 40 min", 35)]


async def test_a_correction_whose_words_still_stand_is_not_taken_for_another_reading(
    sessions: Sessions, owned: Owned
) -> None:
    await read(sessions, owned, RAN)
    await correct(sessions, owned, "ran 30 min", 35)
    await read(sessions, owned, SWAM)
    assert sorted(await counted(sessions, owned)) == [("ran 30 min", 35), ("swam 20 min", 20)]


async def test_a_quote_that_is_gone_from_the_text_is_dropped(sessions: Sessions, owned: Owned) -> None:
    await read(sessions, owned, mood(7))
    await correct(sessions, owned, "mood 7", 4)
    await read(sessions, owned, body="a day like any other")
    [row] = await kept(sessions, owned)
    assert (row.quote, row.value, row.model_value) == (None, 4, 7)


async def test_what_is_read_again_keeps_its_row(sessions: Sessions, owned: Owned) -> None:
    await read(sessions, owned, RAN, SWAM)
    before = {row.quote: row.id for row in await kept(sessions, owned)}
    await read(sessions, owned, SWAM, RAN, mood(7))
    after = {row.quote: row.id for row in await kept(sessions, owned)}
    assert before.items() <= after.items()
    assert len(after) == 3


async def test_what_the_person_said_first_is_met_by_a_later_reading(sessions: Sessions, owned: Owned) -> None:
    async with sessions.begin() as session:
        await metrics.say(session, *owned, name="mood", value=8.0, unit="points")
    await read(sessions, owned, mood(7))
    [row] = await kept(sessions, owned)
    assert (row.value, row.model_value, row.quote, row.source) == (8, 7, "mood 7", "person")


async def test_what_is_said_after_it_was_removed_counts_again(sessions: Sessions, owned: Owned) -> None:
    await read(sessions, owned, mood(7))
    await correct(sessions, owned, "mood 7", None)
    async with sessions.begin() as session:
        await metrics.say(session, *owned, name="mood", value=5.0, unit="points")
    assert await counted(sessions, owned) == [("mood 7", 5)]


async def test_one_that_was_never_read_goes_whole(sessions: Sessions, owned: Owned) -> None:
    async with sessions.begin() as session:
        await metrics.say(session, *owned, name="mood", value=8.0, unit="points")
    [row] = await kept(sessions, owned)
    async with sessions.begin() as session:
        await metrics.remove(session, owned[0], row.id)
    assert await kept(sessions, owned) == []


async def test_another_of_a_name_that_may_come_often_stands_beside_the_first(
    sessions: Sessions, owned: Owned
) -> None:
    await read(sessions, owned, RAN)
    async with sessions.begin() as session:
        await metrics.say_another(session, *owned, name="exercise_minutes", value=15.0, unit="minutes")
    assert await counted(sessions, owned) == [("ran 30 min", 30), ("", 15)]
    await read(sessions, owned, RAN)
    assert await counted(sessions, owned) == [("ran 30 min", 30), ("", 15)]


async def test_nobody_changes_the_numbers_of_another(sessions: Sessions, owned: Owned) -> None:
    stranger, _ = await taken(sessions, "mine", person=8)
    await read(sessions, owned, mood(7))
    [row] = await kept(sessions, owned)
    async with sessions.begin() as session:
        await metrics.correct(session, stranger, row.id, 1.0)
        await metrics.remove(session, stranger, row.id)
        await metrics.replace_read(session, stranger, owned[1], [], body="", call_id=None)
    assert await counted(sessions, owned) == [("mood 7", 7)]


async def test_numbers_that_were_removed_or_whose_entry_is_deleted_count_nowhere(
    sessions: Sessions, owned: Owned
) -> None:
    await read(sessions, owned, mood(7), RAN)
    await correct(sessions, owned, "mood 7", None)
    async with sessions.begin() as session:
        entry = await entries.get(session, *owned)
        assert entry
        there = await around.look(session, entry, since=NOON, most=1)
        assert there.known_today == {"exercise_minutes"}
        await session.execute(update(Entry).values(deleted_at=NOON))
    async with sessions() as session:
        there = await around.look(session, entry, since=NOON, most=1)
        assert there.known_today == frozenset()
        assert await metrics.of_entry(session, *owned) == []
        assert len(await metrics.all_of_entry(session, *owned)) == 2
