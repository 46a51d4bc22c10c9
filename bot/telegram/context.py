"""What every handler is handed, beside the update."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Message, Update
from telegram.ext import Application, CallbackContext, ExtBot

from bot.ai.protocols import Embedder
from bot.journal.accounts.linking import Linking
from bot.journal.goals.proposing import Proposer
from bot.journal.journey import Journey
from bot.journal.message import Identity, Reply, Sender, clean
from bot.journal.readers import Readers
from bot.journal.scoring import DayScorer
from db import owned
from db.owned import Across, Sessions
from db.queries import outbox
from db.queries.people import Standing

# How long the same short answer is not repeated in a chat.
SPARING = timedelta(seconds=60)
# The parts of an album come at once, one update each.
ALBUM_TAKES = timedelta(seconds=3)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts of the bot that handlers use, built in `app.py`."""

    # One person's each. `across` is for who somebody is, and for chats that are nobody's, as groups are.
    sessions: Sessions
    across: Across
    journey: Journey
    sender: Sender
    default_time_zone: str
    readers: Readers
    embedder: Embedder
    scorer: DayScorer
    proposer: Proposer
    linking: Linking
    # Whether a phone reaches the pages.
    is_public: bool
    # Much was written for somebody else: its words are to be read into the index anew.
    index_again: Callable[[], None]


class Context(CallbackContext[ExtBot[None], dict[str, Any], dict[str, Any], dict[str, Any]]):
    # Of the chat of a private message, as `membership` found it.
    standing = Standing()

    @property
    def parts(self) -> Parts:
        parts = self.bot_data["parts"]
        assert isinstance(parts, Parts)  # noqa: S101 - bot_data is untyped
        return parts

    @asynccontextmanager
    async def own(self, update: Update) -> AsyncIterator[AsyncSession]:
        """One transaction of the person behind the update, who sees nothing but their own rows. Whoever is
        not known yet sees none, until `recognise` has made them."""
        user_id, user = self.standing.user_id, update.effective_user
        if user_id is not None or user is None:
            async with self.parts.sessions.begin(user_id) as session:
                yield session
            return
        async with self.parts.sessions.meet(user.id) as session:
            self.standing = replace(self.standing, user_id=owned.owner(session))
            yield session

    async def silence(self, update: Update, slot: str) -> None:
        """Show nothing in `slot`, now or later, unless it is shown or on its way already."""
        if (chat := update.effective_chat) is not None:
            async with self.parts.across.begin() as session:
                await outbox.silence(session, slot, chat.id)

    async def answer(self, update: Update, html: str, *, slot: str | None = None) -> None:
        """Have the chat show `html` once for this update, however often the update is handled, or
        once for all that share the `slot`."""
        chat = update.effective_chat
        if chat is None:
            return
        async with self.parts.across.begin() as session:
            await outbox.put_answer(
                session,
                slot=slot or f"update:{update.update_id}",
                chat_id=chat.id,
                content=Reply(html=html).as_content(),
            )
        self.parts.sender.nudge()

    async def answer_sparingly(self, update: Update, html: str, *, about: str) -> None:
        """As `answer`, but a burst of messages hears it once. So does an album, a moment later and
        only if no part of it turns out to be an entry."""
        message = update.effective_message
        if message is None:
            return
        slot, after = f"update:{update.update_id}:{about}", timedelta(0)
        if message.media_group_id:
            slot, after, about = album_slot(message), ALBUM_TAKES, ALBUM
        async with self.parts.across.begin() as session:
            if await outbox.was_said(session, message.chat.id, f":{about}", SPARING):
                return
            await outbox.put_answer(
                session,
                slot=slot,
                chat_id=message.chat.id,
                content=Reply(html=html).as_content(),
                after=after,
            )
        self.parts.sender.nudge()


ALBUM = "album"


def album_slot(message: Message) -> str:
    """Where the whole album that the message is a part of is answered."""
    return f"album:{message.chat.id}:{message.media_group_id}:{ALBUM}"


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
