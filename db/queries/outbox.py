"""What chats should show: put by slot, claimed oldest first within a chat, marked as it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Entry, Outgoing

from .leases import LEASE

OPEN = ("waiting", "sending")


@dataclass(frozen=True, kw_only=True)
class ClaimedOutgoing:
    """`was_sending`: an earlier try died or lost its answer, so the message may be there already.
    `after_message_id` is what that earlier try knew, or what this one knows."""

    id: UUID
    chat_id: int
    content: dict[str, Any]
    message_ids: tuple[int, ...]
    after_message_id: int
    was_sending: bool
    attempts: int
    token: UUID


async def put(
    session: AsyncSession,
    *,
    slot: str,
    purpose: str,
    chat_id: int,
    content: dict[str, Any],
    user_id: UUID | None = None,
    entry_id: UUID | None = None,
    replace: bool = False,
) -> None:
    """Have `chat_id` show `content` in `slot`. With `replace` a slot that is there already shows
    the new content instead, by edit; without, the first content stays."""
    row = {
        "slot": slot,
        "purpose": purpose,
        "chat_id": chat_id,
        "content": content,
        "user_id": user_id,
        "entry_id": entry_id,
    }
    wish = insert(Outgoing).values(row)
    if not replace:
        await session.execute(wish.on_conflict_do_nothing(index_elements=["slot"]))
        return
    # A send under way keeps its state: what it knows decides whether the message is there.
    renewed = {
        "content": content,
        "state": text("CASE WHEN outbox.state = 'sending' THEN 'sending' ELSE 'waiting' END"),
        "attempts": 0,
        "due_at": func.now(),
        "lease_token": None,
        "lease_until": None,
        "error": None,
    }
    await session.execute(wish.on_conflict_do_update(index_elements=["slot"], set_=renewed))


async def withdraw(session: AsyncSession, slot: str) -> None:
    """Take back what no chat has seen and nobody is sending."""
    await session.execute(
        delete(Outgoing).where(
            Outgoing.slot == slot, Outgoing.state == "waiting", func.cardinality(Outgoing.message_ids) == 0
        )
    )


CLAIM = text("""
    UPDATE outbox o SET
        state = 'sending', lease_token = :token, lease_until = now() + :lease, attempts = attempts + 1,
        after_message_id = CASE WHEN o.state = 'sending' THEN o.after_message_id
            ELSE GREATEST(:newest, (
                SELECT max(e.message_id) FROM journal_entries e WHERE e.chat_id = o.chat_id)) END
    FROM (
        SELECT w.id, w.state FROM outbox w
        WHERE w.state IN ('waiting', 'sending') AND w.due_at <= now()
          AND (w.lease_until IS NULL OR w.lease_until < now())
          AND NOT EXISTS (
            SELECT FROM outbox earlier
            WHERE earlier.chat_id = w.chat_id AND earlier.state IN ('waiting', 'sending')
              AND earlier.id < w.id)
        ORDER BY w.id LIMIT :places
        FOR UPDATE SKIP LOCKED) AS next
    WHERE o.id = next.id
    RETURNING o.id, o.chat_id, o.content, o.message_ids, o.after_message_id,
        next.state = 'sending', o.attempts
""")


async def claim(session: AsyncSession, places: int, newest_message_id: int) -> list[ClaimedOutgoing]:
    """The oldest open row of each chat that nobody is sending. `newest_message_id` is the highest
    id this process has met: whatever is sent from now on gets a higher one."""
    token = uuid4()
    bind = {"token": token, "lease": LEASE, "places": places, "newest": newest_message_id}
    return [
        ClaimedOutgoing(
            id=row[0],
            chat_id=row[1],
            content=row[2],
            message_ids=tuple(row[3]),
            after_message_id=row[4] or 0,
            was_sending=row[5],
            attempts=row[6],
            token=token,
        )
        for row in await session.execute(CLAIM, bind)
    ]


async def extend(session: AsyncSession, claims: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
    kept = (
        update(Outgoing)
        .where(Outgoing.id.in_([i for i, _ in claims]), Outgoing.lease_token.in_([t for _, t in claims]))
        .values(lease_until=func.now() + literal(LEASE))
        .returning(Outgoing.id)
    )
    return set((await session.scalars(kept)).all())


async def mark_part(session: AsyncSession, id_: UUID, token: UUID, message_ids: Sequence[int]) -> bool:
    """Some of the messages are there, and more are to come; False when the lease was lost."""
    marked = (
        update(Outgoing)
        .where(Outgoing.id == id_, Outgoing.lease_token == token)
        .values(message_ids=list(message_ids), after_message_id=max(message_ids))
        .returning(Outgoing.id)
    )
    return await session.scalar(marked) is not None


async def mark_shown(session: AsyncSession, id_: UUID, token: UUID, message_ids: Sequence[int]) -> None:
    """All is there. A newer content that came meanwhile keeps the row open, as an edit."""
    ids = list(message_ids)
    shown = (
        update(Outgoing)
        .where(Outgoing.id == id_, Outgoing.lease_token == token)
        .values(
            state="shown",
            content=None,
            message_ids=ids,
            shown_at=func.now(),
            error=None,
            lease_token=None,
            lease_until=None,
        )
        .returning(Outgoing.purpose, Outgoing.entry_id)
    )
    row = (await session.execute(shown)).one_or_none()
    if row is None:
        await session.execute(
            update(Outgoing)
            .where(Outgoing.id == id_, Outgoing.state == "sending", Outgoing.lease_token.is_(None))
            .values(state="waiting", message_ids=ids)
        )
        return
    if row.purpose == "reply" and ids:
        await session.execute(
            update(Entry)
            .where(Entry.id == row.entry_id)
            .values(reply_message_id=ids[0], replied_at=func.now())
        )


async def retry(
    session: AsyncSession,
    id_: UUID,
    token: UUID,
    *,
    state: str,
    after: timedelta,
    error: str,
) -> None:
    """Try again later: as `waiting` when surely nothing went out, else as `sending`."""
    due = func.now() + literal(after)
    await session.execute(
        update(Outgoing)
        .where(Outgoing.id == id_, Outgoing.lease_token == token)
        .values(state=state, due_at=due, error=error, lease_token=None, lease_until=None)
    )


async def give_up(session: AsyncSession, id_: UUID, token: UUID, *, state: str, error: str) -> None:
    """Close the row as failed or unknown; the content is dropped."""
    await session.execute(
        update(Outgoing)
        .where(Outgoing.id == id_, Outgoing.lease_token == token)
        .values(state=state, content=None, error=error, lease_token=None, lease_until=None)
    )


async def known_messages(session: AsyncSession, chat_id: int, after: int) -> set[int]:
    """The ids above `after` that already belong to some slot of this chat."""
    ids = select(func.unnest(Outgoing.message_ids).label("id")).where(Outgoing.chat_id == chat_id).subquery()
    return set((await session.scalars(select(ids.c.id).where(ids.c.id > after))).all())


async def find_slot(session: AsyncSession, chat_id: int, message_id: int) -> str | None:
    """The slot that a message of ours belongs to."""
    return await session.scalar(
        select(Outgoing.slot).where(Outgoing.chat_id == chat_id, Outgoing.message_ids.contains([message_id]))
    )


async def is_idle(session: AsyncSession) -> bool:
    """Whether nothing waits to be shown now; what waits for a later minute does not count."""
    soon = func.now() + literal(timedelta(seconds=5))
    busy = exists().where(
        Outgoing.state.in_(OPEN), or_(Outgoing.due_at <= soon, Outgoing.lease_until > func.now())
    )
    return not await session.scalar(select(busy))
