"""How soon an entry is marked as saved while twenty people sign in each second, beside while nobody does."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from benchmarks import overhead, stage
from benchmarks.figures import Figure, Target, of_times, ratio
from benchmarks.people import Moments, at_once, one_by_one, spans
from benchmarks.run import Run
from benchmarks.saved import CROWD, TARGET, WARMING

A_SECOND = 20
ACCOUNTS = 20
BATCH = 10
PASSWORD = "a heron on the lake"  # noqa: S105 - of a diary that is thrown away
ANSWERED = Target(statistic="share", limit=1.0, at_least=True)


@dataclass
class Crowd:
    """People with accounts, who sign in whether or not the last ones are in yet."""

    client: aiohttp.ClientSession
    seconds: list[float] = field(default_factory=list)
    refused: int = 0

    async def register(self) -> None:
        for number in range(ACCOUNTS):
            said = {"email": _email(number), "password": PASSWORD, "name": "Mina"}
            async with self.client.post("/api/v1/auth/register", json=said) as answer:
                answer.raise_for_status()

    async def sign_in(self, number: int) -> None:
        began = time.perf_counter()
        form = {"username": _email(number % ACCOUNTS), "password": PASSWORD}
        async with self.client.post("/api/v1/auth/login", data=form) as answer:
            self.refused += answer.status != 200
        self.seconds.append(time.perf_counter() - began)

    async def keep_signing_in(self) -> None:
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            number = 0
            while True:
                group.create_task(self.sign_in(number))
                number += 1
                await asyncio.sleep(max(began + number / A_SECOND - time.perf_counter(), 0))

    @asynccontextmanager
    async def signing_in(self) -> AsyncIterator[None]:
        work = asyncio.create_task(self.keep_signing_in())
        try:
            yield
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


def _email(number: int) -> str:
    return f"somebody{number}@example.org"


async def measure(run: Run) -> list[Figure]:
    alone, rounds = run.count(100, 20), run.count(10, 3)
    quiet: tuple[list[Moments], list[Moments]] = ([], [])
    busy: tuple[list[Moments], list[Moments]] = ([], [])
    async with (
        stage.daybook(run.folder, overhead.SECONDS) as ground,
        aiohttp.ClientSession(ground.site) as client,
    ):
        crowd = Crowd(client)
        await ground.bot.while_alive(crowd.register())
        writers = ground.writers(CROWD)
        for _ in range(WARMING):
            await ground.bot.while_alive(at_once(writers))
        run.progress.begin(f"sign-ins: one person writes, 0 and {A_SECOND} sign in each second", alone * 2)
        for _ in range(alone // BATCH):
            quiet[0].extend(await ground.bot.while_alive(one_by_one(writers[0], BATCH)))
            async with crowd.signing_in():
                busy[0].extend(await ground.bot.while_alive(one_by_one(writers[0], BATCH)))
            run.progress.step(2 * BATCH)
        run.progress.begin(f"sign-ins: {CROWD} people write at once", rounds * 2)
        for _ in range(rounds):
            quiet[1].extend(await ground.bot.while_alive(at_once(writers)))
            async with crowd.signing_in():
                busy[1].extend(await ground.bot.while_alive(at_once(writers)))
            run.progress.step(2)
    return figures(quiet, busy, crowd)


def figures(
    quiet: tuple[list[Moments], list[Moments]], busy: tuple[list[Moments], list[Moments]], crowd: Crowd
) -> list[Figure]:
    found = []
    for who, before, during, target in zip(
        ("1 person", f"{CROWD} at once"), quiet, busy, (None, TARGET), strict=True
    ):
        without = of_times(f"sending to saved, {who}, nobody signs in", spans(before, "sent", "saved"))
        name = f"sending to saved, {who}, {A_SECOND} sign in each second"
        with_them = of_times(name, spans(during, "sent", "saved"), target=target)
        found += [without, with_them, ratio(f"{who}: with / without sign-ins", with_them, without)]
    share = 1 - crowd.refused / len(crowd.seconds)
    return [
        *found,
        of_times("a sign-in, from asking to its token", crowd.seconds),
        Figure(name="sign-ins that got a token", unit="", statistics={"share": share}, target=ANSWERED),
    ]
