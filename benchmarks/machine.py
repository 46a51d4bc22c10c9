"""What the figures were taken on."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from db.embedded import binaries

ROOT = Path(__file__).resolve().parent.parent


def facts() -> dict[str, Any]:
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
        "commit": commit(),
        "cores": usable_cores(),
        "processor": processor(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "postgres": _told([str(binaries() / "postgres"), "--version"]).removeprefix("postgres (PostgreSQL) "),
        "packages": {name: version(name) for name in ("python-telegram-bot", "aiohttp", "pgvector")},
        "load": load(),
    }


def usable_cores() -> int:
    """Those that this process may run on, which in a container may be fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load() -> list[float]:
    """How many processes wanted to run, over 1, 5 and 15 minutes."""
    return [round(it, 2) for it in os.getloadavg()]


def commit() -> str:
    """The commit, with a plus sign where files differ from it; "unknown" outside of a repository."""
    name = _told(["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"])
    changed = _told(["git", "-C", str(ROOT), "status", "--porcelain"])
    return (name + ("+" if changed else "")) if name else "unknown"


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((it.partition(":")[2].strip() for it in lines if it.startswith("model name")), "unknown")


def _told(command: list[str]) -> str:
    """The first thing a program says; "" where it is missing or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
