"""The word index: what an entry holds, who lacks it, and which words a person knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, exists, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

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
    row = (await session.execute(found.with_for_update(key_share=True))).one_or_none()
    return Written(body=row[0], version=row[1], language=row[2]) if row else None


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


COUNTS = text("""
    INSERT INTO word_counts (user_id, term, chunk_id, count, length)
    SELECT :user_id, term, chunk_id, count, length
    FROM unnest(CAST(:terms AS bigint[]), CAST(:chunk_ids AS int[]), CAST(:counts AS int[]),
                CAST(:lengths AS int[])) AS a (term, chunk_id, count, length)
""")
# In the order of the words, so that two of the person's entries do not wait for each other.
KNOWN = text("""
    INSERT INTO known_words (user_id, word, term, length, letters, pairs, chunk_id)
    SELECT :user_id, word, term, char_length(word), letters, pairs, chunk_id
    FROM unnest(CAST(:words AS text[]), CAST(:terms AS bigint[]), CAST(:letters AS int[]),
                CAST(:pairs AS bigint[]), CAST(:chunk_ids AS int[]))
        WITH ORDINALITY AS a (word, term, letters, pairs, chunk_id, place)
    ORDER BY place
    ON CONFLICT (user_id, word, term) DO NOTHING
""")


async def replace(
    session: AsyncSession, user_id: UUID, entry_id: UUID, version: int, chunks: Sequence[ChunkWords]
) -> None:
    """Make these the entry's words. Call it with the entry locked, see `written`."""
    await session.execute(
        delete(WordChunk).where(WordChunk.entry_id == entry_id, WordChunk.user_id == user_id)
    )
    if not chunks:
        return
    rows = [
        {
            "entry_id": entry_id,
            "user_id": user_id,
            "version": version,
            "chunk": number,
            "start": chunk.start,
            "stop": chunk.stop,
            "length": _length(chunk),
            "language": chunk.language,
        }
        for number, chunk in enumerate(chunks)
    ]
    made = insert(WordChunk).returning(WordChunk.id, sort_by_parameter_order=True)
    ids = list(await session.scalars(made, rows))
    await _count(session, user_id, ids, chunks)
    await _know(session, user_id, ids, chunks)


async def _count(
    session: AsyncSession, user_id: UUID, ids: Sequence[int], chunks: Sequence[ChunkWords]
) -> None:
    rows = [
        (term, chunk_id, min(count, MOST_COUNTED), _length(chunk))
        for chunk_id, chunk in zip(ids, chunks, strict=True)
        for term, count in sorted(chunk.counts.items())
    ]
    if rows:
        terms, chunk_ids, counts, lengths = map(list, zip(*rows, strict=True))
        bind = {"terms": terms, "chunk_ids": chunk_ids, "counts": counts, "lengths": lengths}
        await session.execute(COUNTS, bind | {"user_id": user_id})


async def _know(
    session: AsyncSession, user_id: UUID, ids: Sequence[int], chunks: Sequence[ChunkWords]
) -> None:
    first: dict[tuple[str, int], tuple[int, int, int]] = {}
    for chunk_id, chunk in zip(ids, chunks, strict=True):
        for known in chunk.known:
            first.setdefault((known.word, known.term), (known.letters, known.pairs, chunk_id))
    if first:
        words, terms = map(list, zip(*sorted(first), strict=True))
        letters, pairs, chunk_ids = map(list, zip(*(first[it] for it in sorted(first)), strict=True))
        bind = {"words": words, "terms": terms, "letters": letters, "pairs": pairs, "chunk_ids": chunk_ids}
        await session.execute(KNOWN, bind | {"user_id": user_id})


def _length(chunk: ChunkWords) -> int:
    return min(chunk.length, MOST_COUNTED)


async def lacking(session: AsyncSession, *, after: UUID | None, most: int) -> list[Lacking]:
    """Entries of anybody whose text is not in the index as it is now, by id."""
    read = exists().where(WordChunk.entry_id == Entry.id, WordChunk.version == Entry.version)
    found = select(Entry.id, Entry.user_id).where(Entry.body != "", Entry.deleted_at.is_(None), ~read)
    if after is not None:
        found = found.where(Entry.id > after)
    rows = await session.execute(found.order_by(Entry.id).limit(most))
    return [Lacking(id=row[0], user_id=row[1]) for row in rows]


# A word just as the person writes it has its terms in every language they write. Only one that they never
# wrote in any form is guessed at; for each slip it may
# differ in two letters, one gone and one come, and in six pairs of them.
MEANT = text("""
    WITH asked AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:words AS text[]), CAST(:letters AS int[]), CAST(:pairs AS bigint[]),
                CAST(:slips AS int[])) WITH ORDINALITY AS a (word, letters, pairs, slips, place)),
    same AS MATERIALIZED (
        SELECT a.place, k.word, k.term FROM asked a
        JOIN known_words k ON k.user_id = :user_id AND k.word = a.word),
    used AS MATERIALIZED (
        SELECT t.place FROM unnest(CAST(:term_places AS int[]), CAST(:terms AS bigint[])) AS t (place, term)
        WHERE EXISTS (SELECT FROM word_counts c WHERE c.term = t.term)
        UNION ALL SELECT place FROM same)
    SELECT * FROM same
    UNION ALL
    SELECT a.place, k.word, k.term FROM asked a
    JOIN known_words k ON k.user_id = :user_id
        AND k.length BETWEEN char_length(a.word) - a.slips AND char_length(a.word) + a.slips
        AND bit_count(CAST(k.letters # a.letters AS bit(32))) <= 2 * a.slips
        AND bit_count(CAST(k.pairs # a.pairs AS bit(64))) <= 6 * a.slips
    WHERE a.slips > 0 AND a.place NOT IN (SELECT place FROM used)
""")


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
    return [(row[0], row[1], row[2]) for row in await session.execute(MEANT, bind)]
