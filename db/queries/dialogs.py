"""What the bot asked in a chat last, and waits to hear there."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import TelegramIdentity


async def asked(session: AsyncSession, telegram_id: int) -> dict[str, Any] | None:
    """The open question; its identity is locked until the commit."""
    return await session.scalar(
        select(TelegramIdentity.dialog).where(TelegramIdentity.telegram_id == telegram_id).with_for_update()
    )


async def ask(session: AsyncSession, telegram_id: int, dialog: dict[str, Any] | None) -> None:
    """Wait for an answer to this, and no longer to what was asked before; None waits for nothing."""
    await session.execute(
        update(TelegramIdentity).where(TelegramIdentity.telegram_id == telegram_id).values(dialog=dialog)
    )
