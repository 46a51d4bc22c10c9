"""Leases: who works on what, until when. The database's clock decides, never a replica's."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, literal, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from db.models import Journey, Lease, Outgoing, Scoring, Summary, Update

LEASE = timedelta(seconds=20)
# What a row of work holds that is nobody's.
FREE: dict[str, Any] = {"lease_token": None, "lease_until": None}

K = TypeVar("K")


async def take(session: AsyncSession, name: str, holder: UUID, lasting: timedelta = LEASE) -> bool:
    """Take or keep the named lease; False while another holds it."""
    until = func.now() + literal(lasting)
    wish = insert(Lease).values(name=name, holder=holder, until=until)
    taken = wish.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": holder, "until": until},
        where=or_(Lease.holder == holder, Lease.until < func.now()),
    ).returning(Lease.holder)
    return await session.scalar(taken) is not None


async def extend(
    session: AsyncSession,
    table: type[Update | Journey | Outgoing],
    key: InstrumentedAttribute[K],
    claims: Sequence[tuple[K, UUID]],
) -> set[K]:
    """Prolong the leases of these rows, each by its key and token; the keys of those that are still ours."""
    kept = (
        update(table)
        .where(key.in_([it for it, _ in claims]), table.lease_token.in_({token for _, token in claims}))
        .values(lease_until=func.now() + literal(LEASE))
        .returning(key)
    )
    return set((await session.scalars(kept)).all())


async def drop_all(session: AsyncSession) -> None:
    """End every lease. Only for a process that surely is the only one on this database: then
    whoever held them is dead, and its work need not wait for them to run out."""
    for table in (Update, Journey, Outgoing, Scoring, Summary):
        held = update(table).where(table.lease_until > func.now())
        await session.execute(held.values(lease_until=func.now()))
    await session.execute(update(Lease).values(until=func.now()))


async def drop(session: AsyncSession, name: str, holder: UUID) -> None:
    await session.execute(
        update(Lease).where(Lease.name == name, Lease.holder == holder).values(until=func.now())
    )
