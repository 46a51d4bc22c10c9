"""Which bot serves this database. Another one counts its messages and its updates for itself, so that the
same numbers mean something else: what the former one numbered is then known by its number no more."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, literal, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Bot, DailyScore, Entry, Outgoing, Part, TelegramIdentity, Update

# Of many rows so many are changed by one statement, which has only so long.
AT_ONCE = 10_000
# Slots that are named for a number of Telegram's.
NUMBERED = ("update:", "message:", "tap:", "apart:", "album:")
# Says who may look, within a transaction: any number that nothing else uses.
_LOCK = 0x626F7473


async def may_look(session: AsyncSession) -> bool:
    """Whether nobody else looks meanwhile; until the commit nobody will."""
    return bool(await session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))))


async def latest(session: AsyncSession) -> int | None:
    """The bot that served here last; None where nobody noted it yet."""
    return await session.scalar(select(Bot.id).order_by(Bot.met_at.desc()).limit(1))


async def note(session: AsyncSession, bot_id: int) -> None:
    """From here on this one serves."""
    now = func.clock_timestamp()
    met = insert(Bot).values(id=bot_id, met_at=now)
    await session.execute(met.on_conflict_do_update(index_elements=["id"], set_={"met_at": now}))


async def forget_messages(session: AsyncSession) -> None:
    """No entry and nothing that was shown is known by a message any more. What still waits to be shown is
    shown by the bot that serves now, also where the former one may have shown it: its chat is another."""
    numbered = or_(*(Outgoing.slot.startswith(it) for it in NUMBERED))
    await _in_steps(
        session,
        Outgoing,
        {
            "slot": case((numbered, func.concat("left:", Outgoing.id)), else_=Outgoing.slot),
            "state": case(
                (Outgoing.state == "sending", "waiting"),
                (Outgoing.state == "unknown", "failed"),
                else_=Outgoing.state,
            ),
            "message_ids": [],
            "after_message_id": None,
            "newest_message_id": None,
            "lease_token": None,
            "lease_until": None,
        },
    )
    await _in_steps(session, Entry, {"message_id": None, "reply_message_id": None})
    # The entries hold these words, too; only an edit of a message needed them apart.
    await session.execute(delete(Part))
    scored = update(DailyScore).where(DailyScore.message_id.is_not(None))
    await session.execute(scored.values(message_id=None))
    asked = update(TelegramIdentity).where(TelegramIdentity.dialog.is_not(None))
    await session.execute(asked.values(dialog=null()))


async def _in_steps(session: AsyncSession, table: type[Any], values: dict[str, Any]) -> None:
    last = UUID(int=0)
    while True:
        ids = select(table.id).where(table.id > last).order_by(table.id).limit(AT_ONCE).subquery()
        stop = await session.scalar(select(ids.c.id).order_by(ids.c.id.desc()).limit(1))
        if stop is None:
            return
        some = update(table).where(table.id > last, table.id <= stop)
        await session.execute(some.values(values).execution_options(synchronize_session=False))
        last = stop


async def renumber_updates(session: AsyncSession) -> Sequence[tuple[int, dict[str, Any]]]:
    """Every update that is kept gets a number below zero, where no bot counts, in the same order; those
    that wait to be handled, with their payloads. What was handled goes: nobody hands it over again."""
    await session.execute(delete(Update).where(Update.done_at.is_not(None), Update.error.is_(None)))
    ends = (await session.execute(select(func.min(Update.update_id), func.max(Update.update_id)))).one()
    lowest, highest = ends[0] or 0, ends[1] or 0
    # As far as no two of them can meet on the way.
    step = max(highest - lowest, highest) + 1
    moved = {"update_id": Update.update_id - literal(step), "lease_token": None, "lease_until": None}
    await session.execute(update(Update).values(moved).execution_options(synchronize_session=False))
    waiting = select(Update.update_id, Update.payload).where(Update.done_at.is_(None))
    return [(row[0], row[1]) for row in await session.execute(waiting.order_by(Update.update_id))]


async def rewrite(session: AsyncSession, update_id: int, payload: dict[str, Any]) -> None:
    await session.execute(update(Update).where(Update.update_id == update_id).values(payload=payload))
