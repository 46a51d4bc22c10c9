"""What /health/ready tells of each part is so."""

from typing import Any

import aiohttp
from pydantic import SecretStr
from redis.asyncio import Redis

from tests.test_limits import RedisServer, redis

from .conftest import World

__all__ = ["redis"]

MINDS = ("coach", "analyst", "transcriber", "embedder")


async def ready(world: World) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession(await world.bot.web_address()) as client,
        client.get("/health/ready") as answer,
    ):
        said = await answer.json()
        assert said["status"] == ("ready" if answer.status == 200 else "not ready")
        return answer.status, said["parts"]


async def test_a_bot_alone_polls_and_has_no_redis(started: World) -> None:
    around = {"database": "ok", "redis": "off", "telegram": "ok"}
    assert await ready(started) == (200, around | dict.fromkeys(MINDS, "set"))


async def test_minds_without_a_key_are_off(world: World) -> None:
    await world.start(openai_api_key=None)
    parts = (await ready(world))[1]
    assert [parts[it] for it in MINDS] == ["set", "set", "off", "off"]


async def test_a_telegram_that_refuses_shows_and_so_does_its_return(world: World) -> None:
    world.telegram.fail("broken", "getUpdates")
    held = world.telegram.fail("hold", "getUpdates")
    await world.start()
    await world.telegram.until(lambda: held.met)
    status, parts = await ready(world)
    assert (status, parts["telegram"]) == (503, "Telegram cannot be reached (NetworkError)")
    held.release()
    await world.person().writes("Hello")
    await world.settle()
    assert (await ready(world))[1]["telegram"] == "ok"


async def test_a_bot_behind_a_webhook_needs_no_polling(world: World) -> None:
    await world.start_with_webhook()
    assert (await ready(world))[1]["telegram"] == "ok"


async def test_a_redis_that_goes_shows(world: World, redis: RedisServer) -> None:
    await world.start(redis_url=SecretStr(redis.url))
    assert (await ready(world))[1]["redis"] == "ok"
    await redis.stop()
    status, parts = await ready(world)
    assert (status, parts["redis"]) == (503, "unreachable (ConnectionError)")
    await redis.start()
    async with Redis.from_url(redis.url) as client:
        await client.ping()
    assert (await ready(world))[1]["redis"] == "ok"
