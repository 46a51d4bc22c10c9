"""The outbox: every message that a chat should show is shown once.

`sendMessage` has no idempotency key, so a row is committed as `sending` before it leaves. Where a
crash or a lost answer leaves that open, the chat is asked: an edit of no effect on each id that
the message could have tells whether it is there. Only what is surely not there is sent again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.error import BadRequest, TelegramError

from bot.errors import (
    DeliveryBlocked,
    DeliveryBusy,
    DeliveryError,
    DeliveryRefused,
    DeliveryUncertain,
    DeliveryUnknown,
    LeaseLost,
)
from bot.journal.message import Reply
from bot.limits import Limits
from bot.telegram.richtext import RichText, parse, split
from bot.telegram.trouble import is_missing, is_unchanged, translate
from bot.work import Lease, pause
from db.queries import outbox, people
from db.queries.outbox import ClaimedOutgoing
from db.session import make_single

log = logging.getLogger(__name__)

T = TypeVar("T")

# How many ids above the newest known one are tried for a message whose answer was lost.
WINDOW = 25
# Messages a second that Telegram takes from a bot.
RATE = 30
MOST_FAILURES = 5
LONGEST_PAUSE = timedelta(seconds=60)
SETTLING = timedelta(seconds=2)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
BLANK = RichText(text="…")


@dataclass(frozen=True, kw_only=True)
class OutgoingJob:
    claim: ClaimedOutgoing

    @property
    def key(self) -> UUID:
        return self.claim.id


@dataclass(kw_only=True)
class _Attempt:
    """How far a try has come: the messages that surely are there, and whether one more may be."""

    shown: list[int]
    is_in_doubt: bool


class OutboxQueue:
    def __init__(self, sessions: async_sessionmaker[AsyncSession], bot: Bot, limits: Limits) -> None:
        self._sessions = sessions
        self._single = make_single(sessions)
        self._bot = bot
        self._limits = limits
        self._newest = 0

    def met(self, message_id: int) -> None:
        """A message of a private chat has this id: all of a bot's share one sequence of ids."""
        # Larger ids than Telegram's 32 bits are some other server's mistake.
        if message_id < 2**31:
            self._newest = max(self._newest, message_id)

    async def claim(self, places: int) -> list[OutgoingJob]:
        async with self._single.begin() as session:
            rows = await outbox.claim(session, places, self._newest)
        return [OutgoingJob(claim=row) for row in rows]

    async def extend(self, jobs: Sequence[OutgoingJob]) -> set[Hashable]:
        async with self._single.begin() as session:
            return set(await outbox.extend(session, _tokens(jobs)))

    async def handle(self, job: OutgoingJob, lease: Lease) -> None:
        row = job.claim
        attempt = _Attempt(shown=list(row.message_ids), is_in_doubt=row.was_sending)
        try:
            await self._show(row, attempt, lease)
        except DeliveryError as error:
            await self._put_off(row, attempt, error)
            return
        async with self._sessions.begin() as session:
            await outbox.mark_shown(session, row, attempt.shown)

    async def _show(self, row: ClaimedOutgoing, attempt: "_Attempt", lease: Lease) -> None:
        """Bring the chat to show the row's content."""
        reply = Reply.from_content(row.content)
        pieces = split(parse(reply.html)) or [BLANK]
        if attempt.is_in_doubt:
            await self._settle_doubt(row, attempt, len(pieces))
        for index, piece in enumerate(pieces):
            keyboard = _keyboard(reply) if index == len(pieces) - 1 else None
            if index < len(attempt.shown):
                if await self._edit(row.chat_id, attempt.shown[index], piece, keyboard):
                    continue
                # The person deleted it: it and what followed it are sent anew, in their order.
                await self._delete(row.chat_id, attempt.shown[index + 1 :])
                del attempt.shown[index:]
            await asyncio.sleep(await self._limits.reserve("telegram", rate=RATE, burst=RATE))
            lease.check()
            attempt.shown.append(await self._send(row.chat_id, piece, keyboard, reply.reply_to, attempt))
            if index < len(pieces) - 1:
                await self._keep(row, attempt)
        await self._delete(row.chat_id, attempt.shown[len(pieces) :])
        del attempt.shown[len(pieces) :]

    async def _settle_doubt(self, row: ClaimedOutgoing, attempt: "_Attempt", pieces: int) -> None:
        """Find out whether the message of an earlier try is there, and keep what was found out."""
        lost = await self._find_lost(row) if len(attempt.shown) < pieces else None
        if lost is not None:
            attempt.shown.append(lost)
            await self._keep(row, attempt)
        else:
            async with self._sessions.begin() as session:
                if not await outbox.begin_anew(session, row, self._newest):
                    raise LeaseLost("another worker shows this message now")
        attempt.is_in_doubt = False

    async def _keep(self, row: ClaimedOutgoing, attempt: "_Attempt") -> None:
        async with self._sessions.begin() as session:
            if not await outbox.mark_part(session, row, attempt.shown):
                raise LeaseLost("another worker shows this message now")

    async def _send(
        self,
        chat_id: int,
        piece: RichText,
        keyboard: InlineKeyboardMarkup | None,
        reply_to: int | None,
        attempt: "_Attempt",
    ) -> int:
        parameters = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None
        try:
            message = await _or_plain(
                lambda: self._bot.send_message(
                    chat_id,
                    piece.text,
                    entities=piece.entities() or None,
                    reply_markup=keyboard,
                    reply_parameters=parameters,
                    link_preview_options=NO_PREVIEW,
                ),
                lambda: self._bot.send_message(chat_id, piece.text),
            )
        except TelegramError as error:
            trouble = translate(error)
            attempt.is_in_doubt = isinstance(trouble, DeliveryUnknown)
            raise trouble from None
        if chat_id > 0:
            self.met(message.message_id)
        return message.message_id

    async def _edit(
        self, chat_id: int, message_id: int, piece: RichText, keyboard: InlineKeyboardMarkup | None
    ) -> bool:
        """Let the message show this piece; False when it is gone from the chat."""
        try:
            await _or_plain(
                lambda: self._bot.edit_message_text(
                    piece.text,
                    chat_id,
                    message_id,
                    entities=piece.entities() or None,
                    reply_markup=keyboard,
                    link_preview_options=NO_PREVIEW,
                ),
                lambda: self._bot.edit_message_text(piece.text, chat_id, message_id),
            )
        except TelegramError as error:
            if is_missing(error):
                return False
            if not is_unchanged(error):
                raise translate(error) from None
        return True

    async def _delete(self, chat_id: int, message_ids: Sequence[int]) -> None:
        for message_id in message_ids:
            try:
                await self._bot.delete_message(chat_id, message_id)
            except TelegramError as error:
                # Telegram lets nobody delete after 48 hours; the edit above already says what counts.
                log.info("a surplus message stays: %s", type(error).__name__)

    async def _find_lost(self, row: ClaimedOutgoing) -> int | None:
        """The message that an earlier try sent without hearing back, if it is there."""
        async with self._sessions() as session:
            known = await outbox.known_messages(session, row.chat_id, row.after_message_id)
        for message_id in row.candidates(WINDOW):
            if message_id in known:
                continue
            await asyncio.sleep(await self._limits.reserve("telegram", rate=RATE, burst=RATE))
            if await self._is_ours(row.chat_id, message_id):
                log.info("a message whose answer was lost is there")
                return message_id
        return None

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
                raise DeliveryUncertain("the chat cannot be asked") from None
            raise trouble from None
        return True

    async def _put_off(self, row: ClaimedOutgoing, attempt: "_Attempt", error: DeliveryError) -> None:
        """Decide by the kind of trouble: later, or never. What is in doubt stays in doubt."""
        log.warning("%s: %s", type(error).__name__, error)
        state = "sending" if attempt.is_in_doubt else "waiting"
        after = min(pause(row.attempts), LONGEST_PAUSE)
        async with self._sessions.begin() as session:
            if isinstance(error, DeliveryBlocked):
                await people.mark_blocked(session, row.chat_id)
                closed = "unknown" if attempt.is_in_doubt else "failed"
                await outbox.give_up(session, row, state=closed, error=outbox.BLOCKED)
                await outbox.close_chat(session, row.chat_id)
            elif isinstance(error, DeliveryRefused):
                await outbox.give_up(session, row, state="failed", error="refused")
            elif isinstance(error, DeliveryUncertain):
                log.error("a message may or may not have been shown: it is not sent again")
                await outbox.give_up(session, row, state="unknown", error="unknown")
            elif isinstance(error, DeliveryBusy):
                after = timedelta(seconds=error.retry_after)
                await outbox.retry(session, row, state=state, after=after, error="busy")
            elif isinstance(error, DeliveryUnknown):
                # Telegram may still be working on a request whose answer we stopped waiting for.
                after = max(min(timedelta(seconds=2 * row.attempts), LONGEST_PAUSE), SETTLING)
                await outbox.retry(session, row, state=state, after=after, error="unknown")
            else:
                await outbox.retry(session, row, state=state, after=after, error="unsent")

    async def failed(self, job: OutgoingJob, error: Exception) -> None:
        if job.claim.attempts >= MOST_FAILURES:
            # A mistake of ours, and the chat waits behind it: a card with help, for one.
            log.error("a message was given up after %d tries: %s", job.claim.attempts, type(error).__name__)
            async with self._sessions.begin() as session:
                await outbox.give_up(session, job.claim, state="unknown", error="failed within")
            return
        attempt = _Attempt(shown=list(job.claim.message_ids), is_in_doubt=True)
        await self._put_off(job.claim, attempt, DeliveryUnknown("failed within"))

    async def release(self, jobs: Sequence[OutgoingJob]) -> None:
        async with self._sessions.begin() as session:
            await outbox.release(session, [job.claim for job in jobs])


def _tokens(jobs: Sequence[OutgoingJob]) -> list[tuple[UUID, UUID]]:
    return [(job.claim.id, job.claim.token) for job in jobs]


async def _or_plain(formatted: Callable[[], Awaitable[T]], plain: Callable[[], Awaitable[T]]) -> T:
    """Where Telegram refuses how a message looks, let its words arrive all the same."""
    try:
        return await formatted()
    except BadRequest as error:
        if is_missing(error) or is_unchanged(error) or not isinstance(translate(error), DeliveryRefused):
            raise
        log.warning("Telegram refuses how a message looks: it is tried as plain text")
    return await plain()


def _keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    if not reply.buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(button.label, callback_data=button.data) for button in row]
            for row in reply.buttons
        ]
    )
