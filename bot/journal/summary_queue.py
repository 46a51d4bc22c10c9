"""The planned summaries as a queue: each is prepared ahead, and put where the outbox shows it on time."""

import asyncio
import logging
from collections.abc import Hashable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot import work
from bot.errors import LeaseLost
from bot.journal.charts import Theme
from bot.journal.charts.painter import drawn
from bot.journal.evenings import LEAD_EACH, Now, utc_now
from bot.journal.message import Reply
from bot.journal.preferences import Preferences
from bot.journal.summary.values import Prepared
from bot.turns import unhurried
from bot.work import Lease, pause
from db.owned import Sessions
from db.queries import outbox, pictures, preferences, scorings, summaries
from db.queries.summaries import ClaimedSummary
from db.session import make_single

log = logging.getLogger(__name__)

MOST_TRIES, WITHOUT_PICTURE = 5, 3
# Between two looks at how many are left, and how much too early they are to be ready.
LOOKS, RESERVE = 10.0, timedelta(minutes=1)
# So few are prepared side by side. Of more that are late each mind has so many seconds for one: even where
# all of them hang, those side by side keep the pace that was reckoned with (`LEAD_EACH`).
FEW, HURRIED = 16, 2.0
# People wait for it: not as long as for other work.
LONGEST_PAUSE = timedelta(minutes=1)


class Writer(Protocol):
    async def prepare(self, claim: ClaimedSummary, patience: float | None = None) -> Prepared: ...


@dataclass(frozen=True, kw_only=True)
class SummaryJob:
    claim: ClaimedSummary

    @property
    def key(self) -> UUID:
        return self.claim.id


class SummaryQueue:
    """`writer` says what is shown; `now` is the clock that decides what is due and what is too late; `own`
    are sessions of one person, where they are not to be made of `sessions`; `hurried` is how many seconds a
    mind has where a crowd is late: its numbers go out, and the words follow."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        writer: Writer,
        now: Now = utc_now,
        own: Sessions | None = None,
        hurried: float = HURRIED,
    ) -> None:
        self._sessions = sessions
        self._own = own or Sessions(sessions)
        self._single = make_single(sessions)
        self._writer = writer
        self._now = now
        # Then they let nobody go first any more.
        self._is_late = False
        self._hurried = hurried
        self._patience: float | None = None
        self._looked_at = -LOOKS
        # Whoever asks for a picture of their own finds one of these before it at most.
        self._drawing = asyncio.Lock()

    async def claim(self, places: int) -> list[SummaryJob]:
        async with self._single.begin() as session:
            rows = await summaries.claim(session, places, self._now())
        if rows and work.now() >= self._looked_at + LOOKS:
            await self._look(max(row.shown_at for row in rows))
        return [SummaryJob(claim=row) for row in rows]

    async def _look(self, minute: datetime) -> None:
        """See whether all who have that minute can have theirs in it, at the pace that was reckoned with.
        Past it none can."""
        self._looked_at, now = work.now(), self._now()
        async with self._single.begin() as session:
            left = await summaries.count_waiting(session, now, minute)
        self._is_late = minute < now + left * LEAD_EACH + RESERVE
        self._patience = self._hurried if self._is_late and left > FEW else None

    async def extend(self, jobs: Sequence[SummaryJob]) -> set[Hashable]:
        async with self._single.begin() as session:
            return set(await summaries.extend(session, [job.claim for job in jobs]))

    async def handle(self, job: SummaryJob, lease: Lease) -> None:
        with nullcontext() if self._is_late else unhurried():
            await self._handle(job.claim, lease)

    async def _handle(self, claim: ClaimedSummary, lease: Lease) -> None:
        if claim.attempts > MOST_TRIES + 1:
            # It took the process down each time.
            log.error("a summary was given up: it was never finished")
            await self._skip(claim)
            return
        if claim.stale_at <= self._now():
            log.info("a summary came too late to make sense")
            await self._skip(claim)
            return
        async with self._own.begin(claim.user_id) as session:
            chat_id = await summaries.chat_of(session, claim.user_id)
            theme = Preferences.of(await preferences.read(session, claim.user_id)).theme
        prepared = Prepared()
        if chat_id is not None:
            prepared = await self._writer.prepare(claim, self._patience)
        if chat_id is None or prepared.html is None:
            await self._skip(claim)
            return
        png = await self._draw(claim, prepared, theme)
        lease.check()
        await self._show(claim, chat_id, prepared, png)

    async def _draw(self, claim: ClaimedSummary, prepared: Prepared, theme: Theme) -> bytes | None:
        """None where there is no picture, or where it keeps the words from being shown."""
        if prepared.picture is None or claim.attempts >= WITHOUT_PICTURE:
            return None
        async with self._drawing:
            return await drawn(prepared.picture, theme)

    async def _show(self, claim: ClaimedSummary, chat_id: int, prepared: Prepared, png: bytes | None) -> None:
        async with self._own.begin(claim.user_id) as session:
            if not await summaries.hold(session, claim):
                raise LeaseLost("the summary was planned anew, or another worker prepares it")
            # They may have chosen another meanwhile.
            chat_id = await summaries.chat_of(session, claim.user_id) or chat_id
            picture = await pictures.put(session, claim.user_id, png) if png else None
            reply = Reply(html=prepared.html or "", buttons=prepared.buttons, picture=picture)
            await outbox.put(
                session,
                slot=claim.slot,
                purpose="summary",
                chat_id=chat_id,
                content=reply.as_content(),
                user_id=claim.user_id,
                replace=True,
                due_at=claim.shown_at,
                stale_at=claim.stale_at,
            )
            await summaries.finish(session, claim, "prepared", waits_for_words=prepared.waits_for_words)

    async def _skip(self, claim: ClaimedSummary) -> None:
        """Nothing is shown, also not what was prepared before; the day still gets its score."""
        async with self._own.begin(claim.user_id) as session:
            if not await summaries.hold(session, claim):
                raise LeaseLost("the summary was planned anew, or another worker prepares it")
            await summaries.finish(session, claim, "skipped")
            await outbox.withdraw(session, claim.slot)
            if claim.kind == "day":
                await scorings.want(session, claim.user_id, claim.local_date, timedelta(0))

    async def failed(self, job: SummaryJob, error: Exception) -> None:
        claim = job.claim
        if claim.attempts >= MOST_TRIES:
            log.error("a summary was given up after %d tries: %s", claim.attempts, type(error).__name__)
            await self._skip(claim)
            return
        async with self._sessions.begin() as session:
            later = self._now() + min(pause(claim.attempts), LONGEST_PAUSE)
            await summaries.retry(session, claim, later)

    async def release(self, jobs: Sequence[SummaryJob]) -> None:
        async with self._sessions.begin() as session:
            await summaries.release(session, [job.claim for job in jobs])
