"""The queue of updates that a bot fetches with getUpdates or is sent by webhook."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bot.playground.errors import ApiRefused

UPDATE_TYPES = frozenset({
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
    "business_message", "edited_business_message", "deleted_business_messages", "guest_message",
    "message_reaction", "message_reaction_count", "inline_query", "chosen_inline_result",
    "callback_query", "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll",
    "poll_answer", "my_chat_member", "chat_member", "chat_join_request", "chat_boost",
    "removed_chat_boost", "managed_bot",
})  # fmt: skip
DEFAULT_UPDATE_TYPES = UPDATE_TYPES - {"chat_member", "message_reaction", "message_reaction_count"}
LIFETIME = 24 * 3600.0
_LATER_CONFLICT = 3.0  # seconds that Telegram lets a second conflict wait, against pollers in a loop


@dataclass(frozen=True, kw_only=True)
class Update:
    update_id: int
    payload: dict[str, Any]
    lane: int
    """The chat or person whose updates a webhook gets one after the other."""
    at: float


class UpdateQueue:
    """Updates not yet confirmed, oldest first. Every operation is O(1) per update it touches."""

    def __init__(self, first_id: int, clock: Callable[[], float] = time.time):
        self.next_id = first_id
        """May be set to any number while nothing is pending, as Telegram does after an idle week."""
        self.allowed = DEFAULT_UPDATE_TYPES
        self._pending: deque[Update] = deque()
        self._clock = clock
        self._changed: set[asyncio.Future[None]] = set()
        self._poll: asyncio.Future[str] | None = None
        self._conflict_at = 0.0
        self._taken = 0

    @property
    def pending(self) -> int:
        """How many the bot has not confirmed, by offset or by answering its webhook."""
        return len(self._pending) + self._taken

    def add(self, kind: str, value: dict[str, Any], *, lane: int) -> None:
        if kind not in self.allowed:
            return
        payload = {"update_id": self.next_id, kind: value}
        self._pending.append(Update(update_id=self.next_id, payload=payload, lane=lane, at=self._clock()))
        self.next_id += 1
        self._expire()
        self._wake()

    def allow(self, types: list[str] | None) -> None:
        """As `allowed_updates`: None keeps what was set, an empty list brings the default back."""
        if types is not None:
            self.allowed = UPDATE_TYPES & {one.lower() for one in types} or DEFAULT_UPDATE_TYPES

    @property
    def allows_default(self) -> bool:
        return self.allowed == DEFAULT_UPDATE_TYPES

    def drop(self) -> None:
        self._pending.clear()
        self._wake()

    async def poll(self, *, offset: int, limit: int, timeout: float) -> list[dict[str, Any]]:  # noqa: ASYNC109
        """getUpdates. A later poll ends an earlier one that is still waiting. Raises ApiRefused (409)."""
        self._confirm(offset)
        self.end_poll(
            "Conflict: terminated by other getUpdates request; "
            "make sure that only one bot instance is running",
        )
        if not self._pending and timeout > 0:
            await self._wait_in_poll(timeout)
            self._confirm(offset)
        return [update.payload for update in islice(self._pending, limit)]

    def end_poll(self, description: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(description)
        self._poll = None

    def take(self) -> Update | None:
        """For the webhook: the oldest update, which stays counted as pending until `settle`."""
        if not self._pending:
            return None
        self._taken += 1
        return self._pending.popleft()

    def settle(self, update: Update, *, delivered: bool) -> None:
        self._taken -= 1
        if not delivered:
            self._pending = deque(sorted([*self._pending, update], key=lambda one: (one.at, one.update_id)))
        self._wake()

    @asynccontextmanager
    async def change(self) -> AsyncIterator[asyncio.Future[None]]:
        """A future that is done after the next addition or confirmation."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._changed.add(future)
        try:
            yield future
        finally:
            self._changed.discard(future)

    async def drained(self) -> None:
        """Return once the bot has confirmed everything."""
        while self.pending:
            async with self.change() as change:
                await change

    async def in_poll(self) -> None:
        """Return once somebody waits in a long poll."""
        while self._poll is None:
            async with self.change() as change:
                await change

    async def _wait_in_poll(self, timeout: float) -> None:  # noqa: ASYNC109
        loop = asyncio.get_running_loop()
        self._poll = ended = loop.create_future()
        self._wake()
        deadline = loop.time() + timeout
        while not self._pending and not ended.done() and loop.time() < deadline:
            async with self.change() as change:
                await asyncio.wait(
                    {change, ended}, timeout=deadline - loop.time(), return_when="FIRST_COMPLETED"
                )
        if ended.done():
            await self._conflict(ended.result())
        self._poll = None

    async def _conflict(self, description: str) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._conflict_at:
            await asyncio.sleep(_LATER_CONFLICT)
        else:
            self._conflict_at = now + _LATER_CONFLICT
        raise ApiRefused(409, description)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popleft()
        # An offset past the last id dates from before the numbering moved: it confirms nothing.
        while offset <= self.next_id and self._pending and self._pending[0].update_id < offset:
            self._pending.popleft()
        self._wake()

    def _expire(self) -> None:
        oldest = self._clock() - LIFETIME
        while self._pending and self._pending[0].at < oldest:
            self._pending.popleft()

    def _wake(self) -> None:
        for future in self._changed:
            if not future.done():
                future.set_result(None)
        self._changed.clear()
