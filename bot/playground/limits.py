"""Telegram's limits on sending: about one message a second in a chat, thirty a second in all."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.errors import too_many_requests

LIMITED_METHODS = frozenset({
    "sendMessage", "sendPhoto", "sendDocument", "sendVoice", "sendAudio", "sendMediaGroup",
    "editMessageText", "editMessageCaption", "editMessageReplyMarkup",
})  # fmt: skip


@dataclass(slots=True)
class _Bucket:
    """Tokens that come back at `rate` a second, up to `size`."""

    rate: float
    size: float
    tokens: float
    at: float

    def wait(self, now: float) -> float:
        """Refill, and give the seconds until there is a token."""
        self.tokens = min(self.size, self.tokens + (now - self.at) * self.rate)
        self.at = now
        return max(0.0, (1 - self.tokens) / self.rate)


class RateLimits:
    """`clock` counts seconds. A refused call uses nothing up."""

    def __init__(
        self,
        *,
        overall: float = 30.0,
        chat: float = 1.0,
        chat_burst: int = 3,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._chat = chat
        self._chat_burst = chat_burst
        self._clock = clock
        self._all = _Bucket(overall, overall, overall, clock())
        self._chats: dict[int | str, _Bucket] = {}

    def check(self, method: str, chat_id: int | str | None) -> None:
        """Count a call. Raises ApiRefused (429) when it comes too soon."""
        if method not in LIMITED_METHODS or chat_id is None:
            return
        now = self._clock()
        if chat_id not in self._chats:
            self._chats[chat_id] = _Bucket(self._chat, self._chat_burst, self._chat_burst, now)
        buckets = (self._chats[chat_id], self._all)
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            raise too_many_requests(math.ceil(wait))
        for bucket in buckets:
            bucket.tokens -= 1
