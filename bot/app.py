"""The composition root: settings in, a running bot out. Everybody else is handed what they need."""

import asyncio
import getpass
import locale
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from uuid import NAMESPACE_OID, uuid4, uuid5

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import BotCommand, BotCommandScopeAllPrivateChats, MenuButtonCommands
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.ai import offline
from bot.config import Settings
from bot.errors import ConfigurationError, DatabaseError
from bot.jobs.ticks import Ticks
from bot.journal import safety
from bot.journal.journey import Journey, Minds
from bot.journal.queue import JourneyQueue
from bot.journal.readers import Readers
from bot.lease import LASTING, HeldLease
from bot.limits import Limits, LocalLimits
from bot.telegram import application as telegram
from bot.telegram.context import Parts
from bot.telegram.inbox import Inbox, InboxQueue
from bot.telegram.outbox import OutboxQueue
from bot.telegram.poller import Poller
from bot.telegram.sender import TelegramSender
from bot.web.paths import WEBHOOK
from bot.work import Worker
from db import start
from db.audio import AudioStore
from db.queries import inbox, journeys, outbox, people
from db.session import make_sessions, make_single

if TYPE_CHECKING:
    from bot.web.server import Server

log = logging.getLogger(__name__)

T = TypeVar("T")

# Together they fit into the ten seconds that most hosts leave between SIGTERM and SIGKILL.
INBOX_GRACE, JOURNEY_GRACE, OUTBOX_GRACE = 1.0, 4.0, 2.0
# The playground's person has an id that Telegram gives to nobody, so that nothing of the playground
# could ever reach a stranger.
PLAYGROUND_PERSON = 2**52 + 1
PLAYGROUND_BOT = 1


class Daybook:
    """The bot at work, from `start` to `stop`."""

    def __init__(
        self, settings: Settings, engine: AsyncEngine, token: str, *, is_playground: bool = False
    ) -> None:
        self._settings = settings
        self._engine = engine
        self.sessions = make_sessions(engine)
        self.bot = telegram.make_bot(token, settings.telegram_api_url)
        self.minds = make_minds(settings)

        inbox_wake, journeys_wake, outbox_wake = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._sender = TelegramSender(self.bot, outbox_wake.set)
        store = AudioStore(audio_store_url(settings))
        journey = Journey(
            sessions=self.sessions,
            minds=self.minds,
            sender=self._sender,
            store=store,
            nudge=journeys_wake.set,
            default_time_zone=settings.default_time_zone,
        )
        parts = Parts(
            sessions=self.sessions,
            single=make_single(self.sessions),
            journey=journey,
            sender=self._sender,
            default_time_zone=settings.default_time_zone,
            readers=readers(settings),
            embedder=self.minds.embedder,
        )
        self._application = telegram.build(self.bot, parts)
        self._limits = make_limits(settings)
        outgoing = OutboxQueue(self.sessions, self.bot, self._limits)
        updates = InboxQueue(self.sessions, self._application, outgoing.met)
        travelling = JourneyQueue(self.sessions, journey, self._sender)
        self._inbox_worker = Worker("inbox", updates, inbox_wake)
        # Everybody's entry is safe before anybody's is answered.
        self._journey_worker = Worker("journeys", travelling, journeys_wake, gives_way_to=self._inbox_worker)
        self._outbox_worker = Worker("outbox", outgoing, outbox_wake)

        self.inbox = Inbox(self.sessions, inbox_wake.set)
        self._poller: Poller | None = None
        # Replicas of a bot share the database; every playground wants one for itself.
        self._is_playground = is_playground
        holder = uuid4() if is_playground else uuid5(NAMESPACE_OID, token.partition(":")[0])
        self._claim = HeldLease(self.sessions, "bot", holder)
        self._displaced = asyncio.Event()
        self._undo = AsyncExitStack()
        self._web = None if is_playground else self._make_web()
        self.ticks = Ticks(
            self.sessions,
            [inbox_wake.set, journeys_wake.set, outbox_wake.set],
            self.minds.embedder if settings.openai_api_key else None,
            store,
        )

    def _make_web(self) -> "Server":
        from bot.web import app as web
        from bot.web.server import Server

        put = self.inbox.put if self._settings.public_url else None
        app = web.build(put, self._settings.telegram_secret(), self.ready)
        return Server(app, self._settings.http_host, self._settings.http_port)

    async def start(self) -> None:
        """Each part is followed by how it is stopped: `stop` does that in the opposite order."""
        undo = self._undo
        for mind in (self.minds.transcriber, self.minds.embedder, self.minds.analyst, self.minds.coach):
            undo.push_async_callback(mind.close)
        undo.push_async_callback(self._limits.close)
        undo.push_async_callback(self._application.shutdown)
        await self._meet_telegram()
        # Other replicas may still use it; where there are none it ends by itself.
        undo.push_async_callback(self._claim.stop, give_back=self._is_playground)
        await self._take_the_database()
        undo.push_async_callback(self._sender.stop)
        for worker, grace in (
            (self._outbox_worker, OUTBOX_GRACE),
            (self._journey_worker, JOURNEY_GRACE),
            (self._inbox_worker, INBOX_GRACE),
        ):
            undo.push_async_callback(worker.stop, grace)
            worker.start()
        await self._wake()
        if self._web:
            undo.push_async_callback(self._web.stop)
            await self._web.start()
        undo.push_async_callback(self.stop_polling)
        undo.callback(self.ticks.stop)
        self.ticks.start()
        await self._receive()

    async def _wake(self) -> None:
        """Try again what waited for a transcriber that may be set now, or was set aside by what may
        be mended now."""
        # The check reads its rules at its first call, which no entry should wait for.
        await asyncio.to_thread(safety.look, "")
        async with self.sessions.begin() as session:
            await journeys.wake(session, journeys.SET_ASIDE)
            if self._settings.openai_api_key:
                await journeys.wake(session, "transcriber")

    async def _meet_telegram(self) -> None:
        await self._patiently(self._application.initialize)
        try:
            commands = [BotCommand(*it) for it in telegram.COMMANDS]
            await self.bot.set_my_commands(commands, BotCommandScopeAllPrivateChats())
            await self.bot.set_chat_menu_button(menu_button=MenuButtonCommands())
        except TelegramError as error:
            # The commands work without being listed.
            log.warning("the list of commands is not set: %s", type(error).__name__)

    async def _patiently(self, step: Callable[[], Awaitable[object]]) -> None:
        """Do what a start needs of Telegram: the network may come up after us."""
        trouble = 0
        while True:
            try:
                await step()
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

    async def _take_the_database(self) -> None:
        """Make sure that no other bot works on these rows: it would answer our people in its chats.
        Replicas of one bot share the claim; one that was killed a moment ago is waited for."""
        patience = 0 if self._is_playground else LASTING.seconds + 1
        for left in range(patience, -1, -1):
            if await self._claim.try_once():
                break
            if not left:
                raise DatabaseError(
                    "another bot, or a chat in another terminal, uses this database: "
                    "leave it first, or set DATABASE_URL or DAYBOOK_HOME to another place"
                )
            if left == patience:
                log.warning("another bot used this database a moment ago, waiting %d s at most", patience)
            await asyncio.sleep(1)
        self._claim.start(self._displaced.set)

    async def _receive(self) -> None:
        """By webhook where there is a public address, else by polling."""
        if self._settings.public_url:
            await self._patiently(self._set_webhook)
            log.info("receiving by webhook at %s", self._settings.public_url)
            return
        await self._patiently(self.bot.delete_webhook)
        self._poller = Poller(self.bot, self.sessions, self.inbox.put, telegram.ALLOWED_UPDATES)
        await self._poller.start()

    async def _set_webhook(self) -> None:
        try:
            await self.bot.set_webhook(
                f"{self._settings.public_url}{WEBHOOK}",
                secret_token=self._settings.telegram_secret(),
                allowed_updates=telegram.ALLOWED_UPDATES,
                max_connections=40,
            )
        except BadRequest:
            raise ConfigurationError(
                "PUBLIC_URL: Telegram refuses to deliver there: it must be reachable by https "
                "on port 443, 80, 88 or 8443"
            ) from None

    async def stop(self) -> None:
        """Take in no more, finish what is nearly done, give back the rest."""
        await self._undo.aclose()

    async def while_ours(self, work: Coroutine[Any, Any, T]) -> T:
        """Do `work`, but stop it and raise `DatabaseError` once another bot has this database, as
        after this process was frozen for long."""
        working, displaced = asyncio.ensure_future(work), asyncio.ensure_future(self._displaced.wait())
        try:
            await asyncio.wait({working, displaced}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            raise DatabaseError(
                "another bot took over this database while this one was frozen: this one stops; "
                "start it again once the other is gone"
            )
        finally:
            working.cancel()
            displaced.cancel()
            await asyncio.gather(working, displaced, return_exceptions=True)

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
    for line in missing(settings):
        log.warning("%s", line)
    async with database(settings) as engine, daybook(settings, engine, token) as bot:
        log.info("Daybook serves @%s", bot.bot.username)
        await bot.while_ours(_for_ever())


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def chat(settings: Settings) -> int:
    """The same bot against a Bot API server in this process, with the terminal as the person."""
    from bot.playground.server import BotApiServer
    from bot.playground.terminal import chat as talk

    token = f"{PLAYGROUND_BOT}:{secrets.token_hex(16)}"
    url, _ = place(settings)
    ground = start.database(url, settings.home / "playground")
    async with BotApiServer(token=token) as server, ground as engine:
        await refuse_a_live_database(engine)
        local = settings.model_copy(update={"telegram_api_url": server.url, "public_url": None})
        person = server.person(user_name(), language_code=user_language(), user_id=PLAYGROUND_PERSON)
        async with daybook(local, engine, token, is_playground=True) as bot:
            return await bot.while_ours(talk(server, person, bot.idle, folder=settings.home / "received"))


async def refuse_a_live_database(engine: AsyncEngine) -> None:
    """The chat would take over what waits for people on Telegram, and show it here."""
    async with make_sessions(engine)() as session:
        if await people.others_than(session, PLAYGROUND_PERSON):
            raise ConfigurationError(
                "DATABASE_URL: it holds diaries from Telegram, which a chat must not touch: "
                "unset it for the chat, or set TELEGRAM_BOT_TOKEN to serve them"
            )


def missing(settings: Settings) -> list[str]:
    """What is not configured, and what happens instead."""
    lines = []
    if settings.anthropic_api_key is None:
        lines.append("ANTHROPIC_API_KEY is not set: numbers are noted, but no coach answers")
    if settings.openai_api_key is None:
        lines.append("OPENAI_API_KEY is not set: voice notes are kept, but not written out")
    return lines


@asynccontextmanager
async def daybook(
    settings: Settings, engine: AsyncEngine, token: str, *, is_playground: bool = False
) -> AsyncIterator[Daybook]:
    """The bot at work. A playground has no web server, and shares its database with nobody."""
    bot = Daybook(settings, engine, token, is_playground=is_playground)
    try:
        await bot.start()
        yield bot
    finally:
        await bot.stop()


def database(settings: Settings) -> AbstractAsyncContextManager[AsyncEngine]:
    return start.database(*place(settings))


def place(settings: Settings) -> tuple[str | None, Path]:
    """The address of the database if one is set, and the embedded one's folder."""
    url = settings.database_url.get_secret_value() if settings.database_url else None
    return url, settings.home / "postgres"


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


def readers(settings: Settings) -> Readers:
    """Who gets to read entries, by the addresses that they are sent to."""
    return Readers(
        coach=_company(settings.anthropic_base_url, "Anthropic") if settings.anthropic_api_key else None,
        listener=_company(settings.openai_base_url, "OpenAI") if settings.openai_api_key else None,
    )


def _company(address: str, name: str) -> str:
    host = urlsplit(address).hostname or address
    return name if host == f"api.{name.lower()}.com" else host


def make_limits(settings: Settings) -> Limits:
    if settings.redis_url is None:
        return LocalLimits()
    from bot.limits.shared import RedisLimits

    return RedisLimits(settings.redis_url.get_secret_value())


def audio_store_url(settings: Settings) -> str:
    return settings.audio_store_url or (settings.home / "audio").as_uri()


def user_name() -> str:
    try:
        return getpass.getuser().title()
    except (KeyError, OSError):
        # A user id without an entry in the system's list, as in containers.
        return "You"


def user_language() -> str:
    return (locale.getlocale()[0] or "en").partition("_")[0] or "en"
