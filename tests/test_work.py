"""The worker, on a queue that keeps its rows in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial

import pytest

from bot import work
from bot.errors import LeaseLost
from bot.work import Gathered, Lease, Wake, Worker


@dataclass(frozen=True, kw_only=True)
class Row:
    key: int
    chat: int | None = None


@dataclass
class MemoryQueue:
    waiting: list[Row] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    failures: list[tuple[int, Exception]] = field(default_factory=list)
    released: list[int] = field(default_factory=list)
    lost: set[int] = field(default_factory=set)
    running: int = 0
    most_running: int = 0
    broken_claims: int = 0
    claims: int = 0
    busy: set[int] = field(default_factory=set)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def claim(self, places: int) -> Sequence[Row]:
        if self.broken_claims:
            self.broken_claims -= 1
            raise ConnectionError("the database is away")
        self.claims += 1
        taken: list[Row] = []
        for row in list(self.waiting):
            if len(taken) < places and row.chat not in self.busy:
                taken.append(row)
                self.waiting.remove(row)
                self.busy |= {row.chat} if row.chat else set()
        return taken

    async def extend(self, jobs: Sequence[Row]) -> set[Hashable]:
        return {job.key for job in jobs if job.key not in self.lost}

    async def handle(self, job: Row, lease: Lease) -> None:
        row_chat = job.chat or 0
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        await self._tell()
        try:
            await self.gate.wait()
            if job.key < 0:
                raise ValueError("bad row")
            lease.check()
            self.done.append(job.key)
        finally:
            self.running -= 1
            self.busy.discard(row_chat)
            await self._tell()

    async def failed(self, job: Row, error: Exception) -> None:
        self.failures.append((job.key, error))
        await self._tell()

    async def release(self, jobs: Sequence[Row]) -> None:
        self.released += [job.key for job in jobs]

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with self.changed:
            await self.changed.wait_for(condition)


@pytest.fixture
async def queue() -> MemoryQueue:
    return MemoryQueue()


def called() -> Wake:
    """By somebody who has found jobs already."""
    wake = Wake()
    wake()
    return wake


@pytest.fixture
def wake() -> Wake:
    return called()


@pytest.fixture
async def worker(queue: MemoryQueue, wake: Wake) -> AsyncIterator[Worker[Row]]:
    worker = Worker("test", queue, wake, places=4, grace=0)
    yield worker
    await worker.stop()


async def test_runs_everything_a_few_at_a_time(queue: MemoryQueue, worker: Worker[Row]) -> None:
    queue.waiting = [Row(key=n) for n in range(10)]
    worker.start()
    await queue.until(lambda: queue.running == 4)
    queue.gate.set()
    await queue.until(lambda: len(queue.done) == 10)
    assert queue.most_running == 4


@dataclass
class Trickle(MemoryQueue):
    """Of its jobs one is done with every turn; `taken` are the sizes of its claims."""

    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    taken: list[int] = field(default_factory=list)

    async def claim(self, places: int) -> Sequence[Row]:
        rows = await super().claim(places)
        self.taken.append(len(rows))
        return rows

    async def handle(self, job: Row, lease: Lease) -> None:
        await self.turns.acquire()
        self.done.append(job.key)
        await self._tell()


async def test_of_many_some_are_claimed_together(wake: Wake) -> None:
    queue = Trickle(waiting=[Row(key=n) for n in range(10)])
    worker = Worker("test", queue, wake, places=4, together=3, grace=0)
    worker.start()
    try:
        for done in range(1, 11):
            queue.turns.release()
            await queue.until(lambda done=done: len(queue.done) == done)  # type: ignore[misc]
        assert queue.taken[:3] == [4, 3, 3]
    finally:
        await worker.stop()


async def test_one_that_comes_alone_is_begun_beside_few(queue: MemoryQueue, wake: Wake) -> None:
    queue.waiting = [Row(key=0)]
    worker = Worker("test", queue, wake, places=4, together=3, grace=0)
    worker.start()
    try:
        await queue.until(lambda: queue.running == 1)
        queue.waiting = [Row(key=1), Row(key=2)]
        wake(2)
        await queue.until(lambda: queue.running == 3)
        queue.waiting = [Row(key=3)]
        wake()
        queue.gate.set()
        await queue.until(lambda: sorted(queue.done) == [0, 1, 2, 3])
    finally:
        await worker.stop()


async def test_of_a_chat_one_after_the_other(queue: MemoryQueue, wake: Wake, worker: Worker[Row]) -> None:
    """Whatever was told of it: all at once, or one while another runs."""
    queue.waiting = [Row(key=n, chat=1) for n in range(3)]
    worker.start()
    await queue.until(lambda: queue.running == 1)
    queue.waiting.append(Row(key=3, chat=1))
    wake()
    queue.gate.set()
    await queue.until(lambda: queue.done == [0, 1, 2, 3])
    queue.waiting = [Row(key=n, chat=2) for n in range(4, 7)]
    wake(3)
    await queue.until(lambda: queue.done == [0, 1, 2, 3, 4, 5, 6])
    assert queue.most_running == 1


async def test_nobody_looks_for_more_where_nothing_was_held_back(
    queue: MemoryQueue, wake: Wake, worker: Worker[Row]
) -> None:
    queue.gate.set()
    worker.start()
    await looked(queue, 1)
    for number in range(1, 4):
        queue.waiting = [Row(key=number, chat=1)]
        wake()
        await queue.until(partial(queue.done.__contains__, number))
    await looked(queue, 4)


async def looked(queue: MemoryQueue, times: int) -> None:
    """So often, and no more though there was time to."""
    for _ in range(50):
        await asyncio.sleep(0)
    assert queue.claims == times


async def test_a_failing_job_is_given_back_and_the_others_go_on(
    queue: MemoryQueue, worker: Worker[Row]
) -> None:
    queue.waiting = [Row(key=1), Row(key=-1), Row(key=2)]
    queue.gate.set()
    worker.start()
    await queue.until(lambda: len(queue.done) == 2 and len(queue.failures) == 1)
    [(key, error)] = queue.failures
    assert (key, type(error)) == (-1, ValueError)


async def test_a_database_that_is_away_is_waited_for(queue: MemoryQueue, worker: Worker[Row]) -> None:
    queue.waiting, queue.broken_claims = [Row(key=1)], 2
    queue.gate.set()
    worker.start()
    await queue.until(lambda: queue.done == [1])


async def test_a_stop_gives_back_what_it_interrupts(queue: MemoryQueue, worker: Worker[Row]) -> None:
    queue.waiting = [Row(key=n) for n in range(6)]
    worker.start()
    await queue.until(lambda: queue.running == 4)
    await worker.stop()
    assert sorted(queue.released) == [0, 1, 2, 3]
    assert (queue.done, queue.failures, len(queue.waiting)) == ([], [], 2)


async def test_a_stop_lets_what_runs_finish(queue: MemoryQueue, worker: Worker[Row]) -> None:
    queue.waiting = [Row(key=1)]
    worker.start()
    await queue.until(lambda: queue.running == 1)
    asyncio.get_running_loop().call_soon(queue.gate.set)
    worker.grace = 30
    await worker.stop()
    assert (queue.done, queue.released) == ([1], [])


async def test_work_that_another_took_over_is_dropped(
    queue: MemoryQueue, worker: Worker[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "HEARTBEAT", 0.01)
    queue.waiting, queue.lost = [Row(key=1), Row(key=2)], {1}
    worker.start()
    await queue.until(lambda: queue.most_running == 2 and queue.running == 1)
    queue.gate.set()
    await queue.until(lambda: queue.done == [2])
    assert not queue.failures


@pytest.fixture
async def behind(worker: Worker[Row]) -> AsyncIterator[tuple[MemoryQueue, Worker[Row]]]:
    """A queue with one row, whose worker gives way to the other one."""
    queue = MemoryQueue(waiting=[Row(key=7)])
    queue.gate.set()
    behind = Worker("behind", queue, called(), grace=0)
    behind.gives_way_to = worker
    yield queue, behind
    await behind.stop()


async def crowd(queue: MemoryQueue, worker: Worker[Row], people: int) -> None:
    queue.waiting = [Row(key=n) for n in range(people)]
    worker.start()
    await queue.until(lambda: queue.running == people)


async def test_a_worker_gives_way_to_a_crowd(
    queue: MemoryQueue,
    worker: Worker[Row],
    behind: tuple[MemoryQueue, Worker[Row]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(work, "GIVES_WAY", 60.0)
    await crowd(queue, worker, work.CROWD)
    later, giving = behind
    giving.start()
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(later.waiting) == 1
    queue.gate.set()
    await later.until(lambda: later.done == [7])


async def test_a_few_are_no_crowd(
    queue: MemoryQueue,
    worker: Worker[Row],
    behind: tuple[MemoryQueue, Worker[Row]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(work, "GIVES_WAY", 60.0)
    await crowd(queue, worker, work.CROWD - 1)
    later, giving = behind
    giving.start()
    await later.until(lambda: later.done == [7])
    assert queue.running == work.CROWD - 1


async def test_nobody_gives_way_for_ever(
    queue: MemoryQueue,
    worker: Worker[Row],
    behind: tuple[MemoryQueue, Worker[Row]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(work, "GIVES_WAY", 0.01)
    await crowd(queue, worker, work.CROWD)
    later, giving = behind
    giving.start()
    await later.until(lambda: later.done == [7])
    assert queue.running == work.CROWD


async def test_a_process_that_slept_past_its_lease_learns_it() -> None:
    lease = Lease(claimed_at=-1e9)
    with pytest.raises(LeaseLost):
        lease.check()


async def test_what_is_asked_for_while_something_is_done_is_done_together() -> None:
    done: list[list[int]] = []
    begun, gate = asyncio.Event(), asyncio.Event()

    async def do(asked: Sequence[int]) -> set[int]:
        done.append(list(asked))
        begun.set()
        await gate.wait()
        return {it for it in asked if it != 3}

    gathered = Gathered(do)
    asking = [asyncio.create_task(gathered.ask(0))]
    await begun.wait()
    asking += [asyncio.create_task(gathered.ask(number)) for number in range(1, 5)]
    await asyncio.sleep(0)
    asking[4].cancel()
    gate.set()
    assert await asyncio.gather(*asking[:4]) == [True, True, True, False]
    assert done == [[0], [1, 2, 3]]
    assert await gathered.ask(7)
    assert done[-1] == [7]


async def test_what_cannot_be_done_fails_for_all_who_asked_and_for_nobody_after_them() -> None:
    troubles: list[Exception] = [ConnectionError("the database is away")]

    async def do(asked: Sequence[int]) -> Sequence[int]:
        if troubles:
            raise troubles.pop()
        return asked

    gathered = Gathered(do)
    first = asyncio.create_task(gathered.ask(1))
    with pytest.raises(ConnectionError):
        await first
    assert await gathered.ask(2)
