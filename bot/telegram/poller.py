"""Long polling that acknowledges a batch only after it is committed."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.lease import HeldLease
from bot.telegram.transport import Transport
from bot.telegram.trouble import seconds_of

log = logging.getLogger(__name__)

BATCH = 100
WAIT = 25
# Two pollers of one token cut each other off; the one that hears of it steps down for this long.
STEP_DOWN = 60.0


class Poller:
    """Polls with a transport of its own. Of the replicas on one database one polls, and another
    takes over when it is gone."""

    def __init__(
        self,
        bot: Bot,
        sessions: async_sessionmaker[AsyncSession],
        put: Callable[[Sequence[dict[str, Any]]], Awaitable[None]],
        allowed_updates: Sequence[str],
    ) -> None:
        self._bot = bot
        self._put = put
        self._allowed_updates = list(allowed_updates)
        self._transport = Transport(connections=1)
        self._offset = 0
        self._lease = HeldLease(sessions, f"poll:{bot.id}", uuid4())
        self._task: asyncio.Task[None] | None = None
        # Why the last poll brought nothing in, if it failed.
        self.trouble: str | None = None

    async def start(self) -> None:
        await self._transport.initialize()
        self._lease.start(lambda: log.info("another replica polls: this one stands by"))
        self._task = asyncio.create_task(self._poll_forever(), name="poller")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._transport.shutdown()
        await self._lease.stop()

    async def _poll_forever(self) -> None:
        trouble = 0
        while True:
            await self._lease.held.wait()
            try:
                await self._poll()
                trouble, self.trouble = 0, None
            except Conflict:
                self.trouble = "another process polls this token"
                log.warning(
                    "another process polls this token (409): this one steps down for %d s. "
                    "Run one bot per token, or give all of them the same DATABASE_URL.",
                    STEP_DOWN,
                )
                await asyncio.sleep(STEP_DOWN * random.uniform(1.0, 1.5))  # noqa: S311
            except RetryAfter as error:
                self.trouble = "Telegram asks to wait"
                await asyncio.sleep(seconds_of(error))
            except InvalidToken:
                self.trouble = "Telegram refuses the token"
                log.error("Telegram refuses TELEGRAM_BOT_TOKEN; trying again in %d s", STEP_DOWN)
                await asyncio.sleep(STEP_DOWN)
            except TelegramError as error:
                trouble += 1
                self.trouble = f"Telegram cannot be reached ({type(error).__name__})"
                log.warning("polling: %s, trying again", type(error).__name__)
                await asyncio.sleep(_pause(trouble))
            except Exception:
                # The database is away: nothing is acknowledged until it is back.
                trouble += 1
                self.trouble = "updates cannot be stored"
                log.exception("polling: updates cannot be stored, trying again")
                await asyncio.sleep(_pause(trouble))

    async def _poll(self) -> None:
        parameters: dict[str, Any] = {
            "limit": BATCH,
            "timeout": WAIT,
            "allowed_updates": self._allowed_updates,
        }
        if self._offset:
            parameters["offset"] = self._offset
        url = f"{self._bot.base_url}/getUpdates"
        updates = await self._transport.call(url, parameters, read_timeout=WAIT + 10)
        if updates:
            offset = _after(updates)
            await self._put(updates)
            # Only now, with the next call, does Telegram forget them. After a quiet week the ids
            # begin anew anywhere, so the offset is the last batch's and never the highest ever.
            self._offset = offset


def _after(updates: Any) -> int:
    """The offset that confirms this batch."""
    try:
        return max(int(update["update_id"]) for update in updates) + 1
    except (TypeError, KeyError, ValueError):
        raise TelegramError("getUpdates was not answered as a Bot API server does") from None


def _pause(trouble: int) -> float:
    return float(min(0.5 * 2**trouble, 30.0) * random.uniform(0.5, 1.0))  # noqa: S311
