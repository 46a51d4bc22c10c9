"""Guesses are counted alike in the process and through Redis; a Redis that goes away opens nothing."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.limits.guesses import ABANDONED, Guesses, Key, LocalGuesses, Outcome, Policy
from bot.limits.shared_guesses import RedisGuesses
from tests.test_limits import RedisServer, redis

__all__ = ["redis"]

POLICY = Policy(free=3, first=10.0, longest=100.0, forgets=3600.0, together=5)
KEY = Key(name="mina", policy=POLICY)


@pytest.fixture(params=["local", "redis"])
async def guesses(request: pytest.FixtureRequest, redis: RedisServer) -> AsyncIterator[Guesses]:
    guesses = LocalGuesses() if request.param == "local" else _only_redis(redis.url)
    yield guesses
    await guesses.close()


def _only_redis(url: str) -> RedisGuesses:
    """Its script alone, without the count that the process keeps for itself."""
    guesses = RedisGuesses(url)
    guesses._local = _Open()
    return guesses


class _Open(LocalGuesses):
    async def take(self, keys: object) -> float:
        return 0.0

    async def settle(self, keys: object) -> None: ...


async def guess(guesses: Guesses, outcome: Outcome = "failed", key: Key = KEY) -> float:
    wait = await guesses.take([key])
    if not wait:
        await guesses.settle([(key, outcome)])
    return wait


async def test_a_few_are_free_and_then_a_delay(guesses: Guesses) -> None:
    assert [await guess(guesses) for _ in range(3)] == [0, 0, 0]
    assert await guess(guesses) == pytest.approx(10, abs=2)
    assert await guess(guesses) == pytest.approx(10, abs=2)


async def test_what_is_refused_does_not_count(guesses: Guesses) -> None:
    for _ in range(3):
        await guess(guesses)
    waits = [await guess(guesses) for _ in range(50)]
    assert max(waits) <= 10


async def test_a_right_one_forgets_all(guesses: Guesses) -> None:
    for _ in range(2):
        await guess(guesses)
    await guess(guesses, "forgiven")
    assert [await guess(guesses) for _ in range(3)] == [0, 0, 0]


async def test_one_that_was_not_looked_at_counts_nothing(guesses: Guesses) -> None:
    assert [await guess(guesses, "void") for _ in range(20)] == [0] * 20
    assert [await guess(guesses) for _ in range(3)] == [0, 0, 0]


async def test_keys_do_not_wait_for_each_other_but_a_guess_for_all_of_its_own(guesses: Guesses) -> None:
    other = Key(name="ben", policy=POLICY)
    for _ in range(3):
        await guess(guesses)
    assert await guess(guesses, key=other) == 0
    assert await guesses.take([other, KEY]) > 0
    # Of the other nothing was taken.
    assert [await guess(guesses, key=other) for _ in range(2)] == [0, 0]


async def test_many_at_once_are_taken_only_where_none_has_failed(guesses: Guesses) -> None:
    waits = [await guesses.take([KEY]) for _ in range(9)]
    assert [bool(wait) for wait in waits] == [False] * 5 + [True] * 4
    for _ in range(5):
        await guesses.settle([(KEY, "failed")])
    assert await guesses.take([KEY]) == pytest.approx(40, abs=2)


async def test_after_a_failure_no_more_are_under_way_than_are_free(guesses: Guesses) -> None:
    await guess(guesses)
    waits = [await guesses.take([KEY]) for _ in range(4)]
    assert [bool(wait) for wait in waits] == [False, False, True, True]


async def test_a_name_is_known_for_a_while(guesses: Guesses) -> None:
    assert not await guesses.knows("here")
    await guesses.remember("here", 60)
    assert await guesses.knows("here")
    assert not await guesses.knows("there")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_delays_double_up_to_the_longest_and_are_forgotten() -> None:
    clock = Clock()
    guesses = LocalGuesses(clock)
    waits = []
    for _ in range(8):
        await guess(guesses)
        # Whoever asks at once hears how long it takes.
        waits.append(await guesses.take([KEY]))
        if not waits[-1]:
            await guesses.settle([(KEY, "void")])
        clock.now += waits[-1]
    assert waits == pytest.approx([0, 0, 10, 20, 40, 80, 100, 100])
    clock.now += 24 * 3600
    assert [await guess(guesses) for _ in range(3)] == [0, 0, 0]


async def test_a_guess_that_nobody_settles_counts_as_failed() -> None:
    clock = Clock()
    guesses = LocalGuesses(clock)
    assert [await guesses.take([KEY]) for _ in range(3)] == [0, 0, 0]
    clock.now += ABANDONED + 1
    assert await guess(guesses) == 0
    assert await guess(guesses) > 0


async def test_a_flood_of_names_pushes_out_itself_first() -> None:
    clock = Clock()
    guesses = LocalGuesses(clock, most=100)
    for _ in range(5):
        await guess(guesses)
    for number in range(1000):
        await guess(guesses, key=Key(name=f"made up {number}", policy=POLICY))
    assert await guess(guesses) > 0
    assert len(guesses._counts) <= 100


async def test_replicas_share_their_count(redis: RedisServer) -> None:
    replicas = [RedisGuesses(redis.url) for _ in range(3)]
    assert [await guess(replica) for replica in replicas] == [0, 0, 0]
    assert all([await guess(replica) > 0 for replica in replicas])
    for replica in replicas:
        await replica.close()


async def test_what_another_replica_closed_is_not_under_way_here(redis: RedisServer) -> None:
    one, other = RedisGuesses(redis.url), RedisGuesses(redis.url)
    for _ in range(3):
        await guess(one)
    for _ in range(POLICY.together + 1):
        assert await guess(other) > 0
    assert other._local._counts[KEY.name].pending == 0
    for replica in (one, other):
        await replica.close()


async def test_without_redis_the_process_counts_for_itself(redis: RedisServer) -> None:
    guesses = RedisGuesses(redis.url)
    await guess(guesses)
    await redis.stop()
    assert [await guess(guesses) for _ in range(2)] == [0, 0]
    assert await guess(guesses) > 0
    await redis.start()
    await guesses.close()


async def test_a_flushed_redis_opens_nothing_that_the_process_closed(redis: RedisServer) -> None:
    guesses = RedisGuesses(redis.url)
    for _ in range(3):
        await guess(guesses)
    async with Redis.from_url(redis.url) as client:
        await client.flushall()
    assert await guess(guesses) > 0
    await guesses.close()


async def test_redis_keeps_no_name_for_longer_than_it_counts(redis: RedisServer) -> None:
    guesses = RedisGuesses(redis.url)
    await guess(guesses)
    await guesses.remember("here", 60)
    async with Redis.from_url(redis.url) as client:
        kept = {name: await client.ttl(name) for name in await client.keys()}
    assert set(kept) == {b"daybook:guesses:mina", b"daybook:known:here"}
    assert all(0 < seconds < 2 * POLICY.forgets for seconds in kept.values())
    await guesses.close()


async def test_a_burst_through_redis_is_counted_one_by_one(redis: RedisServer) -> None:
    replicas = [RedisGuesses(redis.url) for _ in range(4)]
    taken = await asyncio.gather(*(replica.take([KEY]) for replica in replicas for _ in range(5)))
    assert sum(wait == 0 for wait in taken) == POLICY.together
    for replica in replicas:
        await replica.close()
