"""Summaries and their words: those asked for hours before, and those that follow later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import DateTime, Interval, bindparam, func, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Outgoing, Summary

from .leases import FREE
from .summaries import slot_of

# Nobody prolongs it: as long as a coach may take for some of them, one after the other.
TAKES = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Wordless:
    """A summary that was shown as numbers. `shown_in` is the state of its row in the outbox, None where
    there is none; `chat_id` is the chat of that."""

    id: UUID
    user_id: UUID
    kind: str
    local_date: date
    shown_at: datetime
    attempts: int
    batch_id: str | None
    token: UUID
    chat_id: int | None
    shown_in: str | None


# Of rows that the queue of due summaries has left: the lease is theirs no more.
CLAIM = text("""
    UPDATE summaries s SET lease_token = :token, lease_until = now() + :lease, attempts = attempts + 1
    FROM (
        SELECT id FROM summaries
        WHERE waits_for_words AND state = 'prepared' AND due_at <= now() AND shown_at <= now()
          AND (lease_until IS NULL OR lease_until < now())
        ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED) AS next
    WHERE s.id = next.id
    RETURNING s.id, s.user_id, s.kind, s.local_date, s.shown_at, s.attempts, s.batch_id
""").bindparams(bindparam("lease", type_=Interval))


async def claim(session: AsyncSession, most: int) -> list[Wordless]:
    """Some of those whose words may have come, longest due first."""
    token = uuid4()
    claimed = await session.execute(CLAIM, {"token": token, "lease": TAKES, "most": most})
    rows = claimed.mappings().all()
    shown = select(Outgoing.slot, Outgoing.chat_id, Outgoing.state).where(
        Outgoing.slot.in_([slot_of(row["id"]) for row in rows])
    )
    known = {slot: (chat_id, state) for slot, chat_id, state in await session.execute(shown)}
    found = []
    for row in rows:
        chat_id, state = known.get(slot_of(row["id"]), (None, None))
        found.append(Wordless(**row, token=token, chat_id=chat_id, shown_in=state))
    return found


async def hold(session: AsyncSession, one: Wordless) -> bool:
    """Lock the row for this transaction; False where it is not ours any more."""
    ours = select(Summary.id).where(
        Summary.id == one.id, Summary.user_id == one.user_id, Summary.lease_token == one.token
    )
    return await session.scalar(ours.with_for_update()) is not None


async def done(session: AsyncSession, one: Wordless) -> None:
    """Nothing follows any more. Within `hold`."""
    its = update(Summary).where(Summary.id == one.id, Summary.user_id == one.user_id)
    await session.execute(its.values(waits_for_words=False, **FREE))


async def again(session: AsyncSession, one: Wordless, after: timedelta) -> None:
    """Ask for the words `after` a while."""
    its = update(Summary).where(
        Summary.id == one.id, Summary.user_id == one.user_id, Summary.lease_token == one.token
    )
    due = func.now() + literal(after)
    await session.execute(its.values(due_at=due, **FREE))


@dataclass(frozen=True, kw_only=True)
class Coming:
    """A summary of a day that is not being prepared yet."""

    id: UUID
    user_id: UUID
    kind: str
    local_date: date
    batch_id: None = None


# The crowd of any one hour counts, and nobody else's people do.
COMING = text("""
    SELECT id, user_id, kind, local_date FROM (
        SELECT id, user_id, kind, local_date, shown_at, batch_id, attempts,
            count(*) OVER (ORDER BY shown_at RANGE BETWEEN '1 hour' PRECEDING AND '1 hour' FOLLOWING) AS crowd
        FROM summaries
        WHERE state = 'waiting' AND kind = 'day' AND shown_at BETWEEN :since AND :until) AS coming
    WHERE crowd >= :least AND batch_id IS NULL AND attempts = 0
    ORDER BY shown_at LIMIT :most
""").bindparams(*(bindparam(name, type_=DateTime(timezone=True)) for name in ("since", "until")))


async def coming(
    session: AsyncSession, *, since: datetime, until: datetime, least: int, most: int
) -> list[Coming]:
    """Those to be shown within that time that are asked for in no batch, where at least so many are to be
    shown around the same hour."""
    bind = {"since": since, "until": until, "least": least, "most": most}
    return [Coming(**row) for row in (await session.execute(COMING, bind)).mappings()]


async def set_batch(session: AsyncSession, ids: Sequence[UUID], batch_id: str) -> None:
    """These are asked for in this batch. Not owned rows: it is told of many people's at once."""
    its = update(Summary).where(Summary.id.in_(ids), Summary.state == "waiting")
    await session.execute(its.values(batch_id=batch_id))
