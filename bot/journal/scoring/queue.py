"""Days that changed after they were scored, scored again once it is quiet."""

import logging
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.errors import MindError, MindGarbled, MindRejected
from bot.journal.scoring.scorer import DayScorer
from bot.turns import unhurried
from bot.work import Lease, pause
from db.queries import scorings
from db.queries.scorings import ClaimedScoring
from db.session import make_single

log = logging.getLogger(__name__)

# The analyst is asked so often soon, then at long intervals for about a week; answers that are of no use
# are paid for, and asked for a few times only. Whoever looks at the day later has it read all the same.
MOST_SOON, LONG, MOST_TRIES, MOST_GARBLED = 10, timedelta(hours=6), 40, 4
# Only an operator can mend a refused key.
AT_LEAST = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class ScoringJob:
    claim: ClaimedScoring

    @property
    def key(self) -> scorings.Key:
        return self.claim.key


class ScoringQueue:
    """It needs no fence of its own: what `DayScorer` writes comes from the rows as they are then, whoever
    does it, and a day that changes meanwhile keeps its place here."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], scorer: DayScorer) -> None:
        self._single = make_single(sessions)
        self._sessions = sessions
        self._scorer = scorer

    async def claim(self, places: int) -> list[ScoringJob]:
        async with self._single.begin() as session:
            return [ScoringJob(claim=it) for it in await scorings.claim(session, places)]

    async def extend(self, jobs: Sequence[ScoringJob]) -> set[Hashable]:
        async with self._sessions.begin() as session:
            return set(await scorings.extend(session, [job.claim for job in jobs]))

    async def handle(self, job: ScoringJob, _lease: Lease) -> None:
        claim = job.claim
        with unhurried():
            scored = await self._scorer.bring_up_to_date(claim.user_id, claim.local_date)
        after = _again(claim.attempts, scored.trouble) if scored.trouble else None
        async with self._sessions.begin() as session:
            if after is None:
                await scorings.finish(session, claim)
            else:
                await scorings.put_off(session, claim, after)

    async def failed(self, job: ScoringJob, error: Exception) -> None:
        claim = job.claim
        async with self._sessions.begin() as session:
            if claim.attempts >= MOST_SOON:
                log.error("a day was left as it was scored after %d tries", claim.attempts)
                await scorings.finish(session, claim)
            else:
                await scorings.put_off(session, claim, pause(claim.attempts))

    async def release(self, jobs: Sequence[ScoringJob]) -> None:
        async with self._sessions.begin() as session:
            await scorings.release(session, [job.claim for job in jobs])


def _again(attempts: int, trouble: MindError) -> timedelta | None:
    """When the analyst is asked again; None for no more."""
    if attempts >= (MOST_GARBLED if isinstance(trouble, MindGarbled) else MOST_TRIES):
        return None
    after = pause(attempts) if attempts < MOST_SOON else LONG
    if isinstance(trouble, MindRejected):
        after = max(after, AT_LEAST)
    return max(after, timedelta(seconds=trouble.retry_after or 0))
