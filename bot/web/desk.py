"""Where a signed-in person's requests are served: their own transaction, and how often they may ask."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ai.protocols import Embedder
from bot.errors import TokenRefused, TooManyAttempts
from bot.journal.journey import Journey
from bot.journal.message import Sender
from bot.journal.scoring import DayScorer
from bot.limits import Limits
from bot.web.problems import answers
from bot.web.who import SignedInPerson
from db.owned import Sessions
from db.queries import people
from db.queries.people import Person


def told(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What any request of a signed-in person may come to, and this one."""
    return answers(401, 422, 429, *statuses)


@dataclass(frozen=True, kw_only=True)
class Rate:
    """So many a second in the long run, and so many at once."""

    a_second: float
    at_once: int


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What one person may ask: in all; to write, which asks the minds; and what asks one at once."""

    every: Rate = field(default=Rate(a_second=20, at_once=400))
    write: Rate = field(default=Rate(a_second=1, at_once=100))
    think: Rate = field(default=Rate(a_second=1, at_once=60))


@dataclass(frozen=True, kw_only=True)
class ApiParts:
    """The parts of the bot that serve what is a person's own, built in `app.py`."""

    sessions: Sessions
    journey: Journey
    sender: Sender
    scorer: DayScorer
    embedder: Embedder
    limits: Limits
    rates: Rates = field(default=Rates())


@dataclass(frozen=True, kw_only=True)
class Desk:
    parts: ApiParts
    user_id: UUID

    @asynccontextmanager
    async def begin(self, *, stays: bool = False) -> AsyncIterator[tuple[AsyncSession, Person]]:
        """One transaction of the person's own. With `stays` nobody erases them before it ends: for what is
        new, as who locks something that is there keeps them from it anyway."""
        async with self.parts.sessions.begin(self.user_id) as session:
            person = await people.of_user(session, self.user_id, stays=stays)
            if person is None:
                raise TokenRefused("the account was erased")
            yield session, person

    @asynccontextmanager
    async def change(self, *, stays: bool = False) -> AsyncIterator[tuple[AsyncSession, Person]]:
        """As `begin`, for what may set an entry on its way, or change what a chat shows."""
        async with self.begin(stays=stays) as found:
            yield found
        self.parts.journey.nudge()
        self.parts.sender.nudge()

    async def admit(self, what: str, rate: Rate) -> None:
        """Raises 429 where they asked too often."""
        key = f"api:{what}:{self.user_id}"
        wait = await self.parts.limits.admit(key, rate=rate.a_second, burst=rate.at_once)
        if wait > 0:
            seconds = ceil(wait)
            raise TooManyAttempts(f"too many requests: try again in {seconds} s", retry_after=wait)


async def desk(request: Request, caller: SignedInPerson) -> Desk:
    parts = request.app.state.parts
    assert isinstance(parts, ApiParts)  # noqa: S101 - the state is untyped
    found = Desk(parts=parts, user_id=caller.user_id)
    await found.admit("every", parts.rates.every)
    return found


async def for_writing(desk: "Own") -> Desk:
    await desk.admit("write", desk.parts.rates.write)
    return desk


async def for_thinking(desk: "Own") -> Desk:
    await desk.admit("think", desk.parts.rates.think)
    return desk


Own = Annotated[Desk, Depends(desk)]
OwnToWrite = Annotated[Desk, Depends(for_writing)]
OwnToThink = Annotated[Desk, Depends(for_thinking)]
