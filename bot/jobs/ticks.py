"""The clock. APScheduler only ticks; rows decide what is due."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.ai.protocols import Embedder
from bot.journal import deletion
from bot.journal.embed_earlier import embed_earlier
from bot.journal.index_earlier import index_earlier
from db.audio import AudioStore
from db.queries import accounts, due, inbox, leases, outbox, packing, pictures
from db.queries import recall as vectors
from db.session import make_single

log = logging.getLogger(__name__)

# Telegram redelivers for a day, and may count its ids anew after a week.
KEEP_UPDATES = timedelta(days=3)
# Summaries and reminders, too: longer than words can follow, or a late one can come.
KEEP_ANSWERS = timedelta(days=3)
# They hold what people wrote: long enough to find out what was wrong with them, and no longer.
KEEP_SET_ASIDE = timedelta(days=30)
KEEP_PICTURES = timedelta(days=3)
EMBEDDING_TAKES = timedelta(minutes=5)

# More than are ever claimed at once: how many are due is not counted.
MANY = 1_000

Chore = tuple[float, Callable[[], Awaitable[object]]]
"""Something to be done every so many seconds."""
Nudge = Callable[[int], None]
"""Wakes a worker, with how many jobs wait for it."""


class Ticks:
    """`nudges` wake the workers, by the names of their queues in `db.queries.due`, for what became due by
    time or was left by another replica. `embedder` is None where none is set; `store` holds the recordings.
    """

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        nudges: Mapping[str, Nudge],
        embedder: Embedder | None,
        store: AudioStore | None = None,
        chores: Sequence[Chore] = (),
    ) -> None:
        self._sessions = sessions
        self._single = make_single(sessions)
        self._chores = chores
        self._store = store
        self._nudges = nudges
        self._embedder = embedder
        self._embedded_up_to: UUID | None = None
        self._knows_model = False
        self._indexed_up_to: UUID | None = None
        self._is_indexed = False
        self._index_round = 0
        self._holder = uuid4()
        self._scheduler = AsyncIOScheduler(
            # A late tick is as good as one in time, and one does for many.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def start(self) -> None:
        now = datetime.now(UTC)
        # What waits from before the start is found by the first look, which is one for all queues.
        self._scheduler.add_job(self._guarded, "interval", seconds=1, args=[self.nudge], next_run_time=now)
        self._scheduler.add_job(self._guarded, "interval", minutes=1, args=[self.expire])
        self._scheduler.add_job(self._guarded, "interval", minutes=10, args=[self.purge])
        self._scheduler.add_job(self._guarded, "interval", minutes=10, args=[self.purge_deleted])
        self._scheduler.add_job(self._guarded, "interval", minutes=10, args=[self.pack])
        for seconds, work in self._chores:
            self._scheduler.add_job(self._guarded, "interval", seconds=seconds, args=[work])
        for fill in (self.embed, self.index):
            self._scheduler.add_job(self._guarded, "interval", seconds=30, args=[fill], next_run_time=now)
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def nudge(self) -> None:
        """Wake the workers that have something to do."""
        async with self._single.begin() as session:
            waiting = await due.look(session)
        for name in waiting & self._nudges.keys():
            self._nudges[name](MANY)

    async def _guarded(self, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except Exception:
            log.exception("a tick failed; the next one tries again")

    async def expire(self) -> None:
        """What came too late to make sense is not shown any more."""
        async with self._sessions.begin() as session:
            await outbox.expire(session)

    async def purge(self) -> None:
        """Drop what is done with, some at a time: nobody waits for long behind a lock."""
        more = True
        while more:
            more = await self._purge_some() > 0

    async def _purge_some(self) -> int:
        async with self._sessions.begin() as session:
            dropped = await inbox.purge(session, KEEP_UPDATES, KEEP_SET_ASIDE)
        async with self._sessions.begin() as session:
            dropped += await outbox.purge(session, KEEP_ANSWERS)
        async with self._sessions.begin() as session:
            dropped += await accounts.purge(session)
        async with self._sessions.begin() as session:
            return dropped + await pictures.purge(session, KEEP_PICTURES)

    async def purge_deleted(self) -> None:
        """Entries that were deleted a day ago go for good, and with them their recordings in `store`."""
        if self._store is not None and await deletion.purge(self._sessions, self._store):
            await self.nudge()

    async def pack(self) -> None:
        """Put vectors of the same person beside each other; a person at a time, and nobody waits for long."""
        async with self._sessions() as session:
            scattered = await packing.scattered(session)
        for user_id in scattered:
            async with self._sessions.begin() as session:
                await packing.pack(session, user_id)

    def index_again(self) -> None:
        """Entries were written, or moved, that the word index lacks."""
        self._indexed_up_to, self._is_indexed = None, False
        self._index_round += 1

    async def index(self) -> None:
        """Put some of the entries that the word index lacks into it, until all are in."""
        if self._is_indexed:
            return
        async with self._sessions.begin() as session:
            if not await leases.take(session, "index", self._holder, EMBEDDING_TAKES):
                return
        this_round = self._index_round
        up_to = await index_earlier(self._sessions, self._indexed_up_to)
        if this_round == self._index_round:
            self._indexed_up_to, self._is_indexed = up_to, up_to is None

    async def embed(self) -> None:
        """Give vectors to some of the entries that lack one; one replica at a time does."""
        if self._embedder is None:
            return
        async with self._sessions.begin() as session:
            if not await leases.take(session, "embed", self._holder, EMBEDDING_TAKES):
                return
            if not self._knows_model:
                await vectors.forget_other_models(session, self._embedder.model)
        self._knows_model = True
        self._embedded_up_to = await embed_earlier(self._sessions, self._embedder, self._embedded_up_to)
