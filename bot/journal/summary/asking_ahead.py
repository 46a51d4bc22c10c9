"""Asking for the words of many summaries hours ahead, in batches at half the price.

It is worth its while for a crowd only: where fewer than `LEAST` summaries are to be shown around one hour,
nothing is asked ahead. Who tells more afterwards is asked for again in the evening, at the full price, so it
is done late enough that most of the day is told.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.ai.protocols import Batches, SummaryRequest
from bot.errors import MindError
from bot.journal.summary.preparing import Summaries
from bot.journal.summary.words_ahead import key_of
from bot.turns import unhurried
from db.queries import leases, summary_words
from db.queries.summary_words import Coming

log = logging.getLogger(__name__)

# Summaries around one hour; a batch of so many; and how long before their minute they are asked for.
LEAST, MOST = 500, 1_000
EARLIEST, LATEST = timedelta(hours=3), timedelta(minutes=90)
TOGETHER = 8
TAKES = timedelta(minutes=30)
# Stands for no batch where there is nothing to ask.
NONE = ""


@dataclass(kw_only=True)
class AskingAhead:
    """`ask` is called by a tick; one replica at a time does it."""

    sessions: async_sessionmaker[AsyncSession]
    summaries: Summaries
    batches: Batches
    least: int = LEAST
    most: int = MOST

    def __post_init__(self) -> None:
        self._holder = uuid4()

    async def ask(self) -> int:
        """Ask for all of those whose time it is; how many that were."""
        count = 0
        while found := await self._next():
            questions = await self._questions(found)
            if questions and not await self._submit(questions):
                break
            count += len(questions)
            asked = {id_ for id_, _ in questions.values()}
            async with self.sessions.begin() as session:
                # Of whom there is nothing to ask is not looked at again.
                await summary_words.set_batch(session, [it.id for it in found if it.id not in asked], NONE)
        return count

    async def _next(self) -> list[Coming]:
        now = datetime.now(UTC)
        async with self.sessions.begin() as session:
            if not await leases.take(session, "summaries ahead", self._holder, TAKES):
                return []
            return await summary_words.coming(
                session, since=now + LATEST, until=now + EARLIEST, least=self.least, most=self.most
            )

    async def _submit(self, questions: Mapping[str, tuple[UUID, SummaryRequest]]) -> bool:
        try:
            batch_id = await self.batches.submit({key: asked for key, (_, asked) in questions.items()})
        except MindError as error:
            log.warning("no batch of summaries: they are asked for one by one: %s", error)
            return False
        async with self.sessions.begin() as session:
            await summary_words.set_batch(session, [id_ for id_, _ in questions.values()], batch_id)
        log.info("%d summaries are asked for ahead", len(questions))
        return True

    async def _questions(self, found: Sequence[Coming]) -> dict[str, tuple[UUID, SummaryRequest]]:
        """What to ask, by its key, for whom there is something to ask."""
        turns = asyncio.Semaphore(TOGETHER)

        async def one(coming: Coming) -> tuple[str, tuple[UUID, SummaryRequest]] | None:
            async with turns:
                with unhurried():
                    asked = await self.summaries.question(coming)
            return (key_of(*asked), (coming.id, asked[1])) if asked else None

        # Where one fails, none goes on behind the next try's back.
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(coming)) for coming in found]
        return dict(filter(None, (task.result() for task in tasks)))
