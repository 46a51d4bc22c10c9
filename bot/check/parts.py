"""Telegram, the database, the audio store, Redis and the secret key: one line each."""

import asyncio
from pathlib import Path

from redis.exceptions import AuthenticationError, RedisError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram.error import InvalidToken, RetryAfter, TelegramError, TimedOut

from bot.check.line import Line
from bot.config import TELEGRAM, Settings
from bot.errors import ConfigurationError, DaybookError, StoreError
from bot.limits.shared import RedisLimits
from bot.telegram.application import make_bot
from bot.telegram.transport import Unsent
from bot.values import without_account
from db import revision, start, wall
from db.audio import AudioStore
from db.session import make_engine

PATIENCE = 20


async def telegram(settings: Settings) -> Line:
    if settings.token is None:
        what = "the chat in the terminal, which has a diary of its own; set TELEGRAM_BOT_TOKEN"
        return Line(part="Telegram", state="off", what=what)
    where = without_account(settings.telegram_api_url)
    bot = make_bot(settings.token, settings.telegram_api_url)
    try:
        async with asyncio.timeout(PATIENCE):
            await bot.initialize()
        how = f"webhook at {without_account(settings.public_url)}" if settings.public_url else "polling"
        return Line(part="Telegram", state="ok", what=f"@{bot.username} at {where}, {how}")
    except InvalidToken:
        what = f"{where} refuses TELEGRAM_BOT_TOKEN: copy it again from @BotFather"
        if settings.telegram_api_url != TELEGRAM:
            what += ", or check TELEGRAM_API_URL"
    except (Unsent, TimedOut, TimeoutError):
        what = f"no answer from {where}: check TELEGRAM_API_URL and the network"
    except RetryAfter:
        what = f"{where} is busy: nothing to mend, try again later"
    except TelegramError:
        what = f"{where} answers, but not as Telegram does: check TELEGRAM_API_URL"
    finally:
        await bot.shutdown()
    return Line(part="Telegram", state="wrong", what=what)


async def database(url: str | None, folder: Path) -> Line:
    where = "DATABASE_URL" if url else f"embedded in {folder}"
    try:
        async with asyncio.timeout(PATIENCE), start.address(url, folder) as (found, _):
            engine = make_engine(found)
            try:
                return await _described(engine, where)
            finally:
                await engine.dispose()
    except (DaybookError, DBAPIError, OSError, TimeoutError) as error:
        reason = str(error) if isinstance(error, DaybookError) else type(error).__name__
        what = reason if reason.startswith("DATABASE_URL") else f"{where}: {reason[:1].lower()}{reason[1:]}"
        return Line(part="Postgres", state="wrong", what=what)


async def _described(engine: AsyncEngine, where: str) -> Line:
    current = await revision.current(engine)
    async with engine.connect() as connection:
        version = await connection.scalar(text("SHOW server_version"))
        vector = await connection.scalar(
            text("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
        )
    if vector is None:
        return Line(part="Postgres", state="wrong", what=f"{where}: has no pgvector; install it there")
    server = f"{where}: {version}, pgvector {vector}"
    if current is None:
        return Line(part="Postgres", state="ok", what=f"{server}, tables are made at the next start")
    match revision.age(current):
        case "current":
            missing = await wall.look(engine)
            what = f"{server}, tables up to date"
            if missing:
                what = f"{what}; the wall between people is not up: {missing}"
            return Line(part="Postgres", state="doubt" if missing else "ok", what=what)
        case "older":
            return Line(
                part="Postgres", state="ok", what=f"{server}, tables brought up to date at the next start"
            )
        case "newer":
            what = f"{server}, tables of a newer Daybook ({current}; this one knows {revision.newest()})"
            return Line(part="Postgres", state="doubt", what=f"{what}: update this one")
        case "foreign":
            return Line(part="Postgres", state="wrong", what=start.FOREIGN)


async def audio_store(url: str) -> Line:
    try:
        await AudioStore(url).reachable()
    except StoreError as error:
        return Line(part="Audio store", state="wrong", what=str(error))
    return Line(part="Audio store", state="ok", what=without_account(url))


async def redis(settings: Settings) -> Line:
    if settings.redis_url is None:
        what = "limits count for this process; set REDIS_URL for replicas"
        return Line(part="Redis", state="off", what=what)
    try:
        limits = RedisLimits(settings.redis_url.get_secret_value())
    except ConfigurationError as error:
        return Line(part="Redis", state="wrong", what=str(error))
    try:
        await limits.ping()
    except (RedisError, OSError) as error:
        if isinstance(error.__cause__ or error, AuthenticationError):
            return Line(part="Redis", state="wrong", what="REDIS_URL: it refuses the name or password")
        what = f"REDIS_URL: no answer ({type(error).__name__}): check the address"
        return Line(part="Redis", state="wrong", what=what)
    finally:
        await limits.close()
    return Line(part="Redis", state="ok", what="answers")


async def secret_key(settings: Settings) -> Line:
    try:
        settings.signing_key()
    except ConfigurationError as error:
        return Line(part="Secret key", state="wrong", what=str(error))
    kept = "SECRET_KEY" if settings.secret_key else f"kept in {settings.home / 'secret_key'}"
    return Line(part="Secret key", state="ok", what=kept)
