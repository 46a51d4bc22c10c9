"""Entries on their way: one row each while a stage is unfinished, claimed oldest first in a chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    Interval,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Entry, Goal, Journey, WordChunk
from db.models.base import table

from . import entries, leases, people
from .entries import EntryRecord
from .leases import FREE, LEASE
from .people import Person

NEVER = timedelta(days=36500)
# What is still so is said again to whoever sends something after that.
SPARING = timedelta(days=1)
SET_ASIDE = "set_aside"


@dataclass(frozen=True, kw_only=True)
class ClaimedJourney:
    entry_id: UUID
    user_id: UUID
    chat_id: int | None
    version: int
    attempts: int
    waits: int
    told_at: datetime | None
    token: UUID


async def begin(
    session: AsyncSession,
    *,
    entry_id: UUID,
    user_id: UUID,
    chat_id: int | None,
    version: int,
    after: timedelta = timedelta(0),
) -> None:
    """Set the entry on its way, or on its way again with a newer version."""
    row = {"entry_id": entry_id, "user_id": user_id, "chat_id": chat_id, "version": version}
    await session.execute(BEGIN, row | {"after": after})


BEGIN = text("""
    INSERT INTO journeys (entry_id, user_id, chat_id, version, due_at)
    VALUES (:entry_id, :user_id, :chat_id, :version, now() + :after)
    ON CONFLICT (entry_id) DO UPDATE SET version = excluded.version, due_at = excluded.due_at,
        attempts = 0, waits = 0, waiting_for = NULL
""").bindparams(bindparam("chat_id", type_=BigInteger), bindparam("after", type_=Interval))
CLAIM = text("""
    UPDATE journeys SET lease_token = :token, lease_until = now() + :lease, attempts = attempts + 1
    WHERE entry_id IN (
        SELECT j.entry_id FROM journeys j
        WHERE j.due_at <= now() AND (j.lease_until IS NULL OR j.lease_until < now())
          AND NOT EXISTS (
            SELECT FROM journeys earlier
            WHERE earlier.chat_id = j.chat_id AND earlier.entry_id < j.entry_id
              AND (earlier.due_at <= now() OR earlier.lease_until > now()))
          AND (j.chat_id IS NOT NULL OR NOT EXISTS (
            SELECT FROM journeys earlier
            WHERE earlier.user_id = j.user_id AND earlier.chat_id IS NULL AND earlier.entry_id < j.entry_id
              AND (earlier.due_at <= now() OR earlier.lease_until > now())))
        ORDER BY j.entry_id LIMIT :places
        FOR UPDATE SKIP LOCKED)
    RETURNING entry_id, user_id, chat_id, version, attempts, waits, told_at
""")


async def claim(session: AsyncSession, places: int) -> list[ClaimedJourney]:
    """The oldest due journey of each chat that nobody works on, and of each person's entries without one.
    One that waits for a later time does not hold up the others."""
    token = uuid4()
    rows = await session.execute(CLAIM, {"token": token, "lease": LEASE, "places": places})
    return [ClaimedJourney(**row, token=token) for row in rows.mappings()]


async def extend(session: AsyncSession, claims: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
    return await leases.extend(session, Journey, Journey.entry_id, claims)


async def hold(session: AsyncSession, claim: ClaimedJourney) -> int | None:
    """Lock the entry and its journey for this transaction, if the journey is still ours; the version
    it is at now. Locks go in one order everywhere: the entry, its journey, its outbox rows."""
    return await session.scalar(HOLD, _bind(claim))


@dataclass(frozen=True, kw_only=True)
class Travelling:
    """A journey's entry and its person as they are now, the version it is at, whether the person has goals,
    and whether the word index holds this version."""

    version: int
    has_goals: bool
    is_indexed: bool
    entry: EntryRecord
    person: Person


async def look(session: AsyncSession, claim: ClaimedJourney) -> Travelling | None:
    """What a journey is about, if it is still ours."""
    row = (await session.execute(LOOK, _bind(claim))).one_or_none()
    if row is None:
        return None
    version, has_goals, is_indexed, *rest = row
    person, entry = rest[: len(people.PERSON)], rest[len(people.PERSON) :]
    return Travelling(
        version=version,
        has_goals=has_goals,
        is_indexed=is_indexed,
        entry=entries.record(entry),
        person=people.person(person, claim.chat_id or people.NO_CHAT),
    )


def _bind(claim: ClaimedJourney) -> dict[str, Any]:
    return {"claimed": claim.entry_id, "owner": claim.user_id, "token": claim.token}


rows, its = table(Journey), table(Entry)
OURS = and_(rows.c.entry_id == bindparam("claimed"), rows.c.lease_token == bindparam("token"))
WITH_ENTRY = its.join(rows, and_(rows.c.entry_id == its.c.id, its.c.user_id == bindparam("owner")))
# In the order in which locks go.
HOLD = select(rows.c.version).select_from(WITH_ENTRY).where(OURS).with_for_update(of=(its, rows))
LOOK = (
    select(
        rows.c.version,
        exists().where(Goal.user_id == its.c.user_id).correlate(its),
        exists().where(WordChunk.entry_id == its.c.id, WordChunk.version == its.c.version).correlate(its),
        *people.PERSON,
        *entries.COLUMNS,
    )
    .select_from(WITH_ENTRY.join(people.users, people.users.c.id == its.c.user_id))
    .where(OURS)
)
FINISH = delete(rows).where(OURS)


async def finish(session: AsyncSession, claim: ClaimedJourney) -> None:
    await session.execute(FINISH, {"claimed": claim.entry_id, "token": claim.token})


async def park(
    session: AsyncSession,
    claim: ClaimedJourney,
    *,
    waiting_for: str,
    after: timedelta,
    told: bool = False,
    failed: bool = False,
) -> None:
    """Let the journey wait; it is taken up by itself, as often as it takes. A try that `failed` is
    kept count of. Within `hold` only: a newer version must not wait for what an older one lacked."""
    values: dict[str, Any] = {"waiting_for": waiting_for, "waits": Journey.waits + 1}
    if not failed:
        values["attempts"] = 0
    if told:
        values["told_at"] = func.now()
    await _pause(session, claim, after, values)


async def set_aside(session: AsyncSession, claim: ClaimedJourney, *, attempts: int) -> None:
    """Try no more, until `wake` is told to: what defeats this program may not defeat the next."""
    await _pause(session, claim, NEVER, {"waiting_for": SET_ASIDE, "attempts": attempts})


async def _pause(
    session: AsyncSession, claim: ClaimedJourney, after: timedelta, values: dict[str, Any]
) -> None:
    free = {"due_at": func.now() + literal(after)} | FREE
    await session.execute(
        update(Journey)
        .where(Journey.entry_id == claim.entry_id, Journey.lease_token == claim.token)
        .values(free | values)
    )


async def give_back(session: AsyncSession, claims: Sequence[tuple[UUID, UUID]], *, tries: int = 0) -> None:
    """Free the lease at once: a newer version, or a stop. `tries` is added to the attempts."""
    await session.execute(
        update(Journey)
        .where(Journey.entry_id.in_([i for i, _ in claims]), Journey.lease_token.in_([t for _, t in claims]))
        .values(attempts=Journey.attempts + tries, **FREE)
    )


async def chat_was_told(session: AsyncSession, chat_id: int | None, waiting_for: str) -> bool:
    """Whether an entry of this chat that still waits for the same mind was explained lately."""
    lately = Journey.told_at > func.now() - literal(SPARING)
    told = exists().where(Journey.chat_id == chat_id, Journey.waiting_for == waiting_for, lately)
    return bool(await session.scalar(select(told)))


async def wake(session: AsyncSession, waiting_for: str, most: int | None = None) -> bool:
    """The mind answers again: what waits for it longest is due now, `most` of it at once; False where
    nothing waited."""
    waiting = (
        select(Journey.entry_id)
        .where(Journey.waiting_for == waiting_for, Journey.due_at > func.now())
        .order_by(Journey.entry_id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    woken = update(Journey).where(Journey.entry_id.in_(waiting)).values(due_at=func.now())
    return bool((await session.scalars(woken.returning(Journey.entry_id))).all())
