"""`/api/v1/goals`: what the person wants."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from bot.errors import NeedsCare, NotThere
from bot.journal import replies
from bot.journal.care import concern_of, is_grave
from bot.journal.days import today_of
from bot.journal.goals import changes
from bot.web import cursors, rendering
from bot.web.desk import Desk, Own, told
from bot.web.entries import LOCATION
from bot.web.fields import After, GoalChange, Key, Most, NewGoal
from bot.web.paths import API
from bot.web.problems import BODY
from bot.web.routes import ApiRoute
from bot.web.shapes import Goal, GoalPage, GoalState, Step, StepPage
from db.queries import goals, pages
from db.queries.goals import GoalRecord
from db.queries.people import Person

router = APIRouter(prefix=f"{API}/goals", tags=["goals"], route_class=ApiRoute)

# What of a goal is in the person's own words.
WORDS = ("title", "why", "measure", "unit")
STATES = ("active", "paused", "finished")
InState = Annotated[
    GoalState | None, Query(description="Only goals in this state; without, all but those proposed.")
]
# The same request with the same key makes the same goal.
_SPACE = UUID("0e0f9f0a-0d0c-4a4a-9f8b-5f5f4c8e2d57")


@router.get("", operation_id="list_goals", responses=told())
async def list_goals(desk: Own, state: InState = None, limit: Most = 50, cursor: After = None) -> GoalPage:
    """The person's goals, the newest first."""
    states, place = [state] if state else STATES, cursors.read(cursor)
    async with desk.begin() as (session, person):
        found = await pages.goals_page(session, desk.user_id, states=states, after=place, most=limit + 1)
        shown, after = rendering.page((pages.Place(at=it.created_at, id=it.id) for it in found), limit)
        standings = await goals.standings(session, desk.user_id, found[shown], today_of(person))
    return GoalPage(items=[rendering.goal(it) for it in standings], next_cursor=after)


@router.post(
    "",
    operation_id="create_goal",
    status_code=status.HTTP_201_CREATED,
    responses=told(*BODY, 409) | {201: {"headers": LOCATION}},
)
async def create_goal(new: NewGoal, desk: Own, response: Response, key: Key = None) -> Goal:
    """A goal that counts from now on: entries that speak of it move it. There are 20 active ones at most.

    Words of crisis become none: the answer is 409 with `care`, the card with help.
    """
    wanted = new.model_dump()
    goal_id = uuid5(_SPACE, f"{desk.user_id}:{key}:{new.model_dump_json()}") if key else uuid7()
    async with desk.change(stays=True) as (session, person):
        await _heed(wanted, person)
        await changes.add(session, desk.user_id, goal_id, wanted)
        goal = await _goal(session, desk, goal_id)
        found = await _told(session, goal, person)
    response.headers["Location"] = f"{router.prefix}/{goal_id}"
    return found


@router.get("/{goal_id}", operation_id="get_goal", responses=told(404))
async def get_goal(goal_id: UUID, desk: Own) -> Goal:
    async with desk.begin() as (session, person):
        return await _told(session, await _goal(session, desk, goal_id), person)


@router.patch("/{goal_id}", operation_id="change_goal", responses=told(*BODY, 404, 409))
async def change_goal(goal_id: UUID, change: GoalChange, desk: Own) -> Goal:
    """Change what is named: its words, its target, or its `state`, to pause, finish or resume it. What was
    counted so far stays, also where another unit is named. Words of crisis are refused as in a new goal."""
    wanted = change.model_dump(exclude_unset=True)
    async with desk.change() as (session, person):
        goal = await _goal(session, desk, goal_id, lock=True)
        await _heed(wanted, person)
        goal = await changes.revise(session, goal, wanted)
        return await _told(session, goal, person)


@router.delete(
    "/{goal_id}",
    operation_id="delete_goal",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=told(404),
)
async def delete_goal(goal_id: UUID, desk: Own) -> None:
    """Gone for good, with all that was counted for it; the entries stay."""
    async with desk.change() as (session, _):
        moved = await changes.delete(session, await _goal(session, desk, goal_id, lock=True))
    await replies.show_again(desk.parts.sessions, desk.user_id, moved)
    desk.parts.sender.nudge()


@router.get("/{goal_id}/progress", operation_id="list_progress", responses=told(404))
async def list_progress(goal_id: UUID, desk: Own, limit: Most = 50, cursor: After = None) -> StepPage:
    """What moved it, the latest day first, with the words of the entries."""
    place = cursors.read(cursor)
    async with desk.begin() as (session, _):
        await _goal(session, desk, goal_id)
        found = await pages.steps_page(session, desk.user_id, goal_id, after=place, most=limit + 1)
    shown, after = rendering.page((pages.place_of_step(it) for it in found), limit)
    return StepPage(items=[Step.model_validate(it) for it in found[shown]], next_cursor=after)


async def _heed(wanted: Mapping[str, Any], person: Person) -> None:
    """Nobody is held to what they wrote in danger, nor reminded of it: it is told, and answered with help."""
    concern = await concern_of("\n".join(wanted.get(name) or "" for name in WORDS))
    if is_grave(concern) and (care := rendering.care(person, concern, is_kept=False)):
        reason = "this becomes no goal: read `care` first, and write it as an entry to have it kept"
        raise NeedsCare(reason, care=care.model_dump())


async def _goal(session: AsyncSession, desk: Desk, goal_id: UUID, *, lock: bool = False) -> GoalRecord:
    goal = await (goals.lock if lock else pages.goal)(session, desk.user_id, goal_id)
    if goal is None:
        raise NotThere("there is no such goal")
    return goal


async def _told(session: AsyncSession, goal: GoalRecord, person: Person) -> Goal:
    return rendering.goal(await goals.standing(session, goal, today_of(person)))
