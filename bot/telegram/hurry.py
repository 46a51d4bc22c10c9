"""Whether somebody is waited on right now, so that what nobody waits for lets them go first."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Hurry:
    """Everything here shares one processor. Who takes in what a person wrote does so within `on`."""

    def __init__(self) -> None:
        self._count = 0
        self._over = asyncio.Event()
        self._over.set()

    @contextmanager
    def on(self) -> Iterator[None]:
        self._count += 1
        self._over.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._over.set()

    async def over(self, within: float) -> None:
        """Return once nobody is waited on, in so many seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._over.wait()
