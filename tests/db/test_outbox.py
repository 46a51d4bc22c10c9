"""The outbox's rows: one chat in order, chats side by side, edits of what is under way."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from db.queries import outbox
from db.queries.outbox import ClaimedOutgoing

Sessions = async_sessionmaker[AsyncSession]


async def put(sessions: Sessions, slot: str, *, chat_id: int = 7, replace: bool = False) -> None:
    async with sessions.begin() as session:
        content = {"html": slot}
        await outbox.put(
            session, slot=slot, purpose="answer", chat_id=chat_id, content=content, replace=replace
        )


async def claim(sessions: Sessions) -> list[ClaimedOutgoing]:
    async with sessions.begin() as session:
        return await outbox.claim(session, 10, 0)


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
