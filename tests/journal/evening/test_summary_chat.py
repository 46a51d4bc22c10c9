"""A summary comes to the chat that the person chose, also where it was prepared before."""

from uuid import UUID

import pytest
from sqlalchemy import update

from bot.journal.evenings import Evenings
from bot.journal.summary.values import Prepared
from bot.journal.summary_queue import SummaryQueue
from db import owned
from db.models import Outgoing, Summary, TelegramIdentity
from db.queries import doors
from db.queries.summaries import ClaimedSummary
from tests.journal.evening.people import Clock, Town, Writer

from .test_summary_queue import run

OTHER = 77


@pytest.fixture
async def two_chats(town: Town, evenings: Evenings, clock: Clock) -> UUID:
    """The summary of somebody with two chats is planned for 21:00; it is three minutes before that."""
    user_id = await town.person()
    async with town.sessions.begin() as session:
        session.add(TelegramIdentity(telegram_id=OTHER, chat_id=OTHER, user_id=user_id, first_name="Mina"))
    await evenings.plan()
    clock.goes_to("2026-06-10T20:57")
    await evenings.plan()
    return user_id


async def choose(town: Town, user_id: UUID) -> None:
    async with owned.begin(town.sessions, user_id) as session:
        await doors.choose(session, user_id, OTHER)


async def test_what_waits_for_its_minute_waits_in_the_chosen_chat(
    town: Town, queue: SummaryQueue, two_chats: UUID
) -> None:
    await run(queue)
    assert [it.chat_id == OTHER for it in await town.shown()] == [False]
    await choose(town, two_chats)
    assert [it.chat_id for it in await town.shown()] == [OTHER]


class Chooser(Writer):
    """They choose while it is being prepared."""

    town: Town

    async def prepare(self, claim: ClaimedSummary, patience: float | None = None) -> Prepared:
        await choose(self.town, claim.user_id)
        return await super().prepare(claim, patience)


async def test_what_is_being_prepared_goes_there_too(town: Town, clock: Clock, two_chats: UUID) -> None:
    writer = Chooser()
    writer.town = town
    await run(SummaryQueue(town.sessions, writer, clock))
    assert [it.chat_id for it in await town.shown()] == [OTHER]


@pytest.mark.parametrize("is_shown", [False, True])
async def test_prepared_anew_it_goes_there_unless_it_is_shown_elsewhere(
    town: Town, queue: SummaryQueue, two_chats: UUID, is_shown: bool
) -> None:
    await run(queue)
    [row] = await town.shown()
    shown = {"state": "shown", "message_ids": [5]} if is_shown else {"state": "failed"}
    async with town.sessions.begin() as session:
        await session.execute(update(Outgoing).values(shown))
    await choose(town, two_chats)
    assert [it.chat_id for it in await town.shown()] == [row.chat_id]
    async with town.sessions.begin() as session:
        await session.execute(update(Summary).values(state="waiting"))
    assert await run(queue) == 1
    assert [it.chat_id for it in await town.shown()] == [row.chat_id if is_shown else OTHER]
