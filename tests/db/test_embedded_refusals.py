import asyncio
import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest

from bot.errors import DatabaseError
from db.embedded import EmbeddedPostgres, binaries
from db.postmaster import socket_folder
from tests.db.processes import ROOT, alive, keeper_pid, kill, nothing_runs, postgres_pid, until, user_of
from tests.db.servers import FAST, answered, connected, numbers, path_with, query, with_rows

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change accounts")
ASLEEP = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that every account can reach, as pytest's own is not."""
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        Path(place).chmod(0o755)
        yield Path(place)


# What is not ours


@pytest.mark.parametrize("stranger", ["sleep", "another server"])
async def test_a_stale_pid_that_a_stranger_has_now(folder: Path, tmp_path: Path, stranger: str) -> None:
    async with user_of(folder) as user:
        assert await user.heard() == "ready"
        assert await user.told("insert 7") == "committed 7"
        for pid in (postgres_pid(folder), keeper_pid(folder), user.pid):
            kill(pid)
    await nothing_runs(folder)
    async with EmbeddedPostgres(tmp_path / "another", settings=FAST) as another:
        sleep = await asyncio.create_subprocess_exec("sleep", "1000")
        pid = sleep.pid if stranger == "sleep" else postgres_pid(tmp_path / "another")
        for lock in (folder / "data" / "postmaster.pid", folder / ".s.PGSQL.5432.lock"):
            lock.write_text("\n".join([str(pid), *lock.read_text().splitlines()[1:]]) + "\n")
        async with EmbeddedPostgres(folder) as server:
            assert await numbers(server) == [7]
            assert alive(pid)
        assert alive(pid)
        assert await query(another, "SELECT 1") == 1
        sleep.kill()
        await sleep.wait()


async def test_a_folder_with_other_things_in_it(folder: Path) -> None:
    shutil.copytree(Path(__file__).parent, folder)
    before = (names_in(folder), mode_of(folder))
    with pytest.raises(DatabaseError, match="not Daybook's"):
        await EmbeddedPostgres(folder).start()
    assert (names_in(folder), mode_of(folder)) == before


async def test_a_file_in_the_place_of_the_folder(folder: Path) -> None:
    shutil.copy(__file__, folder)
    with pytest.raises(DatabaseError, match="File exists"):
        await EmbeddedPostgres(folder).start()
    with pytest.raises(DatabaseError, match="Not a directory"):
        await EmbeddedPostgres(folder / "below").start()


async def test_a_socket_folder_that_somebody_planted(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    planted = socket_folder(folder)
    planted.mkdir()
    planted.chmod(0o777)
    try:
        with pytest.raises(DatabaseError, match="somebody else"):
            await EmbeddedPostgres(folder, settings=FAST).start()
    finally:
        planted.rmdir()


async def test_data_of_another_version(folder: Path) -> None:
    async with EmbeddedPostgres(folder, settings=FAST):
        pass
    (folder / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(DatabaseError, match=r"made by Postgres 17.*pg_dumpall"):
        await EmbeddedPostgres(folder).start()


async def test_data_that_somebody_removed(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with EmbeddedPostgres(folder, settings=FAST):
        shutil.rmtree(folder / "data")
        kill(keeper_pid(folder))
        await until(lambda: "its data is gone" in caplog.text)
        assert not (folder / "data").exists()
        await nothing_runs(folder)


# Trouble


async def test_the_reason_is_told_when_it_does_not_start(folder: Path) -> None:
    with pytest.raises(DatabaseError, match=r'did not start.*"no_such_setting".*DATABASE_URL'):
        await EmbeddedPostgres(folder, settings=FAST | {"no_such_setting": "1"}).start()
    async with EmbeddedPostgres(folder, settings=FAST) as server:
        assert await query(server, "SELECT 1") == 1


async def test_a_start_that_takes_too_long_is_given_up(folder: Path) -> None:
    with pytest.raises(DatabaseError, match="was not ready"):
        await EmbeddedPostgres(folder, timeout=0.1).start()


async def test_no_binaries_for_this_platform(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DatabaseError, match=r"no embedded Postgres for this platform.*DATABASE_URL"):
        await EmbeddedPostgres(folder).start()
    assert not names_in(folder.parent)


@ROOT_ONLY
async def test_a_full_disk(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if not succeeds("mount", "-t", "tmpfs", "-o", "size=20m", "daybook-test", str(disk)):
        pytest.skip("no disk can be mounted here")
    try:
        with pytest.raises(DatabaseError, match=r"No space left|free disk space"):
            await EmbeddedPostgres(disk / "postgres").start()
        assert succeeds("mount", "-o", "remount,size=200m", str(disk))
        async with EmbeddedPostgres(disk / "postgres") as server:
            await with_rows(server)
    finally:
        assert succeeds("umount", str(disk))


async def test_the_log_holds_nothing_that_people_wrote(folder: Path) -> None:
    statements = (
        "SELECT 'canary'::int",
        "INSERT INTO entries VALUES ('canary'), ('canary')",
        "SELECT 'canary' FROM nowhere",
        "DO $$ BEGIN RAISE WARNING 'canary'; END $$",
        "SELECT 'canary', pg_terminate_backend(pg_backend_pid())",
    )
    async with EmbeddedPostgres(folder, settings=FAST) as server:
        await query(server, "CREATE TABLE entries (body text UNIQUE)")
        for statement in statements:
            with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError):
                await query(server, statement)
        async with connected(server) as connection:
            working = asyncio.create_task(connection.execute("SELECT 'canary', pg_sleep(1000)"))
            while not await query(server, ASLEEP):  # noqa: ASYNC110 — the server sets no event here
                await asyncio.sleep(0.01)
            kill(connection.get_server_pid())
            with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await working
        assert await answered(server, "SELECT count(*) FROM entries") == 0
    assert "terminated by signal 9" in (folder / "server.log").read_text()
    assert "canary" not in (folder / "server.log").read_text()


async def test_a_long_log_is_set_aside(folder: Path) -> None:
    async with EmbeddedPostgres(folder, settings=FAST):
        pass
    (folder / "server.log").write_bytes(b"x" * 2_000_000)
    async with EmbeddedPostgres(folder, settings=FAST):
        pass
    assert (folder / "server.log.1").stat().st_size == 2_000_000
    assert (folder / "server.log").stat().st_size < 10_000


@LINUX_ONLY
async def test_keys_are_not_handed_down(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "canary")
    async with EmbeddedPostgres(folder, settings=FAST):
        for pid in (keeper_pid(folder), postgres_pid(folder)):
            assert "canary" not in environment_of(pid)


# Accounts


@ROOT_ONLY
async def test_root_where_user_namespaces_are_forbidden(open_place: Path) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    if not may_run(binaries() / "postgres", nobody):
        pytest.skip("the Postgres binaries lie where nobody else may go")
    folder = open_place / "postgres"
    async with user_of(folder, PATH=path_with(open_place / "bin", "setpriv")) as user:
        assert await user.heard() == "ready"
        assert await user.told("insert 7") == "committed 7"
        assert (folder / "data").stat().st_uid == nobody
        kill(postgres_pid(folder))
        kill(keeper_pid(folder))
    async with EmbeddedPostgres(folder) as server:
        assert await numbers(server) == [7]
    await nothing_runs(folder)


@ROOT_ONLY
async def test_root_who_cannot_run_it_is_told_what_to_do(folder: Path) -> None:
    folder.parent.chmod(0o700)
    async with user_of(folder, PATH=path_with(folder.parent / "bin", "setpriv")) as user:
        assert "Permission denied. Run as an ordinary user" in await user.heard()


@ROOT_ONLY
@pytest.mark.parametrize("uid", [65534, 54321], ids=["with a name", "without"])
async def test_an_ordinary_user(open_place: Path, uid: int) -> None:
    python = next((path for path in pythons() if may_run(path, uid)), None)
    if python is None or not may_run(binaries() / "postgres", uid):
        pytest.skip("Python or Postgres lies where an ordinary user may not go")
    env = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "HOME": "/nonexistent"}
    folder = open_place / "theirs" / "postgres"
    folder.parent.mkdir()
    async with user_of(folder, uid=uid, python=str(python), **env) as user:
        assert "Permission denied" in await user.heard()
    os.chown(folder.parent, uid, uid)
    async with user_of(folder, uid=uid, python=str(python), **env) as user:
        assert await user.heard() == "ready"
        assert await user.told("insert 7") == "committed 7"
        kill(postgres_pid(folder))
        assert await user.told("insert 8") == "committed 8"
        assert (folder / "data").stat().st_uid == uid
        await user.left()
    if uid != pwd.getpwnam("nobody").pw_uid:
        with pytest.raises(DatabaseError, match="another user"):
            await EmbeddedPostgres(folder).start()
    await nothing_runs(folder)


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def environment_of(pid: int) -> str:
    return Path("/proc", str(pid), "environ").read_text()


def succeeds(*command: str) -> bool:
    return subprocess.run(command, check=False).returncode == 0


def pythons() -> list[Path]:
    """Interpreters that can use the installed packages."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return [Path(sys.executable), *(Path(folder, name) for folder in ("/usr/bin", "/usr/local/bin"))]


def may_run(program: Path, uid: int) -> bool:
    with contextlib.suppress(OSError):
        account: dict[str, Any] = {"user": uid, "group": uid, "extra_groups": []}
        command = [str(program), "--version"]
        return subprocess.run(command, check=False, capture_output=True, cwd=ROOT, **account).returncode == 0
    return False
