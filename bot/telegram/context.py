"""What every handler is handed, beside the update."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from telegram import Update
from telegram.ext import Application, CallbackContext, ExtBot

from bot.journal.journey import Journey
from bot.journal.message import Identity, Reply, Sender, clean
from db.queries import outbox


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts of the bot that handlers use, built in `app.py`."""

    sessions: async_sessionmaker[AsyncSession]
    journey: Journey
    sender: Sender


class Context(CallbackContext[ExtBot[None], dict[str, Any], dict[str, Any], dict[str, Any]]):
    @property
    def parts(self) -> Parts:
        parts = self.bot_data["parts"]
        assert isinstance(parts, Parts)  # noqa: S101 - bot_data is untyped
        return parts

    async def answer(self, update: Update, html: str) -> None:
        """Have the chat show `html` once for this update, however often the update is handled."""
        chat = update.effective_chat
        if chat is None:
            return
        async with self.parts.sessions.begin() as session:
            await outbox.put(
                session,
                slot=f"update:{update.update_id}",
                purpose="answer",
                chat_id=chat.id,
                content=Reply(html=html).as_content(),
            )
        self.parts.sender.nudge()


DaybookApplication = Application[ExtBot[None], Context, dict[str, Any], dict[str, Any], dict[str, Any], None]


def identity_of(update: Update) -> Identity:
    """Who wrote it, in which chat. Only for updates that have both."""
    user, chat = update.effective_user, update.effective_chat
    if user is None or chat is None:
        raise ValueError("an update without a person or a chat")
    return Identity(
        telegram_id=user.id,
        chat_id=chat.id,
        first_name=clean(user.first_name),
        last_name=user.last_name,
        username=user.username,
        language_code=user.language_code,
    )
