"""Delivery of updates to the bot's webhook: in order per chat, chats in parallel, until it says 2xx."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.playground.updates import Update, UpdateQueue

_LONGEST_DELAY = 60.0
_READ_TIMEOUT = 60.0


@dataclass(frozen=True, kw_only=True)
class WebhookTarget:
    url: str
    secret_token: str | None
    max_connections: int


class Webhook:
    """Idle until `point_at` gives it a target. `first_delay` is the wait after a first failure, in
    seconds; it doubles from there, up to a minute."""

    def __init__(
        self, queue: UpdateQueue, *, first_delay: float = 1.0, clock: Callable[[], float] = time.time
    ):
        self.target: WebhookTarget | None = None
        self._queue = queue
        self._first_delay = first_delay
        self._clock = clock
        self._worker: asyncio.Task[None] | None = None
        self._error: tuple[int, str] | None = None

    async def point_at(self, target: WebhookTarget | None) -> None:
        """Deliver to `target` from now on; None stops. What is not delivered stays in the queue."""
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
            self._worker = None
        self.target = target
        self._error = None
        if target is not None:
            self._worker = asyncio.create_task(self._deliver_to(target))

    def info(self) -> dict[str, Any]:
        """The parts of WebhookInfo that are about delivery."""
        info: dict[str, Any] = {
            "url": self.target.url if self.target else "",
            "has_custom_certificate": False,
            "pending_update_count": self._queue.pending,
        }
        if self._error is not None:
            info |= {"last_error_date": self._error[0], "last_error_message": self._error[1]}
        if self.target is not None:
            info |= {"max_connections": self.target.max_connections, "ip_address": "127.0.0.1"}
        return info

    async def _deliver_to(self, target: WebhookTarget) -> None:
        """One task for each chat that has updates waiting, at most `max_connections` requests at once."""
        slots = asyncio.Semaphore(target.max_connections)
        lanes: dict[int, deque[Update]] = {}
        async with _client() as client, asyncio.TaskGroup() as tasks:
            while True:
                async with self._queue.change() as change:
                    while (update := self._queue.take()) is not None:
                        lane = lanes.setdefault(update.lane, deque())
                        lane.append(update)
                        if len(lane) == 1:
                            tasks.create_task(self._empty(lanes, update.lane, target, client, slots))
                    await change

    async def _empty(
        self,
        lanes: dict[int, deque[Update]],
        key: int,
        target: WebhookTarget,
        client: aiohttp.ClientSession,
        slots: asyncio.Semaphore,
    ) -> None:
        lane = lanes[key]
        try:
            while lane:
                await self._until_taken(lane[0], target, client, slots)
                self._queue.settle(lane.popleft(), delivered=True)
            del lanes[key]
        finally:
            for update in lane:
                self._queue.settle(update, delivered=False)

    async def _until_taken(
        self,
        update: Update,
        target: WebhookTarget,
        client: aiohttp.ClientSession,
        slots: asyncio.Semaphore,
    ) -> None:
        delay = self._first_delay
        while True:
            async with slots:
                error, retry_after = await _post(update, target, client)
            if error is None:
                return
            self._error = (int(self._clock()), error)
            await asyncio.sleep(delay if retry_after is None else retry_after)
            delay = min(delay * 2, _LONGEST_DELAY)


def _client() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_READ_TIMEOUT), trust_env=False)


async def _post(
    update: Update, target: WebhookTarget, client: aiohttp.ClientSession
) -> tuple[str | None, float | None]:
    """(what went wrong, in Telegram's words, or None; the Retry-After in seconds that was asked for)."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": target.secret_token} if target.secret_token else {}
    try:
        sent = client.post(target.url, json=update.payload, headers=headers, allow_redirects=False)
        async with sent as answer:
            await answer.read()
            if 200 <= answer.status < 300:
                return None, None
            after = answer.headers.get("Retry-After", "")
            error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
            return error, float(after) if after.isdecimal() else None
    except TimeoutError:
        return "Read timeout expired", None
    except aiohttp.ClientConnectorError:
        return "Connection refused", None
    except aiohttp.ClientError:
        return "Connection closed", None
