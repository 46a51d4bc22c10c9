"""The outbox's rows: one chat in order, chats side by side, edits of what is under way."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from db.models import Outgoing
from db.queries import outbox
from db.queries.lanes import Lane
from db.queries.outbox import ClaimedOutgoing

Sessions = async_sessionmaker[AsyncSession]


async def put(
    sessions: Sessions, slot: str, *, chat_id: int = 7, replace: bool = False, purpose: str = "answer"
) -> None:
    async with sessions.begin() as session:
        content = {"html": slot}
        await outbox.put(
            session, slot=slot, purpose=purpose, chat_id=chat_id, content=content, replace=replace
        )


async def claim(sessions: Sessions, lane: Lane = "chat") -> list[ClaimedOutgoing]:
    async with sessions.begin() as session:
        return await outbox.claim(session, lane, 10, 0)


async def test_a_chat_shows_its_rows_in_order_and_waits_for_none_of_another(sessions: Sessions) -> None:
    await put(sessions, "first")
    await put(sessions, "second")
    await put(sessions, "other", chat_id=8)
    first, other = await claim(sessions)
    assert [first.content["html"], other.content["html"]] == ["first", "other"]
    async with sessions.begin() as session:
        await outbox.retry(session, first, state="waiting", after=timedelta(minutes=3), error="busy")
    assert await claim(sessions) == []


async def test_a_newer_content_waits_until_the_send_under_way_is_known(sessions: Sessions) -> None:
    await put(sessions, "slot")
    [sending] = await claim(sessions)
    await put(sessions, "slot", replace=True)
    assert await claim(sessions) == []
    async with sessions.begin() as session:
        await outbox.mark_shown(session, sending, [41])
    [edit] = await claim(sessions)
    assert (edit.message_ids, edit.was_sending, edit.revision) == ((41,), False, 2)


async def test_the_same_slot_is_put_once(sessions: Sessions) -> None:
    await put(sessions, "slot")
    await put(sessions, "slot")
    assert len(await claim(sessions)) == 1


async def states(sessions: Sessions) -> dict[str, tuple[str, str | None]]:
    async with sessions() as session:
        return {row.slot: (row.state, row.error) for row in await session.scalars(select(Outgoing))}


async def test_a_closed_chat_keeps_nothing_waiting_and_reopens_what_still_matters(sessions: Sessions) -> None:
    for purpose in ("answer", "reply", "notice", "transcript"):
        await put(sessions, purpose, purpose=purpose)
    await put(sessions, "elsewhere", chat_id=8)
    async with sessions.begin() as session:
        await outbox.close_chat(session, 7)
    closed = ("failed", "blocked")
    waits = ("waiting", None)
    assert await states(sessions) == {
        "answer": closed,
        "reply": closed,
        "notice": closed,
        "transcript": closed,
        "elsewhere": waits,
    }
    async with sessions.begin() as session:
        await outbox.reopen_chat(session, 7)
    found = await states(sessions)
    assert (found["reply"], found["transcript"]) == (waits, waits)
    assert (found["answer"], found["notice"]) == (closed, closed)


async def test_a_closed_chat_leaves_a_send_under_way_to_who_does_it(sessions: Sessions) -> None:
    await put(sessions, "slot", purpose="reply")
    [sending] = await claim(sessions)
    async with sessions.begin() as session:
        await outbox.close_chat(session, 7)
    assert (await states(sessions))["slot"] == ("sending", None)
    async with sessions.begin() as session:
        await outbox.mark_shown(session, sending, [41])
    assert (await states(sessions))["slot"] == ("shown", None)


async def test_what_was_refused_for_its_content_is_not_reopened(sessions: Sessions) -> None:
    await put(sessions, "slot", purpose="reply")
    [row] = await claim(sessions)
    async with sessions.begin() as session:
        await outbox.give_up(session, row, state="failed", error="refused")
        await outbox.reopen_chat(session, 7)
    assert (await states(sessions))["slot"] == ("failed", "refused")


@pytest.mark.parametrize("again", ["reopened", "edited", "edited while it was given up"])
async def test_a_doubt_outlasts_the_block(sessions: Sessions, again: str) -> None:
    await put(sessions, "slot", purpose="reply")
    [row] = await claim(sessions)
    if again == "edited while it was given up":
        await put(sessions, "slot", purpose="reply", replace=True)
    async with sessions.begin() as session:
        await outbox.give_up(session, row, state="unknown", error=outbox.BLOCKED)
        await outbox.reopen_chat(session, 7)
    if again == "edited":
        async with sessions.begin() as session:
            await outbox.close_chat(session, 7)
        await put(sessions, "slot", purpose="reply", replace=True)
    [later] = await claim(sessions)
    assert later.was_sending


async def test_a_silenced_slot_stays_silent(sessions: Sessions) -> None:
    async def silence() -> None:
        async with sessions.begin() as session:
            await outbox.silence(session, "slot", 7)

    await put(sessions, "slot")
    await silence()
    await put(sessions, "slot")
    assert await claim(sessions) == []
    async with sessions.begin() as session:
        assert not await outbox.was_said(session, 7, "slot", timedelta(minutes=1))


async def test_what_is_on_its_way_cannot_be_silenced(sessions: Sessions) -> None:
    await put(sessions, "slot")
    [sending] = await claim(sessions)
    async with sessions.begin() as session:
        await outbox.silence(session, "slot", 7)
        await outbox.mark_shown(session, sending, [41])
    async with sessions.begin() as session:
        assert await outbox.was_said(session, 7, "lot", timedelta(minutes=1))
        assert not await outbox.was_said(session, 7, "%", timedelta(minutes=1))
        assert not await outbox.was_said(session, 8, "slot", timedelta(minutes=1))


async def test_ids_of_groups_are_not_taken_for_those_of_private_chats(sessions: Sessions) -> None:
    await put(sessions, "group", chat_id=-100)
    [group] = await claim(sessions)
    async with sessions.begin() as session:
        await outbox.mark_shown(session, group, [900_000])
    await put(sessions, "private")
    [private] = await claim(sessions)
    assert private.newest_message_id == 0


def slots(claimed: list[ClaimedOutgoing]) -> list[str]:
    return [str(it.content["html"]) for it in claimed]


async def test_what_nobody_waits_for_goes_by_its_own_lane_behind_the_replies_of_its_chat(
    sessions: Sessions,
) -> None:
    await put(sessions, "summary", purpose="summary")
    await put(sessions, "elsewhere", purpose="reminder", chat_id=8)
    await put(sessions, "reply", purpose="reply")
    # The reply came later, and goes first all the same.
    assert slots(await claim(sessions, "bulk")) == ["elsewhere"]
    [reply] = await claim(sessions)
    assert slots([reply]) == ["reply"]
    assert await claim(sessions, "bulk") == []
    async with sessions.begin() as session:
        await outbox.mark_shown(session, reply, [41])
    assert slots(await claim(sessions, "bulk")) == ["summary"]


async def test_one_message_of_a_chat_is_on_its_way_at_a_time(sessions: Sessions) -> None:
    await put(sessions, "summary", purpose="summary")
    [summary] = await claim(sessions, "bulk")
    await put(sessions, "reply", purpose="reply")
    await put(sessions, "reminder", purpose="reminder")
    assert await claim(sessions) == await claim(sessions, "bulk") == []
    async with sessions.begin() as session:
        await outbox.mark_shown(session, summary, [41])
    assert slots(await claim(sessions)) == ["reply"]


async def test_a_summary_that_waits_for_a_later_minute_holds_up_nothing(sessions: Sessions) -> None:
    await put(sessions, "summary", purpose="summary")
    [summary] = await claim(sessions, "bulk")
    async with sessions.begin() as session:
        await outbox.retry(session, summary, state="waiting", after=timedelta(minutes=3), error="busy")
    await put(sessions, "reply", purpose="reply")
    assert slots(await claim(sessions)) == ["reply"]


async def test_what_is_due_goes_past_what_waits_for_a_later_minute(sessions: Sessions) -> None:
    await put(sessions, "summary", purpose="summary")
    async with sessions.begin() as session:
        later = update(Outgoing).where(Outgoing.slot == "summary")
        await session.execute(later.values(due_at=datetime.now(UTC) + timedelta(minutes=10)))
    await put(sessions, "reminder", purpose="reminder")
    [reminder] = await claim(sessions, "bulk")
    assert slots([reminder]) == ["reminder"]
    # Not while it may still be on its way.
    async with sessions.begin() as session:
        await session.execute(update(Outgoing).values(due_at=datetime.now(UTC)))
        await outbox.retry(session, reminder, state="sending", after=timedelta(minutes=1), error="unknown")
    assert await claim(sessions, "bulk") == []


async def test_what_many_get_goes_in_the_order_of_its_minutes(sessions: Sessions) -> None:
    now = datetime.now(UTC)
    for chat_id, minutes in ((1, 1), (2, 3), (3, 2)):
        await put(sessions, str(minutes), purpose="summary", chat_id=chat_id)
        async with sessions.begin() as session:
            due = update(Outgoing).where(Outgoing.chat_id == chat_id)
            await session.execute(due.values(due_at=now - timedelta(minutes=minutes)))
    async with sessions.begin() as session:
        first = await outbox.claim(session, "bulk", 1, 0)
    assert slots(first) == ["3"]
    assert set(slots(await claim(sessions, "bulk"))) == {"1", "2"}


async def test_what_is_stale_is_shown_no_more_but_what_may_be_there_is_looked_at(sessions: Sessions) -> None:
    for chat_id, slot in enumerate(("unsent", "in doubt", "lasting")):
        await put(sessions, slot, purpose="summary", chat_id=chat_id)
    await claim(sessions, "bulk")
    async with sessions.begin() as session:
        stale = update(Outgoing).where(Outgoing.slot != "lasting")
        await session.execute(stale.values(stale_at=datetime.now(UTC) - timedelta(seconds=1)))
        unsent = update(Outgoing).where(Outgoing.slot != "in doubt")
        await session.execute(unsent.values(state="waiting"))
        await session.execute(update(Outgoing).values(lease_until=None))
    assert set(slots(await claim(sessions, "bulk"))) == {"in doubt", "lasting"}
    async with sessions.begin() as session:
        await outbox.expire(session)
    found = await states(sessions)
    assert found == {
        "unsent": ("failed", "stale"),
        "in doubt": ("sending", None),
        "lasting": ("sending", None),
    }
