"""Messages of a chat that are no entry and become none by an edit: the answer to what the bot asked,
and the message of an entry that was deleted for good.

Each has a silent slot of the outbox, which goes with other old answers after three days: by then
Telegram lets nobody edit a message any more.
"""

from collections.abc import Iterable

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Outgoing


async def set_apart(session: AsyncSession, chat_id: int, message_ids: Iterable[int]) -> None:
    shown = {"chat_id": chat_id, "purpose": "answer", "state": "shown"}
    rows = [shown | {"slot": _slot(chat_id, it)} for it in message_ids]
    if rows:
        silent = insert(Outgoing).values(rows)
        await session.execute(silent.on_conflict_do_nothing(index_elements=["slot"]))


async def is_apart(session: AsyncSession, chat_id: int, message_id: int) -> bool:
    found = exists().where(Outgoing.slot == _slot(chat_id, message_id))
    return bool(await session.scalar(select(found)))


def _slot(chat_id: int, message_id: int) -> str:
    return f"apart:{chat_id}:{message_id}"
