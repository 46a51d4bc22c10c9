"""Several processes at once, repeated deliveries, and updates that never work."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text, update
from telegram.error import Conflict

from bot.errors import DatabaseError
from bot.journal.journey import Journey as TheJourney
from db.models import Entry, Journey, Lease, Metric, ModelCall, Update
from tests.vendors import Fault, status

from .conftest import LONG_AGO, World, texts

FAR = datetime(2200, 1, 1, tzinfo=UTC)


async def test_the_same_update_five_times_at_three_replicas_is_one_entry_and_one_call(world: World) -> None:
    bots = [await world.start() for _ in range(3)]
    person = world.person()
    await person.writes("hello")
    await person.hears(lambda it: it.from_bot)
    await world.settle()
    [known] = await world.rows(Update)
    payload = known.payload | {"update_id": known.update_id + 1000}
    payload["message"] = payload["message"] | {"message_id": 999_999_999, "text": "five times"}
    await asyncio.gather(*(bot.inbox.put([payload]) for bot in bots for _ in range(5)))
    await person.hears(lambda it: "five times" in it.text)
    await world.settle()
    assert len(person.chat.bot_messages) == 2
    assert len(await world.entries()) == 2
    assert sorted(call.stage for call in await world.rows(ModelCall)) == ["coach", "coach"] + (
        ["embed"] * 2 + ["extract"] * 2
    )


async def test_the_same_message_under_another_update_id_is_one_entry(started: World) -> None:
    person = started.person()
    await person.writes("only once")
    await person.hears(lambda it: it.from_bot)
    await started.settle()
    [known] = await started.rows(Update)
    await started.bot.inbox.put([known.payload | {"update_id": known.update_id + 5}])
    await started.settle()
    assert len(await started.entries()) == len(person.chat.bot_messages) == 1


async def test_only_one_replica_polls_and_another_takes_over(world: World) -> None:
    first = await world.start()
    await world.start()
    person = world.person()
    await person.writes("one")
    await person.hears(lambda it: "one" in it.text)
    assert not [call for call in world.telegram.calls if call.error and "Conflict" in call.error]
    await first.stop_polling()
    await world.let_time_pass()
    await person.writes("two")
    await person.hears(lambda it: "two" in it.text)


async def test_a_stranger_polling_the_token_makes_us_step_down_and_say_so(
    started: World, caplog: pytest.LogCaptureFixture
) -> None:
    person = started.person()
    await person.writes("all is well")
    await person.hears(lambda it: it.from_bot)
    while not any("steps down" in it.message for it in caplog.records):
        with contextlib.suppress(Conflict):
            await started.bot.bot.get_updates(timeout=1)
    assert len(await started.entries()) == 1


async def test_update_ids_may_begin_anew_after_a_quiet_week(started: World) -> None:
    person = started.person()
    await person.writes("before")
    await person.hears(lambda it: "before" in it.text)
    started.telegram.world.updates.next_id = 17
    await person.writes("after")
    await person.hears(lambda it: "after" in it.text)
    await started.settle()
    assert [entry.body for entry in await started.entries()] == ["before", "after"]


async def test_an_update_that_always_fails_is_set_aside_and_the_chat_goes_on(
    started: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = started.person()
    original = TheJourney.take

    async def take(self: TheJourney, incoming: Any, user_id: Any) -> None:
        if incoming.text == "poison":
            raise ValueError("it never works")
        await original(self, incoming, user_id)

    monkeypatch.setattr(TheJourney, "take", take)
    await person.writes("poison")
    await person.writes("water")
    for tries in range(1, 6):
        await started.until_tried(tries)
        await started.let_time_pass()
    await person.hears(lambda it: "water" in it.text)
    await started.all_done()
    poisoned = {row.error: row for row in await started.rows(Update)}
    assert poisoned["ValueError"].attempts == 5
    assert poisoned["ValueError"].payload["message"]["text"] == "poison"


async def test_an_entry_that_always_fails_is_set_aside_and_said(
    started: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = started.person()

    async def broken(*_: Any) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(TheJourney, "_coach", broken)
    await person.writes("unlucky")
    await started.telegram.delivered()
    await started.until_parked()
    async with started.sessions.begin() as session:
        await session.execute(update(Journey).values(attempts=9))
    await started.let_time_pass()
    answer = await person.hears(lambda it: it.from_bot)
    await started.all_done()
    assert "set it aside" in answer.text
    [entry] = await started.entries()
    assert (entry.body, entry.problem) == ("unlucky", "set_aside")

    # What is mended meanwhile is taken up at the next start, and the notice gives way to the reply.
    monkeypatch.undo()
    await started.stop()
    started.anthropic.say("Now I read it.")
    await started.start()
    await person.hears(lambda it: it.text == "Now I read it.")
    await started.settle()
    [entry] = await started.entries()
    assert (entry.problem, len(person.chat.bot_messages)) == (None, 1)
    assert not await started.rows(Journey)


async def test_an_entry_that_takes_the_process_down_each_time_is_tried_no_more(world: World) -> None:
    person = world.person()
    await world.start()
    world.anthropic.always = status(529)
    await person.writes("unlucky")
    await world.until_parked()
    await world.stop()
    # As many tries as this began, and none of them came back to say so.
    async with world.sessions.begin() as session:
        await session.execute(update(Journey).values(attempts=11, due_at=LONG_AGO, waiting_for=None))
    world.anthropic.always = None
    for _ in range(2):
        await world.start()
        await world.until_set_aside()
        await world.settle()
        await world.stop()
    said = [it.text for it in person.chat.bot_messages]
    assert len(said) == 2
    assert "set it aside" in said[1]


async def test_what_cannot_be_stored_of_an_understanding_does_not_hold_up_the_reply(
    started: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = started.person()
    async with started.sessions.begin() as session:
        await session.execute(
            text("ALTER TABLE extracted_metrics ADD CONSTRAINT refuses CHECK (value < 7) NOT VALID")
        )
    started.anthropic.give({"language": "en", "metrics": [{"name": "mood", "value": 8, "quote": "mood 8"}]})
    started.anthropic.say("A good day.")
    await person.writes("mood 8 today")
    await person.hears(lambda it: it.text == "A good day.")
    await started.until_parked()
    async with started.sessions.begin() as session:
        await session.execute(text("ALTER TABLE extracted_metrics DROP CONSTRAINT refuses"))
    started.anthropic.give({"language": "en", "metrics": [{"name": "mood", "value": 8, "quote": "mood 8"}]})
    await started.let_time_pass()
    await started.all_done()
    [metric] = await started.rows(Metric)
    assert (metric.name, metric.value) == ("mood", 8)
    assert len(person.chat.bot_messages) == 1


@pytest.mark.parametrize(
    "refuses",
    ["word_chunks ADD CONSTRAINT refuses CHECK (chunk > 7)", "entry_embeddings ADD CHECK (chunk > 7)"],
)
async def test_an_index_that_cannot_be_written_does_not_hold_up_the_reply(
    started: World, refuses: str
) -> None:
    person = started.person()
    async with started.sessions.begin() as session:
        await session.execute(text(f"ALTER TABLE {refuses}"))
    started.anthropic.say("A good day.")
    await person.writes("We saw a heron at the canal.")
    await person.hears(lambda it: it.text == "A good day.")
    await started.all_done()
    assert len(person.chat.bot_messages) == 1


async def test_a_model_that_only_gives_garbage_is_not_paid_for_ever(started: World) -> None:
    person = started.person()
    started.anthropic.always = Fault(kind="stop_reason", type="an odd one")
    await person.writes("unlucky")
    await person.hears(lambda it: "Your entry is safe" in it.text)
    for tries in range(1, 10):
        await started.until(Journey, partial(has_waited, times=tries))
        await started.settle()
        [journey] = await started.rows(Journey)
        assert (journey.due_at > datetime.now(UTC) + timedelta(hours=5)) == (tries >= 5)
        await started.let_time_pass()
    await started.until_set_aside()
    await started.settle()
    assert len(person.chat.bot_messages) == 2


def has_waited(rows: list[Journey], times: int) -> bool:
    return rows[0].waits == times and not rows[0].lease_token


async def test_a_bot_that_another_displaced_stops_by_itself(world: World) -> None:
    bot = await world.start()
    serving = asyncio.create_task(bot.claim.while_ours(asyncio.Event().wait()))
    async with world.sessions.begin() as session:
        await session.execute(update(Lease).where(Lease.name == "bot").values(holder=uuid4(), until=FAR))
    with pytest.raises(DatabaseError, match="took over"):
        await serving


async def test_a_worker_that_lost_its_lease_sends_nothing(started: World) -> None:
    person = started.person()
    held = started.telegram.fail("hold", "sendMessageDraft")
    await person.writes("slow")
    await started.telegram.until(lambda: held.met)
    async with started.sessions.begin() as session:
        await session.execute(update(Journey).values(lease_token=None, lease_until=None))
    held.release()
    await person.hears(lambda it: "slow" in it.text)
    await started.all_done()
    assert len(person.chat.bot_messages) == 1
    # Two workers asked the coach, and the one whose lease was gone kept nothing of it.
    kept = [call for call in await started.rows(ModelCall) if call.stage == "coach"]
    asked = [call for call in started.anthropic.requests if call.body.get("stream")]
    assert len(kept) == 1
    assert len(asked) > 1


async def test_five_thousand_waiting_updates_survive_a_stop(world: World) -> None:
    world.anthropic.always = status(529)
    person = world.person()
    for number in range(5000):
        await person.writes(f"entry {number}")
    await world.start()
    await world.telegram.delivered()
    await world.stop()
    stored = await world.rows(Update)
    assert len(stored) == 5000
    done = sum(row.done_at is not None for row in stored)
    assert done == len(await world.rows(Entry))
    assert not [row for row in stored if row.lease_token]


async def test_a_webhook_brings_updates_as_polling_does(world: World) -> None:
    await world.start_with_webhook()
    person = world.person()
    await person.writes("pushed, not pulled")
    await person.hears(lambda it: "pushed" in it.text)
    await world.settle()
    assert world.telegram.count("getUpdates") == 0
    assert texts(person.chat.bot_messages)
