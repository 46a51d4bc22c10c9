"""`/api/v1/search`: entries by words, meaning and filters."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from bot.errors import NotThere
from bot.journal import phrases_back as phrases
from bot.journal import search as searching
from bot.journal.care import concern_of
from bot.journal.coach import plain
from bot.journal.days import today_of
from bot.journal.filters import Filters, read
from bot.journal.message import clean
from bot.journal.search import LONGEST_SEARCH
from bot.journal.snippets import Sought, around, sought
from bot.web import cursors, rendering
from bot.web.cursors import FORM
from bot.web.desk import OwnToThink, told
from bot.web.fields import Most, Since, Until
from bot.web.paths import API
from bot.web.routes import ApiRoute
from bot.web.shapes import Hit, Kind, SearchPage
from db.queries import pages, search
from db.queries.pages import OwnEntry, Place
from db.queries.people import Person
from db.queries.search import Found, SearchRecord

router = APIRouter(prefix=f"{API}/search", tags=["search"], route_class=ApiRoute)

Words = Annotated[
    str,
    Query(
        min_length=1,
        max_length=LONGEST_SEARCH,
        description="Words, and filters among them: `from:2026-05-01 to:2026-05-31`, `in:may`, `mood>=7`, "
        "`kind:voice`, `is:good`. What stands in quotation marks is words only.",
        examples=["long run in:may"],
    ),
]
OfKind = Annotated[Kind | None, Query(description="Only entries of this kind; audio counts as voice.")]
After = Annotated[
    str | None,
    Query(
        pattern=FORM,
        description="`next_cursor` of the page before: the same search goes on, as it was found then.",
    ),
]


@router.get("", operation_id="search", responses=told(404))
async def search_entries(
    desk: OwnToThink,
    q: Words,
    since: Since = None,
    until: Until = None,
    kind: OfKind = None,
    limit: Most = 20,
    cursor: After = None,
) -> SearchPage:
    """The best first. Up to 60 entries are found by words and meaning, and 250 by filters alone. Of the
    person's searches the latest 30 can be read on; then the answer is 404."""
    if place := cursors.read(cursor):
        return await _turn(desk, place, limit)
    asked = clean(q)
    async with desk.begin() as (_, person):
        today = today_of(person)
    filters = _narrowed(read(asked, today, person.locale), since, until, kind)
    meant = await searching.understand(desk.parts.embedder, filters.words)
    async with desk.begin(stays=True) as (session, person):
        record = await searching.find(session, person, uuid7(), filters, meant, today)
        if len(record.found) > limit:
            await search.keep(session, desk.user_id, record)
        page = await _page(session, person, record, filters, 0, limit)
    care = rendering.care(person, await concern_of(asked), is_kept=False)
    return page.model_copy(update={"care": care})


def _narrowed(filters: Filters, since: date | None, until: date | None, kind: str | None) -> Filters:
    """What stands in the address narrows further what stands in the words."""
    return Filters(
        words=filters.words,
        since=max(filter(None, (filters.since, since)), default=None),
        until=min(filter(None, (filters.until, until)), default=None),
        kinds=(kind,) if kind else filters.kinds,
        conditions=filters.conditions,
        good_days=filters.good_days,
        problems=filters.problems,
    )


async def _turn(desk: OwnToThink, cursor: Place, limit: int) -> SearchPage:
    async with desk.begin() as (session, person):
        record = await search.get(session, desk.user_id, cursor.id)
        if record is None:
            raise NotThere("this search is gone: search again")
        filters = read(record.asked, today_of(person), "en")
        return await _page(session, person, record, filters, cursors.count_of(cursor), limit)


async def _page(
    session: AsyncSession, person: Person, record: SearchRecord, filters: Filters, start: int, limit: int
) -> SearchPage:
    """The cursor counts what was found, so that what is deleted meanwhile moves nothing."""
    stop = start + limit
    shown = record.found[start:stop]
    there = await pages.entries_of(session, person.user_id, [it.entry_id for it in shown])
    words = sought(filters.words, person.locale)
    found_by = "words" if filters.words else "filters"
    return SearchPage(
        items=[_hit(there[it.entry_id], it, words, found_by, person) for it in shown if it.entry_id in there],
        next_cursor=cursors.counting(record.id, stop) if stop < len(record.found) else None,
        total=len(record.found),
        meaning=record.meaning,
        problems=[plain(phrases.problem(*it)) for it in filters.problems],
        care=None,
    )


def _hit(own: OwnEntry, found: Found, words: Sought, found_by: str, person: Person) -> Hit:
    part = around(own.entry.body, words, start=found.start, language=own.entry.language)
    return Hit(
        entry=rendering.entry(own, person),
        found_by="meaning" if found.by_meaning else found_by,
        snippet=plain(part.html),
    )
