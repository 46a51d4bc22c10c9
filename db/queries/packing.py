"""A person's vectors are put beside each other, some at a time.

Two fit in a page. As they are written, the other one is somebody else's, and the exact scan of a person's
would read twice as much as they have. Those in the packed partition were moved there together.
"""

from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Embedding

# So many are worth a move: 32 pages in a row.
TOGETHER = 64

# It waits for nobody: what is being edited or deleted stays loose. Others who would change these entries'
# vectors lock the entry first, and so wait until the vectors are where they will be.
PACK = text("""
    WITH owner AS MATERIALIZED (
        SELECT id FROM users WHERE id = :user_id FOR NO KEY UPDATE SKIP LOCKED),
    held AS MATERIALIZED (
        SELECT e.id FROM journal_entries e
        WHERE e.user_id = (SELECT id FROM owner) AND e.id IN (
            SELECT v.entry_id FROM entry_embeddings v WHERE v.user_id = :user_id AND NOT v.is_packed)
        ORDER BY e.id FOR KEY SHARE SKIP LOCKED)
    UPDATE entry_embeddings v SET is_packed = true FROM held
    WHERE v.entry_id = held.id AND v.user_id = :user_id AND NOT v.is_packed
""")


async def scattered(session: AsyncSession) -> list[UUID]:
    """Who has enough vectors among others' to pack them."""
    found = select(Embedding.user_id).where(Embedding.is_packed.is_(False)).group_by(Embedding.user_id)
    return list(await session.scalars(found.having(func.count() >= TOGETHER)))


async def pack(session: AsyncSession, user_id: UUID) -> None:
    """Put the person's new vectors beside each other, but for those of entries that somebody has locked."""
    await session.execute(PACK, {"user_id": user_id})
