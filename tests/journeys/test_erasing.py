"""Erasing everything of a person's: nothing is left, nothing of others' goes, and nothing comes back."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
from sqlalchemy import select, text, update

from bot.playground.person import Person
from db.models import Base, Entry, Erasure, TelegramIdentity, Update
from db.queries import erasures, outbox
from tests.accounts import give_account
from tests.recordings import recording
from tests.vendors.server import Fault

from .conftest import World

CANARY = "a heron named Ottokar"
EMAIL, PASSWORD = "mina@example.org", "a kite over the dunes"
# What is kept of whoever was erased: that somebody was, without words, for a quarter of an hour.
NOTES = {"erasures"}


async def whole_diary(world: World, person: Person) -> None:
    """Something in nearly every table."""
    await person.writes("/start")
    await person.writes(f"Slept 7 hours, saw {CANARY}, mood 8.")
    await person.hears(lambda it: "sleep" in it.text.lower() or "slept" in it.text.lower())
    await person.speaks(recording(1, says=f"Said of {CANARY}"))
    await person.hears(lambda it: "What I heard" in it.text)
    await person.writes(f"/search {CANARY}")
    await person.writes("/remind at 13:00 on weekdays to look for the heron")
    await world.settle()
    async with world.sessions.begin() as session:
        # Put before anybody knew whose chat it is.
        await outbox.put_answer(session, slot=f"x:{person.id}", chat_id=person.id, content={"html": CANARY})
    await world.settle()


async def account_of(world: World, person: Person) -> UUID:
    """Give the person of the chat an account; their id."""
    async with world.sessions() as session:
        found = select(TelegramIdentity.user_id).where(TelegramIdentity.telegram_id == person.id)
        user_id = (await session.execute(found)).scalar_one()
    await give_account(world.sessions, user_id, EMAIL, PASSWORD)
    return user_id


async def tables_with(world: World, *words: str) -> set[str]:
    """The tables in which any of these words stands, in whatever column."""
    found = set()
    async with world.sessions() as session:
        for table in Base.metadata.sorted_tables:
            # The names are those of our own tables.
            rows = await session.scalars(text(f"SELECT t::text FROM {table.name} t"))  # noqa: S608
            if any(word in row for row in rows for word in words):
                found.add(table.name)
    return found


def recordings_in(world: World) -> list[Path]:
    folder = world.settings.home / "audio"
    return [it for it in folder.rglob("*") if it.is_file()]


async def erase(world: World) -> int:
    """As a client does it: sign in, then DELETE; the status."""
    address = await world.bot.web_address()
    async with aiohttp.ClientSession(address) as client:
        form = {"username": EMAIL, "password": PASSWORD}
        async with client.post("/api/v1/auth/login", data=form) as answer:
            token = (await answer.json())["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        async with client.delete("/api/v1/me", headers=headers) as answer:
            status = answer.status
        async with client.get("/api/v1/me", headers=headers) as answer:
            assert answer.status == 401
    return status


async def let_stragglers_end(world: World) -> None:
    """A quarter of an hour goes by."""
    async with world.sessions.begin() as session:
        past = {"erased_at": Erasure.erased_at - timedelta(hours=1), "due_at": Erasure.began_at}
        await session.execute(update(Erasure).values(past))
    await world.bot._erasing.go_on()


async def test_nothing_of_theirs_is_left_and_all_of_others_is(started: World) -> None:
    person, other = started.person(), started.person(first_name="Ben")
    await whole_diary(started, other)
    before = await tables_with(started, str(other.id), "Ottokar")
    await whole_diary(started, person)
    user_id = await account_of(started, person)
    marks = (str(user_id), str(person.id), "mina@example.org", "Mina")
    some = {"users", "journal_entries", "inbox", "outbox", "extracted_metrics"}
    assert some <= await tables_with(started, *marks)
    assert len(recordings_in(started)) == 2

    assert await erase(started) == 204
    assert await tables_with(started, *marks) == NOTES
    assert len(recordings_in(started)) == 1
    assert await tables_with(started, str(other.id), "Ottokar") == before
    assert (await erased_person_signs_in(started)) == 401

    await let_stragglers_end(started)
    assert not await tables_with(started, *marks)


async def erased_person_signs_in(world: World) -> int:
    async with aiohttp.ClientSession(await world.bot.web_address()) as client:
        form = {"username": EMAIL, "password": PASSWORD}
        async with client.post("/api/v1/auth/login", data=form) as answer:
            return answer.status


async def test_a_reply_that_is_being_written_comes_to_nothing(started: World) -> None:
    person = started.person()
    await whole_diary(started, person)
    user_id = await account_of(started, person)
    said = len(person.chat.bot_messages)
    started.anthropic.always = Fault(kind="slow", seconds=0.2)
    asked = len(started.anthropic.requests)
    await person.writes(f"And again {CANARY} today, such a bird.")
    await until(lambda: len(started.anthropic.requests) > asked)
    assert await erase(started) == 204
    started.anthropic.always = None
    await started.settle()
    assert len(person.chat.bot_messages) == said
    assert await tables_with(started, str(user_id), str(person.id), "Ottokar") == NOTES


async def test_a_recording_that_is_being_fetched_is_not_kept(started: World) -> None:
    person = started.person()
    await whole_diary(started, person)
    await account_of(started, person)
    held = started.telegram.fail("hold", "file")
    await person.speaks(recording(1, says="Spoken last"))
    await started.telegram.until(lambda: held.met)
    assert await erase(started) == 204
    held.release()
    await started.settle()
    await let_stragglers_end(started)
    assert not recordings_in(started)
    assert not await started.rows(Erasure)


async def test_an_update_that_is_being_handled_is_waited_for(started: World) -> None:
    person = started.person()
    await whole_diary(started, person)
    user_id = await account_of(started, person)
    async with started.sessions() as session:
        # Whoever writes an entry waits for this transaction.
        await session.execute(text("LOCK TABLE journal_entries IN SHARE MODE"))
        await person.writes(f"Once more {CANARY}")
        await started.until(Update, lambda rows: any(row.lease_token for row in rows))
        erasing = asyncio.create_task(started.bot._erasing.erase(user_id))
        await started.until(Erasure, bool)
        await session.rollback()
    assert await erasing
    await started.settle()
    assert await tables_with(started, str(user_id), str(person.id), "Ottokar") == NOTES


async def test_what_is_written_afterwards_begins_a_new_diary(started: World) -> None:
    person = started.person()
    await whole_diary(started, person)
    user_id = await account_of(started, person)
    assert await erase(started) == 204
    await person.writes("Hello again, nice weather")
    await started.settle()
    [entry] = await started.entries()
    assert entry.user_id != user_id
    assert entry.body == "Hello again, nice weather"


async def test_what_telegram_hands_over_again_stays_gone(started: World) -> None:
    person = started.person()
    await whole_diary(started, person)
    payloads = [row.payload for row in await started.rows(Update)]
    await account_of(started, person)
    assert await erase(started) == 204
    await started.bot.inbox.put(payloads)
    await started.settle()
    assert not await started.rows(Entry)


async def test_what_a_crash_left_is_gone_on_with(started: World) -> None:
    person = started.person()
    await whole_diary(started, person)
    user_id = await account_of(started, person)
    async with started.sessions.begin() as session:
        await erasures.begin(session, user_id, again_after=timedelta(0))
    await person.writes("This waits")
    await started.telegram.delivered()
    await started.bot._erasing.go_on()
    await started.settle()
    assert await tables_with(started, str(user_id), "Ottokar") == NOTES
    assert not recordings_in(started)
    [entry] = await started.entries()
    assert entry.body == "This waits"


async def until(condition: Any) -> None:
    while not condition():  # noqa: ASYNC110 - a record of requests tells of no change
        await asyncio.sleep(0.01)
