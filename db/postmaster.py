"""A Postgres server seen from outside: where it answers, which process it is, how it is doing."""

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
from pathlib import Path

SOCKET = ".s.PGSQL.5432"


def socket_folder(folder: Path) -> Path:
    """`folder` itself, or a short private one where the system's limit of about 100 bytes forbids that."""
    place = str(folder)
    if place.isascii() and "," not in place and len(place) + len(SOCKET) < 100:
        return folder
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    # Not TMPDIR: every process must come to the same name.
    return Path(f"/tmp/daybook-{os.geteuid()}-{name}")  # noqa: S108


def answers(sockets: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(sockets / SOCKET))
        except OSError:
            return False
    return True


def postmaster_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(errors="surrogateescape").splitlines()
    except OSError:
        return []


def recorded_pid(data: Path) -> int:
    """The pid in postmaster.pid, which may belong to a stranger by now; 0 without one."""
    lines = postmaster_lines(data)
    return int(lines[0]) if lines and lines[0].isdigit() else 0


def is_ours(pid: int, data: Path) -> bool:
    """Whether `pid` is the Postgres server of this data folder."""
    if pid <= 1:
        return False
    process = Path("/proc", str(pid))
    if not Path("/proc/self").exists():
        done = subprocess.run(
            ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, check=False
        )
        return b"/postgres -D " + os.fsencode(data) + b" " in done.stdout
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
        named = words[1:3] == [b"-D", os.fsencode(data)]
        with contextlib.suppress(PermissionError):
            named = named or (process / "cwd").samefile(data)  # the folder was moved
    except OSError:
        return False
    return words[0].endswith(b"/postgres") and named


def send(pid: int, data: Path, number: signal.Signals) -> None:
    """Signal our Postgres, and nothing else, not even what takes over its pid just now."""
    with contextlib.suppress(ProcessLookupError):
        if not hasattr(os, "pidfd_open"):
            if is_ours(pid, data):
                os.kill(pid, number)
            return
        if pid <= 1:
            return
        handle = os.pidfd_open(pid)
        try:
            if is_ours(pid, data):
                signal.pidfd_send_signal(handle, number)
        finally:
            os.close(handle)


def log_tail(log: Path) -> str:
    try:
        text = log.read_text(errors="replace")
    except OSError:
        return ""
    return " ".join(text.splitlines()[-4:])[-800:]
