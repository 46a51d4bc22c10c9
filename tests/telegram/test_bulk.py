"""What is sent to many: one by one, by its turns, and behind whoever is waited on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from telegram import Bot

from bot import work
from bot.journal.message import Reply
from bot.limits import LocalLimits
from bot.playground.person import Person
from bot.playground.server import BotApiServer
from bot.telegram import outbox as sending
from bot.telegram.application import make_bot
from bot.telegram.hurry import Hurry
from bot.telegram.inbox import Inbox, InboxQueue, UpdateJob
from bot.telegram.outbox import Newest, OutboxQueue
from bot.work import Lease, Wake
from db.models import Outgoing, StoredPicture, TelegramIdentity, User
from db.queries import inbox, outbox, pictures
from db.queries.lanes import Lane
from tests.journeys.pictures import ONE

TOKEN = "123456:test-token-of-the-playground"
LONG = 60.0

Sessions = async_sessionmaker[AsyncSession]


@dataclass
class Turns(LocalLimits):
    """Limits that give a turn whenever `free` has one, and count who asked."""

    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    asked: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    async def reserve(self, key: str, *, rate: float, burst: int) -> float:
        self.asked += 1
        await self.free.acquire()
        return 0.0

    def give(self, turns: int) -> None:
        for _ in range(turns):
            self.free.release()


@dataclass
class Office:
    telegram: BotApiServer
    bot: Bot
    sessions: Sessions
    turns: Turns = field(default_factory=Turns)
    hurry: Hurry = field(default_factory=Hurry)
    people: list[Person] = field(default_factory=list)
    going: list[asyncio.Task[None]] = field(default_factory=list)

    async def put(self, html: str, *, purpose: str = "summary", png: bytes | None = None) -> None:
        """For somebody new."""
        person, user_id = self.telegram.person(), uuid4()
        self.people.append(person)
        async with self.sessions.begin() as session:
            await session.execute(insert(User).values(id=user_id, name="Mina", time_zone="UTC", locale="en"))
            door = {"telegram_id": person.id, "chat_id": person.id, "first_name": "Mina", "user_id": user_id}
            await session.execute(insert(TelegramIdentity).values(door))
            picture: UUID | None = await pictures.put(session, user_id, png) if png else None
            content = Reply(html=html, picture=picture).as_content()
            await outbox.put(
                session,
                slot=str(user_id),
                purpose=purpose,
                chat_id=person.id,
                user_id=user_id,
                content=content,
            )

    async def go(self, lane: Lane = "bulk") -> Sequence[asyncio.Task[None]]:
        """Handle all that is claimed side by side, as far as that goes without a turn."""
        queue = OutboxQueue(self.sessions, self.bot, self.turns, Newest(), self.hurry, lane=lane)
        jobs = await queue.claim(16)
        going = [asyncio.create_task(queue.handle(job, Lease(work.now()))) for job in jobs]
        self.going += going
        return going

    async def asks(self, turns: int) -> None:
        """Return once so many turns were asked for."""
        async with asyncio.timeout(LONG):
            while self.turns.asked < turns:  # noqa: ASYNC110 - of a protocol that tells nobody
                await asyncio.sleep(0)

    def sent(self) -> int:
        return self.telegram.count("sendMessage") + self.telegram.count("sendPhoto")


@pytest.fixture
async def office(sessions: Sessions) -> AsyncIterator[Office]:
    async with BotApiServer(token=TOKEN) as telegram, make_bot(TOKEN, telegram.url) as bot:
        office = Office(telegram, bot, sessions)
        yield office
        for task in office.going:
            task.cancel()
        await asyncio.gather(*office.going, return_exceptions=True)


async def test_what_nobody_waits_for_lets_a_person_go_first(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "GIVES_WAY", LONG)
    await office.put("The day")
    office.turns.give(1)
    with office.hurry.on():
        with office.hurry.on():
            [going] = await office.go()
        await office.asks(1)
        done, _ = await asyncio.wait([going], timeout=0.2)
        assert not done
        assert office.sent() == 0
    await going
    assert office.sent() == 1


async def test_nobody_is_let_go_first_for_ever(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "GIVES_WAY", 0.01)
    await office.put("The day")
    office.turns.give(1)
    with office.hurry.on():
        [going] = await office.go()
        await asyncio.wait_for(going, LONG)
    assert office.sent() == 1


async def test_a_reply_waits_for_nobody_else(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "GIVES_WAY", LONG)
    await office.put("Hello", purpose="reply")
    office.turns.give(1)
    with office.hurry.on():
        [going] = await office.go("chat")
        await asyncio.wait_for(going, LONG / 2)
    assert office.sent() == 1


async def test_one_of_many_after_the_other_is_made_ready(office: Office) -> None:
    for _ in range(3):
        await office.put("The day", png=ONE)
    going = await office.go()
    await office.asks(1)
    async with office.sessions.begin() as session:
        await session.execute(delete(StoredPicture))
    office.turns.give(3)
    await asyncio.gather(*going)
    # The others' were not read ahead, and their words went alone.
    assert (office.telegram.count("sendPhoto"), office.telegram.count("sendMessage")) == (1, 2)


async def test_each_message_takes_one_turn(office: Office) -> None:
    await office.put("The day")
    await office.put("word " * 1000)
    office.turns.give(100)
    await asyncio.gather(*await office.go())
    assert office.sent() == office.turns.asked == 3
    async with office.sessions() as session:
        assert set(await session.scalars(select(Outgoing.state))) == {"shown"}


async def test_a_reply_has_its_turn_at_once_beside_a_crowd() -> None:
    limits = LocalLimits()
    for _ in range(sending.LATE_TURNS):
        await limits.reserve("telegram", rate=sending.BULK_RATE, burst=sending.LATE_TURNS)
    late = await limits.reserve("telegram", rate=sending.BULK_RATE, burst=sending.LATE_TURNS)
    assert late > 0
    assert await limits.reserve("telegram", rate=sending.RATE, burst=sending.BURST_BESIDE_BULK) == 0


class Noted(Hurry):
    """Whether somebody is waited on."""

    @property
    def is_on(self) -> bool:
        return self._count > 0


async def test_a_person_is_waited_on_from_the_arrival_of_what_they_wrote(sessions: Sessions) -> None:
    hurry, seen = Noted(), list[bool]()
    await Inbox(sessions, lambda _: seen.append(hurry.is_on), hurry).put([{"update_id": 1}])
    assert seen == [True]
    assert not hurry.is_on


async def test_a_person_is_waited_on_until_what_they_wrote_is_handled(sessions: Sessions) -> None:
    hurry, seen = Noted(), list[bool]()

    class Handlers:
        bot = None

        async def process_update(self, _: object) -> None:
            seen.append(hurry.is_on)

    await Inbox(sessions, Wake(), hurry).put([{"update_id": 1}])
    queue = InboxQueue(sessions, cast("Any", Handlers()), lambda _: None, hurry)
    async with sessions.begin() as session:
        [claim] = await inbox.claim(session, 1)
    await queue.handle(UpdateJob(claim=claim), Lease(work.now()))
    assert seen == [True]
    assert not hurry.is_on
