"""The outbox: every message that a chat should show is shown once.

`sendMessage` has no idempotency key, so a row is committed as `sending` before it leaves. Where a
crash or a lost answer leaves that open, the chat is asked: an edit of no effect on each id that
the message could have tells whether it is there. Only what is surely not there is sent again.
"""

import asyncio
import logging
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.error import TelegramError

from bot.errors import (
    DeliveryBlocked,
    DeliveryBusy,
    DeliveryError,
    DeliveryRefused,
    DeliveryUnknown,
    LeaseLost,
)
from bot.journal.message import Reply
from bot.limits import Limits
from bot.telegram.richtext import RichText, parse, split
from bot.telegram.trouble import is_missing, is_unchanged, translate
from bot.work import Lease
from db.queries import journeys, outbox, people
from db.queries.outbox import ClaimedOutgoing

log = logging.getLogger(__name__)

# How many ids above the newest known one are tried for a message whose answer was lost.
WINDOW = 25
# Messages a second that Telegram takes from a bot.
RATE = 30
MOST_TRIES = 8
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
BLANK = RichText(text="…")


@dataclass(frozen=True, kw_only=True)
class OutgoingJob:
    claim: ClaimedOutgoing

    @property
    def key(self) -> UUID:
        return self.claim.id


class OutboxQueue:
    def __init__(self, sessions: async_sessionmaker[AsyncSession], bot: Bot, limits: Limits) -> None:
        self._sessions = sessions
        self._bot = bot
        self._limits = limits
        self._newest = 0

    def met(self, message_id: int) -> None:
        """A message with this id exists: all private chats of a bot share one sequence of ids."""
        self._newest = max(self._newest, message_id)

    async def claim(self, places: int) -> list[OutgoingJob]:
        async with self._sessions.begin() as session:
            rows = await outbox.claim(session, places, self._newest)
        return [OutgoingJob(claim=row) for row in rows]

    async def extend(self, jobs: Sequence[OutgoingJob]) -> set[Hashable]:
        async with self._sessions.begin() as session:
            return set(await outbox.extend(session, _tokens(jobs)))

    async def handle(self, job: OutgoingJob, lease: Lease) -> None:
        row = job.claim
        try:
            shown = await self._show(row, lease)
        except DeliveryError as error:
            await self._put_off(row, error)
            return
        async with self._sessions.begin() as session:
            await outbox.mark_shown(session, row, shown)

    async def _show(self, row: ClaimedOutgoing, lease: Lease) -> list[int]:
        """Bring the chat to show the row's content; the ids of the messages that do."""
        reply = Reply.from_content(row.content)
        pieces = split(parse(reply.html)) or [BLANK]
        shown = list(row.message_ids)
        if row.was_sending and len(shown) < len(pieces):
            shown += await self._find_lost(row)
        for index, piece in enumerate(pieces):
            keyboard = _keyboard(reply) if index == len(pieces) - 1 else None
            if index < len(shown) and await self._edit(row.chat_id, shown[index], piece, keyboard):
                continue
            del shown[index:]
            await asyncio.sleep(await self._limits.reserve("telegram", rate=RATE, burst=RATE))
            lease.check()
            shown.append(await self._send(row.chat_id, piece, keyboard, reply.reply_to))
            if index < len(pieces) - 1:
                async with self._sessions.begin() as session:
                    if not await outbox.mark_part(session, row, shown):
                        raise LeaseLost("another worker shows this message now")
        for surplus in shown[len(pieces) :]:
            await self._delete(row.chat_id, surplus)
        return shown[: len(pieces)]

    async def _send(
        self, chat_id: int, piece: RichText, keyboard: InlineKeyboardMarkup | None, reply_to: int | None
    ) -> int:
        parameters = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None
        try:
            message = await self._bot.send_message(
                chat_id,
                piece.text,
                entities=piece.entities() or None,
                reply_markup=keyboard,
                reply_parameters=parameters,
                link_preview_options=NO_PREVIEW,
            )
        except TelegramError as error:
            raise translate(error) from None
        self.met(message.message_id)
        return message.message_id

    async def _edit(
        self, chat_id: int, message_id: int, piece: RichText, keyboard: InlineKeyboardMarkup | None
    ) -> bool:
        """Let the message show this piece; False when it is gone from the chat."""
        try:
            await self._bot.edit_message_text(
                piece.text,
                chat_id,
                message_id,
                entities=piece.entities() or None,
                reply_markup=keyboard,
                link_preview_options=NO_PREVIEW,
            )
        except TelegramError as error:
            if is_missing(error):
                return False
            if not is_unchanged(error):
                raise translate(error) from None
        return True

    async def _delete(self, chat_id: int, message_id: int) -> None:
        try:
            await self._bot.delete_message(chat_id, message_id)
        except TelegramError as error:
            # Telegram lets nobody delete after 48 hours; the edit above already says what counts.
            log.info("a surplus message stays: %s", type(error).__name__)

    async def _find_lost(self, row: ClaimedOutgoing) -> list[int]:
        """The message that an earlier try sent without hearing back, if it is there."""
        async with self._sessions() as session:
            known = await outbox.known_messages(session, row.chat_id, row.after_message_id)
        for message_id in row.candidates(WINDOW):
            if message_id not in known and await self._is_ours(row.chat_id, message_id):
                log.info("a message whose answer was lost is there")
                return [message_id]
        return []

    async def _is_ours(self, chat_id: int, message_id: int) -> bool:
        try:
            await self._bot.edit_message_reply_markup(chat_id, message_id, reply_markup=None)
        except TelegramError as error:
            if is_missing(error):
                return False
            if is_unchanged(error):
                return True
            trouble = translate(error)
            if isinstance(trouble, DeliveryRefused):
                # A server that cannot tell: then it must not be sent again.
                raise DeliveryUnknown("the chat cannot be asked") from None
            raise trouble from None
        return True

    async def _put_off(self, row: ClaimedOutgoing, error: DeliveryError) -> None:
        """Decide by the kind of trouble: later, or never."""
        log.warning("%s: %s", type(error).__name__, error)
        async with self._sessions.begin() as session:
            if isinstance(error, DeliveryBlocked):
                await people.mark_blocked(session, row.chat_id, blocked=True)
                await outbox.give_up(session, row, state="failed", error="blocked")
            elif isinstance(error, DeliveryRefused):
                await outbox.give_up(session, row, state="failed", error="refused")
            elif isinstance(error, DeliveryBusy):
                after = timedelta(seconds=error.retry_after)
                await outbox.retry(session, row, state="waiting", after=after, error="busy")
            elif isinstance(error, DeliveryUnknown):
                await self._doubt(session, row)
            else:
                state = "sending" if row.was_sending else "waiting"
                pause = journeys.pause(row.attempts)
                await outbox.retry(session, row, state=state, after=pause, error="unsent")

    async def _doubt(self, session: AsyncSession, row: ClaimedOutgoing) -> None:
        if row.attempts >= MOST_TRIES:
            log.error("a message may or may not have been shown: it is not sent again")
            await outbox.give_up(session, row, state="unknown", error="unknown")
            return
        # Telegram may still be working on a request whose answer we stopped waiting for.
        after = timedelta(seconds=2 * row.attempts)
        await outbox.retry(session, row, state="sending", after=after, error="unknown")

    async def failed(self, job: OutgoingJob, _error: Exception) -> None:
        await self._put_off(job.claim, DeliveryUnknown("failed within"))

    async def release(self, jobs: Sequence[OutgoingJob]) -> None:
        async with self._sessions.begin() as session:
            await outbox.release(session, [job.claim for job in jobs])


def _tokens(jobs: Sequence[OutgoingJob]) -> list[tuple[UUID, UUID]]:
    return [(job.claim.id, job.claim.token) for job in jobs]


def _keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    if not reply.buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(button.label, callback_data=button.data) for button in row]
            for row in reply.buttons
        ]
    )
