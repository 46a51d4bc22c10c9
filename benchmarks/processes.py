"""The programs under measurement, each a process of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.machine import ROOT

PATIENCE = 60.0
STOPPING = 20.0
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")

T = TypeVar("T")


class Stopped(Exception):
    """A program under measurement ended before it should."""


@dataclass(frozen=True, kw_only=True)
class Program:
    process: asyncio.subprocess.Process
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    async def line(self) -> str:
        """The next line that it prints. Raises Stopped at its end, TimeoutError when none comes."""
        assert self.process.stdout is not None  # noqa: S101 - it was started with a pipe
        line = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE)
        if not line:
            raise await self._stopped()
        return line.decode(errors="replace").rstrip("\n")

    async def told(self, line: str) -> None:
        assert self.process.stdin is not None  # noqa: S101 - as above
        self.process.stdin.write(line.encode() + b"\n")
        await self.process.stdin.drain()

    async def ends(self) -> None:
        """Say that there is no more, and wait for the end. Raises Stopped where it failed."""
        assert self.process.stdin is not None  # noqa: S101 - as above
        self.process.stdin.close()
        await asyncio.wait_for(self.process.wait(), PATIENCE)
        if self.process.returncode:
            raise await self._stopped()

    async def while_alive(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` returns. Raises Stopped as soon as the program has ended."""
        working, ending = asyncio.ensure_future(work), asyncio.ensure_future(self.process.wait())
        try:
            await asyncio.wait({working, ending}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            raise await self._stopped()
        finally:
            working.cancel()
            ending.cancel()
            await asyncio.gather(working, ending, return_exceptions=True)

    async def _stopped(self) -> Stopped:
        code = await self.process.wait()
        last = self.log.read_text(errors="replace").splitlines()[-1:]
        return Stopped(f"{self.log.stem} ended with {code}: {' '.join(last) or 'it said nothing'}")


@asynccontextmanager
async def python(
    module: str, *arguments: str, folder: Path, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Program]:
    """`python -m module …` at work in `folder`, with none of this machine's own settings. It is asked
    to stop at the end, and killed if it does not; what it complains of goes to a file in `folder`."""
    log = folder / f"{module}.log"
    with log.open("ab") as complaints:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=complaints,
            cwd=folder,
            env=environment(settings or {}),
        )
    try:
        yield Program(process=process, log=log)
    finally:
        await _stop(process)


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Of the machine's only what programs need to run; no settings of Daybook's, no keys."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **settings}


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOPPING)
    except TimeoutError:
        process.kill()
        await process.wait()
