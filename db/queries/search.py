"""Searches: the entries that fit filters, and what a chat shows page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Entry, Metric, Search
from db.queries.history import good_days, told

# Of each person's searches so many are kept: older screens no longer turn their pages.
KEPT = 30


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What an entry's readings of one metric must come to; several add up where `adds`."""

    name: str
    sign: str
    value: float
    adds: bool


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Entries of the days `since` to `until`, both included, of these `kinds`, that keep to all
    `limits`; with `good_days` only of days that went well. What is empty admits all."""

    since: date | None = None
    until: date | None = None
    kinds: Sequence[str] = ()
    limits: Sequence[Limit] = ()
    good_days: bool = False


@dataclass(frozen=True, kw_only=True)
class Found:
    """`start` is where in the entry's text the best part begins, in characters; `by_meaning` says
    that none of the words stand in it."""

    entry_id: UUID
    start: int = 0
    by_meaning: bool = False


@dataclass(frozen=True, kw_only=True)
class SearchRecord:
    id: UUID
    asked: str
    found: Sequence[Found]
    meaning: str


@dataclass(frozen=True, kw_only=True)
class FoundEntry:
    id: UUID
    local_date: date
    written_at: datetime
    kind: str
    body: str
    language: str | None


async def fitting(
    session: AsyncSession, user_id: UUID, wanted: Wanted, *, most: int | None = None, holds: str = ""
) -> list[UUID]:
    """The entries that fit, the newest days first; with `holds` only those in whose text it stands,
    whatever its case."""
    listed = select(Entry.id).where(told(user_id), *_conditions(user_id, wanted))
    if holds:
        listed = listed.where(Entry.body.icontains(holds, autoescape=True))
    order = (Entry.local_date.desc(), Entry.written_at.desc(), Entry.id.desc())
    return list(await session.scalars(listed.order_by(*order).limit(most)))


def _conditions(user_id: UUID, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.since:
        conditions.append(Entry.local_date >= wanted.since)
    if wanted.until:
        conditions.append(Entry.local_date <= wanted.until)
    if wanted.kinds:
        conditions.append(Entry.kind.in_(wanted.kinds))
    if wanted.good_days:
        conditions.append(Entry.local_date.in_(good_days(user_id)))
    return conditions + [Entry.id.in_(_keeping_to(user_id, limit)) for limit in wanted.limits]


def _keeping_to(user_id: UUID, limit: Limit) -> Select[UUID]:
    value = func.sum(Metric.value) if limit.adds else func.avg(Metric.value)
    return (
        select(Metric.entry_id)
        .where(Metric.user_id == user_id, Metric.name == limit.name, Metric.removed_at.is_(None))
        .group_by(Metric.entry_id)
        .having(value.op(limit.sign)(limit.value))
    )


async def has_entries(session: AsyncSession, user_id: UUID) -> bool:
    return bool(await session.scalar(select(exists().where(told(user_id)))))


async def still_there(session: AsyncSession, user_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    return set(await session.scalars(select(Entry.id).where(told(user_id), Entry.id.in_(ids))))


async def entries_of(session: AsyncSession, user_id: UUID, ids: Sequence[UUID]) -> list[FoundEntry]:
    """Those of `ids` that are still there, in that order."""
    columns = (Entry.id, Entry.local_date, Entry.written_at, Entry.kind, Entry.body, Entry.language)
    rows = await session.execute(select(*columns).where(told(user_id), Entry.id.in_(ids)))
    found = {row["id"]: FoundEntry(**row) for row in rows.mappings()}
    return [found[it] for it in ids if it in found]


async def keep(session: AsyncSession, user_id: UUID, search: SearchRecord) -> None:
    """Store the search, or what it has become."""
    found = [[it.entry_id.hex, it.start, it.by_meaning] for it in search.found]
    values = {"asked": search.asked, "found": found, "meaning": search.meaning}
    stored = insert(Search).values(id=search.id, user_id=user_id, **values)
    await session.execute(
        stored.on_conflict_do_update(index_elements=["id"], set_=values, where=Search.user_id == user_id)
    )
    kept = select(Search.id).where(Search.user_id == user_id)
    newest = kept.order_by(Search.created_at.desc(), Search.id.desc()).limit(KEPT)
    await session.execute(delete(Search).where(Search.user_id == user_id, Search.id.not_in(newest)))


async def get(session: AsyncSession, user_id: UUID, search_id: UUID) -> SearchRecord | None:
    row = await session.scalar(select(Search).where(Search.id == search_id, Search.user_id == user_id))
    if row is None:
        return None
    found = [Found(entry_id=UUID(it[0]), start=it[1], by_meaning=it[2]) for it in row.found]
    return SearchRecord(id=row.id, asked=row.asked, found=found, meaning=row.meaning)


async def days_of(session: AsyncSession, user_id: UUID, ids: Sequence[UUID]) -> dict[UUID, date]:
    """The days of those entries that are still there, in that order."""
    if not ids:
        return {}
    rows = await session.execute(select(Entry.id, Entry.local_date).where(told(user_id), Entry.id.in_(ids)))
    found = {row[0]: row[1] for row in rows}
    return {it: found[it] for it in ids if it in found}
