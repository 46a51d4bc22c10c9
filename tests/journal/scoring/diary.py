"""A diary on the database, changed by the functions that taps and journeys call; and a model that reads
sentences that it knows."""

import html
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.ai.protocols import ProposedMetric
from bot.journal import corrections, deletion
from bot.journal.message import Identity, Incoming
from bot.journal.metrics import check
from bot.journal.receive import receive
from bot.journal.scoring.queue import ScoringJob, ScoringQueue
from bot.work import Lease, now
from db.models import DailyScore, Entry, ScoreMetric, Scoring
from db.queries import deletion as rows
from db.queries import entries, metrics, people, scorings
from db.queries.entries import EntryRecord

Sessions = async_sessionmaker[AsyncSession]
MONDAY, TUESDAY = date(2026, 5, 4), date(2026, 5, 5)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
PEOPLE, MESSAGES = count(1), count(1)

# What the model reads of a sentence.
MEANS = {
    "I felt great": ("mood", 85),
    "I felt low": ("mood", 30),
    "no strength": ("energy", 25),
    "wide awake": ("energy", 80),
    "met my sister": ("connection", 75),
    "worried all day": ("calm", 20),
}
# Numbers that a sentence states.
STATES = {"mood 7": ("mood", 7.0), "mood 3": ("mood", 3.0), "slept 8 hours": ("sleep_hours", 8.0)}


def read_day(body: dict[str, Any]) -> str | None:
    """What the model answers when it is asked to score a day; None for what else it is asked."""
    schema = body.get("output_config", {}).get("format", {}).get("schema", {})
    if "scores" not in schema.get("properties", {}):
        return None
    message = html.unescape(body["messages"][-1]["content"])
    told = "\n".join(re.findall(r'<entry n="\d+">\n(.*?)\n</entry>', message, re.DOTALL))
    found = sorted((told.find(it), it) for it in MEANS if it in told)
    scores = [
        {"category": MEANS[it][0], "score": MEANS[it][1], "reason": f"You wrote of it: {it}.", "quote": it}
        for _, it in found
    ]
    return json.dumps({"scores": scores})


class Diary:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        number = next(PEOPLE)
        self._who = Identity(telegram_id=number, chat_id=number, first_name="Mina")
        self._edits = count(1)
        self.user_id: UUID

    async def write(self, text: str, day: date = MONDAY, *, is_read: bool = True) -> UUID:
        """A message of that day; its entry. Unless it `is_read`, the analyst was away."""
        number = next(MESSAGES)
        # Far enough apart to be no parts of one paste.
        written = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(seconds=5 * number)
        return await self._receive(number, text, written, None, is_read=is_read)

    async def edit(self, entry_id: UUID, text: str, *, is_read: bool = True) -> None:
        async with self._sessions() as session:
            found = select(Entry.message_id, Entry.written_at).where(Entry.id == entry_id)
            message_id, written = (await session.execute(found)).one()
        assert message_id
        edited = datetime(2026, 6, 1, tzinfo=UTC) + timedelta(seconds=next(self._edits))
        await self._receive(message_id, text, written, edited, is_read=is_read)

    async def _receive(
        self, number: int, text: str, written: datetime, edited: datetime | None, *, is_read: bool
    ) -> UUID:
        message = Incoming(
            identity=self._who,
            message_id=number,
            kind="text",
            text=text,
            written_at=written,
            edited_at=edited,
        )
        async with self._sessions.begin() as session:
            stored = await receive(session, message, "UTC")
            owner = await people.by_identity(session, self._who.telegram_id)
            assert owner
            self.user_id = owner
        if is_read:
            await self._read(stored.entry_id, text)
        return stored.entry_id

    async def _read(self, entry_id: UUID, text: str) -> None:
        """As the journey does: the numbers that the text states."""
        proposed = [
            ProposedMetric(name=name, value=value, quote=it)
            for it, (name, value) in STATES.items()
            if it in text
        ]
        async with self._sessions.begin() as session:
            await self._entry(session, entry_id)
            readings = check(proposed, text, "model")
            await metrics.replace_read(session, self.user_id, entry_id, readings, body=text, call_id=None)
            if await entries.write_read(session, self.user_id, entry_id, extracted_at=datetime.now(UTC)):
                entry = await self._entry(session, entry_id)
                await scorings.mark(session, self.user_id, entry.local_date)

    async def _entry(self, session: AsyncSession, entry_id: UUID) -> EntryRecord:
        entry = await rows.find(session, self.user_id, entry_id)
        assert entry
        return entry

    async def delete(self, entry_id: UUID) -> None:
        async with self._sessions.begin() as session:
            await deletion.delete(session, await self._entry(session, entry_id))

    async def undo(self, entry_id: UUID) -> None:
        async with self._sessions.begin() as session:
            person = await people.find(session, self.user_id, self._who.chat_id)
            await deletion.bring_back(session, person, await self._entry(session, entry_id))

    async def move(self, entry_id: UUID, day: date) -> None:
        async with self._sessions.begin() as session:
            person = await people.find(session, self.user_id, self._who.chat_id)
            await corrections.move(session, person, await self._entry(session, entry_id), day)

    async def tap(self, entry_id: UUID, name: str, value: float) -> None:
        """The person says a number, with a button or typed."""
        async with self._sessions.begin() as session:
            entry = await self._entry(session, entry_id)
            await corrections.say_metric(session, entry, name, value)

    async def take_out(self, entry_id: UUID, name: str) -> None:
        async with self._sessions.begin() as session:
            for it in await metrics.of_entry(session, self.user_id, entry_id):
                if it.name == name:
                    await metrics.remove(session, self.user_id, it.id)

    async def numbers(self, entry_id: UUID) -> dict[str, float]:
        """The numbers of an entry that count, of each name one."""
        async with self._sessions() as session:
            return {it.name: it.value for it in await metrics.of_entry(session, self.user_id, entry_id)}

    async def bodies(self, day: date) -> Mapping[UUID, str]:
        """What the day's entries say that are there."""
        async with self._sessions() as session:
            found = select(Entry.id, Entry.body).where(
                Entry.user_id == self.user_id, Entry.local_date == day, Entry.deleted_at.is_(None)
            )
            return {row[0]: row[1] for row in await session.execute(found)}

    async def stored(self, day: date) -> DailyScore | None:
        async with self._sessions() as session:
            mine = (DailyScore.user_id == self.user_id, DailyScore.local_date == day)
            return await session.scalar(select(DailyScore).where(*mine))

    async def categories(self, day: date) -> list[ScoreMetric]:
        async with self._sessions() as session:
            found = (
                select(ScoreMetric)
                .join(DailyScore, DailyScore.id == ScoreMetric.daily_score_id)
                .where(DailyScore.user_id == self.user_id, DailyScore.local_date == day)
                .order_by(ScoreMetric.category)
            )
            return list(await session.scalars(found))

    async def marked(self) -> set[date]:
        async with self._sessions() as session:
            found = select(Scoring.local_date).where(Scoring.user_id == self.user_id)
            return set(await session.scalars(found))


async def quiet(sessions: Sessions) -> None:
    """Everything that waits to be scored has waited long enough."""
    async with sessions.begin() as session:
        await session.execute(update(Scoring).values(due_at=LONG_AGO))


async def drain(sessions: Sessions, queue: ScoringQueue) -> list[ScoringJob]:
    """Score what is due, as the worker does; what that was."""
    done: list[ScoringJob] = []
    while jobs := await queue.claim(8):
        for job in jobs:
            await queue.handle(job, Lease(now()))
        done += jobs
    return done
