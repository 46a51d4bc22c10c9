"""What a person does with a goal. Each is called with the goal locked, and does nothing new when it is done
twice."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Clash, OutOfRange
from bot.journal.charts.words import one_line
from bot.journal.goals.proposing import LEAST, LONGEST_UNIT, MOST_TARGET
from bot.journal.goals.telling import unit_of
from db.queries import goal_progress as progress
from db.queries import goals, summaries
from db.queries.goals import GoalRecord

# More goals at once are hard to keep in sight.
MOST_ACTIVE = 20
# Of a goal that is deleted so many replies lose its name at once: each is an edit in the chat.
IN_SIGHT = 10
TOO_MANY = f"there are {MOST_ACTIVE} active goals already: pause or finish one first"
NONE = {"none", "no target", "nothing", "-"}
_NUMBER = re.compile(r"(?P<number>\d{1,12}(?:[.,]\d{1,6})?)\s*(?P<unit>[^\W\d_][^\d\n]*)?")
_THOUSANDS = re.compile(r"(?<!\d)[1-9]\d{0,2}(?:[ ,.'’\u202f]\d{3})+(?!\d)(?!\s*(?:km|kg|mi|miles?|l)\b)")


async def activate(session: AsyncSession, goal: GoalRecord) -> GoalRecord | None:
    """Let a proposed, paused or finished goal count; None where there are too many already."""
    if goal.state == "active":
        return goal
    await goals.one_at_a_time(session, goal.user_id)
    if await goals.how_many(session, goal.user_id, ["active"]) >= MOST_ACTIVE:
        return None
    return await _write(session, goal, state="active", finished_at=None)


async def pause(session: AsyncSession, goal: GoalRecord) -> GoalRecord:
    return await _write(session, goal, state="paused") if goal.state == "active" else goal


async def finish(session: AsyncSession, goal: GoalRecord) -> GoalRecord:
    if goal.state not in {"active", "paused"}:
        return goal
    return await _write(session, goal, state="finished", finished_at=datetime.now(UTC))


async def delete(session: AsyncSession, goal: GoalRecord) -> list[UUID]:
    """It is gone for good, with all that was counted for it. The newest entries whose replies name it: once
    this is committed, `replies.show_again` takes it out of them."""
    moved = await progress.latest_entries(session, goal, IN_SIGHT)
    await goals.forget(session, goal.user_id, goal.id)
    return moved


async def rename(session: AsyncSession, goal: GoalRecord, title: str) -> GoalRecord:
    return await _write(session, goal, title=title)


async def give_reason(session: AsyncSession, goal: GoalRecord, why: str | None) -> GoalRecord:
    return await _write(session, goal, why=why)


async def repeat(session: AsyncSession, goal: GoalRecord, cadence: str | None) -> GoalRecord:
    return await _write(session, goal, cadence=cadence)


async def aim(session: AsyncSession, goal: GoalRecord, wanted: "Amount") -> GoalRecord:
    """What was counted so far keeps its numbers, also where another unit is named: see `is_recounted`."""
    unit = wanted.unit or goal.unit
    return await _write(session, goal, target=wanted.number, unit=unit)


async def add(session: AsyncSession, user_id: UUID, goal_id: UUID, wanted: Mapping[str, Any]) -> None:
    """A goal that its person made up themselves; the same id twice is one. Raises `Clash` where there are too
    many, and `OutOfRange` for a title without words."""
    await goals.one_at_a_time(session, user_id)
    if await goals.lock(session, user_id, goal_id) is not None:
        return
    if await goals.how_many(session, user_id, ["active"]) >= MOST_ACTIVE:
        raise Clash(TOO_MANY)
    await goals.add(session, user_id, goal_id, **_told(wanted))
    await summaries.prepare_anew(session, user_id)


async def revise(session: AsyncSession, goal: GoalRecord, wanted: Mapping[str, Any]) -> GoalRecord:
    """Change what `wanted` names, of the columns that are its person's to say, and its `state`. Raises as
    `add` does, and `Clash` for a state that it cannot come to."""
    told = _told({name: it for name, it in wanted.items() if name != "state"})
    # First, as it may wait for another goal to count: nothing that others write is locked until then.
    if "state" in wanted:
        goal = await _come_to(session, goal, wanted["state"])
    if told:
        goal = await _write(session, goal, **told)
    return goal


async def _come_to(session: AsyncSession, goal: GoalRecord, state: str) -> GoalRecord:
    if state == "active":
        found = await activate(session, goal)
        if found is None:
            raise Clash(TOO_MANY)
        return found
    changed = await (pause if state == "paused" else finish)(session, goal)
    if changed.state != state:
        raise Clash(f"a goal that is {goal.state} can only be made active")
    return changed


def _told(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Words on one line, and what is blank is not there."""
    told = {name: one_line(it) or None if isinstance(it, str) else it for name, it in wanted.items()}
    if "title" in told and not told["title"]:
        raise OutOfRange("the title has no words")
    return told


def is_recounted(before: GoalRecord, after: GoalRecord) -> bool:
    """Whether what was counted in one unit is told in another from now on."""
    return bool(before.progress) and unit_of(before).casefold() != unit_of(after).casefold()


async def _write(session: AsyncSession, goal: GoalRecord, **values: object) -> GoalRecord:
    await goals.change(session, goal.user_id, goal.id, **values)
    # Tonight's names the goals as they are.
    await summaries.prepare_anew(session, goal.user_id)
    return replace(goal, **values)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Amount:
    """What somebody typed: `number` is None for none, `unit` where they named none."""

    number: float | None
    unit: str | None = None


def typed(text: str) -> Amount | Literal["out of range"] | None:
    """“3”, “20 pages”, “7,5 km”, “none”, and nothing else; None where it is something else."""
    words = " ".join(unicodedata.normalize("NFKC", text).split()).rstrip(".!")
    if words.casefold() in NONE:
        return Amount(number=None)
    digits = "".join(str(unicodedata.decimal(it)) if it.isdecimal() else it for it in words)
    is_below = digits[:1] in {"-", "−"}
    digits = digits[1:].lstrip() if is_below else digits
    found = _NUMBER.fullmatch(_THOUSANDS.sub(lambda it: re.sub(r"\D", "", it.group()), digits))
    if found is None:
        return None
    unit = (found["unit"] or "").strip() or None
    if unit and (len(unit) > LONGEST_UNIT or len(unit.split()) > 2):
        return None
    number = float(found["number"].replace(",", "."))
    fits = LEAST <= number <= MOST_TARGET and not is_below
    return Amount(number=number, unit=unit) if fits else "out of range"
