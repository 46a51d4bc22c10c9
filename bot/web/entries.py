"""`/api/v1/entries`: what the person told."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from bot.errors import NotThere
from bot.journal import stating, writing
from bot.journal.writing import Written
from bot.web import cursors, rendering
from bot.web.desk import Desk, Own, OwnToWrite, told
from bot.web.fields import After, EntryChange, Key, Most, NewEntry, NewMetric, Since, Until
from bot.web.paths import API
from bot.web.problems import BODY
from bot.web.routes import ApiRoute
from bot.web.shapes import Entry, EntryPage, Kind, Metric
from db.queries import pages
from db.queries.pages import Days, OwnEntry

router = APIRouter(prefix=f"{API}/entries", tags=["entries"], route_class=ApiRoute)

LOCATION = {"Location": {"description": "Where it can be read.", "schema": {"type": "string"}}}
OfKind = Annotated[Kind | None, Query(description="Only entries of this kind.")]


@router.get("", operation_id="list_entries", responses=told())
async def list_entries(
    desk: Own,
    since: Since = None,
    until: Until = None,
    kind: OfKind = None,
    limit: Most = 20,
    cursor: After = None,
) -> EntryPage:
    """What the person told, the newest first."""
    async with desk.begin() as (session, person):
        found = await pages.entries_page(
            session,
            desk.user_id,
            Days(since=since, until=until),
            kind=kind,
            after=cursors.read(cursor),
            most=limit + 1,
        )
    shown, after = rendering.page((it.place for it in found), limit)
    return EntryPage(items=[rendering.entry(it, person) for it in found[shown]], next_cursor=after)


@router.post(
    "",
    operation_id="create_entry",
    status_code=status.HTTP_201_CREATED,
    responses=told(*BODY, 409) | {201: {"headers": LOCATION}},
)
async def create_entry(new: NewEntry, desk: OwnToWrite, response: Response, key: Key = None) -> Entry:
    """Store an entry, and set it on the same way as one from the chat: it is safe once this is answered.

    It is read for numbers, made findable and answered by the coach in the seconds after that: read it again
    until it `is_done`. Where a chat is linked, the reply is sent there, too. `care` is there at once.
    """
    entry_id = await desk.parts.journey.take_written(
        desk.user_id, Written(body=new.body, local_date=new.local_date, key=key)
    )
    response.headers["Location"] = f"{router.prefix}/{entry_id}"
    return await _read(desk, entry_id)


@router.get("/{entry_id}", operation_id="get_entry", responses=told(404))
async def get_entry(entry_id: UUID, desk: Own) -> Entry:
    return await _read(desk, entry_id)


@router.patch("/{entry_id}", operation_id="change_entry", responses=told(*BODY, 404, 409))
async def change_entry(entry_id: UUID, change: EntryChange, desk: OwnToWrite) -> Entry:
    """Other words for it, or another day. Other words are its next version, which takes the whole way again;
    the reply in the chat becomes that of the new version."""
    async with desk.change() as (session, person):
        await writing.change(
            session,
            person,
            entry_id,
            body=change.body,
            local_date=change.local_date,
            version=change.version,
        )
    return await _read(desk, entry_id)


@router.delete(
    "/{entry_id}",
    operation_id="delete_entry",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=told(404),
)
async def delete_entry(entry_id: UUID, desk: Own) -> None:
    """Nothing shows or counts it from now on. For a day it can be brought back, then it is gone for good."""
    async with desk.change() as (session, person):
        await writing.delete(session, person, entry_id)


@router.post("/{entry_id}/restore", operation_id="restore_entry", responses=told(404))
async def restore_entry(entry_id: UUID, desk: OwnToWrite) -> Entry:
    """Bring back what was deleted within the last day."""
    async with desk.change() as (session, person):
        await writing.restore(session, person, entry_id)
    return await _read(desk, entry_id)


@router.post(
    "/{entry_id}/metrics",
    operation_id="state_metric",
    status_code=status.HTTP_201_CREATED,
    responses=told(*BODY, 404) | {201: {"headers": LOCATION}},
)
async def state_metric(
    entry_id: UUID, new: NewMetric, desk: Own, response: Response, key: Key = None
) -> Metric:
    """Say a number that the entry lacks. Of minutes, cups and what else adds up it is one more; of the others
    it takes the place of what was read, which is kept beside it."""
    async with desk.change() as (session, person):
        metric_id = await stating.state(session, person, entry_id, new.name, new.value, key=key)
        metric = await pages.metric(session, desk.user_id, metric_id)
    if metric is None:
        raise NotThere("there is no such number")
    response.headers["Location"] = f"{API}/metrics/{metric_id}"
    return rendering.metric(metric)


async def _read(desk: Desk, entry_id: UUID) -> Entry:
    async with desk.begin() as (session, person):
        own: OwnEntry | None = await pages.entry(session, desk.user_id, entry_id)
    if own is None:
        raise NotThere("there is no such entry")
    return rendering.entry(own, person)
