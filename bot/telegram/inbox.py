"""The inbox: every update is committed before it is acknowledged, and handled after that."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from telegram import Update
from telegram.ext import Application

from bot.errors import LeaseLost
from bot.telegram import places, secrets_in
from bot.telegram.hurry import Hurry
from bot.work import Gathered, Lease, pause
from db.queries import inbox, slots
from db.queries.inbox import ClaimedUpdate, Received
from db.session import make_single

log = logging.getLogger(__name__)

MOST_TRIES = 5
# Seconds that an update waits for the id of the message it is about.
KEPT_WITHIN = 3.0

# Everything that can carry a chat, in the Bot API's own words.
_WITH_CHAT = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "my_chat_member",
    "chat_member",
    "message_reaction",
)


def received(payload: Any) -> Received:
    """A raw update with the chat it belongs to, and no exact place, password or link's secret in it any
    more. Raises `ValueError` where it is no update."""
    update_id = payload.get("update_id") if isinstance(payload, Mapping) else None
    if type(update_id) is not int or not 0 <= update_id < 2**63:
        raise ValueError("an update without a usable update_id")
    places.blur(payload)
    secrets_in.strike(payload)
    return Received(update_id=update_id, chat_id=_chat_id(payload), payload=dict(payload))


def _chat_id(payload: Mapping[str, Any]) -> int:
    tapped = payload.get("callback_query")
    holders = [payload.get(name) for name in _WITH_CHAT]
    holders.append(tapped.get("message") if isinstance(tapped, dict) else None)
    for holder in holders:
        chat = holder.get("chat") if isinstance(holder, dict) else None
        chat_id = chat.get("id") if isinstance(chat, dict) else None
        if isinstance(chat_id, int) and -(2**63) <= chat_id < 2**63:
            return chat_id
    return 0


def about_message(update: Update) -> tuple[int, int] | None:
    """Chat and id of the bot's message that is tapped, or answered."""
    if update.callback_query:
        about = update.callback_query.message
    else:
        message = update.message or update.edited_message
        answered = message.reply_to_message if message else None
        about = answered if answered and answered.from_user and answered.from_user.is_bot else None
    return (about.chat.id, about.message_id) if about else None


class Inbox:
    """`nudge` wakes whoever handles, with how many there are."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], nudge: Callable[[int], None], hurry: Hurry
    ) -> None:
        self._single = make_single(sessions)
        self._nudge = nudge
        self._hurry = hurry

    async def put(self, payloads: Sequence[Mapping[str, Any]]) -> None:
        """Commit raw updates, new ones only, in one insert. Returns when they are safe."""
        with self._hurry.on():
            await self._put(payloads)

    async def _put(self, payloads: Sequence[Mapping[str, Any]]) -> None:
        updates = []
        for payload in payloads:
            try:
                updates.append(received(payload))
            except ValueError as error:
                log.warning("dropped: %s", error)
        async with self._single.begin() as session:
            await inbox.put(session, updates)
        self._nudge(len(updates))


@dataclass(frozen=True, kw_only=True)
class UpdateJob:
    claim: ClaimedUpdate

    @property
    def key(self) -> int:
        return self.claim.update_id


class InboxQueue:
    """`met` hears the id of every message that an update shows to exist."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        application: Application[Any, Any, Any, Any, Any, Any],
        met: Callable[[int], None],
        hurry: Hurry,
    ) -> None:
        self._single = make_single(sessions)
        self._application = application
        self._met = met
        self._hurry = hurry
        self._finished = Gathered(self._finish)

    async def claim(self, places: int) -> list[UpdateJob]:
        async with self._single.begin() as session:
            return [UpdateJob(claim=claim) for claim in await inbox.claim(session, places)]

    async def extend(self, jobs: Sequence[UpdateJob]) -> set[Hashable]:
        async with self._single.begin() as session:
            return set(await inbox.extend(session, _tokens(jobs)))

    async def handle(self, job: UpdateJob, _lease: Lease) -> None:
        with self._hurry.on():
            await self._handle(job.claim)

    async def _handle(self, claim: ClaimedUpdate) -> None:
        if claim.attempts > MOST_TRIES:
            # It took the process down each time, without a chance to say so.
            await self._set_aside(claim, "never finished")
            return
        update = Update.de_json(claim.payload, self._application.bot)
        message = update.message or update.edited_message
        # Messages of a business account are numbered by themselves.
        if message and message.chat.type == "private":
            self._met(message.message_id)
        await self._until_known(update)
        await self._application.process_update(update)
        if not await self._finished.ask((claim.update_id, claim.token)):
            raise LeaseLost("another worker has this update now")

    async def _until_known(self, update: Update) -> None:
        """Whoever taps or answers a message of the bot at once can be heard before its id is kept."""
        about = about_message(update)
        if about is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(KEPT_WITHIN):
                # The rows tell, also those of other replicas.
                while await self._may_be_under_way(*about):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)

    async def _may_be_under_way(self, chat_id: int, message_id: int) -> bool:
        async with self._single.begin() as session:
            return await slots.may_be_under_way(session, chat_id, message_id)

    async def _finish(self, claims: Sequence[tuple[int, UUID]]) -> set[tuple[int, UUID]]:
        async with self._single.begin() as session:
            return await inbox.finish(session, claims)

    async def _set_aside(self, claim: ClaimedUpdate, error: str) -> None:
        log.error("an update was set aside after %d tries: %s", claim.attempts, error)
        async with self._single.begin() as session:
            if not await inbox.set_aside(session, claim.update_id, claim.token, error):
                raise LeaseLost("another worker has this update now")

    async def failed(self, job: UpdateJob, error: Exception) -> None:
        claim = job.claim
        if claim.attempts >= MOST_TRIES:
            await self._set_aside(claim, type(error).__name__)
            return
        after = min(pause(claim.attempts), timedelta(seconds=60))
        async with self._single.begin() as session:
            await inbox.retry(session, claim.update_id, claim.token, after=after, error=type(error).__name__)

    async def release(self, jobs: Sequence[UpdateJob]) -> None:
        async with self._single.begin() as session:
            await inbox.release(session, _tokens(jobs))


def _tokens(jobs: Sequence[UpdateJob]) -> list[tuple[int, Any]]:
    return [(job.claim.update_id, job.claim.token) for job in jobs]
