"""The person's own entries near a text: by vector or by words. The coach's words are not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select, text, update
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
    written = select(Entry.written_at).where(Entry.id == entry_id, Entry.user_id == user_id).scalar_subquery()
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
        .where(Entry.user_id == user_id, Entry.written_at < written)
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


@dataclass(frozen=True, kw_only=True)
class Lacking:
    id: UUID
    user_id: UUID
    version: int
    body: str


async def lacking(session: AsyncSession, *, after: UUID | None, most: int) -> list[Lacking]:
    """Entries of anybody that have no vector and are answered, by id."""
    found = select(Entry.id, Entry.user_id, Entry.version, Entry.body).where(
        Entry.embedded_at.is_(None), Entry.coached_at.is_not(None), Entry.body != ""
    )
    if after is not None:
        found = found.where(Entry.id > after)
    rows = await session.execute(found.order_by(Entry.id).limit(most))
    return [Lacking(id=row[0], user_id=row[1], version=row[2], body=row[3]) for row in rows]


async def forget_other_models(session: AsyncSession, model: str) -> None:
    """Entries whose vectors are another model's lack one of `model`."""
    of_model = exists().where(Embedding.entry_id == Entry.id, Embedding.model == model)
    await session.execute(
        update(Entry).where(Entry.embedded_at.is_not(None), ~of_model).values(embedded_at=None)
    )
