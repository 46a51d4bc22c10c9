"""The person's own entries near a question, by every path, and their vectors.

Only what a person wrote is here: the coach's words are in no column that this reads.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db import numbered
from db.beside import Reader
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
    kinds: Sequence[str] | None = None
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


class Near(NamedTuple):
    """An entry that is near in meaning or words, by its part `start` to `stop` and a score on the path's own
    scale: the higher, the nearer."""

    entry_id: UUID
    start: int
    stop: int
    score: float


def goes_by_meaning(asked: Asked) -> bool:
    return "meaning" in asked.paths and bool(asked.model) and bool(asked.vector is not None or asked.of_entry)


async def by_meaning(reader: Reader, asked: Asked) -> list[Near]:
    """The nearest by meaning of all that the person wrote, the nearest first."""
    return await _near(reader, *meaning_for(asked)) if goes_by_meaning(asked) else []


async def by_words(session: AsyncSession, asked: Asked) -> list[Near]:
    """The same by words."""
    return await _near(session, *_words_for(asked)) if "words" in asked.paths and asked.terms else []


async def _near(reader: Reader, statement: str, bind: dict[str, Any]) -> list[Near]:
    return [Near(*row) for row in await numbered.rows(reader, statement, bind)]


async def find(
    session: AsyncSession, asked: Asked, *, meaning: Sequence[Near], words: Sequence[Near], most: int
) -> list[Remembered]:
    """The entries that are near, those of the days asked for, what was written beside the nearest, and the
    newest: fused, the best first."""
    near = [*weighed("meaning", meaning), *weighed("words", words)]
    statement, bind = _rest_for(asked, near, most)
    rows = await numbered.rows(session, statement, bind)
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


class Weighed(NamedTuple):
    """What being found near counts for; `rank` is counted from 1."""

    found: Near
    path: str
    rank: int
    score: float


def weighed(path: str, found: Sequence[Near]) -> list[Weighed]:
    """What the entries that a path found, the nearest first, count for: by how far each stands out."""
    if not found:
        return []
    # The score that says nothing: the last one's, or none at all where words found fewer than they might.
    is_all = path == "words" and len(found) < sql.REACH
    least = 0.0 if is_all else min(it.score for it in found)
    usual = sum(it.score - least for it in found) / max(len(found), sql.FEWEST[path])
    return [
        Weighed(
            found=it,
            path=path,
            rank=rank,
            score=sql.WEIGHTS[path] * (sql.FOUND + ((it.score - least) / usual if usual else 0.0)),
        )
        for rank, it in enumerate(found, 1)
    ]


def meaning_for(asked: Asked) -> tuple[str, dict[str, Any]]:
    """The SQL that measures every vector of the person, and what it binds."""
    apart, where, bind = _looked_at(asked, sql.OF_ENTRIES, sql.ONLY_ENTRIES)
    bind["model"] = asked.model
    if asked.vector is not None:
        bind["vector"] = list(asked.vector)
        question = sql.ASKED_VECTOR
    else:
        bind["of_entry"] = asked.of_entry
        question = sql.OF_ENTRY
    return sql.MEANING.format(apart=apart, asked=question, where=where), bind


def _words_for(asked: Asked) -> tuple[str, dict[str, Any]]:
    apart, where, bind = _looked_at(asked, sql.OF_CHUNKS, sql.ONLY_CHUNKS)
    bind |= {
        "places": [it.place for it in asked.terms],
        "terms": [it.term for it in asked.terms],
        "weights": [it.weight for it in asked.terms],
        "are_small": [it.is_small for it in asked.terms],
        "few": 0 if goes_by_meaning(asked) else sql.FEW,
        "postings": asked.postings,
    }
    return sql.WORDS.format(apart=apart, k1=sql.K1, b=sql.B, where=where), bind


def _looked_at(asked: Asked, outside: str, inside: str) -> tuple[str, str, dict[str, Any]]:
    """The lists of entries to leave out and to keep to, the conditions that say so, and what they bind."""
    only, bind = _filled(sql.ONLY, asked)
    bind |= {
        "user_id": asked.user_id,
        "besides": asked.besides,
        "before": asked.before,
        "reach": sql.REACH,
    }
    if not only:
        return sql.OUTSIDE, outside, bind
    return sql.OUTSIDE + sql.INSIDE.format(only=only), outside + inside, bind


def _rest_for(asked: Asked, near: Sequence[Weighed], most: int) -> tuple[str, dict[str, Any]]:
    """A part for each path that goes by time, and the fusion of all."""
    later, bind = _filled(sql.EXCEPT, asked)
    only, bound = _filled(sql.ONLY, asked)
    bind |= bound | {
        "user_id": asked.user_id,
        "most": most,
        "near_ids": [it.found.entry_id for it in near],
        "near_starts": [it.found.start for it in near],
        "near_stops": [it.found.stop for it in near],
        "near_paths": [it.path for it in near],
        "near_ranks": [it.rank for it in near],
        "near_scores": [it.score for it in near],
    }
    parts, rankings = [sql.NEAR], [sql.ALL_OF.format(path="near")]
    for path, part in _around(asked, bind, is_near=bool(near)):
        parts.append(part.format(told=sql.TOLD, where=later + only, **sql.FIGURES))
        rankings.append(sql.ALL_OF.format(path=path))
    fused = sql.FUSED.format(told=sql.TOLD, rankings=" UNION ALL ".join(rankings))
    return "WITH " + ",".join(parts) + fused, bind


def _filled(conditions: Mapping[str, str], asked: Asked) -> tuple[str, dict[str, Any]]:
    """The conditions of which `asked` says something, and what they bind."""
    said = {name: getattr(asked, name) for name in conditions}
    bind = {name: value for name, value in said.items() if value is not None}
    return "".join(conditions[name] for name in bind), bind


def _around(asked: Asked, bind: dict[str, Any], *, is_near: bool) -> Iterator[tuple[str, str]]:
    """The paths that go by time, with what each adds to the statement."""
    if "dates" in asked.paths and asked.days:
        bind |= {
            "starts": [it[0] for it in asked.days],
            "stops": [it[1] for it in asked.days],
            "reach": sql.REACH,
        }
        yield "dates", sql.DATED
    if "sitting" in asked.paths and is_near:
        yield "sitting", sql.BESIDE
    if "recency" in asked.paths:
        bind["newest"] = sql.NEWEST
        yield "recency", sql.RECENT


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
    return [Lacking(**row) for row in rows.mappings()]


async def forget_other_models(session: AsyncSession, model: str) -> None:
    """Entries whose vectors are another model's lack one of `model`."""
    of_model = exists().where(Embedding.entry_id == Entry.id, Embedding.model == model)
    await session.execute(
        update(Entry).where(Entry.embedded_at.is_not(None), ~of_model).values(embedded_at=None)
    )
