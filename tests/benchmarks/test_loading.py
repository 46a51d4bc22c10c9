"""What is loaded is what the bot would have written."""

from datetime import timedelta
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import numpy as np
import pytest
from pgvector.asyncpg import register_vector
from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from benchmarks.loading import LAST_DAY, MODEL, Maker, Owned, load, written_at
from benchmarks.recall import Asker, brute_force
from bot.journal.recall import words
from db.models import Embedding, Entry, KnownWord, WordChunk, WordCount
from db.owned import Sessions as Own

SIZES = [40, 7]
Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
def vectors() -> Maker:
    return Maker(seed=11)


@pytest.fixture
async def people(database_url: str, vectors: Maker) -> list[Owned]:
    driver: Any = await asyncpg.connect(database_url)
    await register_vector(driver)
    steps: list[int] = []
    people = await load(driver, vectors, SIZES, steps.append)
    assert sum(steps) == sum(SIZES)
    await driver.close()
    return people


async def test_everybody_has_their_number_of_entries(people: list[Owned], sessions: Sessions) -> None:
    async with sessions() as session:
        for owner, size in zip(people, SIZES, strict=True):
            found = list(
                await session.scalars(
                    select(Entry).where(Entry.user_id == owner.user_id).order_by(Entry.written_at)
                )
            )
            assert [it.id for it in found] == owner.ids
            assert len(found) == size
            assert all(it.embedded_at and it.body for it in found)


async def test_the_vectors_are_stored_as_they_were_made(people: list[Owned], sessions: Sessions) -> None:
    owner = people[1]
    async with sessions() as session:
        for entry_id, vector in zip(owner.ids, owner.vectors, strict=True):
            row = await session.scalar(select(Embedding).where(Embedding.entry_id == entry_id))
            assert row is not None
            assert (row.model, row.user_id, row.chunk) == (MODEL, owner.user_id, 0)
            assert np.array_equal(np.array(row.embedding, dtype=np.float32), vector)


async def test_the_vectors_of_the_others_are_not_kept_here(database_url: str, vectors: Maker) -> None:
    driver: Any = await asyncpg.connect(database_url)
    await register_vector(driver)
    one, other = await load(driver, vectors, [3, 4], lambda _: None, known=1)
    stored = await driver.fetchval("SELECT count(*) FROM entry_embeddings")
    await driver.close()
    assert (len(one.vectors), len(other.vectors), len(other.ids), stored) == (3, 0, 4, 7)


async def rows_of(session: AsyncSession, owner: Owned) -> dict[str, Any]:
    chunks = {
        it.id: (it.entry_id, it.version, it.chunk, it.start, it.stop, it.length, it.language)
        for it in await session.scalars(select(WordChunk).where(WordChunk.user_id == owner.user_id))
    }
    counts = await session.scalars(select(WordCount).where(WordCount.user_id == owner.user_id))
    known = await session.scalars(select(KnownWord).where(KnownWord.user_id == owner.user_id))
    return {
        "chunks": sorted(chunks.values()),
        "counts": sorted((chunks[it.chunk_id][0], it.term, it.count, it.length) for it in counts),
        "known": sorted((it.word, it.term, it.length, it.letters, it.pairs) for it in known),
    }


async def test_the_words_are_those_that_the_bot_itself_would_index(
    people: list[Owned], sessions: Sessions
) -> None:
    owner = people[0]
    async with sessions() as session:
        loaded = await rows_of(session, owner)
    assert len(loaded["counts"]) > 100
    async with sessions.begin() as session:
        for entry_id in owner.ids:
            await words.index(session, owner.user_id, entry_id)
    async with sessions() as session:
        assert await rows_of(session, owner) == loaded


async def test_the_next_chunk_of_the_bot_gets_a_number_of_its_own(
    people: list[Owned], sessions: Sessions
) -> None:
    async with sessions() as session:
        highest = await session.scalar(text("SELECT max(id) FROM word_chunks"))
        following = await session.scalar(text("SELECT nextval(pg_get_serial_sequence('word_chunks', 'id'))"))
    assert highest == sum(SIZES)
    assert following == highest + 1


async def test_every_way_of_asking_finds_the_persons_own_entries_only(
    people: list[Owned], sessions: Sessions, vectors: Maker
) -> None:
    asker = Asker(Own(sessions), vectors, people[1])
    for ask in (asker.question(), await asker.entry(), asker.scan()):
        async with sessions() as session:
            found = {it.entry_id for it in await ask(session)}
        assert found
        assert found <= set(people[1].ids)


async def test_the_scan_agrees_with_brute_force(
    people: list[Owned], sessions: Sessions, vectors: Maker
) -> None:
    asker = Asker(Own(sessions), vectors, people[0])
    assert await asker.agreement(np.array(people[0].vectors)) == 1.0


async def test_a_scan_that_misses_entries_agrees_less(
    people: list[Owned], sessions: Sessions, vectors: Maker
) -> None:
    owner = people[0]
    async with sessions.begin() as session:
        gone = [it for place, it in enumerate(owner.ids) if place % 2]
        await session.execute(delete(Embedding).where(Embedding.entry_id.in_(gone)))
    matrix = np.array(owner.vectors)
    shares = [await Asker(Own(sessions), vectors, owner).agreement(matrix) for _ in range(5)]
    assert max(shares) < 1.0


def test_brute_force_ranks_by_the_angle() -> None:
    matrix = np.array([[1, 0], [0, 1], [1, 1], [-1, 0]], dtype=np.float32)
    assert brute_force(matrix, np.array([2, 0.5], dtype=np.float32), 3) == [0, 2, 1]


def test_entries_are_spread_over_ten_years_in_order() -> None:
    times = [written_at(number, 100) for number in range(100)]
    assert times == sorted(times)
    assert times[-1].date() == LAST_DAY
    assert timedelta(days=3600) < times[-1] - times[0] < timedelta(days=3650)
