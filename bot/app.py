"""The composition root: settings in, a running bot out. Everybody else is handed what they need."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import making
from bot.claim import DatabaseClaim
from bot.config import Settings
from bot.errors import DatabaseError
from bot.jobs.ticks import Chore, Ticks
from bot.journal import safety
from bot.journal.accounts.erasing import Erasing
from bot.journal.accounts.linking import Linking
from bot.journal.accounts.secrets import Secrets
from bot.journal.evenings import Evenings
from bot.journal.journey import Journey
from bot.journal.queue import JourneyQueue
from bot.journal.reminders import Reminders
from bot.journal.scoring import DayScorer, over
from bot.journal.scoring.queue import ScoringQueue
from bot.journal.summary import Summaries
from bot.journal.summary.asking_ahead import EARLIEST, AskingAhead
from bot.journal.summary.following import Following
from bot.journal.summary.words_ahead import WordsAhead
from bot.journal.summary_queue import SummaryQueue
from bot.telegram import application as telegram
from bot.telegram import meeting, takeover
from bot.telegram.context import Parts
from bot.telegram.hurry import Hurry
from bot.telegram.inbox import Inbox, InboxQueue
from bot.telegram.outbox import Newest, OutboxQueue
from bot.telegram.poller import Poller
from bot.telegram.sender import TelegramSender
from bot.turns import Turns
from bot.web.paths import LINK, WEBHOOK
from bot.web.serving import Serving
from bot.work import Queue, Wake, Worker
from db import start
from db.audio import AudioStore
from db.owned import Sessions
from db.queries import idle, journeys
from db.session import make_sessions, make_single

if TYPE_CHECKING:
    from bot.web.desk import ApiParts
    from bot.web.server import Server

log = logging.getLogger(__name__)

# How many jobs of each queue are done at once, and how many seconds a stop waits for them: together these
# fit into the ten seconds that most hosts leave between SIGTERM and SIGKILL. They stop from the last to the
# first, so that what the later ones still bring about is done by the earlier ones.
WORK: dict[str, dict[str, Any]] = {
    # A round trip to Telegram is a tenth of a second and thirty messages go in one. Of thousands that wait
    # some are claimed together: looking for each by itself costs as much as sending it.
    "bulk": {"places": 16, "together": 8, "grace": 2.0},
    "outbox": {"grace": 2.0},
    # Prepared ahead, so many at a time that a person's entry does not wait for a crowd of them.
    "summaries": {"places": 16, "together": 4, "grace": 0.5},
    # Nobody waits for a day that is scored again; what a stop interrupts is scored at the next start.
    "scorings": {"places": 4, "grace": 0.5},
    "journeys": {"grace": 4.0},
    "inbox": {"grace": 1.0},
}
# Seconds between two looks for whose evening or reminder has come.
LOOKS = 5
# Summaries that are asked for in batches are planned before that.
PLANNED_AHEAD = EARLIEST + timedelta(minutes=15)


class Daybook:
    """The bot at work, from `start` to `stop`."""

    def __init__(
        self, settings: Settings, engine: AsyncEngine, token: str, *, is_playground: bool = False
    ) -> None:
        self._settings = settings
        self._engine = engine
        self.sessions = make_sessions(engine)
        self._single = make_single(self.sessions)
        self.bot = telegram.make_bot(token, settings.telegram_api_url)
        self.minds = making.minds(settings)

        wakes = {name: Wake() for name in WORK}
        store = AudioStore(making.audio_store(settings))
        # What is one person's goes by these; what is everybody's, by those that see across.
        turn = Turns().taken
        own = self._own = Sessions(self.sessions, turn)
        self._erasing = Erasing(self.sessions, store)
        # While somebody's words are taken in, other work lets them go first.
        hurry = Hurry()
        self.accounts = making.accounts(settings, self.sessions, self._erasing, hurry.over)
        self.linking = Linking(
            sessions=self.sessions,
            secrets=Secrets(settings.signing_key()),
            accounts=self.accounts,
            nudge=wakes["outbox"],
        )
        self._sender = TelegramSender(self.bot, wakes["outbox"])
        journey = Journey(
            sessions=own,
            across=self.sessions,
            minds=self.minds,
            sender=self._sender,
            store=store,
            nudge=wakes["journeys"],
            default_time_zone=settings.default_time_zone,
        )
        scorer = DayScorer(own, self.minds.analyst)
        self.batches = making.batches(settings)
        ahead = WordsAhead(self.batches) if self.batches else None
        self.summaries = Summaries(own, self.minds.coach, scorer, ahead)
        self.evenings = Evenings(
            sessions=self.sessions, ahead=PLANNED_AHEAD if self.batches else timedelta(0), turn=turn
        )
        self.reminders = Reminders(sessions=self.sessions)
        parts = Parts(
            sessions=own,
            across=self.sessions,
            journey=journey,
            sender=self._sender,
            default_time_zone=settings.default_time_zone,
            readers=making.readers(settings),
            embedder=self.minds.embedder,
            scorer=scorer,
            proposer=making.proposer(self.minds),
            linking=self.linking,
            is_public=settings.public_url is not None,
            index_again=self._index_again,
        )
        self._application = telegram.build(self.bot, parts)
        self._limits = making.limits(settings)
        self._journey, self._scorer = journey, scorer
        newest = Newest()
        bulk = OutboxQueue(self.sessions, self.bot, self._limits, newest, hurry, lane="bulk")
        outgoing = OutboxQueue(
            self.sessions, self.bot, self._limits, newest, hurry, beside=bulk, address_of=self._page_of
        )
        queues: dict[str, Queue[Any]] = {
            "bulk": bulk,
            "outbox": outgoing,
            "summaries": SummaryQueue(self.sessions, self.summaries, own=own),
            "scorings": ScoringQueue(self.sessions, scorer),
            "journeys": JourneyQueue(self.sessions, journey, self._sender),
            "inbox": InboxQueue(self.sessions, self._application, newest.met, hurry),
        }
        self._workers = {name: Worker(name, queues[name], wakes[name], **how) for name, how in WORK.items()}
        # Everybody's entry is safe before anybody's is answered.
        self._workers["journeys"].gives_way_to = self._workers["inbox"]

        self.inbox = Inbox(self.sessions, wakes["inbox"], hurry)
        self._poller: Poller | None = None
        self.claim = DatabaseClaim(self.sessions, token, is_playground=is_playground)
        self._serving = Serving(self._make_web, settings.public_url, beside=is_playground)
        self._undo = AsyncExitStack()
        self.ticks = Ticks(
            self.sessions,
            wakes,
            self.minds.embedder if settings.openai_api_key else None,
            store,
            self._chores(),
        )

    def _index_again(self) -> None:
        self.ticks.index_again()

    def _chores(self) -> list[Chore]:
        """What is to be done every so many seconds."""
        following = Following(self.sessions, self.summaries)
        chores: list[Chore] = [
            (LOOKS, self.evenings.plan),
            (LOOKS, self.reminders.send_due),
            (30, following.bring),
            (over.EVERY, self._score_days_that_are_over),
            (30, self._erasing.go_on),
        ]
        if self.batches:
            asking = AskingAhead(sessions=self.sessions, summaries=self.summaries, batches=self.batches)
            chores.append((600, asking.ask))
        return chores

    async def _score_days_that_are_over(self) -> None:
        await over.mark_days_that_are_over(self.sessions)

    def _make_web(self) -> "Server":
        from bot.web import app as web
        from bot.web.server import Server

        put = self.inbox.put if self._settings.public_url else None
        secret = self._settings.telegram_secret() if put else ""
        app = web.build(put, secret, self.ready, self.accounts, self.behind_api())
        is_secure = (self._settings.public_url or "").startswith("https://")
        web.add_links(app, self.linking, bot_link=lambda: self.bot.link, is_secure=is_secure)
        return Server(app, self._settings.http_host, self._settings.http_port, self._settings.trusted_proxies)

    async def _page_of(self, link_id: UUID) -> str:
        """Where a link leads."""
        return f"{await self.web_address()}{LINK}{self.linking.secrets.of(link_id)}"

    async def web_address(self) -> str:
        """Where people reach the pages."""
        return await self._serving.address()

    def behind_api(self) -> "ApiParts":
        """What serves signed-in people over HTTP."""
        from bot.web.desk import ApiParts

        return ApiParts(
            sessions=self._own,
            journey=self._journey,
            sender=self._sender,
            scorer=self._scorer,
            embedder=self.minds.embedder,
            limits=self._limits,
        )

    async def start(self) -> None:
        """Each part is followed by how it is stopped: `stop` does that in the opposite order."""
        undo = self._undo
        # The check of an entry's words reads its rules at its first call, which takes most of a second.
        rules = asyncio.create_task(asyncio.to_thread(safety.look, ""), name="rules of safety")
        undo.push_async_callback(asyncio.wait_for, rules, None)
        for mind in (self.minds.transcriber, self.minds.embedder, self.minds.analyst, self.minds.coach):
            undo.push_async_callback(mind.close)
        if self.batches:
            undo.push_async_callback(self.batches.close)
        undo.push_async_callback(self._limits.close)
        undo.push_async_callback(self.accounts.close)
        # The application shuts down nothing while Telegram has not answered it.
        undo.push_async_callback(self.bot.shutdown)
        undo.push_async_callback(self._application.shutdown)
        await meeting.meet(self._application)
        undo.push_async_callback(self.claim.stop)
        await self.claim.take()
        await takeover.take_over(self.sessions, self.bot.id)
        undo.push_async_callback(self._sender.stop)
        for worker in self._workers.values():
            undo.push_async_callback(worker.stop)
        undo.callback(asyncio.create_task(self._work(rules), name="work").cancel)
        await self._wake()
        undo.push_async_callback(self._serving.stop)
        await self._serving.start()
        undo.push_async_callback(self.stop_polling)
        undo.callback(self.ticks.stop)
        self.ticks.start()
        await self._receive()

    async def _work(self, rules: "asyncio.Task[object]") -> None:
        """What comes in before the rules are read waits in the inbox."""
        for name, worker in self._workers.items():
            if name in {"journeys", "inbox"}:
                await asyncio.wait([rules])
            worker.start()

    async def _wake(self) -> None:
        """Try again what waited for a transcriber that may be set now, or was set aside by what may
        be mended now."""
        async with self.sessions.begin() as session:
            await journeys.wake(session, journeys.SET_ASIDE)
            if self._settings.openai_api_key:
                await journeys.wake(session, "transcriber")

    async def _receive(self) -> None:
        """By webhook where there is a public address, else by polling."""
        address = self._settings.public_url
        if address:
            await meeting.set_webhook(self.bot, f"{address}{WEBHOOK}", self._settings.telegram_secret())
            log.info("receiving by webhook at %s", address)
            return
        await meeting.drop_webhook(self.bot)
        self._poller = Poller(self.bot, self.sessions, self.inbox.put, telegram.ALLOWED_UPDATES)
        await self._poller.start()

    async def stop(self) -> None:
        """Take in no more, finish what is nearly done, give back the rest."""
        await self._undo.aclose()

    async def stop_polling(self) -> None:
        """Leave the updates to the other replicas."""
        if self._poller:
            await self._poller.stop()
            self._poller = None

    async def ready(self) -> dict[str, str]:
        """Each part: ok, set, off, or what is wrong."""
        try:
            async with asyncio.timeout(5), self._engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
            database = "ok"
        except (DatabaseError, OSError, TimeoutError, DBAPIError) as error:
            database = f"unreachable ({type(error).__name__})"
        return {
            "database": database,
            "redis": await self._redis_state(),
            "telegram": self._telegram_state(),
            **making.states(self._settings),
        }

    async def _redis_state(self) -> str:
        if self._settings.redis_url is None:
            return "off"
        trouble = await self._limits.trouble()
        return f"unreachable ({trouble})" if trouble else "ok"

    def _telegram_state(self) -> str:
        """Whether updates come in: by webhook they come when they come."""
        if self._poller is None:
            return "ok" if self._settings.public_url else "off"
        return self._poller.trouble or "ok"

    async def idle(self) -> None:
        """Return once nothing is left to do for now. What waits for a mind does not count."""
        while True:
            async with self._single.begin() as session:
                if await idle.is_idle(session):
                    return
            # The rows tell, also those of other replicas.
            await asyncio.sleep(0.05)


async def serve(settings: Settings, token: str) -> None:
    """Serve Telegram until the task is cancelled."""
    for line in making.missing(settings):
        log.warning("%s", line)
    async with database(settings) as engine, daybook(settings, engine, token) as bot:
        log.info("Daybook serves @%s", bot.bot.username)
        await bot.claim.while_ours(_for_ever())


async def _for_ever() -> None:
    await asyncio.Event().wait()


@asynccontextmanager
async def daybook(
    settings: Settings, engine: AsyncEngine, token: str, *, is_playground: bool = False
) -> AsyncIterator[Daybook]:
    """The bot at work. A playground shares its database with nobody."""
    bot = Daybook(settings, engine, token, is_playground=is_playground)
    try:
        await bot.start()
        yield bot
    finally:
        await bot.stop()


def database(settings: Settings) -> AbstractAsyncContextManager[AsyncEngine]:
    return start.database(*making.database(settings))
