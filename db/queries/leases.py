"""Leases: who works on what, until when. The database's clock decides, never a replica's."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, literal, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Lease

LEASE = timedelta(seconds=60)


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


async def drop(session: AsyncSession, name: str, holder: UUID) -> None:
    await session.execute(
        update(Lease).where(Lease.name == name, Lease.holder == holder).values(until=func.now())
    )
