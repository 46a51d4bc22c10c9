"""A person's entries by their days: what a day, a week or a month holds, and what lies next to it.

Questions to the diary are no entries here, and what was deleted is not shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db.models import Entry, Metric

# As much of an entry as a line shows of it, in characters.
BEGINNING = 300
# The days that count as good: what their moods come to on average, from 1 to 10.
GOOD = 7


@dataclass(frozen=True, kw_only=True)
class Line:
    """An entry as a list shows it; `body` is its beginning. With `day_is_chosen` it was moved to its
    day, which its hour is not one of."""

    id: UUID
    local_date: date
    written_at: datetime
    kind: str
    body: str
    day_is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class DayRecord:
    """`body` begins its first entry; `mood` is the average of those that were told or read."""

    local_date: date
    entries: int
    body: str
    mood: float | None


def told(user_id: UUID) -> ColumnElement[bool]:
    """The person's own entries that tell something and are there."""
    return and_(written(user_id), Entry.is_question.is_(False))


def written(user_id: UUID) -> ColumnElement[bool]:
    """As `told`, and their questions to the diary: words of crisis count in these, too."""
    return and_(Entry.user_id == user_id, Entry.deleted_at.is_(None))


async def day(
    session: AsyncSession, user_id: UUID, day: date, *, skip: int = 0, most: int = 8
) -> tuple[list[Line], int]:
    """Some of a day's entries in the order they were written, and how many it has in all."""
    of_day = told(user_id) & (Entry.local_date == day)
    count = await session.scalar(select(func.count()).where(of_day)) or 0
    listed = _lines().where(of_day).order_by(Entry.written_at, Entry.id).offset(skip).limit(most)
    return [_line(row) for row in await session.execute(listed)], count


async def days(session: AsyncSession, user_id: UUID, first: date, last: date) -> list[DayRecord]:
    """The days that have entries, from `first` to `last`, both included."""
    within = told(user_id) & Entry.local_date.between(first, last)
    moods = _moods(user_id).where(Entry.local_date.between(first, last)).subquery()
    starts = (
        select(
            Entry.local_date,
            func.left(Entry.body, BEGINNING).label("body"),
            func.count().over(partition_by=Entry.local_date).label("entries"),
        )
        .where(within)
        .ext(distinct_on(Entry.local_date))
        # A recording without words yet comes after what has some.
        .order_by(Entry.local_date, Entry.body == "", Entry.written_at, Entry.id)
        .subquery()
    )
    rows = await session.execute(
        select(starts.c.local_date, starts.c.entries, starts.c.body, moods.c.mood)
        .outerjoin(moods, moods.c.local_date == starts.c.local_date)
        .order_by(starts.c.local_date)
    )
    return [DayRecord(**row) for row in rows.mappings()]


async def days_beside(
    session: AsyncSession, user_id: UUID, first: date, last: date
) -> tuple[date | None, date | None]:
    """The nearest days with entries before `first` and after `last`."""
    before = select(func.max(Entry.local_date)).where(told(user_id), Entry.local_date < first)
    after = select(func.min(Entry.local_date)).where(told(user_id), Entry.local_date > last)
    row = (await session.execute(select(before.scalar_subquery(), after.scalar_subquery()))).one()
    return row[0], row[1]


async def entries_beside(
    session: AsyncSession, user_id: UUID, entry_id: UUID
) -> tuple[Line | None, Line | None]:
    """The entries before and after one, in the order of their days and then of writing."""
    # Which of them is the entry's own place is read in the same statement.
    own = aliased(Entry)
    place = select(own.local_date, own.written_at, own.id).where(own.id == entry_id, own.user_id == user_id)
    here = (await session.execute(place)).one_or_none()
    if here is None:
        return None, None
    order = (Entry.local_date, Entry.written_at, Entry.id)
    before = (
        _lines()
        .where(told(user_id), Entry.local_date <= here[0], tuple_(*order) < tuple_(*here))
        .order_by(*(column.desc() for column in order))
        .limit(1)
    )
    after = (
        _lines()
        .where(told(user_id), Entry.local_date >= here[0], tuple_(*order) > tuple_(*here))
        .order_by(*order)
        .limit(1)
    )
    found = [(await session.execute(it)).one_or_none() for it in (before, after)]
    return found[0] and _line(found[0]), found[1] and _line(found[1])


async def first_day(session: AsyncSession, user_id: UUID) -> date | None:
    return await session.scalar(select(func.min(Entry.local_date)).where(told(user_id)))


async def of_days(session: AsyncSession, user_id: UUID, days: Sequence[date]) -> list[Line]:
    """The entries of these days, but for days on which the person was not well: nobody is led back to
    those unasked."""
    unwell = _unwell(user_id).where(Entry.local_date.in_(days))
    listed = (
        _lines()
        .where(told(user_id), Entry.local_date.in_(days), Entry.local_date.not_in(unwell))
        .order_by(Entry.local_date, Entry.written_at, Entry.id)
    )
    return [_line(row) for row in await session.execute(listed)]


async def some_day(
    session: AsyncSession, user_id: UUID, *, good: bool, before: date, besides: date | None = None
) -> date | None:
    """A day by chance, of the good ones or of all, but for days on which the person was not well."""
    earlier = told(user_id) & (Entry.local_date < before)
    of_person = select(Entry.local_date).where(earlier).distinct().subquery()
    listed = select(of_person.c.local_date).where(of_person.c.local_date.not_in(_unwell(user_id)))
    if good:
        listed = listed.where(of_person.c.local_date.in_(good_days(user_id)))
    if besides:
        listed = listed.where(of_person.c.local_date != besides)
    return await session.scalar(listed.order_by(func.random()).limit(1))


async def is_good(session: AsyncSession, user_id: UUID, day: date) -> bool:
    moods = good_days(user_id).subquery()
    return bool(await session.scalar(select(exists().where(moods.c.local_date == day))))


def good_days(user_id: UUID) -> Select[date]:
    moods = _moods(user_id).subquery()
    return select(moods.c.local_date).where(moods.c.mood >= GOOD)


def _unwell(user_id: UUID) -> Select[date]:
    return select(Entry.local_date).where(written(user_id), Entry.concern.is_not(None))


def _moods(user_id: UUID) -> Select[date, float]:
    """The average mood of each day that has one."""
    return (
        select(Entry.local_date, func.avg(Metric.value).label("mood"))
        .join(Metric, Metric.entry_id == Entry.id)
        .where(told(user_id), Metric.user_id == user_id, Metric.name == "mood", Metric.removed_at.is_(None))
        .group_by(Entry.local_date)
    )


def _lines() -> Select[Any]:
    body = func.left(Entry.body, BEGINNING)
    return select(Entry.id, Entry.local_date, Entry.written_at, Entry.kind, body, Entry.day_is_chosen)


def _line(row: Any) -> Line:
    names = ("id", "local_date", "written_at", "kind", "body", "day_is_chosen")
    return Line(**dict(zip(names, row, strict=True)))
