"""A chat and an account are joined as they are at that moment: what happens meanwhile counts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.errors import AlreadyAnAccount, LinkGone
from bot.journal.accounts import joining
from db.models import Entry, Link, Search, TelegramIdentity, User
from db.queries import accounts, doors, erasures
from tests.locks import until_waiting

Meanwhile = Callable[[AsyncSession, UUID, UUID], Awaitable[object]]
CHAT = 7


def makes_an_account(session: AsyncSession, chat: UUID, _account: UUID) -> Awaitable[object]:
    return accounts.claim(session, chat, email="ben@example.org", password_hash="")


def erases_the_chat_s(session: AsyncSession, chat: UUID, _account: UUID) -> Awaitable[object]:
    return erasures.begin(session, chat, again_after=timedelta(minutes=1))


def erases_the_account_s(session: AsyncSession, _chat: UUID, account: UUID) -> Awaitable[object]:
    return erasures.begin(session, account, again_after=timedelta(minutes=1))


def signs_out(session: AsyncSession, _chat: UUID, account: UUID) -> Awaitable[object]:
    return joining.sign_out_everywhere(session, account)


@pytest.mark.parametrize(
    ("meanwhile", "refused"),
    [
        (makes_an_account, AlreadyAnAccount),
        (erases_the_chat_s, LinkGone),
        (erases_the_account_s, LinkGone),
        (signs_out, LinkGone),
    ],
)
async def test_what_is_done_before_both_are_locked_counts(
    sessions: async_sessionmaker[AsyncSession], meanwhile: Meanwhile, refused: type[Exception]
) -> None:
    chat, account = (
        User(name="Ben", time_zone="UTC"),
        User(name="Mina", time_zone="UTC", email="m@example.org"),
    )
    async with sessions.begin() as session:
        session.add_all([chat, account])
        await session.flush()
        session.add(TelegramIdentity(telegram_id=CHAT, chat_id=CHAT, user_id=chat.id, first_name="Ben"))
        now = datetime.now(UTC)
        asked = {"purpose": "connect", "secret_hash": bytes(32), "telegram_id": CHAT, "used_at": now}
        link = Link(user_id=account.id, expires_at=now + timedelta(minutes=9), **asked)
        session.add(link)

    async def joins() -> None:
        async with sessions.begin() as session:
            await joining.join(session, link.id, CHAT, may_merge=True)

    async with sessions.begin() as session:
        await doors.lock(session, chat.id, account.id)
        joined = asyncio.create_task(joins())
        await until_waiting(sessions)
        await meanwhile(session, chat.id, account.id)
    with pytest.raises(refused):
        await joined
    async with sessions() as session:
        assert set(await session.scalars(select(User.id))) == {chat.id, account.id}


async def test_who_is_locked_is_not_begun_to_be_erased(sessions: async_sessionmaker[AsyncSession]) -> None:
    user = User(name="Mina", time_zone="UTC")
    async with sessions.begin() as session:
        session.add(user)

    async def erases() -> None:
        async with sessions.begin() as session:
            await erasures.begin(session, user.id, again_after=timedelta(minutes=1))

    async with sessions.begin() as session:
        await doors.lock(session, user.id)
        erasing, waiting = asyncio.create_task(erases()), asyncio.create_task(until_waiting(sessions))
        await asyncio.wait({erasing, waiting}, return_when=asyncio.FIRST_COMPLETED)
        assert not erasing.done()
        await waiting
    await erasing


async def test_a_chat_is_unlinked_once_what_it_wrote_is_answered(
    sessions: async_sessionmaker[AsyncSession],
) -> None:
    """Whoever answers has the entry locked, and adds rows of its person."""
    user = User(name="Mina", time_zone="UTC", email="m@example.org", password_hash="")
    async with sessions.begin() as session:
        session.add(user)
        await session.flush()
        session.add(TelegramIdentity(telegram_id=CHAT, chat_id=CHAT, user_id=user.id, first_name="Mina"))
        when = {"local_date": date(2026, 11, 16), "written_at": datetime.now(UTC)}
        session.add(Entry(user_id=user.id, chat_id=CHAT, message_id=5, kind="text", body="A swim", **when))

    async def unlinks() -> None:
        async with sessions.begin() as session:
            await joining.unlink(session, user.id, CHAT)

    async with sessions.begin() as session:
        await session.execute(select(Entry.id).with_for_update())
        unlinked = asyncio.create_task(unlinks())
        await until_waiting(sessions)
        session.add(Search(user_id=user.id, asked="swim", found=[], meaning="none"))
    await unlinked
    async with sessions() as session:
        assert await session.scalar(select(Entry.chat_id)) is None
