"""How often something may happen: in this process, or (in `shared`) for all replicas together.

Both count by the generic cell rate algorithm: a key holds the time at which its next turn falls
due, and each turn moves it on by one interval. That is one number a key, and exact.
"""

import time
from typing import Protocol


class Limits(Protocol):
    async def reserve(self, key: str, *, rate: float, burst: int) -> float:
        """Take the next turn of `key`, of which there are `rate` a second and `burst` at once; the
        seconds until it falls due."""

    async def admit(self, key: str, *, rate: float, burst: int) -> float:
        """As `reserve`, but a turn that is still to come is not taken: whoever asks too often waits for
        what they had, and for no more."""

    async def trouble(self) -> str | None:
        """What keeps replicas from sharing their turns, if anything does."""

    async def close(self) -> None: ...


class LocalLimits:
    """For one process."""

    def __init__(self) -> None:
        self._due: dict[str, float] = {}

    async def reserve(self, key: str, *, rate: float, burst: int) -> float:
        return self._take(key, rate, burst, ahead=True)

    async def admit(self, key: str, *, rate: float, burst: int) -> float:
        return self._take(key, rate, burst, ahead=False)

    def _take(self, key: str, rate: float, burst: int, *, ahead: bool) -> float:
        now = time.monotonic()
        if len(self._due) > 10_000:
            self._due = {name: due for name, due in self._due.items() if due > now}
        due = max(self._due.get(key, now), now)
        wait = max(due - now - (burst - 1) / rate, 0.0)
        if ahead or not wait:
            self._due[key] = due + 1 / rate
        return wait

    async def trouble(self) -> str | None:
        return None

    async def close(self) -> None:
        self._due.clear()
