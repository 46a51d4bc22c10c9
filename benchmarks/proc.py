"""How much memory programs hold and how long they computed, from Linux's /proc."""

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from db import keeper
from db.postmaster import recorded_pid

PROC = Path("/proc")
KB = 1024


def resident(pid: int) -> float:
    """In MB: all pages of the process that are in memory, shared ones too (RSS)."""
    return _kilobytes(PROC / str(pid) / "status", "VmRSS") / KB


def shared_out(pids: Iterable[int]) -> float:
    """In MB: what several processes hold together. A page that they share is counted once (PSS), as
    Postgres's buffers, which every one of its processes maps."""
    return sum(_kilobytes(PROC / str(pid) / "smaps_rollup", "Pss") for pid in pids) / KB


def postgres(folder: Path) -> list[int]:
    """The processes of the embedded server in `folder`: its keeper, the server, its children."""
    kept_by = int((folder / keeper.KEEPER).read_text().splitlines()[0])
    return [kept_by, *family(recorded_pid(folder / keeper.DATA))]


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children = defaultdict(list)
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            text = stat.read_text(errors="replace")
        except OSError:
            continue  # it ended meanwhile
        children[parent(text)].append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found += children[one]
    return found


def drawing(bot: int) -> list[int]:
    """The process that draws a bot's pictures, once there is one."""
    return [pid for pid in family(bot)[1:] if b"charts.painting" in _command(pid)]


def computed(pid: int) -> float:
    """Seconds that the process has been on a processor, its ended children's included. Other programs
    hardly change that, however busy the machine is."""
    # After the name, the 12th to 15th field: in user and system mode, its own and its children's.
    ticks = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[11:15]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def parent(stat: str) -> int:
    """From a line of /proc/PID/stat. The program's name, in parentheses, may hold any character."""
    return int(stat.rpartition(")")[2].split()[1])


def _command(pid: int) -> bytes:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return b""  # it ended meanwhile


def _kilobytes(path: Path, name: str) -> int:
    for line in path.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise LookupError(f"{path} tells no {name}")
