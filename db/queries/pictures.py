"""Pictures on their way to a chat: drawn ahead, shown by the outbox, dropped when they are there."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import StoredPicture

BATCH = 1000


async def put(session: AsyncSession, user_id: UUID, png: bytes) -> UUID:
    """Keep a picture of this person's until it is shown; its id."""
    kept = insert(StoredPicture).values(user_id=user_id, png=png).returning(StoredPicture.id)
    return (await session.execute(kept)).scalar_one()


async def get(session: AsyncSession, user_id: UUID | None, picture_id: UUID) -> bytes | None:
    """None where it was shown, and dropped, and where it is not of this person."""
    return await session.scalar(select(StoredPicture.png).where(*_of(user_id, picture_id)))


async def drop(session: AsyncSession, user_id: UUID | None, picture_id: UUID) -> None:
    await session.execute(delete(StoredPicture).where(*_of(user_id, picture_id)))


def _of(user_id: UUID | None, picture_id: UUID) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return StoredPicture.id == picture_id, StoredPicture.user_id == user_id


async def purge(session: AsyncSession, older_than: timedelta) -> int:
    """Drop some of those that were never shown; how many that was."""
    old = select(StoredPicture.id).where(StoredPicture.created_at < func.now() - literal(older_than))
    dropped = delete(StoredPicture).where(StoredPicture.id.in_(old.limit(BATCH)))
    return len((await session.scalars(dropped.returning(StoredPicture.id))).all())
