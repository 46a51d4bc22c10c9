"""Counting guesses at a secret, with delays that grow: in this process, or (in `shared_guesses`) for all
replicas together.

A guess is taken before it is looked at, and settled after that: so of a thousand at once no more are
looked at than the policy has `together`. A key forgets one failure each `forgets` seconds.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

# A guess that was never settled, as after a crash, counts as failed after so many seconds.
ABANDONED = 60.0
# Where others are being looked at, it is worth trying again after so many seconds.
SOON = 1.0
# Beyond that many doublings every delay has long been the longest.
MOST_DOUBLINGS = 12

Outcome = Literal["failed", "forgiven", "void"]
"""`failed` counts, `forgiven` forgets all failures of the key, `void` neither."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """`free` failures cost nothing; each one after that delays the next guess, by `first` seconds and
    twice as much each time, up to `longest`. `together` may be under way where none has failed."""

    free: int
    first: float
    longest: float
    forgets: float
    together: int = 50

    def delay(self, failures: int) -> float:
        """Seconds after so many failures."""
        if failures < self.free:
            return 0.0
        return float(min(self.first * 2 ** min(failures - self.free, MOST_DOUBLINGS), self.longest))

    @property
    def most(self) -> int:
        """Failures that are counted at most: a key is free again after that many times `forgets`."""
        return self.free + MOST_DOUBLINGS


@dataclass(frozen=True, kw_only=True)
class Key:
    name: str = field(repr=False)
    policy: Policy


class Guesses(Protocol):
    async def take(self, keys: Sequence[Key]) -> float:
        """0 where a guess may be made, which must then be settled; else the seconds to wait. One guess
        is taken of all the keys or of none."""

    async def settle(self, keys: Sequence[tuple[Key, Outcome]]) -> None: ...

    async def remember(self, name: str, seconds: float) -> None:
        """Know `name` for so long."""

    async def knows(self, name: str) -> bool: ...

    async def close(self) -> None: ...


@dataclass
class _Count:
    """Times are seconds of the clock: `at` when it was brought up to date, `taken_at` when a guess was
    taken last, `until` before which none may be."""

    policy: Policy
    at: float
    failures: float = 0.0
    pending: int = 0
    taken_at: float = 0.0
    until: float = 0.0

    def bring_up_to(self, now: float) -> None:
        self.failures = max(self.failures - max(now - self.at, 0.0) / self.policy.forgets, 0.0)
        if self.pending and now - self.taken_at > ABANDONED:
            self.failures, self.pending = min(self.failures + self.pending, self.policy.most), 0
        self.at = now

    def wait(self) -> float:
        if self.at < self.until:
            return self.until - self.at
        if not self.pending:
            return 0.0
        failures = self.whole()
        is_last = failures > 0 and failures + self.pending >= self.policy.free
        return SOON if is_last or self.pending >= self.policy.together else 0.0

    def take(self) -> None:
        self.pending += 1
        self.taken_at = self.at

    def settle(self, outcome: Outcome) -> None:
        self.pending = max(self.pending - 1, 0)
        if outcome == "forgiven":
            self.failures = self.until = 0.0
        elif outcome == "failed":
            self.failures = min(self.failures + 1, self.policy.most)
            self.until = max(self.until, self.at + self.policy.delay(self.whole()))

    def whole(self) -> int:
        """A failure counts until it is wholly forgotten."""
        return math.ceil(self.failures - 1e-6)


class LocalGuesses:
    """For one process. `clock` tells seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = 100_000) -> None:
        self._clock = clock
        self._most = most
        self._counts: dict[str, _Count] = {}
        self._known: dict[str, float] = {}

    async def take(self, keys: Sequence[Key]) -> float:
        counts = [self._count(key) for key in keys]
        wait = max((count.wait() for count in counts), default=0.0)
        if not wait:
            for count in counts:
                count.take()
        return wait

    async def settle(self, keys: Sequence[tuple[Key, Outcome]]) -> None:
        for key, outcome in keys:
            self._count(key).settle(outcome)

    async def remember(self, name: str, seconds: float) -> None:
        now = self._clock()
        if len(self._known) >= self._most:
            self._known = {it: until for it, until in self._known.items() if until > now}
        self._known[name] = now + seconds

    async def knows(self, name: str) -> bool:
        return self._known.get(name, -math.inf) > self._clock()

    async def close(self) -> None:
        self._counts.clear()
        self._known.clear()

    def _count(self, key: Key) -> _Count:
        now = self._clock()
        if len(self._counts) >= self._most and key.name not in self._counts:
            self._forget(now)
        count = self._counts.setdefault(key.name, _Count(key.policy, now))
        count.bring_up_to(now)
        return count

    def _forget(self, now: float) -> None:
        """Drop what counts nothing any more, and of the rest what counts least, so that a flood of
        made-up names pushes out itself."""
        for count in self._counts.values():
            count.bring_up_to(now)
        counting = [it for it in self._counts.items() if it[1].failures or it[1].pending or it[1].wait()]
        counting.sort(key=lambda it: (it[1].pending, it[1].failures))
        self._counts = dict(counting[-self._most // 2 :])
