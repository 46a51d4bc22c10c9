"""`/api/v1/metrics`: the numbers of entries, and what the person says of them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from bot.errors import NotThere
from bot.journal import stating
from bot.journal.metrics import VOCABULARY
from bot.web import cursors, rendering
from bot.web.desk import Desk, Own, told
from bot.web.fields import After, MetricChange, Most, Since, Until
from bot.web.paths import API
from bot.web.problems import BODY
from bot.web.routes import ApiRoute
from bot.web.shapes import Metric, MetricKind, MetricKinds, MetricName, MetricPage
from db.queries import pages
from db.queries.pages import Days

router = APIRouter(prefix=f"{API}/metrics", tags=["metrics"], route_class=ApiRoute)
kinds = APIRouter(prefix=f"{API}/metric-kinds", tags=["metrics"], route_class=ApiRoute)

OfName = Annotated[MetricName | None, Query(description="Only numbers of this name.")]
OfEntry = Annotated[UUID | None, Query(description="Only numbers of this entry.")]
Removed = Annotated[bool, Query(description="Those that the person removed, instead of those that count.")]


@router.get("", operation_id="list_metrics", responses=told())
async def list_metrics(
    desk: Own,
    name: OfName = None,
    since: Since = None,
    until: Until = None,
    entry_id: OfEntry = None,
    removed: Removed = False,
    limit: Most = 50,
    cursor: After = None,
) -> MetricPage:
    """The numbers of the person's entries, those of the newest entries first."""
    async with desk.begin() as (session, _):
        found = await pages.metrics_page(
            session,
            desk.user_id,
            Days(since=since, until=until),
            name=name,
            entry_id=entry_id,
            removed=removed,
            after=cursors.read(cursor),
            most=limit + 1,
        )
    shown, after = rendering.page((it.place for it in found), limit)
    return MetricPage(items=[rendering.metric(it) for it in found[shown]], next_cursor=after)


@kinds.get("", operation_id="list_metric_kinds", responses=told())
async def list_metric_kinds(_desk: Own) -> MetricKinds:
    """Every name that there is, with its unit and its range."""
    return MetricKinds(items=[MetricKind.model_validate(kind) for kind in VOCABULARY])


@router.get("/{metric_id}", operation_id="get_metric", responses=told(404))
async def get_metric(metric_id: UUID, desk: Own) -> Metric:
    return await _read(desk, metric_id)


@router.patch("/{metric_id}", operation_id="correct_metric", responses=told(*BODY, 404, 409))
async def correct_metric(metric_id: UUID, change: MetricChange, desk: Own) -> Metric:
    """Say another value: it stays, also when the entry is read again, and what was read is kept in
    `model_value`. A value out of the range of its name is answered with 409, which tells the range."""
    async with desk.change() as (session, person):
        await stating.correct(session, person, metric_id, change.value)
    return await _read(desk, metric_id)


@router.delete(
    "/{metric_id}",
    operation_id="remove_metric",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=told(404),
)
async def remove_metric(metric_id: UUID, desk: Own) -> None:
    """It counts no more, also when its entry is read again."""
    async with desk.change() as (session, person):
        await stating.remove(session, person, metric_id)


@router.post("/{metric_id}/restore", operation_id="restore_metric", responses=told(404))
async def restore_metric(metric_id: UUID, desk: Own) -> Metric:
    """Let a number count again that was removed. One that was only ever said by the person is gone."""
    async with desk.change() as (session, person):
        await stating.restore(session, person, metric_id)
    return await _read(desk, metric_id)


async def _read(desk: Desk, metric_id: UUID) -> Metric:
    async with desk.begin() as (session, _):
        metric = await pages.metric(session, desk.user_id, metric_id)
    if metric is None or metric.removed_at is not None:
        raise NotThere("there is no such number")
    return rendering.metric(metric)
