"""Work that waits in a table, done side by side in this process, each piece under a lease.

A queue says how its rows are claimed, kept, handled and given back; the worker below does the
rest. It holds no state that matters: what dies with it is claimed again when the lease runs out.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable, Container, Hashable, Sequence
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from bot.errors import LeaseLost, WorkTakenOver
from db.queries.leases import LEASE

log = logging.getLogger(__name__)

# A handler must learn that its lease is over before another replica can think so.
MARGIN = 4.0
HEARTBEAT = LEASE.total_seconds() / 4
STOP_CLAIMING = 2.0
# Another queue with so many jobs at work has a crowd, which is given way to for so many seconds at most.
CROWD, GIVES_WAY = 4, 1.0
A = TypeVar("A")
PAUSES = (5, 30, 120, 600, 1800)


def now() -> float:
    """Seconds on a clock that nobody sets, and that goes on while the machine sleeps where there is
    such a one: leases end meanwhile."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def pause(attempts: int) -> timedelta:
    """How long to wait before the next try, after so many: longer and longer, with jitter."""
    seconds = PAUSES[min(max(attempts, 1), len(PAUSES)) - 1]
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311


class Gathered(Generic[A]):
    """Does at once for many what each asks for by itself. While it is done for some, the next ones gather:
    alone nobody waits, and of a crowd many share one round trip.

    `do` is given what was asked for, and tells of which of it that was done.
    """

    def __init__(self, do: Callable[[Sequence[A]], Awaitable[Container[A]]]) -> None:
        self._do = do
        self._asked: list[tuple[A, asyncio.Future[bool]]] = []
        self._doing: asyncio.Task[None] | None = None

    async def ask(self, one: A) -> bool:
        """Whether it was done. Raises what `do` raises."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._asked.append((one, answer))
        if self._doing is None:
            self._doing = asyncio.create_task(self._do_all(), name="gathered")
        return await answer

    async def _do_all(self) -> None:
        try:
            while self._asked:
                asked, self._asked = self._asked, []
                await self._do_some([it for it in asked if not it[1].done()])
        finally:
            self._doing = None

    async def _do_some(self, asked: Sequence[tuple[A, "asyncio.Future[bool]"]]) -> None:
        try:
            done = await self._do([one for one, _ in asked])
        except Exception as error:  # noqa: BLE001 - handed on to whoever asked
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(error)
        else:
            for one, answer in asked:
                if not answer.done():
                    answer.set_result(one in done)


class Lease:
    """How long a job is ours, by this machine's own clock."""

    def __init__(self, claimed_at: float) -> None:
        self.renew(claimed_at)

    def renew(self, asked_at: float) -> None:
        self._until = asked_at + LEASE.total_seconds() - MARGIN

    def check(self) -> None:
        """Raise `LeaseLost` if another may have taken over. To call right before what can't be undone."""
        if now() >= self._until:
            raise LeaseLost("the lease ran out while the work was under way")


class Job(Protocol):
    @property
    def key(self) -> Hashable: ...


J = TypeVar("J", bound=Job)


class Queue(Protocol[J]):
    """A table of jobs."""

    async def claim(self, places: int) -> Sequence[J]: ...

    async def extend(self, jobs: Sequence[J]) -> set[Hashable]:
        """Prolong the leases; the keys of the jobs that are still ours."""

    async def handle(self, job: J, lease: Lease) -> None: ...

    async def failed(self, job: J, error: Exception) -> None:
        """`handle` raised: give the job back, for a later try or for good."""

    async def release(self, jobs: Sequence[J]) -> None:
        """Give back what a stop interrupted, so that it is resumed at once."""


class Wake:
    """What wakes a worker: called by whoever has put so many jobs into its queue, once they are committed."""

    def __init__(self) -> None:
        self._put = 0
        self._called = asyncio.Event()

    def __call__(self, jobs: int = 1) -> None:
        self._put += jobs
        self._called.set()

    async def wait(self) -> int:
        """Return once it was called; how many jobs were put since the last time."""
        await self._called.wait()
        self._called.clear()
        put, self._put = self._put, 0
        return put


class Worker(Generic[J]):
    """Runs up to `places` jobs of one queue at a time, and looks for more when `wake` is called, once
    `together` places are free. It begins none while the worker that it `gives_way_to` is busy with a crowd.
    A stop waits `grace` seconds for what runs."""

    def __init__(
        self,
        name: str,
        queue: Queue[J],
        wake: Wake,
        *,
        places: int = 64,
        together: int = 1,
        grace: float = 1.0,
    ) -> None:
        self.name = name
        self._queue = queue
        self._wake = wake
        self._places = places
        self._together = together
        self.grace = grace
        # Whether jobs may wait that were held back, as by an earlier one of the same chat.
        self._is_behind = True
        self.gives_way_to: Worker[Any] | None = None
        self._calm = asyncio.Event()
        self._calm.set()
        self._running: dict[asyncio.Task[None], tuple[J, Lease]] = {}
        self._loops: list[asyncio.Task[None]] = []
        self._stops = False

    def start(self) -> None:
        self._loops = [
            asyncio.create_task(self._claim_forever(), name=f"{self.name} claims"),
            asyncio.create_task(self._extend_forever(), name=f"{self.name} leases"),
        ]

    async def stop(self) -> None:
        """Claim no more, let what runs finish for a while, give the rest back."""
        if not self._loops:
            return
        claiming, extending = self._loops
        # A claim that is under way is let through: its rows would else be nobody's until the leases end.
        self._stops = True
        self._wake()
        await asyncio.wait([claiming], timeout=STOP_CLAIMING)
        claiming.cancel()
        await asyncio.gather(claiming, return_exceptions=True)
        if self._running:
            await asyncio.wait(self._running, timeout=self.grace)
        interrupted = [job for job, _ in self._running.values()]
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        extending.cancel()
        await asyncio.gather(extending, return_exceptions=True)
        if interrupted:
            log.info("%s: %d interrupted, to be resumed at the next start", self.name, len(interrupted))
            try:
                await self._queue.release(interrupted)
            except Exception:
                log.exception("%s: not given back; the leases run out by themselves", self.name)

    async def _claim_forever(self) -> None:
        trouble = 0
        while True:
            put = await self._wake.wait()
            if self._stops:
                return
            await self._give_way()
            free = self._places - len(self._running)
            if free < self._together:
                self._is_behind = True
                continue
            claimed_at = now()
            try:
                jobs = await self._queue.claim(free)
            except Exception:
                # The database is away: nothing is lost by waiting for it, and it may need long.
                trouble += 1
                log.exception("%s: cannot claim, trying again", self.name)
                await asyncio.sleep(min(0.25 * 2**trouble, 5.0) * random.uniform(0.5, 1.0))  # noqa: S311
                self._wake(put)
                continue
            trouble = 0
            if jobs or self._running:
                self._is_behind |= len(jobs) < put
            else:
                # Whatever comes from now on is told of.
                self._is_behind = False
            for job in jobs:
                self._begin(job, Lease(claimed_at))
            if len(jobs) == free:
                self._wake(0)

    async def _give_way(self) -> None:
        """What it begins now would only slow the others down, who all share one processor."""
        if self.gives_way_to is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.gives_way_to.calm(), GIVES_WAY)

    async def calm(self) -> None:
        """Return once there is no crowd at work here."""
        await self._calm.wait()

    def _note_the_crowd(self) -> None:
        if len(self._running) < CROWD:
            self._calm.set()
        else:
            self._calm.clear()

    def _begin(self, job: J, lease: Lease) -> None:
        task = asyncio.create_task(self._handle(job, lease), name=f"{self.name} job")
        self._running[task] = (job, lease)
        self._note_the_crowd()
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._note_the_crowd()
        if self._is_behind:
            # The chat's next job may be claimed now.
            self._wake(0)

    async def _handle(self, job: J, lease: Lease) -> None:
        try:
            await self._queue.handle(job, lease)
        except WorkTakenOver as reason:
            log.info("%s: %s", self.name, reason)
            self._is_behind = True
        except Exception as error:
            self._is_behind = True
            log.exception("%s: a job failed", self.name)
            try:
                await self._queue.failed(job, error)
            except Exception:
                # Then the lease runs out by itself.
                log.exception("%s: a failed job could not be given back", self.name)

    async def _extend_forever(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            if not self._running:
                continue
            held = dict(self._running)
            asked_at = now()
            try:
                kept = await self._queue.extend([job for job, _ in held.values()])
            except Exception:
                log.exception("%s: leases could not be prolonged, trying again", self.name)
                continue
            for task, (job, lease) in held.items():
                if job.key in kept:
                    lease.renew(asked_at)
                elif not task.done():
                    task.cancel("another worker took it over")
