"""How long recall takes: `python -m evaluation.recall.speed [--rows 200000] [--folder FOLDER]`.

Loads entries of many people, with vectors and words, into an embedded Postgres with the bot's own
settings, then asks for one person's, of 1,000, 3,650 and 10,000 entries, and compares what is found
by meaning with a brute-force search. The rows of all people are mixed, as they come in real life.
"""

import argparse
import asyncio
import struct
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bot.journal.recall import Question, recall, terms
from bot.journal.recall.typos import letters, pairs
from db import migrate
from db.embedded import EmbeddedPostgres
from db.models import DIMENSIONS, Embedding, Entry
from db.queries.entries import EntryRecord, get
from db.session import make_engine, make_sessions

PEOPLE = {size: UUID(int=size) for size in (1000, 3650, 10_000)}
OTHERS = 100
BATCH = 5000
MODEL = "random"
VOCABULARY = 20_000
CONTENT_WORDS = 35
SMALL_WORDS = ["i", "was", "the", "and", "to", "a", "of", "my", "it", "in", "that", "with", "for", "on"]
FIRST_DAY = date(2010, 1, 1)
ROUNDS = 200
LETTERS = "etaoinshrdlcumwfgypbvkjxqz"
FREQUENCIES = np.array([12.7, 9.1, 8.2, 7.5, 7, 6.7, 6.3, 6.1, 6, 4.3, 4, 2.8, 2.8, 2.4, 2.4, 2.2, 2, 2, 1.9])
FREQUENCIES = np.append(FREQUENCIES, [1.5, 1, 0.8, 0.2, 0.2, 0.1, 0.1])
FREQUENCIES /= FREQUENCIES.sum()
Vectors = NDArray[np.float32]


class World:
    """Texts whose words are as unevenly frequent as in any language, and random directions."""

    def __init__(self, seed: int = 7) -> None:
        self.random = np.random.default_rng(seed)
        self.words = [self._word() for _ in range(VOCABULARY)]
        shares = 1 / np.arange(10, VOCABULARY + 10)
        self.shares = shares / shares.sum()

    def _word(self) -> str:
        """Letters as unevenly frequent as in English, three to ten of them."""
        letters = self.random.choice(list(LETTERS), int(self.random.integers(3, 11)), p=FREQUENCIES)
        return "".join(letters)

    def texts(self, count: int) -> list[str]:
        picked = self.random.choice(VOCABULARY, (count, CONTENT_WORDS), p=self.shares)
        small = self.random.choice(SMALL_WORDS, (count, CONTENT_WORDS))
        return [
            " ".join(f"{little} {self.words[it]}" for it, little in zip(row, littles, strict=True)) + "."
            for row, littles in zip(picked, small, strict=True)
        ]

    def vectors(self, count: int) -> Vectors:
        found = self.random.standard_normal((count, DIMENSIONS), dtype=np.float32)
        found /= np.linalg.norm(found, axis=1, keepdims=True)
        return found.astype(np.float16).astype(np.float32)

    def question(self) -> str:
        rare = [self.words[it] for it in self.random.choice(VOCABULARY, 4, p=self.shares)]
        return f"when did i last {rare[0]} the {rare[1]} with {rare[2]} and {rare[3]}"


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        async with EmbeddedPostgres((options.folder or Path(made)) / "postgres") as server:
            world = World()
            await load(server.url, world, options.rows)
            engine = make_engine(server.url)
            await measure(engine, world)
            await engine.dispose()


async def load(url: str, world: World, rows: int) -> None:
    """Fills the tables, unless the folder holds them already."""
    engine = make_engine(url, command_seconds=None)
    await migrate.upgrade(engine)
    async with engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        if not await driver.fetchval("SELECT count(*) FROM users"):
            await _fill(driver, world, rows)
    await engine.dispose()


async def _fill(driver: Any, world: World, rows: int) -> None:
    owners = [owner for size, owner in PEOPLE.items() for _ in range(size)]
    others = [uuid4() for _ in range(OTHERS)]
    owners += [others[it % OTHERS] for it in range(max(rows - len(owners), 0))]
    world.random.shuffle(owners)
    await driver.set_type_codec("halfvec", schema="public", format="binary", encoder=_halfvec, decoder=bytes)
    # The rows are right; checking each reference would take most of the time.
    await driver.execute("SET session_replication_role = replica")
    people = [(owner, "x", "UTC") for owner in (*PEOPLE.values(), *others)]
    await driver.copy_records_to_table("users", records=people, columns=["id", "name", "time_zone"])
    known: set[tuple[UUID, str]] = set()
    for start in range(0, len(owners), BATCH):
        batch = owners[start : start + BATCH]
        ids, vectors = [uuid4() for _ in batch], world.vectors(len(batch))
        await _copy(driver, batch, ids, vectors, world.texts(len(batch)), start, known)
        _progress("loading", start + len(batch), len(owners))
    await driver.execute("SELECT setval(pg_get_serial_sequence('word_chunks', 'id'), $1)", len(owners))
    await driver.execute("VACUUM ANALYZE")
    await driver.execute("CHECKPOINT")


async def _copy(
    driver: Any,
    owners: list[UUID],
    ids: list[UUID],
    vectors: Vectors,
    texts: list[str],
    start: int,
    known: set[tuple[UUID, str]],
) -> None:
    days = [FIRST_DAY + timedelta(days=(start + place) // 55) for place in range(len(ids))]
    entries = [
        (
            entry_id,
            owner,
            "text",
            body,
            day,
            datetime(day.year, day.month, day.day, 12, place % 60, tzinfo=UTC),
        )
        for place, (entry_id, owner, body, day) in enumerate(zip(ids, owners, texts, days, strict=True))
    ]
    columns = ["id", "user_id", "kind", "body", "local_date", "written_at"]
    await driver.copy_records_to_table("journal_entries", records=entries, columns=columns)
    embeddings = [
        (entry_id, 0, MODEL, owner, 0, len(body), vector)
        for entry_id, owner, body, vector in zip(ids, owners, texts, vectors, strict=True)
    ]
    columns = ["entry_id", "chunk", "model", "user_id", "start", "stop", "embedding"]
    await driver.copy_records_to_table("entry_embeddings", records=embeddings, columns=columns)
    chunks, counts, words = [], [], []
    for chunk_id, (entry_id, owner, body) in enumerate(zip(ids, owners, texts, strict=True), start + 1):
        read = terms.read(body, "en")
        key = {term: terms.key(owner, term) for term in read.counts}
        chunks.append((chunk_id, entry_id, owner, 1, 0, 0, len(body), read.length, "en"))
        counts += [(owner, key[term], chunk_id, count, read.length) for term, count in read.counts.items()]
        for word, term in read.known.items():
            if (owner, word) not in known:
                known.add((owner, word))
                words.append((owner, word, key[term], len(word), letters(word), pairs(word), chunk_id))
    columns = ["id", "entry_id", "user_id", "version", "chunk", "start", "stop", "length", "language"]
    await driver.copy_records_to_table("word_chunks", records=chunks, columns=columns)
    columns = ["user_id", "term", "chunk_id", "count", "length"]
    await driver.copy_records_to_table("word_counts", records=counts, columns=columns)
    columns = ["user_id", "word", "term", "length", "letters", "pairs", "chunk_id"]
    await driver.copy_records_to_table("known_words", records=words, columns=columns)


def _halfvec(vector: Vectors) -> bytes:
    return struct.pack(">HH", len(vector), 0) + vector.astype(">f2").tobytes()


async def measure(engine: AsyncEngine, world: World) -> None:
    sessions = make_sessions(engine)
    print(f"{'entries':>8} {'asked':>10} {'p50 ms':>8} {'p95 ms':>8} {'recall@10':>10}")
    for size, owner in PEOPLE.items():
        async with sessions() as session:
            rows = await session.execute(
                select(Entry.id, Embedding.embedding)
                .join(Embedding, Embedding.entry_id == Entry.id)
                .where(Entry.user_id == owner)
                .order_by(Entry.written_at)
            )
            ids, found = zip(*((row[0], np.asarray(row[1], dtype=np.float32)) for row in rows), strict=True)
        vectors = np.array(found, dtype=np.float32)
        for name in ("question", "entry"):
            times, right = [], []
            for number in range(ROUNDS + 20):
                async with sessions() as session:
                    asked, vector = await _ask(session, world, owner, ids, vectors, name)
                    begun = time.perf_counter()
                    await recall(session, asked, model=MODEL, most=10)
                    took = time.perf_counter() - begun
                    if number < 20:
                        continue
                    times.append(took * 1000)
                    if number % 10 == 0:
                        right.append(await _agreement(session, owner, asked, vector, ids, vectors))
            p50, p95 = np.percentile(times, [50, 95])
            print(f"{size:>8} {name:>10} {p50:>8.1f} {p95:>8.1f} {np.mean(right):>10.3f}", flush=True)


async def _ask(
    session: AsyncSession, world: World, owner: UUID, ids: Sequence[UUID], vectors: Vectors, name: str
) -> tuple[Question | EntryRecord, Vectors]:
    if name == "question":
        vector = world.vectors(1)[0]
        day = FIRST_DAY + timedelta(days=4000)
        text = world.question() + (" last month" if world.random.random() < 0.3 else "")
        question = Question(
            user_id=owner, text=text, today=day, language="en", model=MODEL, vector=vector.tolist()
        )
        return question, vector
    # A newest entry has everything else before it, as when its journey runs.
    place = len(ids) - 1 - int(world.random.integers(0, 20))
    found = await get(session, owner, ids[place])
    if found is None:
        raise LookupError("an entry that was loaded is gone")
    values = {name: getattr(found, name) for name in EntryRecord.__dataclass_fields__}
    return EntryRecord(**values | {"embedded_at": found.created_at}), vectors[place]


async def _agreement(
    session: AsyncSession,
    owner: UUID,
    asked: Question | EntryRecord,
    vector: Vectors,
    ids: Sequence[UUID],
    vectors: Vectors,
) -> float:
    """The share of the ten nearest that the path by meaning finds too."""
    probe = Question(
        user_id=owner,
        text="",
        today=FIRST_DAY,
        model=MODEL,
        vector=vector.tolist(),
        paths=frozenset({"meaning"}),
        besides=asked.id if isinstance(asked, EntryRecord) else None,
    )
    found = {it.entry_id for it in await recall(session, probe, most=10)}
    near = {key: float(it) for key, it in zip(ids, vectors @ vector, strict=True) if key != probe.besides}
    tenth = sorted(near.values())[-10]
    # The server sums in another order: what is as near as the tenth is right too.
    return sum(near[it] >= tenth - 1e-6 for it in found) / 10


def _progress(doing: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{doing} {done:,} of {total:,}", end="\n" if done == total else "", file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(main())
