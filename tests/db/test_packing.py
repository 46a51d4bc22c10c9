"""A person's vectors come to lie together, whoever else writes or deletes meanwhile."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from bot.jobs.ticks import Ticks
from db.models import DIMENSIONS, Embedding, Entry, User
from db.queries import entries
from db.queries.packing import TOGETHER, pack, scattered
from db.queries.recall import keep_vectors

MODEL = "numbers"
MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
Sessions = async_sessionmaker[AsyncSession]


async def somebody(sessions: Sessions, size: int) -> tuple[UUID, list[UUID]]:
    """A person with so many entries that have no vector yet."""
    user = User(name="Ann", time_zone="UTC")
    async with sessions.begin() as session:
        session.add(user)
        await session.flush()
        written = [
            Entry(user_id=user.id, kind="text", body="a", local_date=date(2024, 1, 1), written_at=MOMENT)
            for _ in range(size)
        ]
        session.add_all(written)
        await session.flush()
    return user.id, [it.id for it in written]


async def place(session: AsyncSession, user_id: UUID, entry_id: UUID, value: float = 1.0) -> None:
    vector = [value, *[0.5] * (DIMENSIONS - 1)]
    await keep_vectors(session, user_id, entry_id, model=MODEL, spans=[(0, 1)], vectors=[vector])


async def diary(sessions: Sessions, size: int = TOGETHER) -> tuple[UUID, list[UUID]]:
    user_id, written = await somebody(sessions, size)
    async with sessions.begin() as session:
        for entry_id in written:
            await place(session, user_id, entry_id)
    return user_id, written


async def loose(sessions: Sessions, user_id: UUID) -> set[UUID]:
    return {it.entry_id for it in await rows(sessions, user_id) if not it.is_packed}


async def rows(sessions: Sessions, user_id: UUID) -> Sequence[Embedding]:
    async with sessions() as session:
        return (await session.scalars(select(Embedding).where(Embedding.user_id == user_id))).all()


async def pages(sessions: Sessions, user_id: UUID) -> int:
    found = (
        "SELECT count(DISTINCT (tableoid, (ctid::text::point)[0])) FROM entry_embeddings WHERE user_id = :id"
    )
    async with sessions() as session:
        return int(await session.scalar(text(found), {"id": user_id}) or 0)


async def waits(engine: AsyncEngine) -> None:
    """Return when somebody waits for a lock."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as looking:
        while not await looking.scalar(text(waiting)):
            pass


async def test_what_lay_among_others_comes_to_lie_together(sessions: Sessions) -> None:
    people = [await somebody(sessions, TOGETHER) for _ in range(3)]
    async with sessions.begin() as session:
        for place_ in range(TOGETHER):
            for user_id, written in people:
                await place(session, user_id, written[place_], place_)
    before = {it.entry_id: it.embedding for user_id, _ in people for it in await rows(sessions, user_id)}
    assert [await pages(sessions, user_id) > TOGETHER * 0.9 for user_id, _ in people] == [True] * 3
    await Ticks(sessions, {}, None).pack()
    for user_id, written in people:
        assert await loose(sessions, user_id) == set()
        assert await pages(sessions, user_id) <= TOGETHER / 2 + 1
        after = {it.entry_id: it.embedding for it in await rows(sessions, user_id)}
        assert after == {it: before[it] for it in written}


async def test_a_few_are_not_worth_a_move(sessions: Sessions) -> None:
    many, _ = await diary(sessions)
    few, written = await diary(sessions, TOGETHER - 1)
    async with sessions() as session:
        assert await scattered(session) == [many]
    await Ticks(sessions, {}, None).pack()
    async with sessions() as session:
        assert await scattered(session) == []
    assert await loose(sessions, few) == set(written)


async def test_an_entry_that_is_held_stays_where_it_is_and_nobody_waits(sessions: Sessions) -> None:
    user_id, written = await diary(sessions)
    async with sessions.begin() as holding:
        assert await entries.is_at(holding, user_id, written[5], 1)
        async with sessions.begin() as session:
            await session.execute(text("SET LOCAL lock_timeout = 1"))
            await pack(session, user_id)
    assert await loose(sessions, user_id) == {written[5]}


async def test_of_two_who_pack_one_does(sessions: Sessions) -> None:
    user_id, _ = await diary(sessions)
    async with sessions.begin() as first, sessions.begin() as second:
        await second.execute(text("SET LOCAL lock_timeout = 1"))
        await pack(first, user_id)
        await pack(second, user_id)
    assert await loose(sessions, user_id) == set()
    assert len(await rows(sessions, user_id)) == TOGETHER


async def test_an_edit_meanwhile_leaves_no_vector_of_before(sessions: Sessions, engine: AsyncEngine) -> None:
    user_id, written = await diary(sessions)

    async def edit() -> None:
        async with sessions.begin() as session:
            assert await entries.is_at(session, user_id, written[0], 1)
            await place(session, user_id, written[0], 7)

    async with sessions.begin() as session:
        await pack(session, user_id)
        editing = asyncio.create_task(edit())
        await waits(engine)
    await editing
    found = [it for it in await rows(sessions, user_id) if it.entry_id == written[0]]
    assert [(it.is_packed, it.embedding[0]) for it in found] == [(False, 7)]


@pytest.mark.parametrize("table", [User, Entry])
async def test_a_deletion_meanwhile_leaves_nothing(
    sessions: Sessions, engine: AsyncEngine, table: type[User | Entry]
) -> None:
    user_id, _ = await diary(sessions)
    owned = User.id == user_id if table is User else Entry.user_id == user_id

    async def forget() -> None:
        async with sessions.begin() as session:
            await session.execute(delete(table).where(owned))

    async with sessions.begin() as session:
        await pack(session, user_id)
        forgetting = asyncio.create_task(forget())
        await waits(engine)
    await forgetting
    assert await rows(sessions, user_id) == []


async def test_what_is_about_to_be_deleted_is_let_go(sessions: Sessions) -> None:
    user_id, _ = await diary(sessions)
    async with sessions.begin() as forgetting:
        await forgetting.execute(delete(User).where(User.id == user_id))
        async with sessions.begin() as session:
            await session.execute(text("SET LOCAL lock_timeout = 1"))
            await pack(session, user_id)
    assert await rows(sessions, user_id) == []
