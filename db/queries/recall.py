"""The person's own entries near a question, by every path in one statement, and their vectors.

Only what a person wrote is here: the coach's words are in no table that this reads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, delete, exists, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Embedding, Entry
from db.queries import recall_sql as sql


@dataclass(frozen=True, kw_only=True)
class AskedTerm:
    """A term to look up for the word at `place` of a question: the terms of one place are forms of
    the same word, and count as one when it is told how rare it is. `is_small` marks words that only
    hold a sentence together."""

    place: int
    term: int
    weight: float
    is_small: bool = False


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What to find of a person's entries.

    By meaning with the `vector`, or with the vector of `of_entry`, either of `model`; by words with
    `terms`, of whose postings at most so many are read; by date within any of `days`, both ends
    included, in the person's own days; and the newest ones. The rest says which entries are looked at:
    not `besides`, written before `before`, of the days `since` to `until`, of these `kinds`.
    """

    user_id: UUID
    model: str | None = None
    vector: Sequence[float] | None = None
    of_entry: UUID | None = None
    terms: Sequence[AskedTerm] = ()
    postings: int = sql.POSTINGS
    days: Sequence[tuple[date, date]] = ()
    paths: frozenset[str] = sql.PATHS
    besides: UUID | None = None
    before: datetime | None = None
    since: date | None = None
    until: date | None = None
    kinds: Sequence[str] = ()
    among: Sequence[UUID] | None = None


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """An entry that was found. `body[start:stop]` is the part that was, in characters, or all of it;
    `found_by` names the paths that led to it."""

    entry_id: UUID
    kind: str = "text"
    local_date: date
    written_at: datetime
    body: str
    start: int = 0
    stop: int | None = None
    found_by: frozenset[str] = frozenset()
    score: float = 0.0


async def find(session: AsyncSession, asked: Asked, *, most: int) -> list[Remembered]:
    """The person's entries by every path at once, the best first, in one statement."""
    statement, bind = statement_for(asked, most)
    rows = await session.execute(_parsed(statement), bind)
    return [
        Remembered(
            entry_id=row.id,
            kind=row.kind,
            local_date=row.local_date,
            written_at=row.written_at,
            body=row.body,
            start=row.start or 0,
            stop=row.stop,
            found_by=frozenset(row.paths),
            score=row.score,
        )
        for row in rows
    ]


def statement_for(asked: Asked, most: int) -> tuple[str, dict[str, Any]]:
    """The SQL and what it binds: a part for each path that has something to go by, and their fusion."""
    bind: dict[str, Any] = {"user_id": asked.user_id, "most": most, "reach": sql.REACH}
    parts, of_entries, of_chunks = _looked_at(asked, bind)
    near: list[str] = []
    if "meaning" in asked.paths and asked.model and (asked.vector is not None or asked.of_entry):
        parts.append(_meaning(asked, of_entries, bind))
        near.append(_weighed("meaning"))
    if "words" in asked.paths and asked.terms:
        parts.append(_words(asked, of_chunks, bind, few=0 if near else sql.FEW))
        near.append(_weighed("words"))
    parts.append(sql.NEAR.format(rankings=" UNION ALL ".join(near) or sql.NOTHING))
    rankings = [sql.ALL_OF.format(path="near")]
    for path, part in _around(asked, bind, is_near=bool(near)):
        parts.append(part.format(told=sql.TOLD, where=of_entries.format(column="e.id"), **sql.FIGURES))
        rankings.append(sql.ALL_OF.format(path=path))
    return "WITH " + ",".join(parts) + sql.FUSED.format(
        told=sql.TOLD, rankings=" UNION ALL ".join(rankings)
    ), bind


def _around(asked: Asked, bind: dict[str, Any], *, is_near: bool) -> Iterator[tuple[str, str]]:
    """The paths that go by time, with what each adds to the statement."""
    if "dates" in asked.paths and asked.days:
        bind |= {"starts": [it[0] for it in asked.days], "stops": [it[1] for it in asked.days]}
        yield "dates", sql.DATED
    if "sitting" in asked.paths and is_near:
        yield "sitting", sql.BESIDE
    if "recency" in asked.paths:
        bind["newest"] = sql.NEWEST
        yield "recency", sql.RECENT


# There are few combinations of paths and filters, and SQLAlchemy takes a while to read a long text.
@lru_cache(maxsize=64)
def _parsed(statement: str) -> TextClause:
    return text(statement)


def _weighed(path: str) -> str:
    return sql.WEIGHED.format(
        path=path,
        weight=sql.WEIGHTS[path],
        least=sql.LEAST[path],
        fewest=sql.FEWEST[path],
        found=sql.FOUND,
    )


def _looked_at(asked: Asked, bind: dict[str, Any]) -> tuple[list[str], str, str]:
    """The lists of entries to leave out and to keep to, and the conditions on entries and chunks."""
    parts, of_entries, of_chunks = [], "", ""
    # Questions are the nearest of all to a question: they must not fill the paths before the fusion.
    bind |= {"besides": asked.besides, "before": asked.before}
    parts.append(sql.OUTSIDE)
    of_entries += sql.EXCEPT_ENTRIES
    of_chunks += sql.EXCEPT_CHUNKS
    if asked.since or asked.until or asked.kinds or asked.among is not None:
        bind |= {"since": asked.since, "until": asked.until, "kinds": list(asked.kinds) or None}
        bind["among"] = None if asked.among is None else list(asked.among)
        parts.append(sql.INSIDE)
        of_entries += sql.ONLY_ENTRIES
        of_chunks += sql.ONLY_CHUNKS
    return parts, of_entries, of_chunks


def _meaning(asked: Asked, of_entries: str, bind: dict[str, Any]) -> str:
    bind["model"] = asked.model
    if asked.vector is not None:
        bind["vector"] = list(asked.vector)
        question = sql.ASKED_VECTOR
    else:
        bind["of_entry"] = asked.of_entry
        question = sql.OF_ENTRY
    return sql.MEANING.format(asked=question, where=of_entries.format(column="v.entry_id"))


def _words(asked: Asked, of_chunks: str, bind: dict[str, Any], *, few: int) -> str:
    bind |= {
        "places": [it.place for it in asked.terms],
        "terms": [it.term for it in asked.terms],
        "weights": [it.weight for it in asked.terms],
        "are_small": [it.is_small for it in asked.terms],
        "few": few,
        "postings": asked.postings,
    }
    return sql.WORDS.format(k1=sql.K1, b=sql.B, where=of_chunks.format(column="c.chunk_id"))


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
        Entry.embedded_at.is_(None),
        Entry.coached_at.is_not(None),
        Entry.body != "",
        Entry.deleted_at.is_(None),
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
