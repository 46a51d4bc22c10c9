import asyncio
import contextlib
import os
import shutil
from pathlib import Path

import pytest

from db.embedded import EmbeddedPostgres
from db.postmaster import socket_folder
from tests.db.processes import (
    alive,
    keeper_pid,
    kill,
    nothing_runs,
    postgres_pid,
    until,
    user_of,
)
from tests.db.servers import FAST, connected, numbers, path_with, query, with_rows

# Starting and stopping


async def test_rows_stay_from_one_start_to_the_next(folder: Path) -> None:
    async with EmbeddedPostgres(folder) as server:
        rows = await with_rows(server)
        assert mode_of(folder) == 0o700
    await nothing_runs(folder)
    async with EmbeddedPostgres(folder) as server:
        assert await numbers(server) == rows


@pytest.mark.parametrize(
    "name",
    ["with spaces", "日記 é", "a,b", 'quo"te', "very long " * 20],
    ids=["spaces", "other", "comma", "quote", "long"],
)
async def test_every_path(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    async with EmbeddedPostgres(folder, settings=FAST) as server:
        assert await query(server, "SHOW data_directory") == str(folder / "data")
    await nothing_runs(folder)
    assert socket_folder(folder) == folder or not socket_folder(folder).exists()


async def test_extensions_and_settings(folder: Path) -> None:
    async with (
        EmbeddedPostgres(folder, settings=FAST | {"work_mem": "7MB"}) as server,
        connected(server) as on,
    ):
        for name in ("vector", "pg_trgm", "unaccent"):
            await on.execute(f"CREATE EXTENSION {name}")
        assert await on.fetchval("SELECT '[1,2]'::halfvec(2) <-> '[1,3]'") == 1
        assert await on.fetchval("SELECT similarity('daybook', 'daybok') > 0.4 AND unaccent('é') = 'e'")
        assert [await on.fetchval(f"SHOW {name}") for name in ("work_mem", "fsync", "jit")] == [
            "7MB",
            "off",
            "off",
        ]
        assert await on.fetchval("SHOW listen_addresses") == ""


async def test_four_processes_start_it_together(folder: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        users = [await stack.enter_async_context(user_of(folder)) for _ in range(4)]
        assert [await user.heard() for user in users] == ["ready"] * 4
        for number, user in enumerate(users):
            assert await user.told(f"insert {number}") == f"committed {number}"
        async with EmbeddedPostgres(folder) as server:
            assert await numbers(server) == [0, 1, 2, 3]
        for user in users:
            await user.left()
    await nothing_runs(folder)


async def test_one_starts_while_the_last_one_leaves(folder: Path) -> None:
    leaving = EmbeddedPostgres(folder, settings=FAST)
    await leaving.start()
    rows = await with_rows(leaving)
    for turn in range(12):
        coming = EmbeddedPostgres(folder, settings=FAST)
        first, second = (leaving.stop(), coming.start()) if turn % 2 else (coming.start(), leaving.stop())
        await asyncio.gather(first, second)
        assert await numbers(coming) == rows
        leaving = coming
    await leaving.stop()


@pytest.mark.parametrize("how", ["left", "killed"])
async def test_the_first_one_leaves_while_another_goes_on(folder: Path, how: str) -> None:
    async with user_of(folder) as first:
        assert await first.heard() == "ready"
        async with EmbeddedPostgres(folder) as server, connected(server) as connection:
            keeper, postgres = keeper_pid(folder), postgres_pid(folder)
            going = asyncio.create_task(getattr(first, how)())
            answered = 0
            while not going.done() or answered < 500:
                assert await connection.fetchval("SELECT 1") == 1
                answered += 1
                await asyncio.sleep(0)
            await going
            assert await query(server, "SELECT 1") == 1
            assert (keeper_pid(folder), postgres_pid(folder)) == (keeper, postgres)


# Being killed


async def test_the_only_user_is_killed(folder: Path) -> None:
    async with user_of(folder) as user:
        assert await user.heard() == "ready"
        for number in range(20):
            assert await user.told(f"insert {number}") == f"committed {number}"
        await user.killed()
    await nothing_runs(folder)
    async with EmbeddedPostgres(folder) as server:
        assert await numbers(server) == list(range(20))


@pytest.mark.parametrize("victims", [("postgres",), ("keeper",), ("keeper", "postgres")], ids="+".join)
async def test_what_is_killed_comes_back(folder: Path, victims: tuple[str, ...]) -> None:
    async with user_of(folder) as other, EmbeddedPostgres(folder) as server:
        assert await other.heard() == "ready"
        await query(server, "INSERT INTO rows SELECT generate_series(1, 1000)")
        before = {"keeper": keeper_pid(folder), "postgres": postgres_pid(folder)}
        for victim in victims:
            kill(before[victim])
        await until(lambda: not alive(before["postgres"]))
        assert await numbers(server) == list(range(1, 1001))
        assert postgres_pid(folder) != before["postgres"]
        assert (keeper_pid(folder) == before["keeper"]) == ("keeper" not in victims)
        assert await other.told("insert 0") == "committed 0"


async def test_everybody_is_killed(folder: Path) -> None:
    async with user_of(folder) as user:
        assert await user.heard() == "ready"
        assert await user.told("insert 7") == "committed 7"
        pids = [keeper_pid(folder), postgres_pid(folder), user.pid]
        for pid in pids:
            kill(pid)
    async with EmbeddedPostgres(folder) as server:
        assert await numbers(server) == [7]


@pytest.mark.skipif(not shutil.which("setpriv"), reason="needs setpriv")
async def test_the_server_goes_with_its_keeper(folder: Path) -> None:
    async with user_of(folder) as user:
        assert await user.heard() == "ready"
        kill(user.pid)
        kill(keeper_pid(folder))
    await nothing_runs(folder)


async def test_the_keeper_is_killed_and_nothing_stops_its_server(folder: Path, tmp_path: Path) -> None:
    """Where there is no setpriv, as on macOS."""
    async with user_of(folder, PATH=path_with(tmp_path / "bin", "unshare")) as user:
        assert await user.heard() == "ready"
        assert await user.told("insert 7") == "committed 7"
        orphan, keeper = postgres_pid(folder), keeper_pid(folder)
        kill(user.pid)
        kill(keeper)
        # Until its locks are free it looks like one that keeps.
        await until(lambda: not alive(keeper))
    assert alive(orphan)
    async with EmbeddedPostgres(folder) as server:
        assert await numbers(server) == [7]
        assert not alive(orphan)


async def test_killed_in_the_middle_of_initdb(folder: Path) -> None:
    async with user_of(folder) as user:
        await until(lambda: unfinished(folder))
        kill(user.pid)
        kill(keeper_pid(folder))
    assert not (folder / "data").exists()
    await nothing_runs(folder)
    async with EmbeddedPostgres(folder) as server:
        await with_rows(server)
    assert not unfinished(folder)


async def test_a_stop_signal_leaves_the_server_to_its_users(folder: Path) -> None:
    async with EmbeddedPostgres(folder, settings=FAST) as server, connected(server) as connection:
        for number in (1, 2, 15):
            os.kill(keeper_pid(folder), number)
        assert await connection.fetchval("SELECT 1") == 1


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def unfinished(folder: Path) -> bool:
    return any(folder.glob("data.new-*/base"))
