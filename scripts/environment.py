"""Bring .venv up to date with uv.lock, with nothing but a Python's standard library.

Usage: environment.py [GROUP]. Prints what it does to stderr and nothing when nothing is to do.
"""

import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import time
import tomllib
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "uv.lock"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"


def main(group: str) -> None:
    stamp = VENV / f"installed-{group or 'run'}"
    wanted = fingerprint()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    started = time.monotonic()
    packages = tomllib.loads(LOCK.read_text())["package"]
    say(f"Setting up .venv from uv.lock ({len(packages)} packages at most), once")
    if not runs(PYTHON):
        make_venv()
    if not runs(UV):
        install_uv(next(p for p in packages if p["name"] == "uv"))
    say("Installing packages")
    sync(group)
    stamp.write_text(wanted)
    say(f"Ready in {time.monotonic() - started:.0f} s")


def fingerprint() -> str:
    return hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()


def make_venv() -> None:
    say(f"Making .venv with Python {platform.python_version()}")
    shutil.rmtree(VENV, ignore_errors=True)
    # Debian's python3 comes without ensurepip; uv needs no pip.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", VENV], check=True)
    if has_ensurepip():
        subprocess.run([PYTHON, "-m", "ensurepip", "--default-pip"], check=True, stdout=subprocess.DEVNULL)


def has_ensurepip() -> bool:
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        return False
    return True


def install_uv(package: dict) -> None:
    say(f"Getting uv {package['version']}, which installs the rest")
    if has_ensurepip():
        # pip first: it knows this machine's mirrors and proxies.
        pip = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        if subprocess.run([*pip, f"uv=={package['version']}"], check=False).returncode == 0:
            return
    wheel = next((w for w in package["wheels"] if fits_here(w["url"])), None)
    if wheel is None:
        sys.exit(f"No uv for {sysconfig.get_platform()}: install uv yourself, then `uv sync`.")
    data = urllib.request.urlopen(wheel["url"], timeout=120).read()  # noqa: S310
    if f"sha256:{hashlib.sha256(data).hexdigest()}" != wheel["hash"]:
        sys.exit("The download of uv does not match uv.lock: try again, or check your proxy.")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".data/scripts/uv"))
        UV.write_bytes(archive.read(name))
    UV.chmod(0o755)


def fits_here(url: str) -> bool:
    tag = url.rsplit("-", 1)[1]
    machine = {"arm64": "aarch64", "amd64": "x86_64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    if sys.platform == "darwin":
        return "macosx" in tag and machine.replace("aarch64", "arm64") in tag
    libc = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    return libc in tag and machine in tag


def sync(group: str) -> None:
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(VENV)}
    environment.setdefault("UV_SYSTEM_CERTS", "true")
    # Where HOME cannot be written, as for many a service account, the cache lives beside the rest.
    if not os.access(Path.home(), os.W_OK):
        environment.setdefault("UV_CACHE_DIR", str(VENV / "uv-cache"))
    groups = ["--group", group] if group else ["--no-default-groups"]
    # On a terminal uv shows its progress; elsewhere a line a package would only bury what counts.
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    command = [
        UV,
        "sync",
        *quiet,
        "--frozen",
        "--inexact",
        "--no-install-project",
        "--python",
        PYTHON,
        *groups,
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        sys.exit("The packages could not be installed: the lines above say why. Nothing else was changed.")


def runs(program: Path) -> bool:
    """Whether `program` starts: a .venv that was moved, or whose Python is gone, does not."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def say(line: str) -> None:
    print(f"· {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
