"""Summaries on their way: planned when their people's hour comes near, prepared under a lease, shown once.

`users.next_summary_at` decides when somebody is planned for; that there is one summary of a kind and a
local day, the unique key decides, whoever plans how often. Locks go in this order: the person, their
entries, their goals, the score of the day, their summaries by id, their outbox rows, the marks of their days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    DateTime,
    Interval,
    String,
    Uuid,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from db.models import Outgoing, Summary, TelegramIdentity, User

from .leases import FREE, LEASE
from .people import CHAT_CHOSEN

# More are not counted: it is only asked how early to begin.
CROWD = 50_000
MOMENT = DateTime(timezone=True)


@dataclass(frozen=True, kw_only=True)
class Sleeper:
    """Somebody whose next summary is to be planned. `had` is the last day that they got one about, or
    will get; nobody who blocked the bot in all their chats `is_reachable`."""

    user_id: UUID
    time_zone: str
    summary_time: time
    day_starts_at: time
    settings: dict[str, Any]
    silent_until: datetime | None
    next_summary_at: datetime | None
    had: date | None
    is_reachable: bool


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A row to come; `state` is "waiting", or "skipped" where it is too late or unwelcome."""

    user_id: UUID
    kind: str
    local_date: date
    state: str
    shown_at: datetime
    stale_at: datetime
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ClaimedSummary:
    id: UUID
    user_id: UUID
    kind: str
    local_date: date
    shown_at: datetime
    stale_at: datetime
    attempts: int
    batch_id: str | None
    token: UUID

    @property
    def slot(self) -> str:
        return slot_of(self.id)


SLOT = "summary:"


def slot_of(summary_id: UUID) -> str:
    """Where the outbox shows it."""
    return f"{SLOT}{summary_id}"


_REACHABLE = exists().where(TelegramIdentity.user_id == User.id, TelegramIdentity.blocked_at.is_(None))
_HAD = (
    select(func.max(Summary.local_date))
    .where(Summary.user_id == User.id, Summary.kind == "day")
    .scalar_subquery()
)
_SLEEPERS = select(
    User.id.label("user_id"),
    User.time_zone,
    User.summary_time,
    User.day_starts_at,
    User.settings,
    User.silent_until,
    User.next_summary_at,
    _HAD.label("had"),
    _REACHABLE.label("is_reachable"),
)


SENT = text("""
    UPDATE daily_scores d SET sent_at = COALESCE(d.sent_at, now()), message_id = :message_id
    FROM summaries s
    WHERE s.id = :id AND s.kind = 'day' AND d.user_id = s.user_id AND d.local_date = s.local_date
""").bindparams(bindparam("id", type_=Uuid()))


async def note_sent(session: AsyncSession, slot: str, message_ids: Sequence[int]) -> None:
    """Where this is a summary's slot, its day knows from here on when it came to the chat, and as which
    message. In no transaction with others: a score is locked before what the outbox shows of it."""
    if not slot.startswith(SLOT) or not message_ids:
        return
    of_day = {"id": UUID(slot.removeprefix(SLOT)), "message_id": message_ids[0]}
    await session.execute(SENT, of_day)


async def count_until(session: AsyncSession, moment: datetime) -> int:
    """How many people's hour comes until then."""
    some = select(User.id).where(User.next_summary_at <= moment).limit(CROWD).subquery()
    return await session.scalar(select(func.count()).select_from(some)) or 0


async def due(session: AsyncSession, until: datetime, most: int) -> list[Sleeper]:
    """Those whose hour comes until then, earliest first, locked; another replica plans for others."""
    rows = await session.execute(
        _SLEEPERS.where(User.next_summary_at <= until)
        .order_by(User.next_summary_at)
        .limit(most)
        .with_for_update(of=User, skip_locked=True, key_share=True)
    )
    return [Sleeper(**row) for row in rows.mappings()]


async def unplanned(session: AsyncSession, most: int) -> list[Sleeper]:
    """Those for whom no hour is set though they want one: new people, and those of an earlier version."""
    wants = User.settings["wants_summary"].astext.is_distinct_from("false")
    rows = await session.execute(
        _SLEEPERS.where(User.next_summary_at.is_(None), wants, _REACHABLE)
        .limit(most)
        .with_for_update(of=User, skip_locked=True, key_share=True)
    )
    return [Sleeper(**row) for row in rows.mappings()]


async def sleeper(session: AsyncSession, user_id: UUID) -> Sleeper:
    """One person, locked."""
    found = _SLEEPERS.where(User.id == user_id).with_for_update(of=User, key_share=True)
    return Sleeper(**(await session.execute(found)).mappings().one())


PLAN = text("""
    WITH moved AS (
        UPDATE users u SET next_summary_at = m.next_at
        FROM unnest(:users, :next_ats) AS m (user_id, next_at) WHERE u.id = m.user_id)
    INSERT INTO summaries (id, user_id, kind, local_date, state, shown_at, stale_at, due_at)
    SELECT * FROM unnest(:ids, :owners, :kinds, :dates, :states, :shown_ats, :stale_ats, :due_ats)
    ON CONFLICT (user_id, kind, local_date) DO NOTHING
""").bindparams(
    *(bindparam(name, type_=ARRAY(Uuid())) for name in ("users", "ids", "owners")),
    *(bindparam(name, type_=ARRAY(String())) for name in ("kinds", "states")),
    *(bindparam(name, type_=ARRAY(MOMENT)) for name in ("next_ats", "shown_ats", "stale_ats", "due_ats")),
    bindparam("dates", type_=ARRAY(Date())),
)


async def plan(
    session: AsyncSession, next_ats: Iterable[tuple[UUID, datetime | None]], rows: Sequence[Planned]
) -> None:
    """Set the next hour of these people, and plan their summaries that are not planned yet: for all of
    them at once."""
    moves = list(next_ats)
    bind = {
        "users": [user_id for user_id, _ in moves],
        "next_ats": [at for _, at in moves],
        "ids": [uuid7() for _ in rows],
        "owners": [it.user_id for it in rows],
        "kinds": [it.kind for it in rows],
        "dates": [it.local_date for it in rows],
        "states": [it.state for it in rows],
        "shown_ats": [it.shown_at for it in rows],
        "stale_ats": [it.stale_at for it in rows],
        "due_ats": [it.due_at for it in rows],
    }
    await session.execute(PLAN, bind)


async def take_back(session: AsyncSession, user_id: UUID, now: datetime) -> list[tuple[date, datetime]]:
    """Drop the person's summaries whose minute has not come, and that no chat has seen. The days of those
    of a day, and when they would have been shown."""
    await _lock_coming(session, user_id)
    coming = select(Summary.id, Summary.kind).where(Summary.user_id == user_id, Summary.shown_at > now)
    in_order = coming.order_by(Summary.id).with_for_update()
    kinds = dict((await session.execute(in_order)).all())
    if "day" not in kinds.values():
        # What follows a day's summary within minutes goes with it.
        return []
    # By statements of their own: what was written by whoever held the lock before is seen by now.
    await _drop_unseen(session, list(kinds))
    kept = await _in_outbox(session, kinds)
    gone = [it for it in kinds if slot_of(it) not in kept]
    dropped = delete(Summary).where(Summary.user_id == user_id, Summary.id.in_(gone))
    rows = await session.execute(dropped.returning(Summary.kind, Summary.local_date, Summary.shown_at))
    return sorted((day, shown_at) for kind, day, shown_at in rows if kind == "day")


async def hold_back(session: AsyncSession, user_id: UUID) -> None:
    """Let nothing go out that was made ready before: each of the person's summaries that no chat has seen is
    taken out of the outbox, and prepared anew at once, also past its minute while it makes sense. Call it
    before anything else is put into the outbox, and before a day is marked."""
    ids = await _lock_coming(session, user_id)
    if not ids:
        return
    dropped = await _drop_unseen(session, ids)
    kept = await _in_outbox(session, ids)
    is_ready = Summary.state == "prepared", (Summary.state == "skipped") & (Summary.shown_at > func.now())
    unseen = Summary.id.in_([it for it in ids if slot_of(it) not in kept])
    # What is being prepared, or given its words, is made from what was so before.
    again = or_(Summary.id.in_(dropped), unseen & or_(*is_ready), Summary.lease_until > func.now())
    coming = (Summary.user_id == user_id, Summary.id.in_(ids), Summary.stale_at > func.now())
    its = update(Summary).where(*coming, again)
    await session.execute(its.values(state="waiting", attempts=0, due_at=func.now(), **FREE))


async def _lock_coming(session: AsyncSession, user_id: UUID) -> Sequence[UUID]:
    """Lock all that are still to come of a person's, in order, also those that stay as they are: two who
    began with some of them and then took more would wait for each other."""
    is_coming = or_(Summary.shown_at > func.now(), Summary.stale_at > func.now())
    coming = select(Summary.id).where(Summary.user_id == user_id, is_coming)
    return (await session.scalars(coming.order_by(Summary.id).with_for_update())).all()


async def _drop_unseen(session: AsyncSession, ids: Sequence[UUID]) -> list[UUID]:
    """Take out of the outbox what no chat has seen of these, and nobody is sending; of which that was."""
    slots = {slot_of(it): it for it in ids}
    unseen = Outgoing.state.in_(("waiting", "failed")) & (~Outgoing.is_seen)
    gone = delete(Outgoing).where(Outgoing.slot.in_(slots), unseen).returning(Outgoing.slot)
    return [slots[it] for it in await session.scalars(gone)]


async def _in_outbox(session: AsyncSession, ids: Iterable[UUID]) -> set[str]:
    slots = [slot_of(it) for it in ids]
    return set(await session.scalars(select(Outgoing.slot).where(Outgoing.slot.in_(slots))))


CLAIM = text("""
    UPDATE summaries s SET lease_token = :token, lease_until = now() + :lease, attempts = attempts + 1
    WHERE s.id IN (
        SELECT id FROM summaries
        WHERE state = 'waiting' AND due_at <= :now AND (lease_until IS NULL OR lease_until < now())
        ORDER BY due_at LIMIT :places FOR UPDATE SKIP LOCKED)
    RETURNING s.id, s.user_id, s.kind, s.local_date, s.shown_at, s.stale_at, s.attempts, s.batch_id
""").bindparams(bindparam("now", type_=MOMENT), bindparam("lease", type_=Interval))


async def claim(session: AsyncSession, places: int, now: datetime) -> list[ClaimedSummary]:
    """Those that are to be prepared by now, longest due first."""
    token = uuid4()
    bind = {"token": token, "lease": LEASE, "places": places, "now": now}
    rows = await session.execute(CLAIM, bind)
    return [ClaimedSummary(**row, token=token) for row in rows.mappings()]


async def count_waiting(session: AsyncSession, now: datetime, until: datetime) -> int:
    """How many are to be prepared by now, and not yet, of those that are shown until then."""
    return await _count(session, Summary.due_at <= now, Summary.shown_at <= until)


async def count_left(session: AsyncSession, since: datetime, until: datetime) -> int:
    """How many are planned, and not prepared yet, of those that are shown between the two."""
    return await _count(session, Summary.shown_at.between(since, until))


async def _count(session: AsyncSession, *which: ColumnElement[bool]) -> int:
    some = select(Summary.id).where(Summary.state == "waiting", *which).limit(CROWD).subquery()
    return await session.scalar(select(func.count()).select_from(some)) or 0


async def extend(session: AsyncSession, claims: Sequence[ClaimedSummary]) -> set[UUID]:
    kept = update(Summary).where(_in_order(claims)).values(lease_until=func.now() + literal(LEASE))
    return set((await session.scalars(kept.returning(Summary.id))).all())


async def hold(session: AsyncSession, claim: ClaimedSummary) -> bool:
    """Lock the row for this transaction; False where it is not ours any more."""
    ours = select(Summary.id).where(*_any_of([claim])).with_for_update()
    return await session.scalar(ours) is not None


async def finish(
    session: AsyncSession, claim: ClaimedSummary, state: str, *, waits_for_words: bool = False
) -> None:
    """It is prepared, or skipped. Within `hold`."""
    done = {"state": state, "waits_for_words": waits_for_words, "attempts": 0}
    await session.execute(update(Summary).where(*_any_of([claim])).values(done | FREE))


async def retry(session: AsyncSession, claim: ClaimedSummary, at: datetime) -> None:
    """Prepare it later."""
    await session.execute(update(Summary).where(*_any_of([claim])).values({"due_at": at} | FREE))


async def release(session: AsyncSession, claims: Sequence[ClaimedSummary]) -> None:
    """Give them back at once, as at a stop."""
    values = {"attempts": Summary.attempts - 1} | FREE
    await session.execute(update(Summary).where(_in_order(claims)).values(values))


def _in_order(claims: Sequence[ClaimedSummary]) -> ColumnElement[bool]:
    """Several rows at once, locked in the order in which everybody locks them."""
    locked = select(Summary.id).where(*_any_of(claims)).order_by(Summary.id).with_for_update()
    return Summary.id.in_(locked)


def _any_of(claims: Sequence[ClaimedSummary]) -> tuple[Any, ...]:
    return (
        Summary.user_id.in_([it.user_id for it in claims]),
        Summary.id.in_([it.id for it in claims]),
        Summary.lease_token.in_([it.token for it in claims]),
    )


# What a summary would say is other than it was, so that one that is prepared, or being prepared, though not
# shown yet, is prepared anew; so is one that had nothing to say. Changes seldom come alone: they are let
# settle for a minute, if there is as much, and what is ready goes out should the new one take too long. All
# that are to come are locked, as by `_lock_coming`; OFFSET keeps the conditions out of there.
_ANEW = """
    UPDATE summaries SET state = 'waiting', lease_token = NULL, lease_until = NULL, attempts = 0,
        due_at = GREATEST(now(), LEAST(now() + interval '60 seconds', shown_at - interval '90 seconds'))
    WHERE id IN (
        SELECT id FROM (
            SELECT * FROM summaries
            WHERE user_id = :user_id AND (shown_at > now() OR stale_at > now())
            ORDER BY id OFFSET 0 FOR UPDATE) AS coming
        WHERE shown_at > now()
          AND (state IN ('prepared', 'skipped') AND stale_at > now() OR lease_until > now()) {which})
"""
PREPARE_ANEW = text(_ANEW.format(which=""))


def anew(days: str) -> str:
    """The statement for the summaries of these days, which are an array, and for the reviews that look back
    on them, as SQL; for `scorings.mark`."""
    which = f"AND (local_date = ANY({days}) OR kind <> 'day' AND local_date >= ANY({days}))"
    return _ANEW.format(which=which) + " RETURNING id"


async def prepare_anew(session: AsyncSession, user_id: UUID) -> None:
    """What the person chose of their summaries, or their goals, changed: what is prepared and not shown yet
    follows. What decides when it comes is not among that: see `bot.journal.evenings.renew`."""
    await session.execute(PREPARE_ANEW, {"user_id": user_id})


async def chat_of(session: AsyncSession, user_id: UUID) -> int | None:
    """The chat that the person's summaries and reminders go to, of those they have not blocked: the one they
    chose last, or else the first."""
    open_ = (
        select(TelegramIdentity.chat_id)
        .where(TelegramIdentity.user_id == user_id, TelegramIdentity.blocked_at.is_(None))
        .order_by(*CHAT_CHOSEN)
        .limit(1)
    )
    return await session.scalar(open_)
