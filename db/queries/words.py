"""The word index: what an entry holds, who lacks it, and which words a person knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from db import numbered
from db.models import Entry, WordChunk

# What a smallint holds.
MOST_COUNTED = 32_767


@dataclass(frozen=True, kw_only=True)
class Written:
    """The text of an entry, locked until the commit."""

    body: str
    version: int
    language: str | None


@dataclass(frozen=True, kw_only=True)
class Known:
    word: str
    term: int
    letters: int
    pairs: int


@dataclass(frozen=True, kw_only=True)
class ChunkWords:
    """`body[start:stop]` of an entry, in characters; `counts` by term, `length` in words."""

    start: int
    stop: int
    language: str
    length: int
    counts: dict[int, int]
    known: Sequence[Known]


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The text of a chunk that holds some word."""

    chunk_id: int
    language: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Lacking:
    id: UUID
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class AskedWord:
    """A word that was asked for, folded, and what it would be indexed by."""

    word: str
    letters: int
    pairs: int
    slips: int
    terms: Sequence[int]


async def written(session: AsyncSession, user_id: UUID, entry_id: UUID) -> Written | None:
    """The entry's text as it is now; nobody changes it, or indexes it too, before the commit."""
    found = select(Entry.body, Entry.version, Entry.language).where(
        Entry.id == entry_id, Entry.user_id == user_id, Entry.deleted_at.is_(None)
    )
    row = (await session.execute(found.with_for_update(key_share=True))).mappings().one_or_none()
    return Written(**row) if row else None


async def usual_language(session: AsyncSession, user_id: UUID) -> str | None:
    """The language of the person's newest indexed text whose language was told."""
    newest = (
        select(WordChunk.id, WordChunk.language)
        .where(WordChunk.user_id == user_id)
        .order_by(WordChunk.id.desc())
        .limit(20)
        .subquery()
    )
    return await session.scalar(
        select(newest.c.language).where(newest.c.language != "").order_by(newest.c.id.desc()).limit(1)
    )


# Of two transactions that change words of one person, the later one waits here. Each takes rows of the words
# that the other gives up, in no order that both could keep.
ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(CAST(:user_id AS uuid) AS text), 0))")
REMOVE = text("""
    WITH gone AS (
        DELETE FROM word_chunks WHERE entry_id = :entry_id AND user_id = :user_id RETURNING id)
    SELECT k.word, k.term, k.letters, k.pairs FROM gone JOIN known_words k ON k.chunk_id = gone.id
""")
ADD = text("""
    WITH made AS (
        INSERT INTO word_chunks (entry_id, user_id, version, chunk, start, stop, length, language)
        SELECT :entry_id, :user_id, :version, chunk, start, stop, length, language
        FROM unnest(CAST(:chunks AS int[]), CAST(:starts AS int[]), CAST(:stops AS int[]),
                    CAST(:lengths AS int[]), CAST(:languages AS text[]))
            AS a (chunk, start, stop, length, language)
        RETURNING id, chunk, length),
    counted AS (
        INSERT INTO word_counts (user_id, term, chunk_id, count, length)
        SELECT :user_id, a.term, made.id, a.count, made.length
        FROM unnest(CAST(:counted_in AS int[]), CAST(:counted AS bigint[]), CAST(:counts AS int[]))
            AS a (chunk, term, count) JOIN made ON made.chunk = a.chunk)
    INSERT INTO known_words (user_id, word, term, length, letters, pairs, chunk_id)
    SELECT :user_id, a.word, a.term, char_length(a.word), a.letters, a.pairs, made.id
    FROM unnest(CAST(:known_in AS int[]), CAST(:words AS text[]), CAST(:terms AS bigint[]),
                CAST(:letters AS int[]), CAST(:pairs AS bigint[]))
        AS a (chunk, word, term, letters, pairs) JOIN made ON made.chunk = a.chunk
    ON CONFLICT (user_id, word, term) DO NOTHING
""")
HOLDERS = text("""
    SELECT w.id AS chunk_id, w.language, substr(e.body, w.start + 1, w.stop - w.start) AS text
    FROM (SELECT DISTINCT c.chunk_id FROM unnest(CAST(:terms AS bigint[])) AS t (term)
          CROSS JOIN LATERAL (SELECT c.chunk_id FROM word_counts c WHERE c.term = t.term
                              ORDER BY c.chunk_id DESC LIMIT :most) AS c) AS held
    JOIN word_chunks w ON w.id = held.chunk_id AND w.user_id = :user_id
    JOIN journal_entries e ON e.id = w.entry_id AND e.version = w.version
    ORDER BY w.id DESC
""")
KNOW = text("""
    INSERT INTO known_words (user_id, word, term, length, letters, pairs, chunk_id)
    SELECT :user_id, word, term, char_length(word), letters, pairs, chunk_id
    FROM unnest(CAST(:words AS text[]), CAST(:terms AS bigint[]), CAST(:letters AS int[]),
                CAST(:pairs AS bigint[]), CAST(:chunk_ids AS int[]))
        AS a (word, term, letters, pairs, chunk_id)
    ON CONFLICT (user_id, word, term) DO NOTHING
""")


async def remove(session: AsyncSession, user_id: UUID, entry_id: UUID) -> list[Known]:
    """Take the entry's words out of the index, and tell which are known by it alone now: others may hold
    them too, see `holders`. Call it with the entry locked, if with any: nobody else changes words of this
    person before the commit."""
    await session.execute(ALONE, {"user_id": user_id})
    gone = await session.execute(REMOVE, {"user_id": user_id, "entry_id": entry_id})
    return [Known(**row) for row in gone.mappings()]


async def add(
    session: AsyncSession, user_id: UUID, entry_id: UUID, version: int, chunks: Sequence[ChunkWords]
) -> None:
    """Make these the entry's words, after `remove`."""
    if not chunks:
        return
    counts = [(place, *it) for place, chunk in enumerate(chunks) for it in chunk.counts.items()]
    known = {(it.word, it.term): (place, it) for place, chunk in enumerate(chunks) for it in chunk.known}
    bind = {
        "user_id": user_id,
        "entry_id": entry_id,
        "version": version,
        "chunks": list(range(len(chunks))),
        "starts": [it.start for it in chunks],
        "stops": [it.stop for it in chunks],
        "lengths": [min(it.length, MOST_COUNTED) for it in chunks],
        "languages": [it.language for it in chunks],
        "counted_in": [place for place, _, _ in counts],
        "counted": [term for _, term, _ in counts],
        "counts": [min(count, MOST_COUNTED) for _, _, count in counts],
        "known_in": [place for place, _ in known.values()],
        **_columns([it for _, it in known.values()]),
    }
    await session.execute(ADD, bind)


async def holders(session: AsyncSession, user_id: UUID, terms: Sequence[int], *, most: int) -> list[Holder]:
    """The person's newest chunks that hold any of the terms, so many for each."""
    bind = {"user_id": user_id, "terms": list(terms), "most": most}
    return [Holder(**row) for row in (await session.execute(HOLDERS, bind)).mappings()]


async def know(session: AsyncSession, user_id: UUID, known: Sequence[tuple[int, Known]]) -> None:
    """Words, each by the chunk that holds it. Call it after `remove`."""
    bind = {"user_id": user_id, "chunk_ids": [chunk_id for chunk_id, _ in known]}
    await session.execute(KNOW, bind | _columns([it for _, it in known]))


def _columns(known: Sequence[Known]) -> dict[str, list[Any]]:
    return {
        "words": [it.word for it in known],
        "terms": [it.term for it in known],
        "letters": [it.letters for it in known],
        "pairs": [it.pairs for it in known],
    }


async def lacking(session: AsyncSession, *, after: UUID | None, most: int) -> list[Lacking]:
    """Entries of anybody whose text is not in the index as it is now, by id."""
    read = exists().where(WordChunk.entry_id == Entry.id, WordChunk.version == Entry.version)
    found = select(Entry.id, Entry.user_id).where(Entry.body != "", Entry.deleted_at.is_(None), ~read)
    if after is not None:
        found = found.where(Entry.id > after)
    rows = await session.execute(found.order_by(Entry.id).limit(most))
    return [Lacking(**row) for row in rows.mappings()]


# A word just as the person writes it has its terms in every language they write. Only one that they never
# wrote in any form is guessed at, see `bot.journal.recall.typos.may_be_meant`.
# What an index is asked by is counted beforehand and kept in columns: behind the wall none serves a condition
# that might fail on others' rows and so tell of them, and only plain comparisons surely do not.
# What only questions hold was never written: a question's own slip is in the index before it is looked up.
HELD = """EXISTS (SELECT FROM word_counts c
            WHERE c.term = {term} AND c.user_id = :user_id AND c.chunk_id NOT IN (SELECT id FROM apart))"""
_MEANT = """
    WITH asked AS MATERIALIZED (
        SELECT *, left(word, 1) AS beginning, right(word, 2) AS ending,
            char_length(word) - slips AS shortest, char_length(word) + slips AS longest
        FROM unnest(CAST(:words AS text[]), CAST(:letters AS int[]), CAST(:pairs AS bigint[]),
                CAST(:slips AS int[])) WITH ORDINALITY AS a (word, letters, pairs, slips, place)),
    apart AS MATERIALIZED (
        SELECT w.id FROM journal_entries e JOIN word_chunks w ON w.entry_id = e.id
        WHERE e.user_id = :user_id AND w.user_id = :user_id AND (e.is_question OR e.deleted_at IS NOT NULL)),
    same AS MATERIALIZED (
        SELECT a.place, k.word, k.term FROM asked a
        JOIN known_words k ON k.user_id = :user_id AND k.word = a.word
        WHERE {known_is_held}),
    used AS MATERIALIZED (
        SELECT t.place FROM unnest(CAST(:term_places AS int[]), CAST(:terms AS bigint[])) AS t (place, term)
        WHERE {term_is_held}
        UNION ALL SELECT place FROM same),
    guessed AS MATERIALIZED (
        SELECT DISTINCT a.place, k.word, k.term FROM asked a
        CROSS JOIN LATERAL (
            SELECT k.word, k.term, k.length, k.letters, k.pairs FROM known_words k
            WHERE k.user_id = :user_id AND k.beginning = a.beginning
                AND k.length BETWEEN a.shortest AND a.longest
            UNION ALL
            SELECT k.word, k.term, k.length, k.letters, k.pairs FROM known_words k
            WHERE k.user_id = :user_id AND k.ending = a.ending
                AND k.length BETWEEN a.shortest AND a.longest) AS k
        WHERE a.slips > 0 AND a.place NOT IN (SELECT place FROM used)
            AND bit_count(CAST(k.letters # a.letters AS bit(32))) + abs(k.length - char_length(a.word))
                <= 2 * a.slips
            AND bit_count(CAST(k.pairs # a.pairs AS bit(64))) + abs(k.length - char_length(a.word))
                + 2 * ((bit_count(CAST(k.letters # a.letters AS bit(32)))
                        + abs(k.length - char_length(a.word)) + 1) / 2) <= 6 * a.slips
            AND (left(k.word, 1) = a.beginning OR right(k.word, 3) = right(a.word, 3)
                 OR bit_count(CAST(k.pairs # a.pairs AS bit(64))) + abs(k.length - char_length(a.word)) <= 6))
    SELECT * FROM same UNION ALL SELECT k.place, k.word, k.term FROM guessed k
    WHERE NOT EXISTS (SELECT FROM apart) OR {known_is_held}
"""
MEANT = _MEANT.format(known_is_held=HELD.format(term="k.term"), term_is_held=HELD.format(term="t.term"))


async def meant(
    session: AsyncSession, user_id: UUID, asked: Sequence[AskedWord]
) -> list[tuple[int, str, int]]:
    """The words and terms of the person's that the words of `asked` may mean, each with its place
    there, counted from 1; of guesses a few too many, for the caller to measure."""
    bind = {
        "user_id": user_id,
        "words": [it.word for it in asked],
        "letters": [it.letters for it in asked],
        "pairs": [it.pairs for it in asked],
        "slips": [it.slips for it in asked],
        "term_places": [place for place, it in enumerate(asked, 1) for _ in it.terms],
        "terms": [term for it in asked for term in it.terms],
    }
    return [(row[0], row[1], row[2]) for row in await numbered.rows(session, MEANT, bind)]
