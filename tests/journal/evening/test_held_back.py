"""What is ready for the evening and must not go out: words of crisis came, or an entry was deleted."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.ai.offline import OfflineAnalyst, OfflineCoach
from bot.journal import corrections
from bot.journal import phrases_summary as phrases
from bot.journal.care import heed
from bot.journal.message import Reply
from bot.journal.safety import Concern
from bot.journal.scoring import DayScorer
from bot.journal.summary import Summaries
from bot.journal.summary_queue import SummaryQueue
from bot.work import Lease, now
from db import owned
from db.models import Entry, Outgoing, Summary
from db.queries import deletion, people
from tests.journal.scoring.diary import MONDAY, Diary

Sessions = async_sessionmaker[AsyncSession]
GRAVE = "I want to kill myself tonight"


class Evening:
    """Of a person whose summary is ready since before its minute, and waits in the crowd by now."""

    def __init__(self, sessions: Sessions, diary: Diary) -> None:
        self.sessions, self.diary = sessions, diary
        own = owned.Sessions(sessions)
        writer = Summaries(own, OfflineCoach(), DayScorer(own, OfflineAnalyst()))
        self.queue = SummaryQueue(sessions, writer)
        self.entry: UUID
        self.other: UUID

    async def begins(self) -> None:
        self.entry = await self.diary.write("mood 7")
        self.other = await self.diary.write("slept 8 hours")
        minute = datetime.now(UTC) - timedelta(minutes=5)
        times = {"shown_at": minute, "stale_at": minute + timedelta(hours=4)}
        async with self.sessions.begin() as session:
            for kind in ("day", "week"):
                row = Summary(user_id=self.diary.user_id, kind=kind, local_date=MONDAY, **times)
                session.add(row)
        await self.prepare()
        assert len(await self.waiting()) == 2

    async def prepare(self) -> None:
        for job in await self.queue.claim(9):
            await self.queue.handle(job, Lease(now()))

    async def waiting(self) -> list[str]:
        found = select(Outgoing.content).where(Outgoing.purpose == "summary").order_by(Outgoing.id)
        async with self.sessions() as session:
            return [Reply.from_content(it).html for it in await session.scalars(found) if it]

    async def is_written(self) -> None:
        await self.diary.write(GRAVE)

    async def is_asked(self) -> None:
        """As with /ask."""
        grave = await self.diary.write(GRAVE)
        async with self.sessions.begin() as session:
            await session.execute(update(Entry).where(Entry.id == grave).values(is_question=True))

    async def is_edited(self) -> None:
        await self.diary.edit(self.entry, GRAVE)

    async def is_read(self) -> None:
        """By the analyst, between the lines."""
        async with self.sessions.begin() as session:
            entry = await deletion.find(session, self.diary.user_id, self.entry)
            assert entry
            person = await people.find(session, self.diary.user_id, entry.chat_id or 0)
            assert await heed(session, person, entry, Concern.INDIRECT)

    async def is_moved(self) -> None:
        """From a day that this evening does not look back on."""
        grave = await self.diary.write(GRAVE, MONDAY - timedelta(days=60))
        await self.prepare()
        assert len(await self.waiting()) == 2
        async with self.sessions.begin() as session:
            entry = await deletion.find(session, self.diary.user_id, grave)
            assert entry
            person = await people.find(session, self.diary.user_id, entry.chat_id or 0)
            await corrections.move(session, person, entry, MONDAY)

    async def is_deleted(self) -> None:
        await self.diary.delete(self.entry)


@pytest.fixture
async def evening(sessions: Sessions, diary: Diary) -> Evening:
    evening = Evening(sessions, diary)
    await evening.begins()
    return evening


@pytest.fixture
def diary(sessions: Sessions) -> Diary:
    return Diary(sessions)


@pytest.mark.parametrize(
    "it",
    [Evening.is_written, Evening.is_edited, Evening.is_read, Evening.is_moved, Evening.is_deleted],
)
async def test_nothing_that_was_ready_goes_out(
    evening: Evening, it: Callable[[Evening], Awaitable[None]]
) -> None:
    await it(evening)
    assert await evening.waiting() == []
    async with evening.sessions() as session:
        rows = list(await session.scalars(select(Summary)))
        assert {row.state for row in rows} == {"waiting"}
        assert all(row.due_at <= datetime.now(UTC) for row in rows)


async def test_on_a_day_of_crisis_comes_what_is_said_then(evening: Evening) -> None:
    await evening.is_written()
    await evening.prepare()
    assert await evening.waiting() == [phrases.CONCERN["en"]]


async def test_words_of_crisis_count_in_a_question_and_where_nothing_else_was_told(evening: Evening) -> None:
    await evening.is_asked()
    await evening.prepare()
    assert await evening.waiting() == [phrases.CONCERN["en"]]
    for entry in (evening.entry, evening.other):
        await evening.diary.delete(entry)
    await evening.prepare()
    assert await evening.waiting() == [phrases.CONCERN["en"]]


async def test_what_quotes_a_deleted_entry_is_written_anew(evening: Evening) -> None:
    assert any("7" in html for html in await evening.waiting())
    await evening.is_deleted()
    await evening.prepare()
    told = await evening.waiting()
    assert len(told) == 2
    assert not any("ood 7" in html for html in told)


async def test_what_may_be_in_the_chat_stays_there(evening: Evening) -> None:
    async with evening.sessions.begin() as session:
        await session.execute(update(Outgoing).values(state="sending"))
    await evening.is_written()
    assert len(await evening.waiting()) == 2
    async with evening.sessions() as session:
        assert set(await session.scalars(select(Summary.state))) == {"prepared"}
