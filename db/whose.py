"""Whose a transaction is: the server is told in the round trip of its BEGIN.

The SQLAlchemy connection carries the person as an execution option, which every engine of a person's session
has (`db.owned`). So whoever begins another transaction of the same session, or takes a second connection
for it, has it from there, and what has no person is nobody's but the program's.
"""

from typing import Any
from uuid import UUID

import asyncpg  # type: ignore[import-untyped]
from asyncpg.transaction import Transaction  # type: ignore[import-untyped]
from sqlalchemy import Connection, event
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from db.wall import ROLE

# The execution options: a `Whose`, whether the server has the wall, and whether statements stay prepared.
WHOSE, HAS_WALL, STAYS_PREPARED = "daybook_whose", "daybook_has_wall", "daybook_stays_prepared"
PLANNED_ONCE = " SET LOCAL plan_cache_mode = force_generic_plan;"

# A person, or nobody: somebody who is not known here, who sees nothing.
Whose = UUID | None
EVERYBODYS = object()


class OwnConnection(asyncpg.Connection):  # type: ignore[misc]
    """Its next transaction begins with `setting`, which holds until that transaction ends."""

    setting = ""

    def transaction(self, **how: Any) -> "OwnTransaction":
        return OwnTransaction(self, **({"isolation": None, "readonly": False, "deferrable": False} | how))

    async def execute(self, query: str, *arguments: Any, **how: Any) -> str:
        if self.setting and query.startswith("BEGIN"):
            query, self.setting = f"{query} {self.setting}", ""
        return str(await super().execute(query, *arguments, **how))


class OwnTransaction(Transaction):  # type: ignore[misc]
    async def start(self) -> None:
        connection = self._connection
        try:
            await super().start()
            if connection.setting:
                raise asyncpg.InterfaceError("a transaction began without being told whose it is")
        except BaseException:
            # The server may have begun it, and nobody would end it.
            connection.terminate()
            raise


def tell_whose(engine: AsyncEngine) -> None:
    """Have every transaction on the engine's connections begin as whose it is."""
    event.listen(engine.sync_engine, "begin", _prepare)


def _prepare(connection: Connection) -> None:
    options = connection.get_execution_options()
    whose = options.get(WHOSE, EVERYBODYS)
    driver: Any = connection.connection.driver_connection
    if whose is EVERYBODYS:
        driver.setting = ""
        return
    if options.get("isolation_level") == "AUTOCOMMIT":
        raise InvalidRequestError("a person's statements need a transaction, which says whose they are")
    driver.setting = setting(whose, has_wall=options.get(HAS_WALL, True))


async def plan_once(reader: AsyncSession | AsyncConnection) -> None:
    """Have what is read in this transaction planned once for all values, and not anew for its own each time:
    for statements that the same indexes serve whoever asks, and that take as long to plan as to run.

    The server is told in the round trip of the BEGIN; where that is over, nothing changes.
    """
    connection = await reader.connection() if isinstance(reader, AsyncSession) else reader
    if not connection.in_transaction():
        await connection.begin()
    begun: Any = connection.sync_connection
    driver = begun.connection.driver_connection
    # What does not stay prepared is planned each time anyway.
    if driver.setting and begun.get_execution_options().get(STAYS_PREPARED):
        driver.setting += PLANNED_ONCE


def setting(whose: Whose, *, has_wall: bool) -> str:
    """SQL, so it takes nothing but an id."""
    if whose is not None and not isinstance(whose, UUID):
        raise TypeError("not the id of a person")
    role = f"SET LOCAL ROLE {ROLE}; " if has_wall else ""
    return f"{role}SET LOCAL daybook.user_id = '{whose or ''}';"
