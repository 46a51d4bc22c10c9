"""The clock. APScheduler only ticks; rows decide what is due."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from db.queries import inbox, journeys, outbox

log = logging.getLogger(__name__)

# Telegram redelivers for a day, and may count its ids anew after a week.
KEEP_UPDATES = timedelta(days=3)
KEEP_ANSWERS = timedelta(days=3)
EMBED_AT_ONCE = 200


class Ticks:
    """`nudges` wake the workers, for what became due by time or was left by another replica.
    `embedding_model` is None while there is no embedder."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        nudges: list[Callable[[], None]],
        embedding_model: str | None,
    ) -> None:
        self._sessions = sessions
        self._nudges = nudges
        self._embedding_model = embedding_model
        self._scheduler = AsyncIOScheduler(
            # A late tick is as good as one in time, and one does for many.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def start(self) -> None:
        self._scheduler.add_job(self._nudge, "interval", seconds=1)
        self._scheduler.add_job(self._guarded, "interval", minutes=10, args=[self._purge])
        now = datetime.now(UTC)
        self._scheduler.add_job(self._guarded, "interval", seconds=30, args=[self._embed], next_run_time=now)
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _nudge(self) -> None:
        for nudge in self._nudges:
            nudge()

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception:
            log.exception("a tick failed; the next one tries again")

    async def _purge(self) -> None:
        async with self._sessions.begin() as session:
            await inbox.purge(session, KEEP_UPDATES)
            await outbox.purge(session, KEEP_ANSWERS)

    async def _embed(self) -> None:
        """Entries from a time without an embedder, or with another one, get their vectors."""
        if self._embedding_model is None:
            return
        async with self._sessions.begin() as session:
            begun = await journeys.begin_unembedded(session, self._embedding_model, EMBED_AT_ONCE)
        if begun:
            log.info("%d earlier entries get their vectors", begun)
            for nudge in self._nudges:
                nudge()
