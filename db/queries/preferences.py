"""What a person chose about how the bot treats them."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import cast

from db.models import User
from db.queries import summaries

# What a summary says, and how, rests on these.
SHOWN = {"evening", "theme", "soft_line", "manner", "length"}


async def read(session: AsyncSession, user_id: UUID) -> dict[str, Any]:
    return await session.scalar(select(User.settings).where(User.id == user_id)) or {}


async def change(session: AsyncSession, user_id: UUID, **chosen: Any) -> None:
    """Set these, and leave the others as they are; a summary that is prepared with what was chosen before is
    prepared anew."""
    await session.execute(
        update(User).where(User.id == user_id).values(settings=User.settings.op("||")(cast(chosen, JSONB)))
    )
    if not SHOWN.isdisjoint(chosen):
        await summaries.prepare_anew(session, user_id)


async def set_time_zone(session: AsyncSession, user_id: UUID, time_zone: str) -> None:
    await session.execute(update(User).where(User.id == user_id).values(time_zone=time_zone))


async def set_summary_time(session: AsyncSession, user_id: UUID, hour: time) -> None:
    await session.execute(update(User).where(User.id == user_id).values(summary_time=hour))


async def set_day_start(session: AsyncSession, user_id: UUID, hour: time) -> None:
    await session.execute(update(User).where(User.id == user_id).values(day_starts_at=hour))


async def set_silence(session: AsyncSession, user_id: UUID, until: datetime | None) -> None:
    """Nothing comes by itself until then."""
    await session.execute(update(User).where(User.id == user_id).values(silent_until=until))


async def silent_until(session: AsyncSession, user_id: UUID) -> datetime | None:
    return await session.scalar(select(User.silent_until).where(User.id == user_id))


async def set_name(session: AsyncSession, user_id: UUID, name: str) -> None:
    """The coach calls them so from now on."""
    await session.execute(update(User).where(User.id == user_id).values(name=name))
    await summaries.prepare_anew(session, user_id)
