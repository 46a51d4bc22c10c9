"""Links that open once. They are found across people, by what only their holder knows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, Update, and_, case, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Link

Purpose = Literal["register", "sign_in", "password", "connect"]


@dataclass(frozen=True, kw_only=True)
class LinkRecord:
    """`telegram_id` is whose chat asked, or is to be linked; `proposed_id` the account that somebody signed
    in to on the page."""

    id: UUID
    user_id: UUID
    proposed_id: UUID | None
    telegram_id: int | None
    purpose: Purpose


_COLUMNS = (Link.id, Link.user_id, Link.proposed_id, Link.telegram_id, Link.purpose)
_LASTS = Link.expires_at > func.now()


async def _one(session: AsyncSession, found: Executable) -> LinkRecord | None:
    """Of `_COLUMNS`."""
    row = (await session.execute(found)).mappings().one_or_none()
    return LinkRecord(**row) if row else None


async def add(
    session: AsyncSession,
    *,
    link_id: UUID,
    user_id: UUID,
    purpose: Purpose,
    secret_hash: bytes,
    lasts: timedelta,
    telegram_id: int | None = None,
) -> None:
    """A link that was asked for twice by one update is there once; those of before open nothing any more."""
    older = update(Link).where(Link.user_id == user_id, Link.purpose == purpose, Link.id != link_id, _LASTS)
    await session.execute(older.values(expires_at=func.now()))
    made = insert(Link).values(
        id=link_id,
        user_id=user_id,
        purpose=purpose,
        secret_hash=secret_hash,
        telegram_id=telegram_id,
        expires_at=func.now() + literal(lasts),
    )
    await session.execute(made.on_conflict_do_nothing(index_elements=["id"]))


async def asked_for(session: AsyncSession, user_id: UUID, within: timedelta, but: UUID) -> int:
    """How many links the person asked for lately, `but` for this one."""
    lately = Link.created_at > func.now() - literal(within)
    found = select(func.count()).where(Link.user_id == user_id, lately, Link.id != but)
    return await session.scalar(found) or 0


def _unused(secret_hash: bytes) -> tuple[ColumnElement[bool], ...]:
    return (Link.secret_hash == secret_hash, Link.used_at.is_(None), _LASTS)


async def unused(session: AsyncSession, secret_hash: bytes) -> LinkRecord | None:
    """The link, as long as it opens something."""
    return await _one(session, select(*_COLUMNS).where(*_unused(secret_hash)))


async def use(session: AsyncSession, secret_hash: bytes) -> LinkRecord | None:
    """The link, which from here on opens nothing; of two who come at once one gets it."""
    used = update(Link).where(*_unused(secret_hash)).values(used_at=func.now()).returning(*_COLUMNS)
    return await _one(session, used)


async def use_in_chat(
    session: AsyncSession, secret_hash: bytes, telegram_id: int, lasts: timedelta
) -> LinkRecord | None:
    """A link from an account, used by who came with it to the chat; they have a while to confirm, and no
    longer when they come again. An update that is handled twice may use it twice."""
    first = Link.used_at.is_(None) & Link.telegram_id.is_(None)
    used = (
        update(Link)
        .where(
            Link.secret_hash == secret_hash,
            Link.purpose == "connect",
            _LASTS,
            or_(first, Link.telegram_id == telegram_id),
        )
        .values(
            used_at=func.coalesce(Link.used_at, func.now()),
            telegram_id=telegram_id,
            expires_at=case((first, func.now() + literal(lasts)), else_=Link.expires_at),
        )
        .returning(*_COLUMNS)
    )
    return await _one(session, used)


async def name(session: AsyncSession, link_id: UUID, account_id: UUID) -> None:
    """Somebody signed in to this account on the link's page: what ends its links ends this one."""
    await session.execute(_of(link_id).where(Link.used_at.is_(None)).values(proposed_id=account_id))


async def propose(session: AsyncSession, link_id: UUID, account_id: UUID, lasts: timedelta) -> bool:
    """A link that was just used on the page waits for a word in the chat, about this account; False where it
    was another that was named last."""
    named = _of(link_id).where(Link.proposed_id == account_id)
    waits = named.values(expires_at=func.now() + literal(lasts)).returning(Link.id)
    return await session.scalar(waits) is not None


async def awaiting(
    session: AsyncSession, link_id: UUID, telegram_id: int, *, lock: bool = True
) -> LinkRecord | None:
    """The link that this chat is asked about."""
    named = or_(Link.purpose == "connect", and_(Link.purpose == "sign_in", Link.proposed_id.is_not(None)))
    found = select(*_COLUMNS).where(
        Link.id == link_id, Link.telegram_id == telegram_id, Link.used_at.is_not(None), named, _LASTS
    )
    return await _one(session, found.with_for_update() if lock else found)


async def used_lately(
    session: AsyncSession, link_id: UUID, telegram_id: int, within: timedelta
) -> LinkRecord | None:
    """A link of this chat's that was used not long ago."""
    lately = Link.used_at > func.now() - literal(within)
    found = select(*_COLUMNS).where(Link.id == link_id, Link.telegram_id == telegram_id, lately)
    return await _one(session, found)


async def end(session: AsyncSession, link_id: UUID) -> None:
    """Nobody is asked about it any more."""
    await session.execute(
        _of(link_id).values(expires_at=func.now(), used_at=func.coalesce(Link.used_at, func.now()))
    )


async def end_all(session: AsyncSession, user_id: UUID) -> None:
    """None of the person's links opens or asks anything from here on. Of those by which chats would come to
    them, most are others' yet: only a session that looks across finds all."""
    of_theirs = or_(Link.user_id == user_id, Link.proposed_id == user_id)
    await session.execute(update(Link).where(of_theirs, _LASTS).values(expires_at=func.now()))


def _of(link_id: UUID) -> Update:
    return update(Link).where(Link.id == link_id)
