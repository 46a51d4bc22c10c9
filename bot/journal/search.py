"""Searching the diary: by words and by meaning, within filters, shown page by page.

A search is kept as a row: the pages stay as they were found, through restarts, and turning one asks
no mind again. What was edited meanwhile shows as it is now; what was deleted is left out.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.ai.protocols import Embedder, Usage
from bot.errors import MindError, MindNotConfigured
from bot.journal import phrases_back as phrases
from bot.journal.filters import MEANT, Filters, narrowed, read
from bot.journal.message import Button, Reply
from bot.journal.metrics import ADDITIVE
from bot.journal.opening import is_recording
from bot.journal.phrases_correcting import day as short_day
from bot.journal.recall import Question, Remembered, recall, terms
from bot.journal.snippets import around, cut, isolated, plain, sought
from bot.journal.tokens import fit
from db.queries import calls
from db.queries import search as queries
from db.queries.people import Person
from db.queries.search import Found, FoundEntry, Limit, SearchRecord, Wanted

log = logging.getLogger(__name__)

PAGE = 5
# How many entries a search comes to at most: those found by words, and without words, by date.
MOST, MOST_BY_DAY = 60, 250
# Meaning ranks every entry there is; these are near.
NEAREST = 10
# Whoever writes more than that rather tells something, in characters.
LONGEST_SEARCH = 300
# Somebody waits: by then the words alone must do. In seconds.
PATIENCE = 6.0
# What the embedder reads of a search, in tokens, and what a title shows of it, in characters.
LONGEST, LONGEST_TITLE = 500, 80

Meaning = Literal["used", "missing", "down", "none"]


@dataclass(frozen=True, kw_only=True)
class Meant:
    """What the embedder made of the words, or why it made nothing of them."""

    meaning: Meaning
    model: str | None = None
    vector: Sequence[float] | None = None
    usage: Usage | None = None


async def understand(embedder: Embedder, words: str) -> Meant:
    """The meaning of the words. Call it with no session open."""
    if not words:
        return Meant(meaning="none")
    try:
        async with asyncio.timeout(PATIENCE):
            found = await embedder.embed([fit(words, LONGEST)])
    except MindNotConfigured:
        return Meant(meaning="missing")
    except (MindError, TimeoutError) as error:
        log.warning("a search goes by words alone: %s", type(error).__name__)
        return Meant(meaning="down")
    return Meant(meaning="used", model=embedder.model, vector=found.vectors[0], usage=found.usage)


async def begin(
    session: AsyncSession, person: Person, search_id: UUID, filters: Filters, meant: Meant, today: date
) -> Reply:
    """Search, keep what is found, and show the first page of it."""
    if not await queries.has_entries(session, person.user_id):
        return Reply(html=phrases.NOTHING_WRITTEN)
    search = await find(session, person, search_id, filters, meant, today)
    await queries.keep(session, person.user_id, search)
    return await _page(session, person, search, filters, 0, today)


async def find(
    session: AsyncSession, person: Person, search_id: UUID, filters: Filters, meant: Meant, today: date
) -> SearchRecord:
    """What is found, and not kept yet."""
    if meant.usage is not None:
        await calls.keep(
            session,
            user_id=person.user_id,
            entry_id=None,
            entry_version=None,
            stage="search",
            prompt=None,
            prompt_version=None,
            **asdict(meant.usage),
        )
    found = await _find(session, person, filters, meant, today)
    return SearchRecord(id=search_id, asked=filters.typed(), found=found, meaning=meant.meaning)


async def turn(
    session: AsyncSession, person: Person, search_id: UUID, page: int, today: date
) -> Reply | None:
    """Another page of a search; None where it is gone."""
    search = await queries.get(session, person.user_id, search_id)
    if search is None:
        return None
    return await _page(session, person, search, read(search.asked, today, "en"), page, today)


async def narrow(
    session: AsyncSession, person: Person, search_id: UUID, how: str, today: date
) -> Filters | None:
    """The filters of a search, changed as a button says; None where it is gone."""
    search = await queries.get(session, person.user_id, search_id)
    return narrowed(read(search.asked, today, "en"), how, today) if search else None


async def _find(
    session: AsyncSession, person: Person, filters: Filters, meant: Meant, today: date
) -> list[Found]:
    wanted = _wanted(filters)
    if not filters.words:
        ids = await queries.fitting(session, person.user_id, wanted, most=MOST_BY_DAY)
        return [Found(entry_id=it) for it in ids]
    exact: list[UUID] = []
    small = terms.small_words(terms.detect(filters.words, person.locale))
    if small.issuperset(terms.words(filters.words)):
        # An emoji, or small words alone: what is looked up by words leaves them out.
        exact = await queries.fitting(session, person.user_id, wanted, most=MOST, holds=filters.words)
    among = None
    if filters.conditions or filters.good_days:
        among = await queries.fitting(session, person.user_id, wanted)
    question = Question(
        user_id=person.user_id,
        text=filters.words,
        today=today,
        language=person.locale,
        model=meant.model,
        vector=meant.vector,
        since=wanted.since,
        until=wanted.until,
        kinds=wanted.kinds,
        among=among,
        paths=frozenset({"words", "meaning"}),
    )
    ranked = await recall(session, question, most=2 * MOST)
    return _merged(exact, ranked)


def _merged(exact: Sequence[UUID], ranked: Sequence[Remembered]) -> list[Found]:
    found = {it: Found(entry_id=it) for it in exact}
    nearest = 0
    for it in ranked:
        by_meaning = "words" not in it.found_by
        nearest += by_meaning
        if not (by_meaning and nearest > NEAREST):
            found.setdefault(it.entry_id, Found(entry_id=it.entry_id, start=it.start, by_meaning=by_meaning))
    return list(found.values())[:MOST]


def _wanted(filters: Filters) -> Wanted:
    return Wanted(
        since=filters.since,
        until=filters.until,
        kinds=tuple(kind for name in filters.kinds for kind in MEANT[name]),
        limits=[
            Limit(name=it.name, sign=it.sign, value=it.value, adds=it.name in ADDITIVE)
            for it in filters.conditions
        ],
        good_days=filters.good_days,
    )


async def _page(
    session: AsyncSession, person: Person, search: SearchRecord, filters: Filters, page: int, today: date
) -> Reply:
    there = await queries.still_there(session, person.user_id, [it.entry_id for it in search.found])
    found = [it for it in search.found if it.entry_id in there]
    count = -(-len(found) // PAGE)
    page = min(max(page, 0), max(count - 1, 0))
    shown = found[page * PAGE : (page + 1) * PAGE]
    entries = await queries.entries_of(session, person.user_id, [it.entry_id for it in shown])
    by_id = {it.entry_id: it for it in shown}
    words = sought(filters.words, person.locale)
    pieces = [_title(filters, len(found), page, count)]
    opening: list[Button] = []
    for number, entry in enumerate(entries, page * PAGE + 1):
        hit = by_id[entry.id]
        part = around(entry.body, words, start=hit.start, language=entry.language)
        pieces.append(_line(number, hit, entry, part.html, today.year))
        opening.append(Button(label=str(number), data=f"open:{entry.id.hex}:{part.start}"))
    html = "\n\n".join([*pieces, *_notes(search, filters, found, page, count)])
    rows = [opening, _turning(search.id, page, count), *_narrowing(search.id, filters, found)]
    return Reply(html=html, buttons=[row for row in rows if row])


def _line(number: int, found: Found, entry: FoundEntry, part: str, this_year: int) -> str:
    """“3 · Tue 3 May 🎙” and the part with the words beneath."""
    near = "≈ " if found.by_meaning else ""
    mark = f" {phrases.RECORDING}" if is_recording(entry.kind) else ""
    day = short_day(entry.local_date, this_year)
    return f"<b>{number}</b> · {near}{day}{mark}\n{part or phrases.WORDLESS}"


def _title(filters: Filters, found: int, page: int, count: int) -> str:
    told = phrases.days_wanted(filters.since, filters.until)
    pieces = [told] if told else []
    pieces += [phrases.condition(it.name, it.sign, it.value) for it in filters.conditions]
    pieces += list(filters.kinds)
    pieces += [phrases.ON_GOOD_DAYS] if filters.good_days else []
    title = phrases.asked_for(isolated(plain(cut(filters.words, LONGEST_TITLE))), pieces)
    if not found:
        return title
    counted = phrases.entries(found) + (f", {phrases.pages(page, count)}" if count > 1 else "")
    return f"{title}\n{counted}"


def _notes(
    search: SearchRecord, filters: Filters, found: Sequence[Found], page: int, count: int
) -> list[str]:
    notes = [phrases.problem(*it) for it in filters.problems]
    if search.meaning in phrases.BY_WORDS_ONLY:
        notes.append(phrases.BY_WORDS_ONLY[search.meaning])
    if not found:
        tips = [phrases.TRY_WITHOUT_FILTERS] if filters.narrow else []
        tips += [phrases.TRY_OTHER_WORDS] if filters.words else []
        return [" ".join([phrases.NOTHING_FOUND, *tips, phrases.TRY_HISTORY]), *notes]
    if all(it.by_meaning for it in found):
        notes.insert(0, phrases.NO_ENTRY_HAS_THEM)
    elif any(it.by_meaning for it in found[page * PAGE : (page + 1) * PAGE]):
        notes.insert(0, phrases.BY_MEANING)
    if page == count - 1 and len(search.found) >= (MOST if filters.words else MOST_BY_DAY):
        notes.append(phrases.full_list(len(found), by_day=not filters.words))
    return notes


def _turning(search_id: UUID, page: int, count: int) -> list[Button]:
    row = []
    if page > 0:
        row.append(Button(label=phrases.BACK, data=f"find:{search_id.hex}:{page - 1}"))
    if page < count - 1:
        row.append(Button(label=phrases.ON, data=f"find:{search_id.hex}:{page + 1}"))
    return row


def _narrowing(search_id: UUID, filters: Filters, found: Sequence[Found]) -> list[list[Button]]:
    choices = []
    if found and not (filters.since or filters.until):
        choices += [(phrases.THIS_MONTH, "m"), (phrases.THIS_YEAR, "y")]
    if found and not filters.kinds:
        choices.append((phrases.VOICE_ONLY, "v"))
    if found and not filters.good_days:
        choices.append((phrases.GOOD_DAYS, "g"))
    if filters.narrow:
        choices.append((phrases.NO_FILTERS, "x"))
    buttons = [Button(label=label, data=f"find:{search_id.hex}:{how}") for label, how in choices]
    return [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
