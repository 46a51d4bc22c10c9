"""The journal's way to the chat: the saved mark, typing, drafts, files."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bot.errors import AudioTooLarge, DeliveryRefused
from bot.telegram.richtext import LIMIT, parse, split
from bot.telegram.trouble import seconds_of, translate

log = logging.getLogger(__name__)

SAVED = "✍"
TYPING_LASTS = 4.5
DRAFT_EVERY = 1.0
# A draft fades after 30 seconds.
DRAFT_LASTS = 20.0
# How long a reply waits for a draft or a typing mark that is on its way.
SETTLING = 1.5
DOWNLOAD_TIMEOUT = 120.0


class TelegramSender:
    """`nudge` wakes the outbox."""

    def __init__(self, bot: Bot, nudge: Callable[[], None]) -> None:
        self._bot = bot
        self.nudge = nudge
        self._tasks: set[asyncio.Task[None]] = set()
        self._drafts_work = True

    def saved(self, chat_id: int, message_id: int) -> None:
        self._in_background(self._react(chat_id, message_id))

    async def _react(self, chat_id: int, message_id: int) -> None:
        for _ in range(3):
            try:
                await self._bot.set_message_reaction(chat_id, message_id, SAVED)
            except RetryAfter as error:
                await asyncio.sleep(seconds_of(error))
            except TelegramError as error:
                # The entry is safe without its mark, as when the person deleted the message.
                log.info("no saved mark: %s", type(error).__name__)
                return
            else:
                return

    @asynccontextmanager
    async def thinking(self, chat_id: int) -> AsyncIterator["_Thinking"]:
        thinking = _Thinking(self, chat_id)
        calls = [asyncio.create_task(thinking.keep_typing()), asyncio.create_task(thinking.keep_drafting())]
        patience = SETTLING
        try:
            yield thinking
        except asyncio.CancelledError:
            patience = 0.0
            raise
        finally:
            thinking.end()
            await _settle(calls, patience)

    async def type(self, chat_id: int) -> float:
        """Show typing; seconds until it should be shown again."""
        try:
            await self._bot.send_chat_action(chat_id, ChatAction.TYPING)
        except RetryAfter as error:
            return max(seconds_of(error), TYPING_LASTS)
        except TelegramError as error:
            log.info("no typing shown: %s", type(error).__name__)
        return TYPING_LASTS

    async def draft(self, chat_id: int, draft_id: int, text: str) -> float:
        """Show a draft; seconds until the next one may follow."""
        pieces = split(parse(text[: 2 * LIMIT]))
        if not self._drafts_work or not pieces:
            return DRAFT_EVERY
        try:
            await self._bot.send_message_draft(
                chat_id, draft_id, pieces[0].text, entities=pieces[0].entities() or None
            )
        except RetryAfter as error:
            return max(seconds_of(error), DRAFT_EVERY)
        except InvalidToken:
            # Older self-hosted servers answer 404: they have no drafts.
            self._drafts_work = False
        except TelegramError as error:
            log.info("no draft shown: %s", type(error).__name__)
        return DRAFT_EVERY

    async def fetch(self, file_id: str) -> bytes:
        try:
            file = await self._bot.get_file(file_id)
            return bytes(await file.download_as_bytearray(read_timeout=DOWNLOAD_TIMEOUT))
        except InvalidToken:
            # So the library calls a 404: there is no such file any more.
            raise DeliveryRefused("the file is gone") from None
        except BadRequest as error:
            if "too big" in error.message.lower():
                raise AudioTooLarge("over 20 MB") from None
            raise translate(error) from None
        except TelegramError as error:
            raise translate(error) from None

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class _Thinking:
    """What a chat sees while an answer is made: typing first, then the answer as it grows."""

    def __init__(self, sender: TelegramSender, chat_id: int) -> None:
        self._sender = sender
        self._chat_id = chat_id
        self._draft_id = time.monotonic_ns() % 2**31 or 1
        self._text = ""
        self._grown = asyncio.Event()
        self._over = asyncio.Event()

    def show(self, text: str) -> None:
        self._text = text
        self._grown.set()

    def end(self) -> None:
        """Begin no more calls."""
        self._over.set()
        self._grown.set()

    async def keep_typing(self) -> None:
        while not self._text and not self._over.is_set():
            await _at_most(await self._sender.type(self._chat_id), self._over)

    async def keep_drafting(self) -> None:
        await self._grown.wait()
        while not self._over.is_set():
            self._grown.clear()
            await _at_most(await self._sender.draft(self._chat_id, self._draft_id, self._text), self._over)
            # One that grows slowly is shown again before it fades.
            await _at_most(DRAFT_LASTS, self._grown)


async def _settle(calls: list[asyncio.Task[None]], patience: float) -> None:
    """What is on its way should arrive before the message that replaces it, if it arrives soon."""
    try:
        await asyncio.wait(calls, timeout=patience)
    finally:
        for call in calls:
            call.cancel()
        for result in await asyncio.gather(*calls, return_exceptions=True):
            if isinstance(result, Exception):
                log.warning("the chat could not follow the answer: %s", type(result).__name__)


async def _at_most(seconds: float, event: asyncio.Event) -> None:
    """Wait for the event, for so long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
