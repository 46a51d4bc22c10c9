"""A job that only one process may do at a time, held by a row that it keeps renewing."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from db.queries import leases

log = logging.getLogger(__name__)

LASTING = timedelta(seconds=15)
HEARTBEAT = 4.0


class HeldLease:
    """`held` is set while the lease `name` is `holder`'s. Those who give the same holder share it."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], name: str, holder: UUID) -> None:
        self.name = name
        self.held = asyncio.Event()
        self._sessions = sessions
        self._holder = holder
        self._task: asyncio.Task[None] | None = None

    async def try_once(self) -> bool:
        """Take or renew it; False while another holds it."""
        async with self._sessions.begin() as session:
            return await leases.take(session, self.name, self._holder, LASTING)

    def start(self, on_refused: Callable[[], None]) -> None:
        """Take it as soon as it is free, and keep it. `on_refused` hears when another has it."""
        self._task = asyncio.create_task(self._hold_forever(on_refused), name=f"lease {self.name}")

    async def stop(self, *, give_back: bool = True) -> None:
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        if not give_back:
            return
        try:
            async with self._sessions.begin() as session:
                await leases.drop(session, self.name, self._holder)
        except Exception:
            log.exception("lease %s was not given back; it ends in %s", self.name, LASTING)

    async def _hold_forever(self, on_refused: Callable[[], None]) -> None:
        refused = False
        while True:
            try:
                ours = await self.try_once()
            except Exception:
                # The database is away; who cannot renew a lease must act as if it were lost.
                log.exception("lease %s cannot be renewed, trying again", self.name)
                ours = False
            else:
                if not ours and not refused:
                    on_refused()
                refused = not ours
            if ours:
                self.held.set()
            else:
                self.held.clear()
            await asyncio.sleep(HEARTBEAT)
