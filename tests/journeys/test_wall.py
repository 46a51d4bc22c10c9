"""The sessions that the bot's own code is handed, in whole conversations of two people: whatever a statement
forgets in them, it finds one person's rows."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.playground.person import Person
from db import owned
from db.models import Entry, Outgoing, TelegramIdentity
from db.owned import Across
from db.whose import Whose
from tests.journeys.conftest import World

SECRET = "the vault's number is 4711"


async def seen(session: AsyncSession) -> set[Any]:
    """Whose entries there are for a query that forgot its WHERE."""
    return set(await session.scalars(select(Entry.user_id)))


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> dict[Whose, list[set[Any]]]:
    """Whose entries were seen in every session of a person, by whose session it was."""
    found: dict[Whose, list[set[Any]]] = defaultdict(list)
    begin, meet = owned.begin, owned.meet

    @asynccontextmanager
    async def begin_and_look(sessions: Across, user_id: Whose) -> AsyncIterator[AsyncSession]:
        async with begin(sessions, user_id) as session:
            found[user_id].append(await seen(session))
            yield session

    @asynccontextmanager
    async def meet_and_look(sessions: Across, telegram_id: int) -> AsyncIterator[AsyncSession]:
        async with meet(sessions, telegram_id) as session:
            found[owned.owner(session)].append(await seen(session))
            yield session

    monkeypatch.setattr(owned, "begin", begin_and_look)
    monkeypatch.setattr(owned, "meet", meet_and_look)
    return found


async def talks(world: World, person: Person, *lines: str) -> None:
    for line in lines:
        await person.writes(line)
        await world.settle()


async def test_no_session_of_the_bot_shows_one_person_another(
    started: World, looked: dict[Whose, list[set[Any]]]
) -> None:
    ann, ben = started.person(), started.person(first_name="Ben")
    await talks(started, ann, f"I slept 7 hours, mood 8. {SECRET}.", "Ran in the park with Tom.")
    await talks(started, ben, "I slept 5 hours, mood 3. The lift is broken.")
    for person in (ann, ben):
        await talks(started, person, "/ask where did I run?", "/search vault", "/history", "/random")
        await talks(started, person, "/goals run three times a week", "/score", "/stats", "/week")
        await talks(started, person, "/settings", "/remind at 13:00 to drink water", "/silence", "/delete")
        shown = next(it for it in reversed(person.chat.messages) if it.buttons)
        await person.taps(shown, shown.buttons[0].text)
        await started.settle()
    await started.bot.ticks.purge_deleted()
    await started.bot.evenings.plan()
    await started.settle()

    async with started.sessions() as session:
        known = await session.execute(select(TelegramIdentity.chat_id, TelegramIdentity.user_id))
        doors = {row[0]: row[1] for row in known}
        put = (await session.execute(select(Outgoing.chat_id, Outgoing.user_id))).all()
    # Nobody's see nothing, and each of the people only what is theirs.
    assert looked.keys() == {None, *doors.values()}
    assert not any(looked.pop(None))
    for user_id, sets in looked.items():
        assert len(sets) > 20
        assert set().union(*sets) == {user_id}
    assert {user_id for chat_id, user_id in put if doors[chat_id] != user_id} == set()
    assert not any("4711" in it.text for it in ben.chat.messages)
