"""A diary that goes back in time: entries as the journey leaves them, of days long gone."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from bot.journal.metrics import KINDS
from bot.journal.recall import words
from bot.journal.tokens import chunks
from bot.playground.person import Person
from db.models import Entry, Metric, TelegramIdentity, User
from db.queries import recall as vectors

from .conftest import World


class Past:
    """What one person wrote; they are known to the bot from their first command on."""

    def __init__(self, world: World, person: Person, user_id: UUID, today: date) -> None:
        self.world = world
        self.person = person
        self.user_id = user_id
        self.today = today

    async def write(
        self, body: str, day: date | int, *, hour: int = 12, embed: bool = False, **values: Any
    ) -> UUID:
        """Of a day, or of so many days ago. Values that are metrics are told in it; the rest are columns."""
        when = self.today - timedelta(days=day) if isinstance(day, int) else day
        told = {name: values.pop(name) for name in list(values) if name in KINDS}
        columns = {
            "kind": "text",
            "chat_id": self.person.id,
            "written_at": datetime.combine(when, time(hour), UTC),
            "coached_at": datetime.now(UTC),
        }
        async with self.world.sessions.begin() as session:
            entry = Entry(user_id=self.user_id, body=body, local_date=when, **columns | values)
            session.add(entry)
            await session.flush()
            await words.index(session, self.user_id, entry.id, "en")
            for name, value in told.items():
                session.add(
                    Metric(
                        user_id=self.user_id,
                        entry_id=entry.id,
                        name=name,
                        value=value,
                        unit=KINDS[name].unit,
                        source="model",
                    )
                )
        if embed:
            await self._embed(entry.id, body)
        return entry.id

    async def _embed(self, entry_id: UUID, body: str) -> None:
        embedder, spans = self.world.bot.minds.embedder, chunks(body)
        found = await embedder.embed([body[start:stop] for start, stop in spans])
        async with self.world.sessions.begin() as session:
            await vectors.keep_vectors(
                session, self.user_id, entry_id, model=embedder.model, spans=spans, vectors=found.vectors
            )

    async def change(self, entry_id: UUID, **values: Any) -> None:
        async with self.world.sessions.begin() as session:
            await session.execute(update(Entry).where(Entry.id == entry_id).values(**values))

    async def delete(self, entry_id: UUID) -> None:
        await self.change(entry_id, deleted_at=datetime.now(UTC))


async def past_of(world: World, person: Person, *, time_zone: str = "UTC") -> Past:
    """A person who lives in `time_zone`, whose day begins at midnight."""
    await person.writes("/nothing")
    await world.settle()
    found = select(TelegramIdentity.user_id).where(TelegramIdentity.telegram_id == person.id)
    async with world.sessions.begin() as session:
        user_id = await session.scalar(found)
        if user_id is None:
            user = User(name="Mina", time_zone=time_zone, locale="en")
            session.add(user)
            await session.flush()
            user_id = user.id
            session.add(
                TelegramIdentity(telegram_id=person.id, user_id=user_id, chat_id=person.id, first_name="Mina")
            )
        await session.execute(
            update(User).where(User.id == user_id).values(time_zone=time_zone, day_starts_at=time(0))
        )
    return Past(world, person, user_id, datetime.now(UTC).date())
