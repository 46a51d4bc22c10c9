"""Erasing a person: their chats held back first, then every row of theirs in one transaction.

It looks across people on purpose: what was put before anybody knew whose it is goes by its chat.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, exists, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Entry, Erasure, Outgoing, SignIn, TelegramIdentity, Update, User
from db.models.base import owned

# A row of the inbox that is never due holds back all that came to its chat later: no update has its id.
NEVER = text("'infinity'::timestamptz")


@dataclass(frozen=True, kw_only=True)
class ErasureRecord:
    user_id: UUID
    chat_ids: Sequence[int]
    recordings: Sequence[str]
    began_at: datetime
    erased_at: datetime | None


async def begin(session: AsyncSession, user_id: UUID, *, again_after: timedelta) -> None:
    """Nobody is signed in any more, and what comes to their chats waits. Somebody else goes on with it
    after a while, should this process not. Who has the person locked, and sees that this is not wanted, can
    rely on that until the commit."""
    await session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    theirs = select(TelegramIdentity.chat_id).where(TelegramIdentity.user_id == user_id)
    chats = (await session.scalars(theirs)).all()
    row = {"user_id": user_id, "chat_ids": chats, "due_at": func.now() + literal(again_after)}
    begun = insert(Erasure).values(row).on_conflict_do_nothing().returning(Erasure.user_id)
    if await session.scalar(begun) is None:
        return
    await session.execute(delete(SignIn).where(SignIn.user_id == user_id))
    barriers = [
        {"update_id": -1 - secrets.randbits(62), "chat_id": chat_id, "payload": {}, "due_at": NEVER}
        for chat_id in chats
    ]
    if barriers:
        await session.execute(insert(Update).values(barriers))


async def is_wanted(session: AsyncSession, user_id: UUID) -> bool:
    return bool(await session.scalar(select(exists().where(Erasure.user_id == user_id))))


async def read(session: AsyncSession, user_id: UUID) -> ErasureRecord | None:
    """Locked until the commit."""
    row = await session.scalar(select(Erasure).where(Erasure.user_id == user_id).with_for_update())
    if row is None:
        return None
    return ErasureRecord(
        user_id=row.user_id,
        chat_ids=row.chat_ids,
        recordings=row.recordings,
        began_at=row.began_at,
        erased_at=row.erased_at,
    )


async def recordings(session: AsyncSession, user_id: UUID) -> list[str]:
    """The URLs of their recordings, as far as they are noted."""
    noted = select(Entry.audio_file_url).where(Entry.user_id == user_id, Entry.audio_file_url.is_not(None))
    return [url for url in await session.scalars(noted) if url]


async def wipe(session: AsyncSession, erasure: ErasureRecord, recordings: Sequence[str]) -> bool:
    """Delete every row of theirs; False, and then nothing must be committed, while an update of theirs is
    being handled: it could bring something back."""
    user_id, chat_ids = erasure.user_id, list(erasure.chat_ids)
    if not await _blank_updates(session, chat_ids, erasure.began_at):
        return False
    # In the order in which locks go everywhere: whoever is in a stage finishes writing first, and finds
    # nothing the next time.
    await session.execute(
        select(Entry.id).where(Entry.user_id == user_id).order_by(Entry.id).with_for_update()
    )
    await session.execute(delete(Outgoing).where(Outgoing.chat_id.in_(chat_ids)))
    # What others refer to goes last.
    for its in reversed(owned()):
        await session.execute(delete(its).where(its.c.user_id == user_id))
    await session.execute(delete(User).where(User.id == user_id))
    await session.execute(delete(Update).where(_is_barrier(chat_ids)))
    await session.execute(
        update(Erasure)
        .where(Erasure.user_id == user_id)
        .values(erased_at=func.now(), recordings=list(recordings))
    )
    return True


async def _blank_updates(session: AsyncSession, chat_ids: Sequence[int], before: datetime) -> bool:
    """Take what came before the erasure its words and its chat; False where some of it is being handled. The
    ids stay, for Telegram may hand them over again."""
    old = (Update.chat_id.in_(chat_ids), Update.update_id >= 0, Update.received_at <= before)
    idle = or_(Update.done_at.is_not(None), Update.lease_until.is_(None), Update.lease_until < func.now())
    blank: dict[str, Any] = {
        "payload": {},
        "chat_id": 0,
        "done_at": func.coalesce(Update.done_at, func.now()),
        "error": None,
        "lease_token": None,
        "lease_until": None,
    }
    await session.execute(update(Update).where(*old, idle).values(blank))
    return not await session.scalar(select(exists().where(and_(*old))))


def _is_barrier(chat_ids: Sequence[int]) -> Any:
    return and_(Update.chat_id.in_(chat_ids), Update.update_id < 0)


async def due(session: AsyncSession, *, most: int, again_after: timedelta) -> list[UUID]:
    """Whose erasure is to go on now; by anybody else only after a while."""
    waiting = select(Erasure.user_id).where(Erasure.due_at <= func.now()).order_by(Erasure.due_at)
    some = waiting.limit(most).with_for_update(skip_locked=True)
    claimed = update(Erasure).where(Erasure.user_id.in_(some))
    claimed = claimed.values(due_at=func.now() + literal(again_after))
    return list(await session.scalars(claimed.returning(Erasure.user_id)))


async def look_again(session: AsyncSession, user_id: UUID, after: timedelta) -> None:
    again = update(Erasure).where(Erasure.user_id == user_id)
    await session.execute(again.values(due_at=func.now() + literal(after)))


async def finish(session: AsyncSession, user_id: UUID) -> None:
    await session.execute(delete(Erasure).where(Erasure.user_id == user_id))
