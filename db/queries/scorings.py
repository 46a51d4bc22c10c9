"""Days that wait to be scored again: marked with each change, claimed once it is quiet for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    Interval,
    Uuid,
    bindparam,
    delete,
    func,
    literal,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Scoring

from .leases import FREE, LEASE
from .summaries import anew

Key = tuple[UUID, date]

# Changes seldom come alone: whoever corrects one number goes on to the next.
DEBOUNCE = timedelta(seconds=30)
BATCH = 1_000


@dataclass(frozen=True, kw_only=True)
class ClaimedScoring:
    user_id: UUID
    local_date: date
    version: int
    attempts: int
    token: UUID

    @property
    def key(self) -> Key:
        return self.user_id, self.local_date


AGAIN = """
    ON CONFLICT (user_id, local_date) DO UPDATE
    SET version = scorings.version + 1, due_at = excluded.due_at, attempts = 0
"""
# Sorted, so that two of them never wait for each other; and the summaries are counted, so that they are
# locked before the days: whoever prepares one locks them in that order.
MARK = text(f"""
    WITH anew AS ({anew("CAST(:days AS date[])")})
    INSERT INTO scorings (user_id, local_date, due_at)
    SELECT d.user_id, d.local_date, now() + :after FROM daily_scores d
    WHERE d.user_id = :user_id AND d.local_date = ANY(CAST(:days AS date[]))
      AND (SELECT count(*) FROM anew) >= 0
    ORDER BY d.local_date {AGAIN}
""").bindparams(bindparam("after", type_=Interval))  # noqa: S608 - of the constant above
ITS_DAY = "ARRAY(SELECT local_date FROM journal_entries WHERE id = :entry_id AND user_id = :user_id)"
MARK_ENTRY = text(f"""
    WITH anew AS ({anew(ITS_DAY)})
    INSERT INTO scorings (user_id, local_date, due_at)
    SELECT d.user_id, d.local_date, now() + :after FROM daily_scores d
    WHERE d.user_id = :user_id AND d.local_date = ANY({ITS_DAY}) AND (SELECT count(*) FROM anew) >= 0 {AGAIN}
""").bindparams(bindparam("after", type_=Interval))  # noqa: S608 - of the constant above


async def mark(session: AsyncSession, user_id: UUID, *days: date) -> None:
    """These days have changed: those that were ever scored are scored again, and a summary that is being made
    is made anew. Call it in the transaction of the change, after it; it may be left out for a day that is not
    watched."""
    bind = {"user_id": user_id, "days": list(days), "after": DEBOUNCE}
    await session.execute(MARK, bind)


async def mark_entry(session: AsyncSession, user_id: UUID, entry_id: UUID) -> None:
    """As `mark`, for the day that an entry is about."""
    await session.execute(MARK_ENTRY, {"user_id": user_id, "entry_id": entry_id, "after": DEBOUNCE})


async def want(session: AsyncSession, user_id: UUID, day: date, after: timedelta) -> None:
    """The day is to be scored once more, `after` a while, unless that is to be anyway."""
    row = insert(Scoring).values(user_id=user_id, local_date=day, due_at=func.now() + literal(after))
    await session.execute(row.on_conflict_do_nothing(index_elements=["user_id", "local_date"]))


@dataclass(frozen=True, kw_only=True)
class NeverScored:
    """A day with entries that was never scored, and what tells when it ends."""

    user_id: UUID
    local_date: date
    time_zone: str
    day_starts_at: time


# Keys of entries begin with the time of their making, which spares an index.
NEVER_SCORED = text("""
    SELECT DISTINCT e.user_id, e.local_date, u.time_zone, u.day_starts_at FROM journal_entries e
    JOIN users u ON u.id = e.user_id
    WHERE e.id > :since AND e.deleted_at IS NULL AND NOT e.is_question
      AND NOT EXISTS (
        SELECT FROM daily_scores d WHERE d.user_id = e.user_id AND d.local_date = e.local_date)
      AND NOT EXISTS (
        SELECT FROM scorings s WHERE s.user_id = e.user_id AND s.local_date = e.local_date)
""").bindparams(bindparam("since", type_=Uuid))


async def never_scored(session: AsyncSession, since: datetime) -> list[NeverScored]:
    """Days of anybody, of entries that were stored `since` then."""
    key = UUID(int=int(since.timestamp() * 1000) << 80)
    rows = await session.execute(NEVER_SCORED, {"since": key})
    return [NeverScored(**row) for row in rows.mappings()]


async def want_all(session: AsyncSession, days: Sequence[Key]) -> None:
    """These days are to be scored now, unless they are to be anyway."""
    for at in range(0, len(days), BATCH):
        rows = [{"user_id": user_id, "local_date": day} for user_id, day in sorted(days[at : at + BATCH])]
        wanted = insert(Scoring).values(rows)
        await session.execute(wanted.on_conflict_do_nothing(index_elements=["user_id", "local_date"]))


CLAIM = text("""
    UPDATE scorings s SET lease_token = :token, lease_until = now() + :lease, attempts = s.attempts + 1
    FROM (
        SELECT user_id, local_date FROM scorings
        WHERE due_at <= now() AND (lease_until IS NULL OR lease_until < now())
        ORDER BY due_at LIMIT :places
        FOR UPDATE SKIP LOCKED) AS next
    WHERE s.user_id = next.user_id AND s.local_date = next.local_date
    RETURNING s.user_id, s.local_date, s.version, s.attempts
""").bindparams(bindparam("lease", type_=Interval))


async def claim(session: AsyncSession, places: int) -> list[ClaimedScoring]:
    """The days that have waited longest and that nobody is scoring."""
    token = uuid4()
    rows = await session.execute(CLAIM, {"token": token, "lease": LEASE, "places": places})
    return [ClaimedScoring(**row, token=token) for row in rows.mappings()]


async def extend(session: AsyncSession, claims: Sequence[ClaimedScoring]) -> set[Key]:
    kept: set[Key] = set()
    for one in _in_order(claims):
        held = update(Scoring).where(*_ours(one)).values(lease_until=func.now() + literal(LEASE))
        if await session.scalar(held.returning(Scoring.version)) is not None:
            kept.add(one.key)
    return kept


async def finish(session: AsyncSession, one: ClaimedScoring) -> None:
    """The day is scored. Where it changed meanwhile its row stays, and is due when the change says."""
    await session.execute(delete(Scoring).where(*_ours(one), Scoring.version == one.version))
    await session.execute(update(Scoring).where(*_ours(one)).values(FREE))


async def put_off(session: AsyncSession, one: ClaimedScoring, after: timedelta) -> None:
    """Try again later, unless the day changed meanwhile: then when the change says."""
    due = update(Scoring).where(*_ours(one), Scoring.version == one.version)
    await session.execute(due.values(due_at=func.now() + literal(after)))
    await session.execute(update(Scoring).where(*_ours(one)).values(FREE))


async def release(session: AsyncSession, claims: Sequence[ClaimedScoring]) -> None:
    """Free the leases at once, as at a stop: these tries do not count."""
    for one in _in_order(claims):
        fewer = {"attempts": func.greatest(Scoring.attempts - 1, 0)}
        await session.execute(update(Scoring).where(*_ours(one)).values(fewer | FREE))


def _in_order(claims: Sequence[ClaimedScoring]) -> list[ClaimedScoring]:
    """As those who mark days lock them."""
    return sorted(claims, key=lambda one: one.key)


def _ours(one: ClaimedScoring) -> tuple[ColumnElement[bool], ...]:
    return (
        Scoring.user_id == one.user_id,
        Scoring.local_date == one.local_date,
        Scoring.lease_token == one.token,
    )
