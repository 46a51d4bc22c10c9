"""`/api/v1/scores`: how the person's days went, and what they say of them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from bot.errors import Clash, NotThere
from bot.journal.scoring import said
from bot.web import cursors, rendering
from bot.web.desk import Desk, Own, OwnToThink, told
from bot.web.fields import After, CategoryChange, Day, Most, Since, Until
from bot.web.paths import API
from bot.web.problems import BODY
from bot.web.routes import ApiRoute
from bot.web.shapes import CategoryName, Score, ScorePage
from db.queries import pages
from db.queries.pages import Days

router = APIRouter(prefix=f"{API}/scores", tags=["scores"], route_class=ApiRoute)

OfDay = Annotated[Day, Path(description="The local day, as in the person's own zone.")]
# How long somebody waits for the analyst before the day's numbers must do for now, in seconds.
PATIENCE = 12.0


@router.get("", operation_id="list_scores", responses=told())
async def list_scores(
    desk: Own, since: Since = None, until: Until = None, limit: Most = 31, cursor: After = None
) -> ScorePage:
    """The days that were scored, the latest first, as they were scored last. A day is scored when somebody
    asks for it, for the evening's summary, and once it is over."""
    async with desk.begin() as (session, _):
        days = Days(since=since, until=until)
        found = await pages.days_page(session, desk.user_id, days, after=cursors.read(cursor), most=limit + 1)
    shown, after = rendering.page((it.place for it in found), limit)
    return ScorePage(items=[rendering.score(it) for it in found[shown]], next_cursor=after)


@router.get("/{local_date}", operation_id="get_score", responses=told(404))
async def get_score(local_date: OfDay, desk: OwnToThink) -> Score:
    """How the day went, from what is known of it now. Where that changed, the analyst reads it anew, which
    may take some seconds. 404 where nothing was written about that day."""
    return await _score(desk, local_date)


@router.patch(
    "/{local_date}/categories/{category}",
    operation_id="correct_score",
    responses=told(*BODY, 404, 409),
)
async def correct_score(
    local_date: OfDay, category: CategoryName, change: CategoryChange, desk: OwnToThink
) -> Score:
    """Say another score for a category, or none: it stays through every later reading, and the overall is
    counted anew."""
    await _score(desk, local_date)
    async with desk.change() as (session, _):
        if await said.say(session, desk.user_id, local_date, category, change.score) is None:
            raise Clash("this day has no score to correct")
    return await _score(desk, local_date, again=False)


@router.delete(
    "/{local_date}/categories/{category}", operation_id="uncorrect_score", responses=told(404, 409)
)
async def uncorrect_score(local_date: OfDay, category: CategoryName, desk: OwnToThink) -> Score:
    """Take back what the person said of a category: what is read in the day counts again."""
    await _score(desk, local_date)
    async with desk.change() as (session, _):
        if await said.take_back(session, desk.user_id, local_date, category) is None:
            raise Clash("this day has no score to correct")
    return await _score(desk, local_date, again=False)


async def _score(desk: Desk, day: date, *, again: bool = True) -> Score:
    user_id: UUID = desk.user_id
    async with desk.begin() as (session, _):
        if not await pages.has_entries(session, user_id, day):
            raise NotThere("nothing was written about that day")
    await desk.parts.scorer.bring_up_to_date(user_id, day, patience=PATIENCE, again=again)
    async with desk.begin() as (session, _):
        found = await pages.day(session, user_id, day)
    if found is None or found.state == "empty":
        raise NotThere("nothing was written about that day")
    return rendering.score(found)
