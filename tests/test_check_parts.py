"""What each part of the check's screen says of a server that refuses, is busy, or is something else."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web as other
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.ai import claude
from bot.ai import openai as openai_minds
from bot.check import minds, parts, web
from bot.playground.server import BotApiServer
from bot.web import health
from bot.web.server import Server
from tests.conftest import make_settings
from tests.test_limits import RedisServer
from tests.vendors import KEY, AnthropicServer, Fault, OpenAIServer, status

TOKEN = "123456:test-token-of-the-playground"
CANARY = "hunter2-canary"
REFUSED = "refuses {key}: copy it again, or make a new one there"


class Stranger:
    """Some other program's web server, which answers everything alike."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    async def __aenter__(self) -> int:
        async def always(_: other.Request) -> other.Response:
            return other.Response(text=self._answer)

        application = other.Application()
        application.router.add_route("*", "/{path:.*}", always)
        self._runner = other.AppRunner(application, access_log=None)
        await self._runner.setup()
        await other.TCPSite(self._runner, "127.0.0.1", 0).start()
        port: int = self._runner.addresses[0][1]
        return port

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


@pytest.fixture
async def redis(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("r"))
    await server.start()
    yield server
    await server.stop()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (status(401, "authentication_error"), REFUSED),
        (status(403, "permission_error"), "does not let {key} use {model}: allow it there, or set {setting}"),
        (status(402, "billing_error"), "has no credit left for {key}: add some there"),
        (status(429, "insufficient_quota", retry=False), "has no credit left for {key}: add some there"),
        (status(429, "rate_limit_error", retry=False), "is busy: nothing to mend, try again later"),
        (status(529, "overloaded_error", retry=False), "is in trouble (HTTP 529): try again later"),
        (status(418, "teapot"), "refuses the question (HTTP 418): check {place}"),
        (Fault(kind="html"), "answers, but not as {name} does: check {place}"),
    ],
)
async def test_a_vendor_in_plain_words(fault: Fault, words: str) -> None:
    async with (
        AnthropicServer() as anthropic,
        OpenAIServer() as openai,
        claude.make_client(KEY, anthropic.url) as claude_client,
        openai_minds.make_client(KEY, openai.url) as openai_client,
    ):
        anthropic.always = openai.always = fault
        settings = make_settings(anthropic_base_url=anthropic.url, openai_base_url=openai.url)
        analyst = await minds.claude("Analyst", claude.ClaudeAnalyst(claude_client), settings)
        embedder = await minds.openai("Embeddings", openai_minds.OpenAIEmbedder(openai_client), settings)
    told = words.format(
        key="ANTHROPIC_API_KEY",
        place="ANTHROPIC_BASE_URL",
        name="Anthropic",
        model="claude-haiku-5-5",
        setting="ANALYST_MODEL",
    )
    assert (analyst.state, analyst.what) == ("wrong", f"{anthropic.url} {told}")
    told = words.format(
        key="OPENAI_API_KEY",
        place="OPENAI_BASE_URL",
        name="OpenAI",
        model="text-embedding-3-small",
        setting="EMBEDDING_MODEL",
    )
    assert (embedder.state, embedder.what) == ("wrong", f"{openai.url} {told}")


async def test_a_model_that_is_not_in_the_list() -> None:
    async with OpenAIServer() as server, openai_minds.make_client(KEY, server.url) as client:
        mind = openai_minds.OpenAITranscriber(client, model="whisper-9")
        line = await minds.openai("Transcription", mind, make_settings(openai_base_url=server.url))
    assert line.what == f"{server.url} has no model whisper-9: set TRANSCRIBE_MODEL"


async def test_telegram_refuses_the_token_or_is_something_else() -> None:
    async with BotApiServer(token=TOKEN) as telegram:
        line = await parts.telegram(
            make_settings(telegram_bot_token="1:other", telegram_api_url=telegram.url)
        )
    assert line.what == (
        f"{telegram.url} refuses TELEGRAM_BOT_TOKEN: copy it again from @BotFather, or check TELEGRAM_API_URL"
    )
    async with Stranger("<html>") as port:
        where = f"http://127.0.0.1:{port}"
        line = await parts.telegram(make_settings(telegram_bot_token=TOKEN, telegram_api_url=where))
    assert line.what == f"{where} answers, but not as Telegram does: check TELEGRAM_API_URL"


async def test_the_database_is_named_once(tmp_path: Path) -> None:
    line = await parts.database("postgresql://u:p@[::1/x", tmp_path)
    assert line.what.startswith("DATABASE_URL cannot be understood")
    assert line.what.count("DATABASE_URL") == 1


@pytest.mark.parametrize(
    ("revision", "state", "words"),
    [
        ("9999", "doubt", "tables of a newer Daybook (9999; this one knows "),
        ("0000", "wrong", "its tables are another program's"),
        ("3f2a9c", "wrong", "its tables are another program's"),
        (None, "ok", "tables are made at the next start"),
    ],
)
async def test_the_tables_of_another_time(
    database_url: str, engine: AsyncEngine, tmp_path: Path, revision: str | None, state: str, words: str
) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM alembic_version"))
        if revision:
            await connection.execute(text("INSERT INTO alembic_version VALUES (:it)"), {"it": revision})
    line = await parts.database(database_url, tmp_path)
    assert line.state == state
    assert words in line.what


async def test_redis_refuses_the_password_or_is_misunderstood(redis: RedisServer) -> None:
    guarded = redis.url.replace("unix://", f"unix://user:{CANARY}@")
    line = await parts.redis(make_settings(redis_url=guarded))
    assert line.what == "REDIS_URL: it refuses the name or password"
    line = await parts.redis(make_settings(redis_url="redis://127.0.0.1/0?sokcet_timeout=1"))
    assert line.what.startswith("REDIS_URL: it cannot be understood")


async def ready() -> dict[str, str]:
    return {"database": "unreachable"}


async def test_the_web_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        settings = make_settings(telegram_bot_token=TOKEN, http_port=probe.getsockname()[1])
        line = await web.port(settings)
    assert line.state == "wrong"
    assert line.what == (
        f"HTTP_PORT: {settings.http_port} is in use by another program: choose a free port, or 0 for any"
    )
    where = f"http://127.0.0.1:{settings.http_port}/health"
    line = await web.port(settings)
    assert (line.state, line.what) == ("ok", f"{where}, the port is free")
    server = Server(health.alone(ready), "127.0.0.1", settings.http_port)
    await server.start()
    line = await web.port(settings)
    await server.stop()
    assert (line.state, line.what) == ("ok", f"a Daybook answers at {where} already")
    async with Stranger('{"status": "fine"}') as port:
        line = await web.port(make_settings(telegram_bot_token=TOKEN, http_port=port))
    assert line.state == "wrong"
    line = await web.port(make_settings(telegram_bot_token=TOKEN, http_port=0))
    assert (line.state, line.what) == ("ok", "any free port of 127.0.0.1")
