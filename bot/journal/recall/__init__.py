"""The person's earlier entries that matter now, as quoted, dated data.

Five paths lead to them: meaning, words, the days that the text names, what was written beside those, and
recency. What they find is fused by how far it stands out. See docs/recall.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal.dates import find_dates
from bot.journal.recall import terms, words
from db.beside import Reader, beside, both
from db.queries import recall as queries
from db.queries.entries import EntryRecord
from db.queries.recall import Asked, AskedTerm, Near, Remembered
from db.queries.recall_sql import PATHS
from db.whose import plan_once

MOST = 6
# What is read of the word index for an entry: it has many words, and the rarest of them tell enough. To count
# a common one up to here costs as much as to rank by it.
POSTINGS = 800
# What is shown before and after the part of a long entry that was found, in characters.
AROUND = 200

Days = list[tuple[date, date]]

__all__ = ["MOST", "PATHS", "Question", "Remembered", "passage", "recall"]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a person wants to know of their own entries, or searches them for.

    `today` is the person's own day, and `language` a BCP 47 tag, of theirs where the text is too short
    to tell. `vector` is the text's embedding by `model`, made with no session open; without one,
    meaning is left out. The entries are those of the days `since` to `until`, both included, and of
    `kinds` and `among` these, where given, and not `besides`.
    """

    user_id: UUID
    text: str
    today: date
    language: str | None = None
    model: str | None = None
    vector: Sequence[float] | None = None
    besides: UUID | None = None
    since: date | None = None
    until: date | None = None
    kinds: Sequence[str] = ()
    among: Sequence[UUID] | None = None
    paths: frozenset[str] = PATHS


async def recall(
    session: AsyncSession, about: EntryRecord | Question, *, model: str | None = None, most: int = MOST
) -> list[Remembered]:
    """What the person wrote that is nearest to an entry or a question, the best first.

    Of an entry: what was written before it, by the vector of `model` that is stored for it. Call it when all
    that is to be found is committed: the scan may run on another connection, see `db.beside`.
    """
    asked = _of_question(about) if isinstance(about, Question) else _of_entry(about, model)

    async def by_meaning(reader: Reader) -> list[Near]:
        await plan_once(reader)
        return await queries.by_meaning(reader, asked)

    async def by_words(session: AsyncSession) -> tuple[list[Near], Days]:
        await plan_once(session)
        terms = await _terms(session, about, asked.paths)
        # The days are read while the database looks up the words.
        return await both(queries.by_words(session, replace(asked, terms=terms)), _days_of(about))

    async def fused(meant: list[Near], told: tuple[list[Near], Days]) -> list[Remembered]:
        near, days = told
        return await queries.find(session, replace(asked, days=days), meaning=meant, words=near, most=most)

    # The scan takes as long as all the rest, and asks only for the vector.
    return await beside(session, by_meaning, by_words, fused)


def _of_entry(entry: EntryRecord, model: str | None) -> Asked:
    return Asked(
        user_id=entry.user_id,
        model=model,
        of_entry=entry.id if entry.embedded_at is not None else None,
        postings=Asked.postings if entry.is_question else POSTINGS,
        besides=entry.id,
        before=entry.written_at,
    )


def _of_question(question: Question) -> Asked:
    return Asked(
        user_id=question.user_id,
        model=question.model,
        vector=question.vector,
        paths=question.paths,
        besides=question.besides,
        since=question.since,
        until=question.until,
        kinds=question.kinds or None,
        among=question.among,
    )


async def _terms(
    session: AsyncSession, about: EntryRecord | Question, paths: frozenset[str]
) -> Sequence[AskedTerm]:
    """What to look up by words. A question that is kept as an entry is read as one: with slips, and in the
    languages they use. An entry that shares nothing but small words with it does not bear on it."""
    if "words" not in paths:
        return ()
    if isinstance(about, Question):
        return await words.of_question(session, about.user_id, about.text, about.language)
    if not about.is_question:
        return words.of_entry(about.user_id, about.body, about.language)
    every = await words.of_question(session, about.user_id, about.body, about.language)
    return [term for term in every if not term.is_small]


async def _days_of(about: EntryRecord | Question) -> Days:
    if isinstance(about, Question):
        return _days(about.text, about.today, about.language)
    return _days(about.body, about.local_date, about.language)


def _days(text: str, today: date, language: str | None) -> Days:
    told = terms.detect(text, language)
    # A dialect tells how dates are written, where it is the language told.
    tag = language if terms.base(language) == told else told
    return [(it.start, it.stop) for it in find_dates(text, today, tag)]


def passage(entry: Remembered) -> str:
    """The part of the entry that was found with a little around it, cut at words and marked where it
    is cut; the whole of a short one."""
    body = entry.body
    last = len(body) if entry.stop is None else entry.stop
    start, stop = max(entry.start - AROUND, 0), min(last + AROUND, len(body))
    if start > 0:
        start = body.find(" ", start, entry.start) + 1 or entry.start
    if stop < len(body):
        stop = max(body.rfind(" ", last, stop), last)
    before, after = "…" if start > 0 else "", "…" if stop < len(body) else ""
    return before + body[start:stop].strip() + after
