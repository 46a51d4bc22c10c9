"""Limits shared through Redis; a module of its own, so that a bot without Redis need not load it."""

import asyncio
import logging
import time

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.errors import ConfigurationError
from bot.limits import LocalLimits

log = logging.getLogger(__name__)

PATIENCE = 0.5
# After a failure Redis is left alone for a while, so that no turn waits for it in vain.
REST = 5.0
# A clock that stepped, or a stranger's key, must not stop the bot.
LONGEST = 120.0


def connect(url: str) -> Redis:
    """A client that connects when first used. Raises `ConfigurationError`."""
    try:
        redis = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        # What is wrong behind the address's question mark shows only here.
        redis.connection_pool.make_connection()  # type: ignore[no-untyped-call]
    except (ValueError, TypeError):
        raise ConfigurationError(
            "REDIS_URL: it cannot be understood: give an address such as redis://127.0.0.1:6379/0, "
            "without parameters that redis-py does not know"
        ) from None
    return redis


class RedisLimits:
    """Shared by every process on one Redis. Without Redis each process counts for itself, which
    errs by the number of replicas and never stops the bot."""

    SCRIPT = """
        local time = redis.call('TIME')
        local now = time[1] + time[2] / 1000000
        local interval = 1 / ARGV[1]
        local due = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
        local wait = math.max(due - now - (ARGV[2] - 1) * interval, 0)
        if wait == 0 or ARGV[3] == 'ahead' then
            local ttl = math.ceil((due + interval - now) * 1000) + 1000
            redis.call('SET', KEYS[1], string.format('%.6f', due + interval), 'PX', ttl)
        end
        return string.format('%.6f', wait)
    """

    def __init__(self, url: str) -> None:
        self._redis = connect(url)
        self._script = self._redis.register_script(self.SCRIPT)
        self._local = LocalLimits()
        self._rest_until = 0.0

    async def reserve(self, key: str, *, rate: float, burst: int) -> float:
        wait = await self._ask(key, rate, burst, "ahead")
        return await self._local.reserve(key, rate=rate, burst=burst) if wait is None else wait

    async def admit(self, key: str, *, rate: float, burst: int) -> float:
        wait = await self._ask(key, rate, burst, "now")
        return await self._local.admit(key, rate=rate, burst=burst) if wait is None else wait

    async def _ask(self, key: str, rate: float, burst: int, when: str) -> float | None:
        """What Redis says; None where it says nothing that can be right."""
        if time.monotonic() >= self._rest_until:
            try:
                wait = float(await self._script(keys=[f"daybook:limit:{key}"], args=[rate, burst, when]))
            except (RedisError, OSError, TimeoutError, ValueError) as error:
                log.warning("REDIS_URL: no limits from Redis (%s), counting here", type(error).__name__)
                self._rest_until = time.monotonic() + REST
            else:
                if 0 <= wait <= LONGEST:
                    return wait
                log.warning("REDIS_URL: a limit that cannot be right, counting here")
                self._rest_until = time.monotonic() + REST
        return None

    async def trouble(self) -> str | None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self.ping()
        except (RedisError, OSError, TimeoutError) as error:
            return type(error).__name__
        return None

    async def ping(self) -> None:
        """Raise `RedisError` or `OSError` where Redis does not answer."""
        await self._redis.ping()

    async def close(self) -> None:
        await self._redis.aclose()
