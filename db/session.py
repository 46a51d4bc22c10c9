"""The engine and the sessions, for a Postgres reached directly or through a transaction-mode pooler."""

import asyncio
import json
import ssl
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import event
from sqlalchemy.engine import AdaptedConnection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from bot.errors import DatabaseError
from db.url import Target, translate
from db.whose import HAS_WALL, STAYS_PREPARED, OwnConnection, tell_whose

CONNECT_SECONDS = 10.0
POOL_SECONDS = 10.0
COMMAND_SECONDS = 30.0
IDLE_TRANSACTION_SECONDS = 60
RECYCLE_SECONDS = 1800
QUIET_SECONDS = 30.0
PING_SECONDS = 5.0

# Behind a transaction-mode pooler the next transaction runs on another server session, which knows nothing of
# statements prepared before. A URL does not tell every pooler, so nothing is kept where one may be: that
# takes a second round trip and a second parse with every statement, nearly half of its time.
NOTHING_PREPARED = {"statement_cache_size": 0, "prepared_statement_cache_size": 0}
# Each is planned for its own values as ever: a plan for any value would suit neither a person with ten
# entries nor one with ten thousand, but where a statement leaves the planner no choice (`plan_once`).
KEPT_PREPARED = {"prepared_statement_cache_size": 100}
PLANNED_EACH_TIME = {"plan_cache_mode": "force_custom_plan"}

FAILURES = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

to_json = partial(json.dumps, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def make_engine(
    database_url: str,
    *,
    pool_size: int = 20,
    command_seconds: float | None = COMMAND_SECONDS,
    is_direct: bool = False,
    has_wall: bool = True,
) -> AsyncEngine:
    """An engine for any URL that `db.url.translate` understands. It connects when first used. `is_direct`
    says that surely no pooler stands before the server, so that statements stay prepared.

    Raises ConfigurationError for a wrong URL. At use: DatabaseError when no connection can be made,
    sqlalchemy.exc.TimeoutError when none is free for POOL_SECONDS, TimeoutError when a statement takes longer
    than `command_seconds` (None for migrations), sqlalchemy.exc.DBAPIError for the rest.
    """
    target = translate(database_url)
    arguments = {
        "timeout": CONNECT_SECONDS,
        "command_timeout": command_seconds,
        "async_creator_fn": connector(target, command_seconds, is_direct=is_direct),
        **(KEPT_PREPARED if is_direct else NOTHING_PREPARED),
        **target.connect_args,
    }
    engine = create_async_engine(
        target.url,
        connect_args=arguments,
        execution_options={HAS_WALL: has_wall, STAYS_PREPARED: is_direct},
        hide_parameters=True,
        json_serializer=to_json,
        pool_size=pool_size,
        # Those opened beyond the pool would be closed after each use: a crowd waited twice as long for that.
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        pool_recycle=RECYCLE_SECONDS,
        # The same few connections stay in use, so the others go quiet and are looked at before the next use.
        pool_use_lifo=True,
    )
    event.listen(engine.sync_engine, "checkin", note_the_time)
    event.listen(engine.sync_engine, "checkout", refuse_the_dead)
    tell_whose(engine)
    return engine


def make_sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """What is loaded stays readable after the commit, because sessions end before the slow calls begin."""
    return async_sessionmaker(engine, expire_on_commit=False)


def make_single(sessions: async_sessionmaker[AsyncSession]) -> async_sessionmaker[AsyncSession]:
    """The same for work of one statement, which is a transaction by itself: one round trip, not three."""
    engine: AsyncEngine = sessions.kw["bind"]
    return make_sessions(engine.execution_options(isolation_level="AUTOCOMMIT"))


def connector(
    target: Target, command_seconds: float | None, *, is_direct: bool
) -> Callable[..., Awaitable[asyncpg.Connection]]:
    """How to connect: with time limits on the server where it takes them, and with one error for failures.

    The limits are for a process that froze with a transaction open. They are start-up parameters, which
    poolers refuse (SQLSTATE 08P01); a SET would land on some other client's session.
    """
    limits = {"idle_in_transaction_session_timeout": f"{IDLE_TRANSACTION_SECONDS}s"}
    if command_seconds is not None:
        # A little more than the client's limit, which gives the better error.
        limits["statement_timeout"] = f"{command_seconds + 5:.0f}s"
    refused = target.pooled

    async def connect(*, server_settings: dict[str, str], **arguments: Any) -> asyncpg.Connection:
        nonlocal refused
        settings = {"application_name": "daybook", **server_settings}
        arguments["connection_class"] = OwnConnection
        if is_direct:
            settings = PLANNED_EACH_TIME | settings
        try:
            if not refused:
                try:
                    return await asyncpg.connect(**arguments, server_settings=limits | settings)
                except asyncpg.ProtocolViolationError:
                    refused = True
            return await asyncpg.connect(**arguments, server_settings=settings)
        except ssl.SSLCertVerificationError as error:
            reason = f"its certificate is not trusted ({error.verify_message}); see sslrootcert and the host"
        except TimeoutError:
            reason = f"no answer in {arguments['timeout']:.0f} s"
        except FAILURES as error:
            reason = str(error)
        raise DatabaseError(f"Cannot connect to {target.redacted}: {reason}")

    return connect


def note_the_time(connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info["since"] = time.monotonic()


def refuse_the_dead(
    connection: AdaptedConnection, entry: ConnectionPoolEntry, proxy: PoolProxiedConnection
) -> None:
    """Have the pool replace a connection that the server closed, or that a quiet network silently dropped.

    SQLAlchemy's pre-ping asks before each use, in three round trips: 0.45 ms of a 0.75 ms transaction over a
    local socket. The event loop already knows what was closed, and only silence is worth a question.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError("closed by the server")
    if time.monotonic() - entry.info.get("since", time.monotonic()) > QUIET_SECONDS:
        try:
            connection.run_async(ping)
        except FAILURES as error:
            raise DisconnectionError("no answer after a quiet time") from error


async def ping(driver: asyncpg.Connection) -> None:
    # Without parameters this is one round trip, which every pooler serves.
    await asyncio.wait_for(driver.execute("SELECT 1"), PING_SECONDS)
