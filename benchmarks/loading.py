"""Entries of many people, with their vectors and words, loaded by COPY into a migrated database.

Every row is what the bot itself would have written (tests/benchmarks/test_loading.py compares), but the
texts and vectors are made up: words as unevenly frequent as in any language, directions at random. The
rows of all people are mixed, as they come in real life.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector
from uuid_utils.compat import uuid7

from bot.journal.recall import terms
from bot.journal.recall.typos import letters, pairs
from db.models import DIMENSIONS
from db.queries.packing import TOGETHER

MODEL = "made-up"
LANGUAGE = "en"
BATCH = 2000
LAST_DAY = date(2026, 6, 30)
COMMON = "i the and to a was of my it in that with for on but we had not she he they at this so me up"
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu bra cle dri flo gru sta pre tri plo"
VOCABULARY = 20_000
# Of each word of its own an entry has one common one.
LENGTHS = (15, 60)

Floats = NDArray[np.float32]

ENTRIES = (
    "id",
    "user_id",
    "kind",
    "body",
    "language",
    "local_date",
    "written_at",
    "embedded_at",
    "coached_at",
)
EMBEDDINGS = ("entry_id", "chunk", "model", "user_id", "start", "stop", "embedding")
CHUNKS = ("id", "entry_id", "user_id", "version", "chunk", "start", "stop", "length", "language")
COUNTS = ("user_id", "term", "chunk_id", "count", "length")
KNOWN = ("user_id", "word", "term", "length", "letters", "pairs", "chunk_id")


@dataclass(kw_only=True)
class Owned:
    """What is loaded for one person: their entries' ids, oldest first, and a vector of each, unless it
    `is_forgotten`: those of everybody would fill a gigabyte."""

    user_id: UUID
    is_forgotten: bool = False
    ids: list[UUID] = field(default_factory=list)
    vectors: list[Floats] = field(default_factory=list)


class Maker:
    def __init__(self, seed: int = 3) -> None:
        self._random = np.random.default_rng(seed)
        self.words = list(_words(VOCABULARY))
        self._common = COMMON.split()
        shares = 1 / (np.arange(VOCABULARY) + 8.0)
        self._shares = np.cumsum(shares / shares.sum())

    def text(self) -> str:
        own = self.pick(int(self._random.integers(*LENGTHS)))
        common = self._random.choice(self._common, len(own))
        return (
            " ".join(f"{little} {word}" for little, word in zip(common, own, strict=True)).capitalize() + "."
        )

    def pick(self, count: int) -> list[str]:
        """Words, the common ones more often."""
        places = np.searchsorted(self._shares, self._random.random(count))
        return [self.words[min(int(it), VOCABULARY - 1)] for it in places]

    def vectors(self, count: int) -> Floats:
        """Unit vectors, shape (count, DIMENSIONS), with values that 16 bits hold exactly."""
        found = self._random.standard_normal((count, DIMENSIONS), dtype=np.float32)
        found /= np.linalg.norm(found, axis=1, keepdims=True)
        return found.astype(np.float16).astype(np.float32)

    def below(self, limit: int) -> int:
        return int(self._random.integers(limit))

    def mixed(self, sizes: list[int]) -> list[int]:
        """So many places in a list for each, in no order."""
        owners = np.repeat(np.arange(len(sizes)), sizes)
        self._random.shuffle(owners)
        return [int(it) for it in owners]


def _words(count: int) -> Iterator[str]:
    syllables = SYLLABLES.split()
    base = len(syllables)
    for number in range(base, base + count):
        word, left = "", number
        while left:
            left, place = divmod(left, base)
            word += syllables[place]
        yield word + "n"


async def load(
    driver: Any, maker: Maker, sizes: list[int], step: Callable[[int], None], *, known: int | None = None
) -> list[Owned]:
    """Somebody new with each of these numbers of entries; of the first `known`, else of all, the vectors
    come back too. `step` hears how many rows are in. `driver` is an asyncpg connection of a superuser
    that knows `halfvec`."""
    limit = len(sizes) if known is None else known
    people = [Owned(user_id=uuid7(), is_forgotten=place >= limit) for place in range(len(sizes))]
    # Each row is right by its making, and checking its references would take most of the time.
    await driver.execute("SET session_replication_role = replica")
    records = [(it.user_id, "Somebody", "UTC") for it in people]
    await driver.copy_records_to_table("users", records=records, columns=["id", "name", "time_zone"])
    owners = maker.mixed(sizes)
    words: set[tuple[UUID, int, str]] = set()
    for start in range(0, len(owners), BATCH):
        batch = [people[it] for it in owners[start : start + BATCH]]
        await _copy(driver, _Rows(maker, batch, first=start, total=len(owners), words=words))
        await _pack(driver)
        step(len(batch))
    await driver.execute("SET session_replication_role = origin")
    await driver.execute("SELECT setval(pg_get_serial_sequence('word_chunks', 'id'), $1)", len(owners))
    return people


class _Rows:
    """The rows of one batch, by table. `first` is the number of its first entry in all."""

    def __init__(
        self, maker: Maker, owners: list[Owned], *, first: int, total: int, words: set[tuple[UUID, int, str]]
    ) -> None:
        self.entries: list[tuple[Any, ...]] = []
        self.embeddings: list[tuple[Any, ...]] = []
        self.chunks: list[tuple[Any, ...]] = []
        self.counts: list[tuple[Any, ...]] = []
        self.known: list[tuple[Any, ...]] = []
        self._seen = words
        vectors = maker.vectors(len(owners))
        for place, (owner, vector) in enumerate(zip(owners, vectors, strict=True)):
            number = first + place
            self._add(owner, maker.text(), vector, number + 1, written_at(number, total))

    def _add(self, owner: Owned, body: str, vector: Floats, number: int, at: datetime) -> None:
        entry_id, user_id = uuid7(), owner.user_id
        owner.ids.append(entry_id)
        if not owner.is_forgotten:
            owner.vectors.append(vector.copy())
        self.entries.append((entry_id, user_id, "text", body, LANGUAGE, at.date(), at, at, at))
        span = (0, len(body))
        self.embeddings.append((entry_id, 0, MODEL, user_id, *span, HalfVector(vector)))
        found = terms.read(body, LANGUAGE)
        self.chunks.append((number, entry_id, user_id, 1, 0, *span, found.length, LANGUAGE))
        key = {term: terms.key(user_id, term) for term in found.counts}
        self.counts += [(user_id, key[it], number, count, found.length) for it, count in found.counts.items()]
        for word, term in found.known.items():
            if (user_id, key[term], word) not in self._seen:
                self._seen.add((user_id, key[term], word))
                look = (len(word), letters(word), pairs(word))
                self.known.append((user_id, word, key[term], *look, number))


async def _copy(driver: Any, rows: _Rows) -> None:
    for table, columns, records in (
        ("journal_entries", ENTRIES, rows.entries),
        ("entry_embeddings", EMBEDDINGS, rows.embeddings),
        ("word_chunks", CHUNKS, rows.chunks),
        ("word_counts", COUNTS, rows.counts),
        ("known_words", KNOWN, rows.known),
    ):
        await driver.copy_records_to_table(table, records=records, columns=columns)


async def _pack(driver: Any) -> None:
    """As `db.queries.packing` does in a bot that runs meanwhile."""
    scattered = "SELECT user_id FROM entry_embeddings_loose GROUP BY user_id HAVING count(*) >= $1"
    for row in await driver.fetch(scattered, TOGETHER):
        move = "UPDATE entry_embeddings SET is_packed = true WHERE user_id = $1 AND NOT is_packed"
        await driver.execute(move, row["user_id"])


def written_at(number: int, total: int) -> datetime:
    """Evenly over ten years up to LAST_DAY, in the order of the numbers."""
    end = datetime.combine(LAST_DAY, time(20), UTC)
    return end - timedelta(days=3650) * (total - 1 - number) / max(total, 1)
