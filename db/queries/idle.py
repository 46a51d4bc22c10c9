"""Whether anything is left to do now, of all queues in one look."""

from datetime import timedelta

from sqlalchemy import and_, exists, func, literal, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Journey, Outgoing, Scoring, Summary, Update

# What comes this soon is waited for.
_soon = func.now() + literal(timedelta(seconds=5))
_BUSY = (
    exists().where(Update.done_at.is_(None)),
    # What is parked for later does not count.
    exists().where(
        or_(Journey.lease_until > func.now(), and_(Journey.due_at <= _soon, Journey.waiting_for.is_(None)))
    ),
    exists().where(
        Outgoing.state.in_(("waiting", "sending")),
        or_(Outgoing.due_at <= _soon, Outgoing.lease_until > func.now()),
    ),
    # What waits for quiet, or for a mind, does not count.
    exists().where(
        or_(Scoring.lease_until > func.now(), and_(Scoring.due_at <= _soon, Scoring.attempts == 0))
    ),
    exists().where(Summary.state == "waiting", Summary.due_at <= func.now()),
)
_IS_IDLE = select(not_(or_(*_BUSY)))


async def is_idle(session: AsyncSession) -> bool:
    """Whether nothing is under way or due in any queue, whichever replica has it."""
    return bool(await session.scalar(_IS_IDLE))
