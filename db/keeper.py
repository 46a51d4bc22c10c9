"""The small process that keeps an embedded Postgres running while anybody uses it.

`db.embedded` starts it with a bare Python, which sees the standard library and this package. It leaves the
session of its starter at once: closing a terminal or killing a user process never reaches it.

The folder it keeps:

    data/           the cluster; initdb makes it under another name, so it is whole or not there
    starting.lock   held while one process looks for a keeper and starts one; it marks the folder as ours
    users.lock      every user process holds it shared; the keeper goes when it gets it alone
    keeper.lock     held by the keeper all its life; says its pid and how it is doing
    server.log      what Postgres has to say, and server.log.1 from before

The locks are flocks: the kernel drops them with the process that held them, however that ended.
"""

import contextlib
import fcntl
import json
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from db.postmaster import (
    SOCKET,
    answers,
    is_ours,
    log_tail,
    postmaster_lines,
    recorded_pid,
    send,
    socket_folder,
)

STARTING = "starting.lock"
USERS = "users.lock"
KEEPER = "keeper.lock"
DATA = "data"
LOG = "server.log"
READY = "ready"

LOG_BYTES = 1_000_000
# A fast shutdown can hang when it comes in the middle of a recovery. After this long Postgres is told to stop
# at once, which loses nothing and has it recover at the next start.
LEAVE_SECONDS = 15.0

# libc's collation differs between machines and breaks indexes that move; the builtin C.UTF-8 does not.
INITDB = [
    "--username=app",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--auth=trust",
    "--data-checksums",
    "--no-instructions",
]


class Failure(Exception):
    """Postgres cannot be kept; the message goes to whoever waits for it."""


def main(order: str) -> None:
    """Keep what `order` says, the arguments of Keeper in JSON."""
    if os.fork():
        os._exit(0)  # the keeper proper is nobody's child, so no user process has to reap it
    os.umask(0o077)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A service manager signals the whole group, and the bot still needs its database while it stops.
        # A handler, not SIG_IGN: what we start would inherit that.
        signal.signal(number, lambda *_: None)
    Keeper(**json.loads(order)).run()


class Keeper:
    """`lock` is the descriptor of keeper.lock, already locked by the starter and inherited."""

    def __init__(self, *, folder: str, binaries: str, settings: dict[str, str], lock: int) -> None:
        self.folder = Path(folder)
        self.data = self.folder / DATA
        self.sockets = socket_folder(self.folder)
        self.binaries = Path(binaries)
        self.settings = settings
        self.lock = lock
        self.guard = threading.Lock()
        self.leaving = threading.Event()
        self.gone = threading.Event()

    def run(self) -> None:
        self.say("starting")
        try:
            self.prefix, self.account, version = self.choose_account()
            self.give(self.folder)
            self.make_data(version)
            self.make_socket_folder()
            self.clear_the_way()
            self.start()
            self.say(READY)
        except (Failure, OSError) as error:
            self.say(f"failed: {error}")
            return
        threading.Thread(target=self.leave_after_the_last_user, daemon=True).start()
        self.watch_postgres()
        self.gone.set()
        if self.sockets != self.folder:
            with contextlib.suppress(OSError):
                self.sockets.rmdir()
        # This lock goes before users.lock, or a newcomer could take us for a keeper that stays.
        os.close(self.lock)
        os._exit(0)

    def say(self, state: str) -> None:
        text = f"{os.getpid()}\n{state}\n".encode(errors="surrogateescape")
        with contextlib.suppress(OSError):  # a full disk; whoever waits will see us end
            os.pwrite(self.lock, text, 0)
            os.ftruncate(self.lock, len(text))

    # Under which account: Postgres refuses root.

    def choose_account(self) -> tuple[list[str], dict[str, Any], str]:
        """What to put before a command, how to start it, and the major version of Postgres."""
        trouble = "no account for it"
        for prefix, account in self.accounts():
            command = [*prefix, str(self.binaries / "postgres"), "--version"]
            try:
                done = subprocess.run(command, capture_output=True, check=False, env=environment(), **account)
            except OSError as error:
                trouble = str(error)
                continue
            found = re.search(r"\(PostgreSQL\) (\d+)", done.stdout.decode(errors="replace"))
            if found:
                return prefix, account, found[1]
            trouble = done.stderr.decode(errors="replace").strip()
        raise Failure(f"the Postgres binaries do not run here: {trouble}")

    def accounts(self) -> Iterator[tuple[list[str], dict[str, Any]]]:
        setpriv, unshare = shutil.which("setpriv"), shutil.which("unshare")
        # With --pdeathsig the kernel stops Postgres when the keeper is killed.
        endings = [[setpriv, "--pdeathsig", "INT"], []] if setpriv else [[]]
        me, nobody = os.geteuid(), user_named("nobody")
        if unshare and nobody and (me == 0 or not has_name(me)):
            # Postgres refuses root and initdb wants a user with a name: in a user namespace we are called
            # nobody, while on disk all stays ours.
            mapped = [unshare, "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}"]
            yield from (([*mapped, *ending], {}) for ending in endings)
        if me != 0:
            yield from ((ending, {}) for ending in endings)
        elif nobody:
            stand_in = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            yield from ((ending, stand_in) for ending in endings)

    def owner(self) -> int:
        return int(self.account.get("user", os.geteuid()))

    def give(self, path: Path) -> None:
        """Postgres insists on owning its data, and has to get there."""
        if path.stat().st_uid != self.owner():
            os.chown(path, self.owner(), self.account.get("group", os.getegid()))

    # The data folder.

    def make_data(self, version: str) -> None:
        for unfinished in self.folder.glob(f"{DATA}.new-*"):
            shutil.rmtree(unfinished)
        if not self.data.exists():
            return self.initdb()
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != version:
            raise Failure(
                f"{self.data} was made by Postgres {found}, and this is Postgres {version}: move it with "
                f"pg_dumpall of Postgres {found}, or install the release of Daybook that made it"
            )
        if self.data.stat().st_uid != self.owner():
            for root, folders, files in os.walk(self.data):
                for name in (*folders, *files):
                    self.give(Path(root, name))
            self.give(self.data)
        return None

    def initdb(self) -> None:
        new = self.folder / f"{DATA}.new-{os.getpid()}"
        new.mkdir(mode=0o700)
        self.give(new)
        command = [*self.prefix, str(self.binaries / "initdb"), "-D", str(new), *INITDB]
        if self.settings.get("fsync") == "off":
            command.append("--no-sync")
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            env=environment(),
            cwd="/",
            **self.account,
        )
        if done.returncode:
            shutil.rmtree(new, ignore_errors=True)
            lines = done.stdout.decode(errors="replace").strip().splitlines()
            reason = " ".join(line for line in lines if re.search("error:|FATAL:|PANIC:|HINT:", line))
            # The account that stands in for root often may not get to where the data is to be.
            advice = ". Run as an ordinary user" if self.account else ""
            raise Failure(f"{reason or lines[-1:]}{advice}")
        new.rename(self.data)
        folder = os.open(self.folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def make_socket_folder(self) -> None:
        if self.sockets == self.folder:
            return
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077 or found.st_uid not in owners():
            raise Failure(f"{self.sockets}, needed for the socket, belongs to somebody else: remove it")
        self.give(self.sockets)

    # The server.

    def clear_the_way(self) -> None:
        """Stop a server that a killed keeper left behind; refuse when a stranger sits on our socket."""
        pid = recorded_pid(self.data)
        for number, seconds in ((signal.SIGINT, LEAVE_SECONDS), (signal.SIGQUIT, LEAVE_SECONDS)):
            deadline = time.monotonic() + seconds
            send(pid, self.data, number)
            while is_ours(pid, self.data) and time.monotonic() < deadline:
                time.sleep(0.01)  # it is not our child: there is nothing to wait on
        if answers(self.sockets):
            raise Failure(f"another server answers at {self.sockets / SOCKET}: stop it first")
        for name in (SOCKET, f"{SOCKET}.lock"):
            (self.sockets / name).unlink(missing_ok=True)

    def start(self) -> None:
        deadline = time.monotonic() + 15
        while True:
            self.launch()
            if self.became_ready():
                return
            reason = log_tail(self.folder / LOG)
            # Backends of a killed server need a moment to notice and go.
            if "shared memory block" not in reason or time.monotonic() > deadline:
                raise Failure(f"Postgres did not start: {reason}")
            time.sleep(0.1)

    def launch(self) -> None:
        log = self.folder / LOG
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_name(f"{LOG}.1"))
        quoted = str(self.sockets).replace('"', '""')
        command = [*self.prefix, str(self.binaries / "postgres"), "-D", str(self.data), "-k", f'"{quoted}"']
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        # A killed server leaves its pid behind, and the system may have given it away. Postgres would take
        # the stranger for a rival; told that it is a forebear of its own, it does not, and still asks the
        # shared memory whether somebody uses the data. So postmaster.pid need never be deleted.
        stale = {"PG_GRANDPARENT_PID": str(recorded_pid(self.data))}
        with log.open("ab") as output:
            self.postgres = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=environment() | stale,
                **self.account,
            )

    def became_ready(self) -> bool:
        while self.postgres.poll() is None:
            lines = postmaster_lines(self.data)
            if len(lines) > 7 and lines[0] == str(self.postgres.pid) and lines[7].strip() == READY:
                return True
            time.sleep(0.01)
        return False

    def watch_postgres(self) -> None:
        """Start Postgres again whenever it ends, until the last user has left."""
        pause = 0.05
        started = time.monotonic()
        while True:
            self.postgres.wait()
            self.say("starting" if not self.leaving.is_set() else "stopped")
            pause = 0.1 if time.monotonic() - started > 60 else min(pause * 2, 5.0)
            if self.leaving.wait(pause) or not self.data.exists():
                return
            with self.guard:
                if self.leaving.is_set():
                    return
                started = time.monotonic()
                self.launch()
            if self.became_ready():
                self.say(READY)

    def leave_after_the_last_user(self) -> None:
        users = os.open(self.folder / USERS, os.O_RDWR)
        fcntl.flock(users, fcntl.LOCK_EX)  # kept until the process ends, so newcomers wait for that
        with self.guard:
            self.leaving.set()
            self.postgres.send_signal(signal.SIGINT)
        if not self.gone.wait(LEAVE_SECONDS):
            self.postgres.send_signal(signal.SIGQUIT)


def environment() -> dict[str, str]:
    """Nothing of ours: no keys in its environment, no PGDATA in its way. TZ spares initdb a long search."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def owners() -> set[int]:
    """Who may own the folder and its data: we, and the account that stands in for root."""
    nobody = user_named("nobody")
    return {os.geteuid(), nobody.pw_uid} if os.geteuid() == 0 and nobody else {os.geteuid()}


def user_named(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
