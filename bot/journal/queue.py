"""The journeys as a queue: what becomes of one that a mind, a network or a mistake holds up."""

import logging
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.errors import DeliveryError, MindError, MindNotConfigured, MindRejected, Superseded
from bot.journal import phrases
from bot.journal.journey import Journey
from bot.journal.message import Reply, Sender
from bot.journal.receive import reply_slot
from bot.work import Lease
from db.queries import entries, journeys, outbox
from db.queries.journeys import ClaimedJourney

log = logging.getLogger(__name__)

MOST_TRIES = 10


@dataclass(frozen=True, kw_only=True)
class JourneyJob:
    claim: ClaimedJourney

    @property
    def key(self) -> UUID:
        return self.claim.entry_id


class JourneyQueue:
    def __init__(self, sessions: async_sessionmaker[AsyncSession], journey: Journey, sender: Sender) -> None:
        self._sessions = sessions
        self._journey = journey
        self._sender = sender

    async def claim(self, places: int) -> list[JourneyJob]:
        async with self._sessions.begin() as session:
            return [JourneyJob(claim=claim) for claim in await journeys.claim(session, places)]

    async def extend(self, jobs: Sequence[JourneyJob]) -> set[Hashable]:
        async with self._sessions.begin() as session:
            return set(await journeys.extend(session, _tokens(jobs)))

    async def handle(self, job: JourneyJob, _lease: Lease) -> None:
        claim = job.claim
        try:
            await self._journey.run(claim)
        except Superseded:
            # The newer version is claimed at once, by whoever is free.
            async with self._sessions.begin() as session:
                await journeys.give_back(session, _tokens([job]))
            raise
        except MindError as error:
            log.warning("%s: %s", type(error).__name__, error)
            await self._wait_for_mind(claim, error)
        except DeliveryError as error:
            log.warning("%s while fetching a recording", type(error).__name__)
            async with self._sessions.begin() as session:
                pause = journeys.pause(claim.attempts)
                await journeys.park(session, claim, waiting_for="telegram", after=pause, told=False)

    async def _wait_for_mind(self, claim: ClaimedJourney, error: MindError) -> None:
        """Park the entry until the mind answers, and say so once while it does not."""
        async with self._sessions.begin() as session:
            tell = claim.told_at is None and not await journeys.chat_was_told(
                session, claim.chat_id, error.mind
            )
            if tell and claim.chat_id is not None:
                await outbox.put(
                    session,
                    slot=f"entry:{claim.entry_id}:waiting:{error.mind}:{claim.version}",
                    purpose="notice",
                    chat_id=claim.chat_id,
                    content=Reply(html=phrases.waiting(error)).as_content(),
                    user_id=claim.user_id,
                    entry_id=claim.entry_id,
                )
            pause = _pause(claim, error)
            await journeys.park(session, claim, waiting_for=error.mind, after=pause, told=tell)
        self._sender.nudge()

    async def failed(self, job: JourneyJob, error: Exception) -> None:
        claim = job.claim
        async with self._sessions.begin() as session:
            if claim.attempts < MOST_TRIES:
                pause = journeys.pause(claim.attempts)
                await journeys.park(session, claim, waiting_for="retry", after=pause, told=False)
                return
            log.error("an entry was set aside after %d tries: %s", claim.attempts, type(error).__name__)
            await entries.write(session, claim.user_id, claim.entry_id, problem="set_aside")
            if claim.chat_id is not None:
                await outbox.put(
                    session,
                    slot=reply_slot(claim.entry_id),
                    purpose="reply",
                    chat_id=claim.chat_id,
                    content=Reply(html=phrases.SET_ASIDE).as_content(),
                    user_id=claim.user_id,
                    entry_id=claim.entry_id,
                )
            await journeys.finish(session, claim)
        self._sender.nudge()

    async def release(self, jobs: Sequence[JourneyJob]) -> None:
        async with self._sessions.begin() as session:
            await journeys.give_back(session, _tokens(jobs), tries=-1)


def _tokens(jobs: Sequence[JourneyJob]) -> list[tuple[UUID, UUID]]:
    return [(job.claim.entry_id, job.claim.token) for job in jobs]


def _pause(claim: ClaimedJourney, error: MindError) -> timedelta:
    if isinstance(error, MindNotConfigured):
        return journeys.NEVER
    pause = journeys.pause(claim.attempts)
    if isinstance(error, MindRejected):
        # Only an operator can mend a refused key or request.
        pause = max(pause, timedelta(minutes=10))
    return max(pause, timedelta(seconds=error.retry_after or 0))
