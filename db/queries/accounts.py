"""Accounts: a person's e-mail and password, and who is signed in.

`find` and `is_taken` look across people, for before a sign-in nobody knows whose e-mail it is; all
else is one person's.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from db.models import Link, SignIn, TelegramIdentity, User

BATCH = 1000
# They tell how many were asked for lately, and what was made by one can be undone for a day.
LINKS_STAY = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Credentials:
    user_id: UUID
    password_hash: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class AccountRecord:
    """A person as their account shows them; `chats` is how many are linked."""

    id: UUID
    email: str | None = field(repr=False)
    name: str
    time_zone: str
    created_at: datetime
    chats: int


_CREDENTIALS = select(User.id.label("user_id"), User.password_hash)


async def _credentials(session: AsyncSession, found: Executable) -> Credentials | None:
    row = (await session.execute(found)).mappings().one_or_none()
    return Credentials(**row) if row else None


async def find(session: AsyncSession, email: str) -> Credentials | None:
    """Who has this e-mail, whatever its letters' size."""
    return await _credentials(session, _CREDENTIALS.where(func.lower(User.email) == func.lower(email)))


async def is_taken(session: AsyncSession, email: str) -> bool:
    return bool(await session.scalar(select(exists().where(func.lower(User.email) == func.lower(email)))))


async def add(
    session: AsyncSession, user_id: UUID, *, email: str, password_hash: str, name: str, time_zone: str
) -> bool:
    """A person who comes by this door first; False where somebody has the e-mail."""
    values = {"id": user_id, "email": email, "password_hash": password_hash}
    added = insert(User).values(values | {"name": name, "time_zone": time_zone}).on_conflict_do_nothing()
    return await session.scalar(added.returning(User.id)) is not None


async def claim(session: AsyncSession, user_id: UUID, *, email: str, password_hash: str) -> bool:
    """Give a person without an account one; False where somebody took the e-mail in the same moment."""
    try:
        async with session.begin_nested():
            await write(session, user_id, email=email, password_hash=password_hash)
    except IntegrityError:
        return False
    return True


async def credentials(session: AsyncSession, user_id: UUID) -> Credentials | None:
    """Locked until the commit, so that nobody signs in by a password that is being changed."""
    return await _credentials(session, _CREDENTIALS.where(User.id == user_id).with_for_update(key_share=True))


async def write(session: AsyncSession, user_id: UUID, **values: Any) -> None:
    await session.execute(update(User).where(User.id == user_id).values(**values))


async def read(session: AsyncSession, user_id: UUID) -> AccountRecord | None:
    chats = select(func.count()).where(TelegramIdentity.user_id == User.id).scalar_subquery().label("chats")
    found = select(User.id, User.email, User.name, User.time_zone, User.created_at, chats)
    row = (await session.execute(found.where(User.id == user_id))).mappings().one_or_none()
    return AccountRecord(**row) if row else None


async def sign_in(session: AsyncSession, user_id: UUID, lifetime: timedelta) -> tuple[UUID, datetime]:
    """A new sign-in; its id, and when it began by the database's clock."""
    begun = (
        insert(SignIn)
        .values(id=uuid7(), user_id=user_id, expires_at=func.now() + literal(lifetime))
        .returning(SignIn.id, SignIn.created_at)
    )
    sign_in_id, began = (await session.execute(begun)).one()
    return sign_in_id, began


async def signed_in_at(session: AsyncSession, user_id: UUID, sign_in_id: UUID) -> datetime | None:
    """When it began, if it has not ended."""
    return await session.scalar(
        select(SignIn.created_at).where(
            SignIn.id == sign_in_id,
            SignIn.user_id == user_id,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > func.now(),
        )
    )


async def sign_out(session: AsyncSession, user_id: UUID, sign_in_id: UUID | None = None) -> int:
    """End this sign-in, or all of them; how many ended."""
    open_ = update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    if sign_in_id is not None:
        open_ = open_.where(SignIn.id == sign_in_id)
    ended = await session.scalars(open_.values(ended_at=func.now()).returning(SignIn.id))
    return len(ended.all())


async def purge(session: AsyncSession) -> int:
    """Drop some of the sign-ins and links past their end; how many that was."""
    dropped = 0
    ends: tuple[tuple[type[SignIn] | type[Link], Any], ...] = (
        (SignIn, or_(SignIn.expires_at < func.now(), SignIn.ended_at.is_not(None))),
        (Link, Link.expires_at < func.now() - literal(LINKS_STAY)),
    )
    for table, is_over in ends:
        some = select(table.id).where(is_over).limit(BATCH).with_for_update(skip_locked=True)
        gone = await session.scalars(delete(table).where(table.id.in_(some)).returning(table.id))
        dropped += len(gone.all())
    return dropped
