"""One bot works on a database at a time: another one would answer its people in chats of its own.

Replicas of a bot share the claim, and a playground shares its database with nobody.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import NAMESPACE_OID, uuid4, uuid5

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.errors import DatabaseError
from bot.lease import LASTING, HeldLease

log = logging.getLogger(__name__)

T = TypeVar("T")


class DatabaseClaim:
    """`token` is the bot's: whoever has the same is a replica of it."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], token: str, *, is_playground: bool
    ) -> None:
        holder = uuid4() if is_playground else uuid5(NAMESPACE_OID, token.partition(":")[0])
        self._lease = HeldLease(sessions, "bot", holder)
        self._is_playground = is_playground
        self._displaced = asyncio.Event()

    async def take(self) -> None:
        """Have the database, and keep it. Whoever was killed a moment ago is waited for.

        Raises `DatabaseError` while another bot has it.
        """
        patience = 0 if self._is_playground else LASTING.seconds + 1
        for left in range(patience, -1, -1):
            if await self._lease.try_once():
                break
            if not left:
                raise DatabaseError(
                    "another bot, or a chat in another terminal, uses this database: "
                    "leave it first, or set DATABASE_URL or DAYBOOK_HOME to another place"
                )
            if left == patience:
                log.warning("another bot used this database a moment ago, waiting %d s at most", patience)
            await asyncio.sleep(1)
        self._lease.start(self._displaced.set)

    async def while_ours(self, work: Coroutine[Any, Any, T]) -> T:
        """Do `work`, but stop it and raise `DatabaseError` once another bot has this database, as
        after this process was frozen for long."""
        working, displaced = asyncio.ensure_future(work), asyncio.ensure_future(self._displaced.wait())
        try:
            await asyncio.wait({working, displaced}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            raise DatabaseError(
                "another bot took over this database while this one was frozen: this one stops; "
                "start it again once the other is gone"
            )
        finally:
            working.cancel()
            displaced.cancel()
            await asyncio.gather(working, displaced, return_exceptions=True)

    async def stop(self) -> None:
        """Other replicas may still use it; where there are none it ends by itself."""
        await self._lease.stop(give_back=self._is_playground)
