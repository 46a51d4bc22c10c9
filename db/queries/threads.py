"""What belongs together: an entry that answers an earlier one, and what the bot said to each."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import and_, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db.models import DailyScore, Entry, Outgoing, Part

from . import slots

# How long a reply may have waited for a mind.
LATE = timedelta(days=3)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """An entry of a thread and the reply it had, as HTML; `asked` is the summary's question that it answers,
    as plain text."""

    entry_id: UUID
    local_date: date
    body: str
    reply: str | None
    asked: str | None = None


async def entry_of_message(
    session: AsyncSession, user_id: UUID, chat_id: int, message_id: int
) -> UUID | None:
    """The entry that a message of this chat is, or that a message of the bot is about."""
    of_part = select(Part.entry_id).where(Part.chat_id == chat_id, Part.message_id == message_id)
    of_bot = select(Outgoing.entry_id).where(slots.shows(chat_id, message_id))
    found = select(Entry.id).where(
        Entry.user_id == user_id,
        Entry.deleted_at.is_(None),
        or_(
            (Entry.chat_id == chat_id) & (Entry.message_id == message_id),
            Entry.id == of_part.scalar_subquery(),
            Entry.id == of_bot.limit(1).scalar_subquery(),
        ),
    )
    return await session.scalar(found)


async def summary_of_message(session: AsyncSession, user_id: UUID, message_id: int) -> UUID | None:
    """The scored day whose summary a message is."""
    of_day = (DailyScore.user_id == user_id, DailyScore.message_id == message_id)
    found = select(DailyScore.id).where(*of_day).order_by(DailyScore.sent_at.desc()).limit(1)
    return await session.scalar(found)


async def asked(session: AsyncSession, user_id: UUID, score_id: UUID) -> str | None:
    """What the summary of a scored day asked, as plain text."""
    of_day = (DailyScore.user_id == user_id, DailyScore.id == score_id)
    return await session.scalar(select(DailyScore.question).where(*of_day))


async def turns(session: AsyncSession, user_id: UUID, entry_id: UUID, most: int) -> list[Turn]:
    """The entries that lead up to this one, itself last, `most` of them."""
    step = (
        select(Entry.id, Entry.continues_id, literal(0).label("depth"))
        .where(Entry.id == entry_id, Entry.user_id == user_id)
        .cte(recursive=True)
    )
    before = aliased(Entry)
    step = step.union_all(
        select(before.id, before.continues_id, step.c.depth + 1)
        .join(step, before.id == step.c.continues_id)
        .where(before.user_id == user_id, step.c.depth + 1 < most)
    )
    columns = (Entry.id.label("entry_id"), Entry.local_date, Entry.body, Entry.reply)
    answered = and_(DailyScore.id == Entry.answers_score_id, DailyScore.user_id == user_id)
    found = await session.execute(
        select(*columns, DailyScore.question.label("asked"))
        .join(step, step.c.id == Entry.id)
        .outerjoin(DailyScore, answered)
        .where(Entry.deleted_at.is_(None))
        .order_by(step.c.depth.desc())
    )
    return [Turn(**row) for row in found.mappings()]
