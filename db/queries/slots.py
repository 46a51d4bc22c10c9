"""Which messages of a chat show which slots of the outbox."""

from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Outgoing, TelegramIdentity


async def slot_of(session: AsyncSession, chat_id: int, message_id: int) -> str | None:
    """The slot that a message of the bot shows, as far as it is kept."""
    return await session.scalar(select(Outgoing.slot).where(shows(chat_id, message_id)))


def shows(chat_id: int, message_id: int) -> ColumnElement[bool]:
    """Whether a row's slot is shown by this message."""
    return (Outgoing.chat_id == chat_id) & Outgoing.message_ids.contains([message_id])


def owner_of(chat_id: int) -> ScalarSelect[UUID]:
    """The person in whose chat a message is, if it is anybody's: theirs is its row, whoever puts it."""
    return select(TelegramIdentity.user_id).where(TelegramIdentity.chat_id == chat_id).scalar_subquery()


async def known_messages(session: AsyncSession, chat_id: int, after: int) -> set[int]:
    """The ids above `after` that already belong to some slot of this chat."""
    ids = select(func.unnest(Outgoing.message_ids).label("id")).where(Outgoing.chat_id == chat_id).subquery()
    return set((await session.scalars(select(ids.c.id).where(ids.c.id > after))).all())


async def may_be_under_way(session: AsyncSession, chat_id: int, message_id: int) -> bool:
    """Whether the message is unknown while one is being sent to this chat: the person sees it a moment
    before its id is kept here."""
    under_way = exists().where(
        Outgoing.chat_id == chat_id, Outgoing.state == "sending", Outgoing.lease_until > func.now()
    )
    is_known = exists().where(shows(chat_id, message_id))
    return bool(await session.scalar(select(under_way & ~is_known)))
