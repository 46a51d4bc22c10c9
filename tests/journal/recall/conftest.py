"""People with entries in the word index, and vectors that a test can reckon with."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal.recall import Question, Remembered, recall, words
from db.models import DIMENSIONS, Entry, User
from db.queries import recall as vectors

TODAY = date(2024, 11, 14)
MODEL = "numbers"


class Diary:
    """One person's entries. `write` takes the days back from TODAY and the hour of the day."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], user_id: UUID) -> None:
        self.sessions = sessions
        self.user_id = user_id

    async def write(self, body: str, *, back: int = 100, hour: int = 12, **values: Any) -> UUID:
        day = TODAY - timedelta(days=back)
        entry = Entry(
            user_id=self.user_id,
            kind=values.pop("kind", "text"),
            body=body,
            local_date=day,
            written_at=datetime.combine(day, time(hour), UTC),
            **values,
        )
        async with self.sessions.begin() as session:
            session.add(entry)
            await session.flush()
            await words.index(session, self.user_id, entry.id)
        return entry.id

    async def write_all(self, *bodies: str) -> list[UUID]:
        return [await self.write(body, back=100 + place) for place, body in enumerate(bodies)]

    async def place(self, entry_id: UUID, *vectors_: Sequence[float], model: str = MODEL) -> None:
        """Give the entry vectors, one for each chunk of ten characters."""
        async with self.sessions.begin() as session:
            await vectors.keep_vectors(
                session,
                self.user_id,
                entry_id,
                model=model,
                spans=[(10 * place, 10 * place + 10) for place in range(len(vectors_))],
                vectors=[padded(vector) for vector in vectors_],
            )

    async def ask(self, text: str, *, most: int = 10, **values: Any) -> list[Remembered]:
        question = Question(user_id=self.user_id, text=text, today=values.pop("today", TODAY), **values)
        async with self.sessions() as session:
            return await recall(session, question, most=most)

    async def by_words(self, text: str, **values: Any) -> list[UUID]:
        return [it.entry_id for it in await self.ask(text, paths=frozenset({"words"}), **values)]


def padded(vector: Sequence[float]) -> list[float]:
    return [*map(float, vector), *[0.0] * (DIMENSIONS - len(vector))]


@pytest.fixture
def person(sessions: async_sessionmaker[AsyncSession]) -> Callable[[], Awaitable[Diary]]:
    async def add() -> Diary:
        user = User(name="Ann", time_zone="UTC")
        async with sessions.begin() as session:
            session.add(user)
            await session.flush()
        return Diary(sessions, user.id)

    return add


@pytest.fixture
async def diary(person: Callable[[], Awaitable[Diary]]) -> Diary:
    return await person()


async def body_of(diary: Diary, entry_id: UUID) -> str:
    async with diary.sessions() as session:
        return (await session.execute(select(Entry.body).where(Entry.id == entry_id))).scalar_one()
