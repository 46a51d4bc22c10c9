"""What a person says of a number by another door than a chat; the reply in the chat shows it, too.

Each is part of a transaction of the caller's. What they cannot do they refuse, with the reason.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from bot.ai.protocols import MetricKind
from bot.errors import Clash, NotThere, OutOfRange
from bot.journal import numbers, replies
from bot.journal.metrics import ADDITIVE, KINDS
from bot.journal.writing import locked
from db.queries import metrics, pages
from db.queries.people import Person

_SPACE = UUID("b6a1f5d4-6b53-4b8f-8a55-3f0f5b1f8c1e")


async def state(
    session: AsyncSession, person: Person, entry_id: UUID, name: str, value: float, *, key: str | None = None
) -> UUID:
    """The person's value for a number of the entry; its id. Of what adds up it is one more, unless the same
    came with the same `key` before."""
    kind = KINDS[name]
    if not numbers.fits(kind, value):
        raise OutOfRange(_range(kind))
    entry = await locked(session, person, entry_id)
    if name in ADDITIVE:
        once = uuid5(_SPACE, f"{person.user_id}:{entry_id}:{name}:{value}:{key}") if key else None
        said = await metrics.say_another(
            session, person.user_id, entry_id, name=name, value=value, unit=kind.unit, metric_id=once
        )
    else:
        said = await metrics.say(session, person.user_id, entry_id, name=name, value=value, unit=kind.unit)
    await replies.show(session, entry)
    return said


def _range(kind: MetricKind) -> str:
    least, most = numbers.plain(kind.minimum), numbers.plain(kind.maximum)
    return f"{kind.name} goes from {least} to {most} {kind.unit}"


async def correct(session: AsyncSession, person: Person, metric_id: UUID, value: float) -> None:
    """What was read is kept beside it."""
    metric = await _there(session, person, metric_id)
    kind = KINDS.get(metric.name)
    if kind is None or not numbers.fits(kind, value):
        raise Clash(_range(kind) if kind else "this number is no longer kept")

    async def say(session: AsyncSession, user_id: UUID, metric_id: UUID) -> None:
        await metrics.correct(session, user_id, metric_id, value)

    await _change(session, person, metric_id, say)


async def remove(session: AsyncSession, person: Person, metric_id: UUID) -> None:
    """It counts no more, also when its entry is read again."""
    await _there(session, person, metric_id)
    await _change(session, person, metric_id, metrics.remove)


async def restore(session: AsyncSession, person: Person, metric_id: UUID) -> None:
    """What was removed counts again. A number that only the person said is gone once it is removed."""
    await _change(session, person, metric_id, metrics.bring_back)


async def _there(session: AsyncSession, person: Person, metric_id: UUID) -> pages.MetricRecord:
    metric = await pages.metric(session, person.user_id, metric_id)
    if metric is None or metric.removed_at is not None:
        raise NotThere("there is no such number")
    return metric


async def _change(
    session: AsyncSession,
    person: Person,
    metric_id: UUID,
    change: Callable[[AsyncSession, UUID, UUID], Awaitable[None]],
) -> None:
    metric = await pages.metric(session, person.user_id, metric_id)
    if metric is None:
        raise NotThere("there is no such number")
    entry = await locked(session, person, metric.entry_id)
    await change(session, person.user_id, metric_id)
    await replies.show(session, entry)
