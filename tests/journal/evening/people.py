"""People with an hour of theirs, and a clock that the test sets."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.errors import MindUnavailable
from bot.journal.charts import DayCard
from bot.journal.summary.values import Prepared
from db.models import Outgoing, Reminder, Summary, TelegramIdentity, User
from db.queries.summaries import ClaimedSummary

Sessions = async_sessionmaker[AsyncSession]
_numbers = count(1000)


@dataclass
class Clock:
    time: datetime

    def __call__(self) -> datetime:
        return self.time

    def goes_to(self, moment: str) -> None:
        self.time = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    def goes_on(self, **by: float) -> None:
        self.time += timedelta(**by)


@dataclass
class Writer:
    """Says of each summary which it is, and notes with how much `patience` it is asked for. What it `fails`
    for, it does not prepare; where it is `mute`, there is nothing to say."""

    asked: list[ClaimedSummary] = field(default_factory=list)
    patience: list[float | None] = field(default_factory=list)
    fails: int = 0
    mute: bool = False
    version: int = 1

    async def prepare(self, claim: ClaimedSummary, patience: float | None = None) -> Prepared:
        self.asked.append(claim)
        self.patience.append(patience)
        if self.fails:
            self.fails -= 1
            raise MindUnavailable("away", mind="coach", model="none")
        if self.mute:
            return Prepared()
        return Prepared(html=f"{claim.kind} {claim.local_date} v{self.version}")


@dataclass
class Illustrator(Writer):
    """`all_asked` is set once so many summaries come to their picture."""

    crowd: int = 1
    all_asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def prepare(self, claim: ClaimedSummary, patience: float | None = None) -> Prepared:
        self.asked.append(claim)
        if len(self.asked) == self.crowd:
            self.all_asked.set()
        return Prepared(html="words", picture=DayCard(local_date=claim.local_date, overall=62))


@dataclass
class Town:
    sessions: Sessions

    async def person(self, at: str = "21:00", zone: str = "UTC", **values: Any) -> UUID:
        """Somebody who has talked to the bot, and whose next hour nobody has set yet."""
        async with self.sessions.begin() as session:
            number = next(_numbers)
            columns = {"name": "Mina", "time_zone": zone, "summary_time": time.fromisoformat(at)}
            user = User(**columns | values)
            session.add(user)
            await session.flush()
            session.add(
                TelegramIdentity(telegram_id=number, chat_id=number, user_id=user.id, first_name="Mina")
            )
        return user.id

    async def crowd(self, number: int, next_at: datetime) -> None:
        """So many whose hour comes then."""
        async with self.sessions.begin() as session:
            for _ in range(number):
                user = User(name="Mina", time_zone="UTC", next_summary_at=next_at)
                session.add(user)
                await session.flush()
                telegram_id = next(_numbers)
                session.add(
                    TelegramIdentity(
                        telegram_id=telegram_id, chat_id=telegram_id, user_id=user.id, first_name="Mina"
                    )
                )

    async def blocks(self, user_id: UUID, moment: datetime | None) -> None:
        async with self.sessions.begin() as session:
            of = update(TelegramIdentity).where(TelegramIdentity.user_id == user_id)
            await session.execute(of.values(blocked_at=moment))

    async def change(self, user_id: UUID, **values: Any) -> None:
        async with self.sessions.begin() as session:
            await session.execute(update(User).where(User.id == user_id).values(values))

    async def next_at(self, user_id: UUID) -> datetime | None:
        async with self.sessions() as session:
            return (await session.get_one(User, user_id)).next_summary_at

    async def summaries(self, kind: str = "day") -> list[Summary]:
        of_kind = select(Summary).where(Summary.kind == kind)
        async with self.sessions() as session:
            return list(await session.scalars(of_kind.order_by(Summary.local_date, Summary.id)))

    async def shown(self) -> list[Outgoing]:
        async with self.sessions() as session:
            return list(await session.scalars(select(Outgoing).order_by(Outgoing.due_at, Outgoing.id)))

    async def reminders(self) -> list[Reminder]:
        async with self.sessions() as session:
            return list(await session.scalars(select(Reminder).order_by(Reminder.id)))
