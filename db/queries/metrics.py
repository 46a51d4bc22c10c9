"""The numbers that entries state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Entry, Metric


@dataclass(frozen=True, kw_only=True)
class Reading:
    """`ordinal` counts the readings of one name within an entry from 0."""

    name: str
    ordinal: int
    value: float
    unit: str
    quote: str | None
    source: str


async def replace_read(
    session: AsyncSession,
    user_id: UUID,
    entry_id: UUID,
    readings: Sequence[Reading],
    *,
    call_id: UUID | None,
) -> None:
    """Store what was read from the entry's newest version; what the person said themselves stays,
    with the newly read value beside it."""
    await session.execute(
        delete(Metric).where(
            Metric.entry_id == entry_id, Metric.user_id == user_id, Metric.source != "person"
        )
    )
    for reading in readings:
        row = {
            "user_id": user_id,
            "entry_id": entry_id,
            "name": reading.name,
            "ordinal": reading.ordinal,
            "value": reading.value,
            "unit": reading.unit,
            "quote": reading.quote,
            "source": reading.source,
            "model_value": reading.value,
            "call_id": call_id,
        }
        await session.execute(
            insert(Metric)
            .values(row)
            .on_conflict_do_update(
                index_elements=["entry_id", "name", "ordinal"], set_={"model_value": reading.value}
            )
        )


async def say(
    session: AsyncSession, user_id: UUID, entry_id: UUID, *, name: str, value: float, unit: str
) -> None:
    """Store what the person says the value is; what was read is kept in `model_value`."""
    row = {
        "user_id": user_id,
        "entry_id": entry_id,
        "name": name,
        "ordinal": 0,
        "value": value,
        "unit": unit,
        "source": "person",
    }
    await session.execute(
        insert(Metric)
        .values(row)
        .on_conflict_do_update(
            index_elements=["entry_id", "name", "ordinal"], set_={"value": value, "source": "person"}
        )
    )


async def names_of_day(session: AsyncSession, user_id: UUID, day: date) -> frozenset[str]:
    """The metrics that a local day has a value of."""
    names = (
        select(Metric.name)
        .join(Entry, Entry.id == Metric.entry_id)
        .where(Metric.user_id == user_id, Entry.user_id == user_id, Entry.local_date == day)
    )
    return frozenset((await session.scalars(names.distinct())).all())


async def of_entry(session: AsyncSession, user_id: UUID, entry_id: UUID) -> list[Metric]:
    rows = await session.scalars(
        select(Metric)
        .where(Metric.entry_id == entry_id, Metric.user_id == user_id)
        .order_by(Metric.name, Metric.ordinal)
    )
    return list(rows)
