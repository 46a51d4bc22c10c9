"""The journeys as a queue: what becomes of one that a mind, a network or a mistake holds up."""

import logging
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import (
    DeliveryError,
    MindError,
    MindGarbled,
    MindNotConfigured,
    MindRejected,
    StoreError,
    Superseded,
)
from bot.journal import phrases
from bot.journal.hold import hold
from bot.journal.journey import Journey
from bot.journal.message import Reply, Sender
from bot.journal.receive import reply_slot
from bot.work import Lease, pause
from db.owned import Across, Sessions
from db.queries import entries, journeys, outbox
from db.queries.journeys import ClaimedJourney
from db.session import make_single

log = logging.getLogger(__name__)

MOST_TRIES = 10
# Each of these is paid for; after so many the next ones come hours apart.
MOST_GARBLED, LONG = 5, timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class JourneyJob:
    claim: ClaimedJourney

    @property
    def key(self) -> UUID:
        return self.claim.entry_id


class JourneyQueue:
    def __init__(self, across: Across, journey: Journey, sender: Sender) -> None:
        self._sessions = Sessions(across)
        self._single = make_single(across)
        self._journey = journey
        self._sender = sender

    async def claim(self, places: int) -> list[JourneyJob]:
        async with self._single.begin() as session:
            return [JourneyJob(claim=claim) for claim in await journeys.claim(session, places)]

    async def extend(self, jobs: Sequence[JourneyJob]) -> set[Hashable]:
        async with self._single.begin() as session:
            return set(await journeys.extend(session, _tokens(jobs)))

    async def handle(self, job: JourneyJob, _lease: Lease) -> None:
        try:
            await self._run(job.claim)
        except Superseded:
            # The newer version is claimed at once, by whoever is free.
            await self._give_back(job)
            raise

    async def _run(self, claim: ClaimedJourney) -> None:
        if claim.attempts > MOST_TRIES + 1:
            # It took the process down each time, without a chance to say so.
            await self._set_aside(claim, "never finished", claim.attempts)
            return
        try:
            await self._journey.run(claim)
        except MindGarbled as error:
            log.warning("%s: %s", type(error).__name__, error)
            if claim.attempts >= MOST_TRIES:
                await self._set_aside(claim, type(error).__name__, MOST_TRIES)
                return
            after = pause(claim.attempts) if claim.attempts < MOST_GARBLED else LONG
            await self._wait(claim, error.mind, after, phrases.waiting(error), failed=True)
        except MindError as error:
            log.warning("%s: %s", type(error).__name__, error)
            await self._wait(claim, error.mind, _pause(claim, error), phrases.waiting(error))
        except StoreError as error:
            log.error("%s: %s", type(error).__name__, error)
            await self._wait(claim, "store", pause(claim.waits + 1), phrases.NOT_FETCHED)
        except DeliveryError as error:
            log.warning("%s while fetching a recording", type(error).__name__)
            # Most such trouble is over before anybody would ask.
            notice = phrases.NOT_FETCHED if claim.waits else None
            await self._wait(claim, "telegram", pause(claim.waits + 1), notice)

    async def _wait(
        self,
        claim: ClaimedJourney,
        what: str,
        after: timedelta,
        notice: str | None,
        *,
        failed: bool = False,
    ) -> None:
        """Park the entry until `what` works again, and say so once while it does not."""
        async with hold(self._sessions, claim) as session:
            tell = notice is not None and claim.chat_id is not None and claim.told_at is None
            tell = tell and not await journeys.chat_was_told(session, claim.chat_id, what)
            if tell and notice:
                slot = f"entry:{claim.entry_id}:waiting:{what}:{claim.version}"
                await _show(session, claim, slot, "notice", notice)
            await journeys.park(session, claim, waiting_for=what, after=after, told=tell, failed=failed)
        self._sender.nudge()

    async def failed(self, job: JourneyJob, error: Exception) -> None:
        claim = job.claim
        try:
            if claim.attempts >= MOST_TRIES:
                await self._set_aside(claim, type(error).__name__, MOST_TRIES)
            else:
                await self._wait(claim, "retry", pause(claim.attempts), None, failed=True)
        except Superseded:
            await self._give_back(job)

    async def _set_aside(self, claim: ClaimedJourney, error: str, attempts: int) -> None:
        """Say so and stop trying; the next start tries once more, unless a try never ended."""
        log.error("an entry was set aside after %d tries: %s", claim.attempts, error)
        async with hold(self._sessions, claim) as session:
            await entries.write(session, claim.user_id, claim.entry_id, problem="set_aside")
            await _show(session, claim, reply_slot(claim.entry_id), "reply", phrases.SET_ASIDE)
            await journeys.set_aside(session, claim, attempts=attempts)
        self._sender.nudge()

    async def _give_back(self, job: JourneyJob) -> None:
        async with self._single.begin() as session:
            await journeys.give_back(session, _tokens([job]))

    async def release(self, jobs: Sequence[JourneyJob]) -> None:
        async with self._single.begin() as session:
            await journeys.give_back(session, _tokens(jobs), tries=-1)


def _tokens(jobs: Sequence[JourneyJob]) -> list[tuple[UUID, UUID]]:
    return [(job.claim.entry_id, job.claim.token) for job in jobs]


def _pause(claim: ClaimedJourney, error: MindError) -> timedelta:
    if isinstance(error, MindNotConfigured):
        return journeys.NEVER
    after = pause(claim.waits + 1)
    if isinstance(error, MindRejected):
        # Only an operator can mend a refused key or request.
        after = max(after, timedelta(minutes=10))
    return max(after, timedelta(seconds=error.retry_after or 0))


async def _show(session: AsyncSession, claim: ClaimedJourney, slot: str, purpose: str, html: str) -> None:
    if claim.chat_id is None:
        return
    await outbox.put(
        session,
        slot=slot,
        purpose=purpose,
        chat_id=claim.chat_id,
        content=Reply(html=html).as_content(),
        user_id=claim.user_id,
        entry_id=claim.entry_id,
        replace=purpose == "reply",
    )
