"""Who is writing. Identities are found by Telegram's own id, everything else by `user_id`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db import owned
from db.models import TelegramIdentity, User
from db.models.base import table

# For somebody who has none.
NO_CHAT = 0


@dataclass(frozen=True, kw_only=True)
class Person:
    """`chat_id` is the chat in hand, or NO_CHAT."""

    user_id: UUID
    chat_id: int
    name: str
    time_zone: str
    locale: str | None
    day_starts_at: time
    summary_time: time
    settings: dict[str, Any]

    @property
    def open_chat(self) -> int | None:
        return None if self.chat_id == NO_CHAT else self.chat_id


users, identities = table(User), table(TelegramIdentity)
# Columns, no `User` object: people are looked up with every message, and never changed by that.
PERSON = (
    users.c.id,
    users.c.name,
    users.c.time_zone,
    users.c.locale,
    users.c.day_starts_at,
    users.c.summary_time,
    users.c.settings,
)
# What Telegram says of somebody, in the order of `names`.
NAMES = (
    identities.c.chat_id,
    identities.c.first_name,
    identities.c.last_name,
    identities.c.username,
    identities.c.language_code,
)
BY_TELEGRAM = (
    select(*PERSON, *NAMES)
    .join(identities, identities.c.user_id == users.c.id)
    .where(identities.c.telegram_id == bindparam("id"))
)


async def recognise(
    session: AsyncSession,
    *,
    telegram_id: int,
    chat_id: int,
    first_name: str,
    last_name: str | None,
    username: str | None,
    language_code: str | None,
    default_time_zone: str,
) -> Person:
    """The person behind a Telegram identity, made on first sight; from here on the session is theirs."""
    names: dict[str, Any] = {
        "chat_id": chat_id,
        "first_name": first_name,
        "last_name": last_name,
        "username": username,
        "language_code": language_code,
    }
    row = (await session.execute(BY_TELEGRAM, {"id": telegram_id})).one_or_none()
    if row is None:
        # Nobody's session sees nobody, and one that was begun for somebody else not the person who comes in.
        await owned.see_everybody(session)
        found = await by_identity(session, telegram_id)
        if found is None:
            found = await _introduce(session, telegram_id, names, default_time_zone)
        await owned.own(session, found)
        row = (await session.execute(BY_TELEGRAM, {"id": telegram_id})).one()
    elif owned.owner(session) != row[0]:
        await owned.own(session, row[0])
    if tuple(names.values()) != row[len(PERSON) :]:
        identity = TelegramIdentity.telegram_id == telegram_id
        await session.execute(update(TelegramIdentity).where(identity).values(**names))
    return person(row, chat_id)


async def _introduce(session: AsyncSession, telegram_id: int, names: dict[str, Any], time_zone: str) -> UUID:
    user = User(name=names["first_name"], time_zone=time_zone, locale=names["language_code"])
    session.add(user)
    await session.flush()
    identity = (
        insert(TelegramIdentity)
        .values(telegram_id=telegram_id, user_id=user.id, **names)
        .on_conflict_do_nothing(index_elements=["telegram_id"])
        .returning(TelegramIdentity.user_id)
    )
    user_id = await session.scalar(identity)
    if user_id is not None:
        return user_id
    # Another replica met them in the same moment: its row stands, ours goes.
    await session.delete(user)
    await session.flush()
    found = select(TelegramIdentity.user_id).where(TelegramIdentity.telegram_id == telegram_id)
    return (await session.execute(found)).scalar_one()


async def find(session: AsyncSession, user_id: UUID, chat_id: int) -> Person:
    return person((await session.execute(select(*PERSON).where(users.c.id == user_id))).one(), chat_id)


async def of_user(session: AsyncSession, user_id: UUID, *, stays: bool = False) -> Person | None:
    """The person by no door in particular, in the chat that they chose, if they have one that is open; None
    where they are no more. With `stays` nobody erases them until the commit."""
    found = OF_USER.with_for_update(read=True, key_share=True, of=users) if stays else OF_USER
    row = (await session.execute(found, {"id": user_id})).one_or_none()
    return person(row, row[len(PERSON)] or NO_CHAT) if row else None


def person(row: Sequence[Any], chat_id: int) -> Person:
    """Of the columns `PERSON`, and whatever follows them."""
    user_id, name, time_zone, locale, day_starts_at, summary_time, settings = row[: len(PERSON)]
    return Person(
        user_id=user_id,
        chat_id=chat_id,
        name=name,
        time_zone=time_zone,
        locale=locale,
        day_starts_at=day_starts_at,
        summary_time=summary_time,
        settings=settings,
    )


async def by_identity(session: AsyncSession, telegram_id: int) -> UUID | None:
    """The `user_id` behind a Telegram identity."""
    found = select(TelegramIdentity.user_id).where(TelegramIdentity.telegram_id == telegram_id)
    return await session.scalar(found)


# Of a person's chats the one that gets what comes by itself: that which they chose last, or else the first.
CHAT_CHOSEN = (
    identities.c.chosen_at.desc().nulls_last(),
    identities.c.created_at,
    identities.c.telegram_id,
)


OF_USER = select(
    *PERSON,
    select(identities.c.chat_id)
    .where(identities.c.user_id == users.c.id, identities.c.blocked_at.is_(None))
    .order_by(*CHAT_CHOSEN)
    .limit(1)
    .scalar_subquery(),
).where(users.c.id == bindparam("id"))


async def others_than(session: AsyncSession, telegram_id: int) -> bool:
    """Whether anybody else is known here."""
    found = exists().where(TelegramIdentity.telegram_id != telegram_id)
    return bool(await session.scalar(select(found)))


async def mark_blocked(session: AsyncSession, chat_id: int) -> None:
    await session.execute(
        update(TelegramIdentity)
        .where(TelegramIdentity.chat_id == chat_id)
        .values(blocked_at=func.coalesce(TelegramIdentity.blocked_at, func.now()))
    )


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a chat stands: whose it is, whether they blocked the bot, and what was asked there last."""

    user_id: UUID | None = None
    is_blocked: bool = False
    dialog: dict[str, Any] | None = None


STANDING = select(identities.c.user_id, identities.c.blocked_at.is_not(None), identities.c.dialog).where(
    identities.c.telegram_id == bindparam("id")
)


async def standing(session: AsyncSession, telegram_id: int) -> Standing:
    """Without a lock: only to tell that there is nothing to do, as there mostly is not."""
    row = (await session.execute(STANDING, {"id": telegram_id})).one_or_none()
    return Standing(user_id=row[0], is_blocked=row[1], dialog=row[2]) if row else Standing()


async def mark_returned(session: AsyncSession, chat_id: int) -> bool:
    """Lift the block of this chat; False where there is none."""
    lifted = (
        update(TelegramIdentity)
        .where(TelegramIdentity.chat_id == chat_id, TelegramIdentity.blocked_at.is_not(None))
        .values(blocked_at=None)
        .returning(TelegramIdentity.telegram_id)
    )
    return await session.scalar(lifted) is not None
