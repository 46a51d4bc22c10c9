"""The numbers that entries state, what a person corrected of them, and how both meet again when an
entry is read anew."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Entry, Metric
from db.queries import scorings


@dataclass(frozen=True, kw_only=True)
class Reading:
    """`ordinal` counts the readings of one name within an entry from 0; `several` says that an entry
    may hold more than one of this name."""

    name: str
    ordinal: int
    value: float
    unit: str
    quote: str | None
    source: str
    several: bool = False


async def replace_read(
    session: AsyncSession,
    user_id: UUID,
    entry_id: UUID,
    readings: Sequence[Reading],
    *,
    body: str,
    call_id: UUID | None,
) -> None:
    """Store what was read from the entry's newest version, whose text is `body`. What the person said
    themselves stays, with the newly read value beside it, and what they removed stays removed. The caller
    marks the day where it is watched."""
    owner = {"user_id": user_id, "entry_id": entry_id, "call_id": call_id}
    rows, read = defaultdict(list), defaultdict(list)
    for row in await all_of_entry(session, user_id, entry_id):
        rows[row.name].append(row)
    for reading in readings:
        read[reading.name].append(reading)
    new: list[dict[str, Any]] = []
    for name in rows.keys() | read.keys():
        pairs = _pairs(rows[name], read[name], body)
        left = [row for row in rows[name] if row.id not in pairs]
        await _forget(session, user_id, [row.id for row in left if not _is_touched(row)])
        await _unquote(session, user_id, [row for row in left if _is_touched(row)], body)
        for row in rows[name]:
            if row.id in pairs:
                await _update(session, user_id, row, pairs[row.id], call_id)
        kept = {row.ordinal for row in rows[name] if row.id in pairs or _is_touched(row)}
        free = (number for number in count() if number not in kept)
        unpaired = _unpaired(read[name], pairs.values())
        new += [_row(reading, next(free)) | owner for reading in unpaired]
    if new:
        await session.execute(insert(Metric), new)


def _is_touched(row: Metric) -> bool:
    """Whether the person said something about it, which a reading must not take back."""
    return row.source == "person" or row.removed_at is not None


def _pairs(rows: Sequence[Metric], readings: Sequence[Reading], body: str) -> dict[UUID, Reading]:
    """Which row each reading of one name is read for again.

    Where an entry holds one number of the name, they belong together. Else those with the same quote
    do, then those with the same value; of the rest, a correction whose words are gone from the text
    goes with the reading that took their place, so that no number counts twice. What was removed goes
    with one of other words only where there is but one.
    """
    pairs: dict[UUID, Reading] = {}

    def pair(fits: Any) -> None:
        for row in rows:
            if row.id in pairs:
                continue
            left = _unpaired(readings, pairs.values())
            found = next((it for it in left if fits(row, it)), None)
            if found:
                pairs[row.id] = found

    pair(lambda row, it: row.quote == it.quote)
    pair(lambda row, it: not it.several or row.model_value == it.value)
    is_only = len(rows) == len(readings) == 1
    pair(
        lambda row, _: (
            not _is_touched(row) or ((row.removed_at is None or is_only) and _is_gone(row.quote, body))
        )
    )
    return pairs


def _is_gone(quote: str | None, body: str) -> bool:
    return quote is None or quote not in body


def _unpaired(readings: Sequence[Reading], paired: Iterable[Reading]) -> list[Reading]:
    taken = {id(it) for it in paired}
    return [it for it in readings if id(it) not in taken]


async def _update(
    session: AsyncSession, user_id: UUID, row: Metric, reading: Reading, call_id: UUID | None
) -> None:
    values = {"model_value": reading.value, "quote": reading.quote, "call_id": call_id}
    if row.source != "person":
        values |= {"value": reading.value, "source": reading.source, "unit": reading.unit}
    await session.execute(update(Metric).where(Metric.id == row.id, Metric.user_id == user_id).values(values))


def _row(reading: Reading, ordinal: int) -> dict[str, Any]:
    return {
        "name": reading.name,
        "ordinal": ordinal,
        "value": reading.value,
        "unit": reading.unit,
        "quote": reading.quote,
        "source": reading.source,
        "model_value": reading.value,
    }


async def _forget(session: AsyncSession, user_id: UUID, ids: Sequence[UUID]) -> None:
    if ids:
        await session.execute(delete(Metric).where(Metric.id.in_(ids), Metric.user_id == user_id))


async def _unquote(session: AsyncSession, user_id: UUID, rows: Sequence[Metric], body: str) -> None:
    """A quote that the text no longer holds is none. A removed number keeps it, to be known by it."""
    ids = [row.id for row in rows if row.removed_at is None and row.quote and _is_gone(row.quote, body)]
    if ids:
        gone = update(Metric).where(Metric.id.in_(ids), Metric.user_id == user_id)
        await session.execute(gone.values(quote=None))


async def say(
    session: AsyncSession, user_id: UUID, entry_id: UUID, *, name: str, value: float, unit: str
) -> UUID:
    """Store what the person says the value is, where an entry holds one of the name; what was read is
    kept in `model_value`. One that they had removed is there again. Its id."""
    row = {
        "user_id": user_id,
        "entry_id": entry_id,
        "name": name,
        "ordinal": 0,
        "value": value,
        "unit": unit,
        "source": "person",
    }
    said = {"value": value, "source": "person", "removed_at": None}
    put = insert(Metric).values(row)
    put = put.on_conflict_do_update(index_elements=["entry_id", "name", "ordinal"], set_=said)
    metric_id = (await session.execute(put.returning(Metric.id))).scalar_one()
    await scorings.mark_entry(session, user_id, entry_id)
    return metric_id


async def say_another(
    session: AsyncSession,
    user_id: UUID,
    entry_id: UUID,
    *,
    name: str,
    value: float,
    unit: str,
    metric_id: UUID | None = None,
) -> UUID:
    """As `say`, where an entry may hold several of the name: it stands beside the others, but the same
    `metric_id` twice is one. Call it with the entry locked."""
    if metric_id is not None:
        known = select(Metric.id).where(Metric.id == metric_id, Metric.user_id == user_id)
        if await session.scalar(known) is not None:
            return metric_id
    taken = select(func.coalesce(func.max(Metric.ordinal) + 1, 0)).where(
        Metric.entry_id == entry_id, Metric.user_id == user_id, Metric.name == name
    )
    row = {"user_id": user_id, "entry_id": entry_id, "name": name, "value": value, "unit": unit}
    row |= {"ordinal": await session.scalar(taken), "source": "person"}
    row |= {"id": metric_id} if metric_id else {}
    said = (await session.execute(insert(Metric).values(row).returning(Metric.id))).scalar_one()
    await scorings.mark_entry(session, user_id, entry_id)
    return said


async def correct(session: AsyncSession, user_id: UUID, metric_id: UUID, value: float) -> None:
    """The person says another value; what was read is kept in `model_value`."""
    await _set(session, user_id, metric_id, value=value, source="person", removed_at=None)


async def remove(session: AsyncSession, user_id: UUID, metric_id: UUID) -> None:
    """The number counts no more, also when it is read again. One that was never read goes whole."""
    mine = (Metric.id == metric_id, Metric.user_id == user_id)
    its = delete(Metric).where(*mine, Metric.model_value.is_(None)).returning(Metric.entry_id)
    if (entry_id := await session.scalar(its)) is not None:
        await scorings.mark_entry(session, user_id, entry_id)
    await _set(session, user_id, metric_id, removed_at=func.coalesce(Metric.removed_at, func.now()))


async def bring_back(session: AsyncSession, user_id: UUID, metric_id: UUID) -> None:
    """What was removed counts again."""
    await _set(session, user_id, metric_id, removed_at=None)


async def _set(session: AsyncSession, user_id: UUID, metric_id: UUID, **values: Any) -> None:
    mine = update(Metric).where(Metric.id == metric_id, Metric.user_id == user_id)
    entry_id = await session.scalar(mine.values(**values).returning(Metric.entry_id))
    if entry_id is not None:
        await scorings.mark_entry(session, user_id, entry_id)


async def of_entry(session: AsyncSession, user_id: UUID, entry_id: UUID) -> list[Metric]:
    """The numbers of an entry that count: none of a deleted one, and none that was removed."""
    rows = await session.scalars(
        select(Metric)
        .join(Entry, Entry.id == Metric.entry_id)
        .where(
            Metric.entry_id == entry_id,
            Metric.user_id == user_id,
            Metric.removed_at.is_(None),
            Entry.deleted_at.is_(None),
        )
        .order_by(Metric.name, Metric.ordinal)
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def all_of_entry(session: AsyncSession, user_id: UUID, entry_id: UUID) -> list[Metric]:
    """As `of_entry`, and what was removed too, whatever became of the entry."""
    rows = await session.scalars(
        select(Metric)
        .where(Metric.entry_id == entry_id, Metric.user_id == user_id)
        .order_by(Metric.name, Metric.ordinal)
        .execution_options(populate_existing=True)
    )
    return list(rows)
