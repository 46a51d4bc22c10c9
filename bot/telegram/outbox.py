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
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from telegram import Bot
from telegram.error import TelegramError

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
from bot.telegram import showing
from bot.telegram.hurry import Hurry
from bot.telegram.showing import Showable
from bot.telegram.trouble import translate
from bot.work import Lease, pause
from db.queries import outbox, people, pictures, slots, summaries
from db.queries.lanes import Lane
from db.queries.outbox import ClaimedOutgoing
from db.session import make_single

log = logging.getLogger(__name__)

# How many ids above the newest known one are tried for a message whose answer was lost.
WINDOW = 25
# Messages a second that Telegram takes from a bot, those of them that may be what nobody waits for, how many
# of these make up for turns that came late, and how many replies may go out at once beside these.
RATE, BULK_RATE, LATE_TURNS, BURST_BESIDE_BULK = 30, 29.8, 3, 6
# Seconds for which they let a person go first: no turn is lost by that.
GIVES_WAY = (LATE_TURNS - 1) / BULK_RATE
MOST_FAILURES = 5
LONGEST_PAUSE = timedelta(seconds=60)
SETTLING = timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True)
class OutgoingJob:
    claim: ClaimedOutgoing

    @property
    def key(self) -> UUID:
        return self.claim.id


@dataclass(kw_only=True)
class _Attempt:
    """How far a try has come: the messages that surely are there, whether one more may be, and whether the
    turn of the next has come."""

    shown: list[int]
    is_in_doubt: bool
    has_turn: bool = False


class Newest:
    """The highest message id that this process has met in a private chat: all of a bot's share one
    sequence of ids."""

    def __init__(self) -> None:
        self.message_id = 0

    def met(self, message_id: int) -> None:
        # Larger ids than Telegram's 32 bits are some other server's mistake.
        if message_id < 2**31:
            self.message_id = max(self.message_id, message_id)


class OutboxQueue:
    """What people wait for goes by the lane "chat", and what is sent to many at one hour by "bulk";
    the queue of the one knows the other's `beside` it. `address_of` makes the address of a link."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        bot: Bot,
        limits: Limits,
        newest: Newest,
        hurry: Hurry,
        *,
        lane: Lane = "chat",
        beside: "OutboxQueue | None" = None,
        address_of: Callable[[UUID], Awaitable[str]] | None = None,
    ) -> None:
        self._sessions = sessions
        self._single = make_single(sessions)
        self._bot = bot
        self._limits = limits
        self._lane: Lane = lane
        self._beside = beside
        self._address_of = address_of
        self._newest = newest
        self._hurry = hurry
        self._line, self._turn = asyncio.Lock(), asyncio.Lock()
        self._at_work = 0

    @property
    def is_busy(self) -> bool:
        return self._at_work > 0

    async def claim(self, places: int) -> list[OutgoingJob]:
        async with self._single.begin() as session:
            rows = await outbox.claim(session, self._lane, places, self._newest.message_id)
        return [OutgoingJob(claim=row) for row in rows]

    async def extend(self, jobs: Sequence[OutgoingJob]) -> set[Hashable]:
        async with self._single.begin() as session:
            return set(await outbox.extend(session, _tokens(jobs)))

    async def handle(self, job: OutgoingJob, lease: Lease) -> None:
        self._at_work += 1
        try:
            await self._handle(job.claim, lease)
        finally:
            self._at_work -= 1

    async def _handle(self, row: ClaimedOutgoing, lease: Lease) -> None:
        if not row.is_theirs:
            log.info("a message was for a chat that is unlinked: it is not shown")
            async with self._sessions.begin() as session:
                await outbox.give_up(session, row, state="failed", error="unlinked")
            return
        attempt = _Attempt(shown=list(row.message_ids), is_in_doubt=row.was_sending)
        try:
            await self._show(row, attempt, lease)
        except DeliveryError as error:
            await self._put_off(row, attempt, error)
            return
        await self._mark_shown(row, attempt.shown)

    async def _mark_shown(self, row: ClaimedOutgoing, message_ids: Sequence[int]) -> None:
        picture = Reply.from_content(row.content).picture
        if row.entry_id is None:
            async with self._single.begin() as session:
                slot = await outbox.finish(session, row, message_ids, picture)
                if slot is not None:
                    await summaries.note_sent(session, slot, message_ids)
                    return
        async with self._sessions.begin() as session:
            await outbox.mark_shown(session, row, message_ids)
            if picture:
                await pictures.drop(session, row.user_id, picture)

    async def _show(self, row: ClaimedOutgoing, attempt: "_Attempt", lease: Lease) -> None:
        """Bring the chat to show the row's content."""
        reply = Reply.from_content(row.content)
        if reply.link and self._address_of:
            reply = reply.leading_to(await self._address_of(reply.link))
        if attempt.is_in_doubt:
            await self._settle_doubt(row, attempt, _most_pieces(reply, attempt))
        png = await self._ready(row, attempt, reply.picture)
        if not await self._show_pieces(row, attempt, lease, showing.pieces(reply, png)):
            pieces = showing.pieces(reply, png, below_picture=True)
            await self._show_pieces(row, attempt, lease, pieces)

    async def _show_pieces(
        self, row: ClaimedOutgoing, attempt: "_Attempt", lease: Lease, pieces: Sequence[Showable]
    ) -> bool:
        """False, with nothing done, where the first is too long for the caption that it would be."""
        reply_to = Reply.from_content(row.content).reply_to
        for index, message in enumerate(pieces):
            if index < len(attempt.shown):
                edited = await showing.edit(self._bot, row.chat_id, attempt.shown[index], message)
                if edited == "is_picture":
                    return False
                if edited == "shown":
                    continue
                # The person deleted it: it and what followed it are sent anew, in their order.
                await showing.delete(self._bot, row.chat_id, attempt.shown[index + 1 :])
                del attempt.shown[index:]
            if not attempt.has_turn:
                await self._wait_for_a_turn()
            attempt.has_turn = False
            lease.check()
            attempt.shown.append(await self._send(row.chat_id, message, reply_to, attempt))
            if index < len(pieces) - 1:
                await self._keep(row, attempt)
        await showing.delete(self._bot, row.chat_id, attempt.shown[len(pieces) :])
        del attempt.shown[len(pieces) :]
        return True

    async def _ready(self, row: ClaimedOutgoing, attempt: "_Attempt", picture: UUID | None) -> bytes | None:
        """The picture. What nobody waits for stands in a line, so that one of many after the other is made
        ready, and lets the others' work through: the first has its turn when it leaves."""
        if self._lane == "chat":
            return await self._picture(row, picture)
        async with self._line:
            png = await self._picture(row, picture)
            await self._wait_for_a_turn()
            await self._hurry.over(GIVES_WAY)
            attempt.has_turn = True
        return png

    async def _picture(self, row: ClaimedOutgoing, picture_id: UUID | None) -> bytes | None:
        if picture_id is None:
            return None
        async with self._single.begin() as session:
            # One that is gone was shown: its words are still worth an edit.
            return await pictures.get(session, row.user_id, picture_id)

    async def _wait_for_a_turn(self) -> None:
        """Telegram's limit is for all that a bot sends. What nobody waits for takes the next turn only
        when it has come, one at a time, so that a person's reply never stands behind a queue of it."""
        if self._lane == "bulk":
            async with self._turn:
                await asyncio.sleep(await self._limits.reserve("telegram", rate=BULK_RATE, burst=LATE_TURNS))
            return
        burst = BURST_BESIDE_BULK if self._beside and self._beside.is_busy else RATE
        await asyncio.sleep(await self._limits.reserve("telegram", rate=RATE, burst=burst))

    async def _send(self, chat_id: int, message: Showable, reply_to: int | None, attempt: "_Attempt") -> int:
        try:
            message_id = await showing.send(self._bot, chat_id, message, reply_to)
        except TelegramError as error:
            trouble = translate(error)
            attempt.is_in_doubt = isinstance(trouble, DeliveryUnknown)
            raise trouble from None
        if chat_id > 0:
            self._newest.met(message_id)
        return message_id

    async def _settle_doubt(self, row: ClaimedOutgoing, attempt: "_Attempt", pieces: int) -> None:
        """Find out whether the message of an earlier try is there, and keep what was found out."""
        lost = await self._find_lost(row) if len(attempt.shown) < pieces else None
        if lost is not None:
            attempt.shown.append(lost)
            await self._keep(row, attempt)
        else:
            async with self._sessions.begin() as session:
                if not await outbox.begin_anew(session, row, self._newest.message_id):
                    raise LeaseLost("another worker shows this message now")
        attempt.is_in_doubt = False

    async def _keep(self, row: ClaimedOutgoing, attempt: "_Attempt") -> None:
        async with self._sessions.begin() as session:
            if not await outbox.mark_part(session, row, attempt.shown):
                raise LeaseLost("another worker shows this message now")

    async def _find_lost(self, row: ClaimedOutgoing) -> int | None:
        """The message that an earlier try sent without hearing back, if it is there."""
        async with self._sessions() as session:
            known = await slots.known_messages(session, row.chat_id, row.after_message_id)
        for message_id in row.candidates(WINDOW):
            if message_id in known:
                continue
            await self._wait_for_a_turn()
            if await showing.is_ours(self._bot, row.chat_id, message_id):
                log.info("a message whose answer was lost is there")
                return message_id
        return None

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


def _most_pieces(reply: Reply, attempt: "_Attempt") -> int:
    """Of a text that takes the place of another, which may be the caption of a picture."""
    return len(showing.pieces(reply, below_picture=bool(attempt.shown)))


def _tokens(jobs: Sequence[OutgoingJob]) -> list[tuple[UUID, UUID]]:
    return [(job.claim.id, job.claim.token) for job in jobs]
