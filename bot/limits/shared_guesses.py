"""Guesses counted through Redis, for all replicas together."""

import logging
import time
from collections.abc import Sequence
from typing import Any

from redis.exceptions import RedisError

from bot.limits.guesses import ABANDONED, MOST_DOUBLINGS, SOON, Key, LocalGuesses, Outcome
from bot.limits.shared import REST, connect

log = logging.getLogger(__name__)

FAILURES = (RedisError, OSError, TimeoutError, ValueError)

# The same as `_Count` in `guesses`, by Redis's own clock. A key goes once all of it is forgotten.
COUNT = f"""
    local time = redis.call('TIME')
    local now = time[1] + time[2] / 1000000

    local function read(key, forgets, most)
        local got = redis.call('HMGET', key, 'failures', 'pending', 'until', 'at', 'taken_at')
        local it = {{}}
        for index, name in ipairs({{'failures', 'pending', 'till', 'at', 'taken_at'}}) do
            it[name] = tonumber(got[index] or '') or (name == 'at' and now or 0)
        end
        it.failures = math.max(it.failures - math.max(now - it.at, 0) / forgets, 0)
        if it.pending > 0 and now - it.taken_at > {ABANDONED} then
            it.failures, it.pending = math.min(it.failures + it.pending, most), 0
        end
        return it
    end

    local function whole(it)
        return math.ceil(it.failures - 0.000001)
    end

    local function write(key, it, forgets)
        redis.call('HSET', key, 'failures', it.failures, 'pending', it.pending,
            'until', string.format('%.6f', it.till), 'at', string.format('%.6f', now),
            'taken_at', string.format('%.6f', it.taken_at))
        redis.call('PEXPIRE', key, math.ceil((it.failures * forgets + {ABANDONED}) * 1000)
            + math.ceil(math.max(it.till - now, 0) * 1000))
    end
"""
TAKE = (
    COUNT
    + f"""
    local wait, counts = 0, {{}}
    for index, key in ipairs(KEYS) do
        local at = (index - 1) * 5
        local free, forgets, together = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
        local it = read(key, forgets, free + {MOST_DOUBLINGS})
        counts[index] = it
        local failures = whole(it)
        if now < it.till then
            wait = math.max(wait, it.till - now)
        elseif it.pending > 0 and
            (failures > 0 and failures + it.pending >= free or it.pending >= together) then
            wait = math.max(wait, {SOON})
        end
    end
    if wait == 0 then
        for index, key in ipairs(KEYS) do
            local it = counts[index]
            it.pending, it.taken_at = it.pending + 1, now
            write(key, it, tonumber(ARGV[(index - 1) * 5 + 4]))
        end
    end
    return string.format('%.6f', wait)
"""
)
SETTLE = (
    COUNT
    + f"""
    for index, key in ipairs(KEYS) do
        local at = (index - 1) * 5
        local free, first = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
        local longest, forgets = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
        local most = free + {MOST_DOUBLINGS}
        local it = read(key, forgets, most)
        it.pending = math.max(it.pending - 1, 0)
        if ARGV[at + 5] == 'forgiven' then
            it.failures, it.till = 0, 0
        elseif ARGV[at + 5] == 'failed' then
            it.failures = math.min(it.failures + 1, most)
            local over = whole(it) - free
            if over >= 0 then
                it.till = math.max(it.till, now + math.min(first * 2 ^ over, longest))
            end
        end
        write(key, it, forgets)
    end
"""
)


class RedisGuesses:
    """Each process counts for itself, too: a Redis that is gone, or was flushed, opens nothing that this
    process has closed."""

    def __init__(self, url: str) -> None:
        self._redis = connect(url)
        self._take = self._redis.register_script(TAKE)
        self._settle = self._redis.register_script(SETTLE)
        self._local = LocalGuesses()
        self._rest_until = 0.0

    async def take(self, keys: Sequence[Key]) -> float:
        if wait := await self._local.take(keys):
            return wait
        wait = 0.0
        if self._is_there():
            try:
                wait = float(await self._take(keys=_names(keys), args=_policies(keys)))
            except FAILURES as error:
                self._rest(error)
        if wait:
            await self._local.settle([(key, "void") for key in keys])
        return wait

    async def settle(self, keys: Sequence[tuple[Key, Outcome]]) -> None:
        await self._local.settle(keys)
        if self._is_there():
            names = _names([key for key, _ in keys])
            settled: list[Any] = []
            for key, outcome in keys:
                settled += [*_policies([key])[:4], outcome]
            try:
                await self._settle(keys=names, args=settled)
            except FAILURES as error:
                self._rest(error)

    async def remember(self, name: str, seconds: float) -> None:
        await self._local.remember(name, seconds)
        if self._is_there():
            try:
                await self._redis.set(f"daybook:known:{name}", "1", ex=int(seconds))
            except FAILURES as error:
                self._rest(error)

    async def knows(self, name: str) -> bool:
        if await self._local.knows(name):
            return True
        if self._is_there():
            try:
                return bool(await self._redis.exists(f"daybook:known:{name}"))
            except FAILURES as error:
                self._rest(error)
        return False

    async def close(self) -> None:
        await self._redis.aclose()

    def _is_there(self) -> bool:
        return time.monotonic() >= self._rest_until

    def _rest(self, error: Exception) -> None:
        log.warning("REDIS_URL: guesses are not counted in Redis (%s), only here", type(error).__name__)
        self._rest_until = time.monotonic() + REST


def _names(keys: Sequence[Key]) -> list[str]:
    return [f"daybook:guesses:{key.name}" for key in keys]


def _policies(keys: Sequence[Key]) -> list[float]:
    """Five numbers a key."""
    return [
        number
        for key in keys
        for number in (
            key.policy.free,
            key.policy.first,
            key.policy.longest,
            key.policy.forgets,
            key.policy.together,
        )
    ]
