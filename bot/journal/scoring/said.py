"""What a person says of a category of their day: it counts, and stays through every later reading."""

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal.scoring.scorer import count
from db.queries import scores, scorings
from db.queries.scores import DayRecord

# How far one tap goes, and from where a category without a score sets out.
STEP, MIDDLE = 10, 50

_TYPED = re.compile(r"([-−+]?\d{1,6}(?:[.,]\d{1,3})?)\s*(?:/\s*100|(?:out )?of 100|%|points?)?")
_NONE = {"none", "no score", "not scored", "nothing", "-"}


async def say(
    session: AsyncSession, user_id: UUID, day: date, category: str, score: int | None
) -> DayRecord | None:
    """The person's score for a category, None for none at all. The day as it is then; None where it has no
    categories to correct."""
    row = await _lock(session, user_id, day)
    if row is not None:
        await scores.say(session, user_id, row.id, category, score)
    return await _recount(session, user_id, day, row)


async def step(
    session: AsyncSession, user_id: UUID, day: date, category: str, direction: Literal["up", "down"]
) -> DayRecord | None:
    """As `say`, one step up or down from what the category has."""
    row = await _lock(session, user_id, day)
    if row is not None:
        now = next((it.score for it in row.categories if it.category == category), None)
        wanted = (MIDDLE if now is None else now) + (STEP if direction == "up" else -STEP)
        await scores.say(session, user_id, row.id, category, min(max(wanted, 0), 100))
    return await _recount(session, user_id, day, row)


async def take_back(session: AsyncSession, user_id: UUID, day: date, category: str) -> DayRecord | None:
    """What was read counts again, once the day is read again."""
    row = await _lock(session, user_id, day)
    if row is not None:
        await scores.unsay(session, user_id, row.id, category)
    return await _recount(session, user_id, day, row)


async def _lock(session: AsyncSession, user_id: UUID, day: date) -> DayRecord | None:
    row = await scores.find(session, user_id, day, lock=True)
    return row if row is not None and row.state in {"scored", "too_little"} else None


async def _recount(
    session: AsyncSession, user_id: UUID, day: date, row: DayRecord | None
) -> DayRecord | None:
    if row is None:
        return None
    found = await scores.find(session, user_id, day)
    assert found is not None  # noqa: S101 - its row is locked
    state, total = count(found.categories)
    await scores.write(session, user_id, row.id, state=state, overall=total)
    # What was made of the day's score so far is to be made anew.
    await scorings.mark(session, user_id, day)
    return await scores.find(session, user_id, day)


def typed(text: str) -> int | Literal["none"] | None:
    """The score that a message states and nothing else, of any size and to the nearest whole; "none" for no
    score; None where it is something else."""
    words = " ".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip(".!")
    if words in _NONE:
        return "none"
    number = _TYPED.fullmatch(words)
    if number is None:
        return None
    return int(Decimal(number[1].replace("−", "-").replace(",", ".")).to_integral_value(ROUND_HALF_UP))
