"""Leases: who works on what, until when. The database's clock decides, never a replica's."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, literal, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Journey, Lease, Outgoing, Scoring, Summary, Update

LEASE = timedelta(seconds=20)


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
