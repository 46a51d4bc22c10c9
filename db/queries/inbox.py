"""Raw updates: put in one insert, claimed oldest first within a chat, done or set aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import case, delete, func, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Update
from db.session import to_json

from . import leases
from .leases import FREE, LEASE

BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class Received:
    """`chat_id` is 0 where the update belongs to no chat."""

    update_id: int
    chat_id: int
    payload: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ClaimedUpdate:
    update_id: int
    chat_id: int
    payload: dict[str, Any]
    attempts: int
    token: UUID


# One text for any number of updates, which is compiled and prepared once.
PUT = text("""
    INSERT INTO inbox (update_id, chat_id, payload)
    SELECT update_id, chat_id, CAST(payload AS json)
    FROM unnest(CAST(:ids AS bigint[]), CAST(:chats AS bigint[]), CAST(:payloads AS text[]))
        AS a (update_id, chat_id, payload)
    ON CONFLICT (update_id) DO NOTHING
    RETURNING update_id
""")


async def put(session: AsyncSession, updates: Sequence[Received]) -> int:
    """Store what is new, in one statement; how many that was. A redelivery changes nothing."""
    if not updates:
        return 0
    bind = {
        "ids": [it.update_id for it in updates],
        "chats": [it.chat_id for it in updates],
        "payloads": [to_json(it.payload) for it in updates],
    }
    return len((await session.scalars(PUT, bind)).all())


CLAIM = text("""
    UPDATE inbox SET lease_token = :token, lease_until = now() + :lease, attempts = attempts + 1
    WHERE update_id IN (
        SELECT i.update_id FROM inbox i
        WHERE i.done_at IS NULL AND i.due_at <= now()
          AND (i.lease_until IS NULL OR i.lease_until < now())
          AND NOT EXISTS (
            SELECT FROM inbox earlier
            WHERE earlier.chat_id = i.chat_id AND earlier.done_at IS NULL
              AND earlier.update_id < i.update_id)
        ORDER BY i.update_id LIMIT :places
        FOR UPDATE SKIP LOCKED)
    RETURNING update_id, chat_id, payload, attempts
""")


async def claim(session: AsyncSession, places: int) -> list[ClaimedUpdate]:
    """The oldest open update of each chat that nobody works on, up to `places` of them."""
    token = uuid4()
    rows = await session.execute(CLAIM, {"token": token, "lease": LEASE, "places": places})
    return [ClaimedUpdate(**row, token=token) for row in rows.mappings()]


async def extend(session: AsyncSession, claims: Sequence[tuple[int, UUID]]) -> set[int]:
    """Prolong these leases; the ids that are still ours."""
    return await leases.extend(session, Update, Update.update_id, claims)


async def finish(session: AsyncSession, claims: Sequence[tuple[int, UUID]]) -> set[tuple[int, UUID]]:
    """Close these updates; those of them whose lease was not lost."""
    bind = {"ids": [it[0] for it in claims], "tokens": [it[1] for it in claims]}
    return {(row[0], row[1]) for row in await session.execute(FINISH, bind)}


FINISH = text("""
    UPDATE inbox SET done_at = now(), error = NULL, lease_token = NULL, lease_until = NULL
    FROM unnest(CAST(:ids AS bigint[]), CAST(:tokens AS uuid[])) AS a (update_id, token)
    WHERE inbox.update_id = a.update_id AND inbox.lease_token = a.token AND inbox.done_at IS NULL
    RETURNING a.update_id, a.token
""")


async def set_aside(session: AsyncSession, update_id: int, token: UUID, error: str) -> bool:
    """Close the update for good, `error` telling why; False when the lease was lost."""
    closed = (
        update(Update)
        .where(Update.update_id == update_id, Update.lease_token == token, Update.done_at.is_(None))
        .values(done_at=func.now(), error=error, **FREE)
        .returning(Update.update_id)
    )
    return await session.scalar(closed) is not None


async def retry(
    session: AsyncSession, update_id: int, token: UUID, *, after: timedelta, error: str | None
) -> None:
    """Give the update back, to be taken again after a while."""
    await session.execute(
        update(Update)
        .where(Update.update_id == update_id, Update.lease_token == token)
        .values(due_at=func.now() + literal(after), error=error, **FREE)
    )


async def release(session: AsyncSession, claims: Sequence[tuple[int, UUID]]) -> None:
    """Give back what was claimed and not finished, as at a stop; it does not count as a try."""
    await session.execute(
        update(Update)
        .where(Update.update_id.in_([i for i, _ in claims]), Update.lease_token.in_([t for _, t in claims]))
        .values(attempts=Update.attempts - 1, **FREE)
    )


async def purge(session: AsyncSession, older_than: timedelta, set_aside_older_than: timedelta) -> int:
    """Drop some of the finished updates; how many that was. Telegram redelivers for a day, and may
    reuse ids after a week."""
    age = case((Update.error.is_(None), literal(older_than)), else_=literal(set_aside_older_than))
    old = select(Update.update_id).where(
        Update.done_at < func.now() - literal(min(older_than, set_aside_older_than)),
        Update.done_at < func.now() - age,
    )
    some = old.order_by(Update.done_at).limit(BATCH).with_for_update(skip_locked=True)
    dropped = delete(Update).where(Update.update_id.in_(some)).returning(Update.update_id)
    return len((await session.scalars(dropped)).all())
