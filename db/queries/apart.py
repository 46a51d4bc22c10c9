"""Messages of a chat that are no entry and become none by an edit: the answer to what the bot asked,
and the message of an entry that was deleted for good.

Each has a silent slot of the outbox, which goes with other old answers after three days: by then
Telegram lets nobody edit a message any more. One whose person may say that it was an entry after all
keeps its words there as long.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Outgoing

from .slots import owner_of


async def set_apart(session: AsyncSession, chat_id: int, message_ids: Iterable[int]) -> None:
    shown = {"chat_id": chat_id, "user_id": owner_of(chat_id), "purpose": "answer", "state": "shown"}
    rows = [shown | {"slot": _slot(chat_id, it)} for it in message_ids]
    if rows:
        silent = insert(Outgoing).values(rows)
        await session.execute(silent.on_conflict_do_nothing(index_elements=["slot"]))


async def set_words_apart(
    session: AsyncSession, chat_id: int, message_id: int, words: dict[str, Any]
) -> None:
    """As `set_apart`, but `take_back` gives the message with these `words` of it."""
    row = {"chat_id": chat_id, "user_id": owner_of(chat_id), "purpose": "answer", "state": "shown"}
    silent = insert(Outgoing).values(row | {"slot": _slot(chat_id, message_id), "content": words})
    await session.execute(silent.on_conflict_do_nothing(index_elements=["slot"]))


async def take_back(session: AsyncSession, chat_id: int, message_id: int) -> dict[str, Any] | None:
    """The words of a message that is set apart no more from here on; None where none were kept."""
    kept = (Outgoing.slot == _slot(chat_id, message_id), Outgoing.content.is_not(None))
    return await session.scalar(delete(Outgoing).where(*kept).returning(Outgoing.content))


async def is_apart(session: AsyncSession, chat_id: int, message_id: int) -> bool:
    found = exists().where(Outgoing.slot == _slot(chat_id, message_id))
    return bool(await session.scalar(select(found)))


def _slot(chat_id: int, message_id: int) -> str:
    return f"apart:{chat_id}:{message_id}"
