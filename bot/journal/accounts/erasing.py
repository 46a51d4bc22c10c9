"""Erasing a person: every row, every recording, and nothing that comes back.

A row says that it is wanted, so that a crash delays it and no more. From then on nobody is signed in,
and what comes to their chats waits. Once no update of theirs is being handled, all rows go in one
transaction: a stage that is running finds its entry gone and keeps nothing. Recordings go after
that, and are looked for once more when a stage that was storing one must have ended.
"""

import asyncio
import logging
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.errors import StoreError
from db.audio import AudioStore
from db.queries import erasures

log = logging.getLogger(__name__)

# Seconds that whoever asked waits for an update of theirs to be handled; mostly there is none.
PATIENCE = 10.0
LOOK = 0.05
# Another process goes on with what one left.
TAKEN_OVER = timedelta(minutes=2)
# A recording that a stage was fetching is stored by then, or never.
STRAGGLERS = timedelta(minutes=15)
STORE_AGAIN = timedelta(minutes=10)
AT_ONCE = 10


class Erasing:
    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], store: AudioStore, patience: float = PATIENCE
    ) -> None:
        self._sessions = sessions
        self._store = store
        self._patience = patience

    async def erase(self, user_id: UUID) -> bool:
        """Everything of theirs goes; False where something of theirs is still being handled, and all goes as
        soon as that is done."""
        async with self._sessions.begin() as session:
            await erasures.begin(session, user_id, again_after=TAKEN_OVER)
        until = time.monotonic() + self._patience
        while not await self._wipe(user_id):
            if time.monotonic() > until:
                return False
            await asyncio.sleep(LOOK)
        await self._sweep(user_id)
        return True

    async def go_on(self) -> None:
        """With what was left, as by a crash; a chore of the clock."""
        async with self._sessions.begin() as session:
            found = await erasures.due(session, most=AT_ONCE, again_after=TAKEN_OVER)
        for user_id in found:
            if await self._wipe(user_id):
                await self._sweep(user_id)

    async def _wipe(self, user_id: UUID) -> bool:
        async with self._sessions() as session:
            erasure = await erasures.read(session, user_id)
            if erasure is None or erasure.erased_at is not None:
                return True
            noted = await erasures.recordings(session, user_id)
            if not await erasures.wipe(session, erasure, self._elsewhere(user_id, noted)):
                await session.rollback()
                return False
            await session.commit()
        log.info("a person was erased")
        return True

    def _elsewhere(self, user_id: UUID, urls: list[str]) -> list[str]:
        """How those begin that lie in no folder of theirs, such as what another account brought along: all
        versions of one recording are named alike."""
        theirs = f"{self._store.url}/{user_id}/"
        return sorted({url.rpartition(".v")[0] + ".v" for url in urls if not url.startswith(theirs)})

    async def _sweep(self, user_id: UUID) -> None:
        """Delete their recordings, and once more after a while."""
        async with self._sessions() as session:
            erasure = await erasures.read(session, user_id)
        if erasure is None or erasure.erased_at is None:
            return
        try:
            found = await self._store.within(str(user_id))
            for begins in erasure.recordings:
                found += await self._store.beginning(begins)
            for url in found:
                await self._store.delete(url)
        except StoreError as error:
            log.error("an erased person's recordings are still there: %s", error)
            async with self._sessions.begin() as session:
                await erasures.look_again(session, user_id, STORE_AGAIN)
            return
        async with self._sessions.begin() as session:
            left = erasure.erased_at + STRAGGLERS - datetime.now(UTC)
            if left > timedelta(0):
                await erasures.look_again(session, user_id, left)
            else:
                await erasures.finish(session, user_id)
