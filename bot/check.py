"""`python -m bot check`: what is configured, what is reachable, what is missing, in one screen."""

import asyncio
from dataclasses import dataclass

from redis.exceptions import RedisError
from sqlalchemy import text
from telegram.error import InvalidToken, TelegramError

from bot.ai.protocols import Mind
from bot.app import audio_store_url, make_minds, place
from bot.config import TELEGRAM, Settings
from bot.errors import DaybookError, MindError, MindNotConfigured, StoreError
from bot.limits.shared import RedisLimits
from bot.telegram.application import make_bot
from db import revision, start
from db.audio import AudioStore
from db.session import make_engine

MARKS = {"ok": "✓", "off": "–", "wrong": "✗"}
PATIENCE = 20


@dataclass(frozen=True, kw_only=True)
class Line:
    """`state` is ok, off or wrong; `what` says it in words, with the remedy where there is one."""

    part: str
    state: str
    what: str


async def report(settings: Settings) -> int:
    """Print the screen; 0 if everything that is configured works, else 1."""
    minds = make_minds(settings)
    lines = await asyncio.gather(
        _telegram(settings),
        _database(settings),
        _mind(
            "Coach", minds.coach, "offline: reads stated numbers and asks with buttons; set ANTHROPIC_API_KEY"
        ),
        _mind("Analyst", minds.analyst, "offline: reads stated numbers by rule; set ANTHROPIC_API_KEY"),
        _mind("Embeddings", minds.embedder, "recall goes by words; set OPENAI_API_KEY"),
        _mind("Transcription", minds.transcriber, "recordings are kept and wait; set OPENAI_API_KEY"),
        _audio_store(settings),
        _redis(settings),
        _secrets(settings),
        _web(settings),
    )
    for line in lines:
        print(f"{MARKS[line.state]} {line.part:14} {line.what}")
    wrong = sum(line.state == "wrong" for line in lines)
    print(f"\n{wrong} of {len(lines)} parts need attention." if wrong else "\nAll that is configured works.")
    return 1 if wrong else 0


async def _telegram(settings: Settings) -> Line:
    where = "Telegram" if settings.telegram_api_url == TELEGRAM else settings.telegram_api_url
    if settings.token is None:
        return Line(part="Telegram", state="off", what="chat in the terminal; set TELEGRAM_BOT_TOKEN")
    bot = make_bot(settings.token, settings.telegram_api_url)
    try:
        async with asyncio.timeout(PATIENCE):
            await bot.initialize()
        how = f"webhook at {settings.public_url}" if settings.public_url else "polling"
        return Line(part="Telegram", state="ok", what=f"@{bot.username} on {where}, {how}")
    except InvalidToken:
        return Line(part="Telegram", state="wrong", what=f"{where} refuses TELEGRAM_BOT_TOKEN")
    except (TelegramError, TimeoutError) as error:
        return Line(part="Telegram", state="wrong", what=f"cannot reach {where} ({type(error).__name__})")
    finally:
        await bot.shutdown()


async def _database(settings: Settings) -> Line:
    where = "DATABASE_URL" if settings.database_url else f"embedded in {settings.home / 'postgres'}"
    try:
        async with asyncio.timeout(PATIENCE), start.address(*place(settings)) as (url, _):
            engine = make_engine(url)
            try:
                current, newest = await revision.current(engine), revision.newest()
                async with engine.connect() as connection:
                    version = await connection.scalar(text("SHOW server_version"))
                    vector = await connection.scalar(
                        text("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
                    )
            finally:
                await engine.dispose()
    except (DaybookError, OSError, TimeoutError) as error:
        kind = str(error) if isinstance(error, DaybookError) else type(error).__name__
        return Line(part="Postgres", state="wrong", what=f"{where}: {kind}")
    if vector is None:
        return Line(part="Postgres", state="wrong", what=f"{where}: has no pgvector; install it there")
    tables = (
        "tables up to date" if current == newest else f"tables at {current}, brought to {newest} at start"
    )
    what = f"{where}: {version}, pgvector {vector}, {tables}"
    return Line(part="Postgres", state="ok", what=what)


async def _mind(part: str, mind: Mind, offline: str) -> Line:
    try:
        async with asyncio.timeout(PATIENCE):
            await mind.check()
    except MindNotConfigured:
        return Line(part=part, state="off", what=offline)
    except (MindError, TimeoutError) as error:
        what = str(error) if isinstance(error, MindError) else f"{mind.model}: no answer in {PATIENCE} s"
        return Line(part=part, state="wrong", what=what)
    return Line(part=part, state="ok", what=f"{mind.model} answers")


async def _audio_store(settings: Settings) -> Line:
    url = audio_store_url(settings)
    try:
        await AudioStore(url).reachable()
    except StoreError as error:
        return Line(part="Audio store", state="wrong", what=str(error))
    return Line(part="Audio store", state="ok", what=url)


async def _redis(settings: Settings) -> Line:
    if settings.redis_url is None:
        return Line(
            part="Redis", state="off", what="limits count for this process; set REDIS_URL for replicas"
        )
    limits = RedisLimits(settings.redis_url.get_secret_value())
    try:
        await limits.ping()
    except (RedisError, OSError) as error:
        return Line(part="Redis", state="wrong", what=f"REDIS_URL: no answer ({type(error).__name__})")
    finally:
        await limits.close()
    return Line(part="Redis", state="ok", what="answers")


async def _secrets(settings: Settings) -> Line:
    kept = "SECRET_KEY" if settings.secret_key else f"kept in {settings.home / 'secret_key'}"
    settings.signing_key()
    return Line(part="Secret key", state="ok", what=kept)


async def _web(settings: Settings) -> Line:
    return Line(part="Web", state="ok", what=f"http://{settings.http_host}:{settings.http_port}/health")
