"""The composition root: settings in, a running bot out. Everybody else is handed what they need."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import BotCommand
from telegram.error import InvalidToken, TelegramError

from bot.ai import offline
from bot.config import Settings
from bot.errors import ConfigurationError, DatabaseError
from bot.jobs.ticks import Ticks
from bot.journal.journey import Journey, Minds
from bot.journal.queue import JourneyQueue
from bot.limits import Limits, LocalLimits, RedisLimits
from bot.telegram import application as telegram
from bot.telegram.context import Parts
from bot.telegram.inbox import Inbox, InboxQueue
from bot.telegram.outbox import OutboxQueue
from bot.telegram.poller import Poller
from bot.telegram.sender import TelegramSender
from bot.web import app as web
from bot.web.server import Server
from bot.work import Worker
from db import migrate
from db.audio import AudioStore
from db.queries import inbox, journeys, outbox
from db.session import make_engine, make_sessions

log = logging.getLogger(__name__)

# Together they fit into the ten seconds that most hosts leave between SIGTERM and SIGKILL.
INBOX_GRACE, JOURNEY_GRACE, OUTBOX_GRACE = 1.0, 4.0, 2.0
PATIENCE = 30


class Daybook:
    """The bot at work, from `start` to `stop`."""

    def __init__(self, settings: Settings, engine: AsyncEngine, token: str, api_url: str) -> None:
        self._settings = settings
        self._engine = engine
        self.sessions = make_sessions(engine)
        self.bot = telegram.make_bot(token, api_url)
        self.minds = make_minds(settings)

        inbox_wake, journeys_wake, outbox_wake = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._sender = TelegramSender(self.bot, outbox_wake.set)
        journey = Journey(
            sessions=self.sessions,
            minds=self.minds,
            sender=self._sender,
            store=AudioStore(audio_store_url(settings)),
            nudge=journeys_wake.set,
            default_time_zone=settings.default_time_zone,
        )
        parts = Parts(sessions=self.sessions, journey=journey, sender=self._sender)
        self._application = telegram.build(self.bot, parts)
        self._limits = make_limits(settings)
        outgoing = OutboxQueue(self.sessions, self.bot, self._limits)
        updates = InboxQueue(self.sessions, self._application, outgoing.met)
        travelling = JourneyQueue(self.sessions, journey, self._sender)
        self._inbox_worker = Worker("inbox", updates, inbox_wake)
        self._journey_worker = Worker("journeys", travelling, journeys_wake)
        self._outbox_worker = Worker("outbox", outgoing, outbox_wake)

        self.inbox = Inbox(self.sessions, inbox_wake.set)
        self._poller: Poller | None = None
        hooked = settings.public_url is not None
        self._web = Server(
            web.build(self.inbox.put if hooked else None, settings.telegram_secret(), self.ready),
            settings.http_host,
            settings.http_port,
        )
        self._ticks = Ticks(
            self.sessions,
            [inbox_wake.set, journeys_wake.set, outbox_wake.set],
            settings.embedding_model if settings.openai_api_key else None,
        )

    async def start(self) -> None:
        await self._meet_telegram()
        await self._web.start()
        for worker in (self._inbox_worker, self._journey_worker, self._outbox_worker):
            worker.start()
        if self._settings.openai_api_key:
            async with self.sessions.begin() as session:
                await journeys.wake(session, "transcriber")
        self._ticks.start()
        await self._receive()

    async def _meet_telegram(self) -> None:
        """Ask who we are, patiently: the network may come up after us."""
        trouble = 0
        while True:
            try:
                await self._application.initialize()
                await self.bot.set_my_commands([BotCommand(*it) for it in telegram.COMMANDS])
            except InvalidToken:
                raise ConfigurationError(
                    "TELEGRAM_BOT_TOKEN: Telegram refuses it: copy it again from @BotFather"
                ) from None
            except TelegramError as error:
                trouble += 1
                log.warning("cannot reach Telegram yet (%s), trying again", type(error).__name__)
                await asyncio.sleep(min(2.0**trouble, 30.0))
            else:
                return

    async def _receive(self) -> None:
        """By webhook where there is a public address, else by polling."""
        if self._settings.public_url:
            await self.bot.set_webhook(
                self._settings.public_url + web.WEBHOOK_PATH,
                secret_token=self._settings.telegram_secret(),
                allowed_updates=telegram.ALLOWED_UPDATES,
                max_connections=40,
            )
            log.info("receiving by webhook at %s", self._settings.public_url)
            return
        await self.bot.delete_webhook()
        self._poller = Poller(self.bot, self.sessions, self.inbox.put, telegram.ALLOWED_UPDATES)
        await self._poller.start()

    async def stop(self) -> None:
        """Take in no more, finish what is nearly done, give back the rest."""
        self._ticks.stop()
        await self.stop_polling()
        await self._web.stop()
        await self._inbox_worker.stop(INBOX_GRACE)
        await self._journey_worker.stop(JOURNEY_GRACE)
        await self._outbox_worker.stop(OUTBOX_GRACE)
        await self._sender.stop()
        await self._application.shutdown()
        await self._limits.close()

    async def stop_polling(self) -> None:
        """Leave the updates to the other replicas."""
        if self._poller:
            await self._poller.stop()
            self._poller = None

    async def ready(self) -> dict[str, str]:
        """Each part: ok, off, or what is wrong."""
        try:
            async with asyncio.timeout(5), self._engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
            database = "ok"
        except (DatabaseError, OSError, TimeoutError, DBAPIError) as error:
            database = f"unreachable ({type(error).__name__})"
        return {"database": database}

    async def idle(self) -> None:
        """Return once nothing is left to do for now. What waits for a mind does not count."""
        while not await self._is_idle():  # noqa: ASYNC110 - the rows tell, also those of other replicas
            await asyncio.sleep(0.02)

    async def _is_idle(self) -> bool:
        async with self.sessions() as session:
            return (
                await inbox.is_idle(session)
                and await journeys.is_idle(session)
                and await outbox.is_idle(session)
            )


async def serve(settings: Settings, token: str) -> None:
    """Serve Telegram until the task is cancelled."""
    async with (
        database(settings) as engine,
        daybook(settings, engine, token, settings.telegram_api_url) as bot,
    ):
        log.info("Daybook serves @%s", bot.bot.username)
        await asyncio.Event().wait()


@asynccontextmanager
async def daybook(
    settings: Settings, engine: AsyncEngine, token: str, api_url: str
) -> AsyncIterator[Daybook]:
    bot = Daybook(settings, engine, token, api_url)
    try:
        await bot.start()
        yield bot
    finally:
        await bot.stop()


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The database that the settings name, else the embedded one, with its tables up to date."""
    async with database_url(settings) as url:
        await _await_database(url)
        await migrate_tables(url)
        engine = make_engine(url)
        try:
            yield engine
        finally:
            await engine.dispose()


@asynccontextmanager
async def database_url(settings: Settings) -> AsyncIterator[str]:
    if settings.database_url:
        yield settings.database_url.get_secret_value()
        return
    from db.embedded import EmbeddedPostgres

    async with EmbeddedPostgres(settings.home / "postgres") as server:
        yield server.url


async def _await_database(url: str) -> None:
    """A database that is still starting is waited for."""
    engine = make_engine(url)
    try:
        for left in range(PATIENCE, -1, -1):
            try:
                async with engine.connect():
                    return
            except DatabaseError:
                if not left:
                    raise
                if left == PATIENCE:
                    log.warning("waiting for the database, %d s at most", PATIENCE)
                await asyncio.sleep(1)
    finally:
        await engine.dispose()


async def migrate_tables(url: str) -> None:
    # No time limit: a migration of a large table may take long.
    engine = make_engine(url, command_seconds=None)
    try:
        await migrate.upgrade(engine)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in {"0A000", "58P01", "42501"}:
            raise DatabaseError(
                "DATABASE_URL: the database has no pgvector, or this role may not create it: "
                "run CREATE EXTENSION vector there as its owner"
            ) from error
        raise
    finally:
        await engine.dispose()


def make_minds(settings: Settings) -> Minds:
    """The real minds where their key is set, else those that say that they are not there. The
    vendors' libraries are imported only where they are used."""
    coach, analyst = offline.OfflineCoach(), offline.OfflineAnalyst()
    transcriber, embedder = offline.OfflineTranscriber(), offline.OfflineEmbedder()
    minds = Minds(transcriber=transcriber, embedder=embedder, analyst=analyst, coach=coach)
    if settings.anthropic_api_key:
        from bot.ai import claude

        claude_client = claude.make_client(
            settings.anthropic_api_key.get_secret_value(), settings.anthropic_base_url
        )
        minds = replace(
            minds,
            coach=claude.ClaudeCoach(claude_client, model=settings.coach_model),
            analyst=claude.ClaudeAnalyst(claude_client, model=settings.analyst_model),
        )
    if settings.openai_api_key:
        from bot.ai import openai

        openai_client = openai.make_client(
            settings.openai_api_key.get_secret_value(), settings.openai_base_url
        )
        minds = replace(
            minds,
            transcriber=openai.OpenAITranscriber(openai_client, model=settings.transcribe_model),
            embedder=openai.OpenAIEmbedder(openai_client, model=settings.embedding_model),
        )
    return minds


def make_limits(settings: Settings) -> Limits:
    return RedisLimits(settings.redis_url.get_secret_value()) if settings.redis_url else LocalLimits()


def audio_store_url(settings: Settings) -> str:
    return settings.audio_store_url or (settings.home / "audio").as_uri()
