"""Real processes around an embedded server: started, watched and killed."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class User:
    """A process of `tests.db.user`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.pid = process.pid

    async def heard(self) -> str:
        assert self.process.stdout is not None
        return (await self.process.stdout.readline()).decode().strip()

    async def told(self, line: str) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        await self.process.stdin.drain()
        return await self.heard()

    async def left(self) -> None:
        await self.told("leave")
        assert await self.process.wait() == 0

    async def killed(self) -> None:
        kill(self.pid)
        await self.process.wait()


@contextlib.asynccontextmanager
async def user_of(
    folder: Path, *, uid: int | None = None, python: str = sys.executable, **env: str
) -> AsyncIterator[User]:
    """`uid` is the account to use; `env` goes over our own environment."""
    account = {} if uid is None else {"user": uid, "group": uid, "extra_groups": []}
    process = await asyncio.create_subprocess_exec(
        *(python, "-m", "tests.db.user", str(folder)),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | env,
        **account,  # type: ignore[arg-type]
    )
    try:
        yield User(process)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                kill(process.pid)
        await process.communicate()


def keeper_pid(folder: Path) -> int:
    return int((folder / "keeper.lock").read_text().split()[0])


def postgres_pid(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def processes_of(folder: Path) -> list[str]:
    """Everything that runs for the folder, keeper and backends included."""
    listed = subprocess.run(
        ["ps", "-axww", "-o", "pid=,stat=,command="], capture_output=True, text=True, check=True
    )
    return [line for line in listed.stdout.splitlines() if belongs(line, folder)]


def belongs(line: str, folder: Path) -> bool:
    pid, state, command = line.split(None, 2)
    if state.startswith("Z") or "tests.db.user" in command:
        return False
    try:
        where = str(Path("/proc", pid, "cwd").readlink())
    except OSError:
        where = ""
    return where.startswith(str(folder)) or f"{folder}/data" in command or json.dumps(str(folder)) in command


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path("/proc", str(pid), "stat").exists() or "Z" not in state_of(pid)


def state_of(pid: int) -> str:
    with contextlib.suppress(FileNotFoundError):
        return Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0]
    return "Z"


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


async def nothing_runs(folder: Path) -> None:
    async with asyncio.timeout(30):
        await until(lambda: not processes_of(folder))


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 — what other processes do sets no event here
        await asyncio.sleep(0.02)
