"""A new bot on the database of a former one, as after a new token of @BotFather's: each numbers its messages
and its updates for itself, and what people write now must not be taken for what they wrote then."""

import asyncio
import logging
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from db.queries import bots

log = logging.getLogger(__name__)

PAUSE = 0.5  # in seconds


async def take_over(sessions: async_sessionmaker[AsyncSession], bot_id: int) -> None:
    """Serve this database as the bot of this id. Call it before anything is handled or shown, with every
    other bot kept away. A replica that comes a moment later waits, and finds that it is done."""
    while not await _look(sessions, bot_id):  # noqa: ASYNC110 - a lock in the database tells of nothing
        await asyncio.sleep(PAUSE)


async def _look(sessions: async_sessionmaker[AsyncSession], bot_id: int) -> bool:
    async with sessions.begin() as session:
        if not await bots.may_look(session):
            return False
        former = await bots.latest(session)
        if former == bot_id:
            return True
        if former is not None:
            await _leave_behind(session)
            log.warning(
                "bot %d served this database before: its messages are left behind, its entries stay", former
            )
        await bots.note(session, bot_id)
    return True


async def _leave_behind(session: AsyncSession) -> None:
    await bots.forget_messages(session)
    for update_id, payload in await bots.renumber_updates(session):
        await bots.rewrite(session, update_id, {**aside(payload), "update_id": update_id})


def aside(it: Any) -> Any:
    """The same with every message's id below zero, where no bot counts: what a former bot received and
    nobody handled yet is still kept, once."""
    if isinstance(it, list):
        return [aside(one) for one in it]
    if not isinstance(it, dict):
        return it
    return {
        name: -abs(one) if name == "message_id" and isinstance(one, int) else aside(one)
        for name, one in it.items()
    }
