"""Summaries asked for hours ahead in a batch: used where nothing changed, and never waited for."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bot.ai.protocols import Batches
from bot.journal.summary.asking_ahead import LEAST, MOST, AskingAhead
from bot.journal.summary_queue import SummaryQueue
from bot.work import Lease, now
from db.models import Summary
from tests.vendors import overloaded

from .conftest import World
from .evenings import Minds, shown, words
from .past import Past, past_of


async def planned(past: Past, *, after: timedelta = timedelta(hours=2)) -> UUID:
    minute = datetime.now(UTC) + after
    async with past.world.sessions.begin() as session:
        row = Summary(
            user_id=past.user_id,
            kind="day",
            local_date=past.today,
            shown_at=minute,
            due_at=minute,
            stale_at=minute + timedelta(hours=4),
        )
        session.add(row)
        await session.flush()
        return row.id


async def asks(world: World, least: int, most: int = MOST) -> int:
    batches = world.bot.batches
    assert batches is not None
    ahead: Batches = batches
    asking = AskingAhead(
        sessions=world.sessions, summaries=world.bot.summaries, batches=ahead, least=least, most=most
    )
    await world.let_time_pass()
    return await asking.ask()


async def comes_due(past: Past, summary_id: UUID) -> str:
    """Its hour has come; what the chat shows then."""
    world = past.world
    async with world.sessions.begin() as session:
        row = await session.get_one(Summary, summary_id)
        row.shown_at = row.due_at = datetime.now(UTC)
    queue = SummaryQueue(world.sessions, world.bot.summaries)
    for job in await queue.claim(8):
        await queue.handle(job, Lease(now()))
    await world.until(Summary, lambda rows: any(it.id == summary_id and it.state != "waiting" for it in rows))
    await world.all_done()
    return "\n".join(it.text for it in await shown(past, summary_id))


async def people(world: World, count: int) -> tuple[Minds, list[Past]]:
    minds = Minds(world)
    found = []
    for number in range(count):
        past = await past_of(world, world.person())
        await past.write(f"Walked to the lake, and thought of number {number}.", 0)
        found.append(past)
    return minds, found


def stories(minds: Minds) -> Any:
    return [it["messages"][0]["content"] for it in minds.asked]


async def test_a_crowd_is_asked_for_at_once_and_its_words_are_used(started: World) -> None:
    minds, crowd = await people(started, 3)
    rows = [await planned(it) for it in crowd]
    assert await asks(started, least=3) == 3
    assert len(started.anthropic.batches.submitted) == 1
    assert {it.batch_id for it in await started.rows(Summary)} == set(started.anthropic.batches.submitted)
    # They are not asked for twice.
    assert await asks(started, least=3) == 0
    started.anthropic.batches.end()
    minds.summary = words("A lake at half the price.")
    assert not minds.asked
    for past, summary_id in zip(crowd, rows, strict=True):
        assert "A lake at half the price." in await comes_due(past, summary_id)
    calls = [it for it in started.anthropic.requests if it.path == "/v1/messages"]
    assert not any("story" in str(it.body.get("output_config")) for it in calls)
    fetched = [it for it in started.anthropic.requests if it.path.endswith("/results")]
    assert len(fetched) == 1


async def test_below_the_crowd_nobody_is_asked_for_ahead(started: World) -> None:
    _, crowd = await people(started, 2)
    for past in crowd:
        await planned(past)
    assert await asks(started, least=3) == 0
    assert await asks(started, least=LEAST) == 0
    assert not started.anthropic.batches.submitted


async def test_neither_those_of_other_hours_are_a_crowd_nor_those_of_now(started: World) -> None:
    _, crowd = await people(started, 3)
    for past, hours in zip(crowd, (0.5, 2, 9), strict=True):
        await planned(past, after=timedelta(hours=hours))
    assert await asks(started, least=2) == 0


async def test_who_tells_more_is_asked_for_anew(started: World) -> None:
    minds, [past] = await people(started, 1)
    summary_id = await planned(past)
    assert await asks(started, least=1) == 1
    started.anthropic.batches.end()
    await past.write("And then the rain came.", 0, hour=20)
    minds.summary = words("The rain came.")
    assert "The rain came." in await comes_due(past, summary_id)
    assert "And then the rain came." in stories(minds)[-1]


async def test_a_batch_that_is_late_or_failed_is_not_waited_for(started: World) -> None:
    minds, [past] = await people(started, 1)
    summary_id = await planned(past)
    assert await asks(started, least=1) == 1
    minds.summary = words("Asked in the evening after all.")
    assert "Asked in the evening after all." in await comes_due(past, summary_id)
    assert len(minds.asked) == 1


async def test_a_vendor_that_takes_no_batch_changes_nothing(started: World) -> None:
    minds, [past] = await people(started, 1)
    summary_id = await planned(past)
    started.anthropic.always = overloaded()
    assert await asks(started, least=1) == 0
    started.anthropic.always = None
    assert "A day by the water." in await comes_due(past, summary_id)
    assert len(minds.asked) == 1


async def test_nobody_in_crisis_and_nobody_silent_is_asked_for(started: World) -> None:
    _, [past, silent] = await people(started, 2)
    await past.write("I don't want to live anymore.", 0, concern="acute")
    for entry in await started.entries():
        if entry.user_id == silent.user_id:
            await silent.delete(entry.id)
    for it in (past, silent):
        await planned(it)
    assert await asks(started, least=1) == 0


async def test_one_of_whom_there_is_nothing_to_ask_holds_up_nobody(started: World) -> None:
    _, crowd = await people(started, 3)
    [entry, *_] = await started.entries()
    await crowd[0].delete(entry.id)
    for minutes, past in enumerate(crowd):
        await planned(past, after=timedelta(hours=2, minutes=minutes))
    assert await asks(started, least=1, most=1) == 2
    assert [len(it) for it in started.anthropic.batches.submitted.values()] == [1, 1]
