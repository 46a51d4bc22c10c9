"""The person's own entries near a text: by vector or by words. The coach's words are not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Embedding, Entry


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """An entry that was found, nearest first in its list."""

    entry_id: UUID
    local_date: date
    written_at: datetime
    body: str


async def by_vector(
    session: AsyncSession, user_id: UUID, entry_id: UUID, *, model: str, most: int
) -> list[Remembered]:
    """Nearest to the entry by cosine distance over every vector of the person: exact, with no
    index to miss any. Nothing when the entry has no vector of `model`."""
    asked = (
        select(Embedding.embedding)
        .where(
            Embedding.entry_id == entry_id,
            Embedding.user_id == user_id,
            Embedding.model == model,
            Embedding.chunk == 0,
        )
        .scalar_subquery()
    )
    distance = Embedding.embedding.cosine_distance(asked).label("distance")
    nearest = (
        select(Embedding.entry_id, distance)
        .where(Embedding.user_id == user_id, Embedding.model == model, Embedding.entry_id != entry_id)
        .where(asked.is_not(None))
        .order_by("distance")
        # An entry may be near with several of its chunks.
        .limit(most * 4)
        .subquery()
    )
    rows = await session.execute(
        select(Entry.id, Entry.local_date, Entry.written_at, Entry.body)
        .join(nearest, nearest.c.entry_id == Entry.id)
        .where(Entry.user_id == user_id)
        .order_by(nearest.c.distance)
    )
    return _unique(rows, most)


BY_WORDS = text(r"""
    WITH asked AS (
        SELECT string_agg('''' || replace(replace(word, '\', '\\'), '''', '''''') || '''', ' | ')::tsquery
            AS query
        FROM (
            SELECT word FROM unnest(tsvector_to_array(to_tsvector('simple', left(:text, 20000)))) AS word
            WHERE length(word) > 2 LIMIT 300
        ) AS words)
    SELECT e.id, e.local_date, e.written_at, e.body
    FROM journal_entries e, asked
    WHERE e.user_id = :user_id AND e.id <> :besides AND e.words @@ asked.query
    ORDER BY ts_rank(e.words, asked.query, 1) DESC, e.written_at DESC
    LIMIT :most
""")


async def by_words(
    session: AsyncSession, user_id: UUID, wording: str, *, besides: UUID, most: int
) -> list[Remembered]:
    """By shared words, those sharing most and most densely first."""
    bind = {"text": wording, "user_id": user_id, "besides": besides, "most": most}
    return _unique(await session.execute(BY_WORDS, bind), most)


def _unique(rows: Any, most: int) -> list[Remembered]:
    found: dict[UUID, Remembered] = {}
    for entry_id, local_date, written_at, body in rows:
        found.setdefault(
            entry_id,
            Remembered(entry_id=entry_id, local_date=local_date, written_at=written_at, body=body),
        )
    return list(found.values())[:most]


async def keep_vectors(
    session: AsyncSession,
    user_id: UUID,
    entry_id: UUID,
    *,
    model: str,
    spans: Sequence[tuple[int, int]],
    vectors: Sequence[Sequence[float]],
) -> None:
    """Replace the entry's vectors of `model`: one per chunk, `spans` in characters of the body."""
    await session.execute(
        delete(Embedding).where(
            Embedding.entry_id == entry_id, Embedding.user_id == user_id, Embedding.model == model
        )
    )
    rows = [
        {
            "entry_id": entry_id,
            "user_id": user_id,
            "model": model,
            "chunk": chunk,
            "start": start,
            "stop": stop,
            "embedding": list(vector),
        }
        for chunk, ((start, stop), vector) in enumerate(zip(spans, vectors, strict=True))
    ]
    if rows:
        await session.execute(insert(Embedding), rows)
