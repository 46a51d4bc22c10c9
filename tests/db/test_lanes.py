"""The two lanes of the outbox: what is shown already is edited at once, and no chat waits for itself."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from db.models import Outgoing
from db.queries import due, outbox
from db.queries.outbox import ClaimedOutgoing
from tests.db.test_outbox import claim, put, slots

Sessions = async_sessionmaker[AsyncSession]

CROWD = text("""
    INSERT INTO outbox (id, slot, purpose, chat_id, content)
    SELECT gen_random_uuid(), 'crowd' || n, 'summary', 100 + n, '{"html": "crowd"}'
    FROM generate_series(1, 20000) AS n
""")


async def shown(sessions: Sessions, slot: str, purpose: str, message_id: int) -> None:
    await put(sessions, slot, purpose=purpose)
    [row] = await claim(sessions, "bulk")
    async with sessions.begin() as session:
        await outbox.mark_shown(session, row, [message_id])


async def done(sessions: Sessions, row: ClaimedOutgoing, *message_ids: int) -> None:
    async with sessions.begin() as session:
        await outbox.mark_shown(session, row, message_ids or row.message_ids)


async def test_a_tap_on_a_summary_is_not_behind_those_of_twenty_thousand_others(sessions: Sessions) -> None:
    for slot, purpose, message_id in (("summary", "summary", 41), ("reminder", "reminder", 42)):
        await shown(sessions, slot, purpose, message_id)
    async with sessions.begin() as session:
        await session.execute(CROWD)
        assert "outbox" not in await due.look(session)
    # What a tap shows comes as an answer, in the slot of the message.
    await put(sessions, "reminder", replace=True)
    async with sessions.begin() as session:
        assert "outbox" in await due.look(session)
    [edit] = await claim(sessions)
    assert (edit.content["html"], edit.message_ids, edit.was_sending) == ("reminder", (42,), False)
    assert "reminder" not in slots(await claim(sessions, "bulk"))
    await done(sessions, edit)
    await put(sessions, "summary", replace=True, purpose="summary")
    [edit] = await claim(sessions)
    assert edit.message_ids == (41,)
    await done(sessions, edit)
    assert await claim(sessions) == []
    async with sessions() as session:
        assert "outbox" not in await due.look(session)


async def test_an_edit_keeps_its_place_in_the_chat_and_bulk_waits_for_it(sessions: Sessions) -> None:
    await shown(sessions, "summary", "summary", 41)
    await put(sessions, "reply", purpose="reply")
    await put(sessions, "reminder", purpose="reminder")
    await put(sessions, "summary", replace=True)
    [edit] = await claim(sessions)
    assert edit.message_ids == (41,)
    assert await claim(sessions) == await claim(sessions, "bulk") == []
    await done(sessions, edit)
    [reply] = await claim(sessions)
    assert slots([reply]) == ["reply"]
    assert await claim(sessions, "bulk") == []
    await done(sessions, reply, 42)
    assert slots(await claim(sessions, "bulk")) == ["reminder"]


async def test_a_tap_while_its_message_is_being_sent_is_shown_after_it_and_once(sessions: Sessions) -> None:
    await put(sessions, "summary", purpose="summary")
    [sending] = await claim(sessions, "bulk")
    async with sessions.begin() as session:
        # The first of its two messages is there.
        assert await outbox.mark_part(session, sending, [41])
    await put(sessions, "summary", replace=True)
    assert await claim(sessions) == await claim(sessions, "bulk") == []
    await done(sessions, sending, 41, 42)
    assert await claim(sessions, "bulk") == []
    [edit] = await claim(sessions)
    assert (edit.message_ids, edit.was_sending, edit.revision) == ((41, 42), False, 2)


async def test_a_doubt_about_a_summary_is_settled_though_a_reply_waits_behind_it(sessions: Sessions) -> None:
    await put(sessions, "summary", purpose="summary")
    [summary] = await claim(sessions, "bulk")
    async with sessions.begin() as session:
        await outbox.retry(session, summary, state="sending", after=timedelta(0), error="unknown")
    await put(sessions, "reply", purpose="reply")
    assert await claim(sessions) == []
    [again] = await claim(sessions, "bulk")
    assert again.was_sending
    await done(sessions, again, 41)
    assert slots(await claim(sessions)) == ["reply"]


async def test_a_doubt_about_a_reminder_is_settled_though_an_earlier_one_is_due_again(
    sessions: Sessions,
) -> None:
    await put(sessions, "summary", purpose="summary")
    await put(sessions, "reminder", purpose="reminder")
    async with sessions.begin() as session:
        later = update(Outgoing).where(Outgoing.slot == "reminder")
        await session.execute(later.values(state="sending"))
    assert slots(await claim(sessions, "bulk")) == ["reminder"]


async def test_a_doubt_is_not_settled_while_a_reply_is_being_sent(sessions: Sessions) -> None:
    """As where both lanes claimed at the same moment, and the one of the summary died."""
    await put(sessions, "summary", purpose="summary")
    await put(sessions, "reply", purpose="reply")
    [reply] = await claim(sessions)
    async with sessions.begin() as session:
        await session.execute(update(Outgoing).where(Outgoing.slot == "summary").values(state="sending"))
    assert await claim(sessions, "bulk") == []
    await done(sessions, reply, 41)
    assert slots(await claim(sessions, "bulk")) == ["summary"]


async def test_what_came_half_and_too_late_holds_up_no_reply(sessions: Sessions) -> None:
    await put(sessions, "summary", purpose="summary")
    async with sessions.begin() as session:
        late = {"message_ids": [41], "stale_at": datetime.now(UTC) - timedelta(minutes=1)}
        await session.execute(update(Outgoing).values(late))
    await put(sessions, "reply", purpose="reply")
    assert slots(await claim(sessions)) == ["reply"]


rows = st.lists(
    st.tuples(
        st.sampled_from(["reply", "summary", "reminder"]),
        st.sampled_from(["waiting", "sending"]),
        st.sampled_from([[], [41]]),
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(of_chat=rows)
async def test_whatever_is_open_in_a_chat_one_of_it_goes_and_no_two(
    sessions: Sessions, of_chat: list[tuple[str, str, list[int]]]
) -> None:
    """As after a crash: nobody holds a lease."""
    async with sessions.begin() as session:
        await session.execute(delete(Outgoing))
        for purpose, state, message_ids in of_chat:
            row = {"slot": str(uuid4()), "purpose": purpose, "state": state, "message_ids": message_ids}
            await session.execute(insert(Outgoing).values(row | {"chat_id": 7, "content": {"html": "it"}}))
    left = len(of_chat)
    while left:
        claimed = [*await claim(sessions), *await claim(sessions, "bulk")]
        assert len(claimed) == 1
        await done(sessions, claimed[0], 41)
        left -= 1
    async with sessions() as session:
        assert set(await session.scalars(select(Outgoing.state))) == {"shown"}
