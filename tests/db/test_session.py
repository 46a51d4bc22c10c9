import asyncio
import os
import signal
import socket
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, bindparam, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import DatabaseError
from db import session
from db.embedded import EmbeddedPostgres
from db.session import make_engine
from tests.db.processes import kill, postgres_pid
from tests.db.servers import FAST, answered


async def scalar(engine: AsyncEngine, statement: str) -> Any:
    async with engine.connect() as connection:
        return await connection.scalar(text(statement))


async def test_the_server_limits_a_frozen_process(engine: AsyncEngine) -> None:
    assert await scalar(engine, "SHOW idle_in_transaction_session_timeout") == "1min"
    assert await scalar(engine, "SHOW statement_timeout") == "35s"
    assert await scalar(engine, "SHOW application_name") == "daybook"


async def test_parameters_of_the_url_reach_the_session(postgres: str) -> None:
    engine = make_engine(
        f"{postgres}&application_name=mine&options=-c%20work_mem%3D7MB", command_seconds=None
    )
    assert await scalar(engine, "SHOW application_name") == "mine"
    assert await scalar(engine, "SHOW work_mem") == "7MB"
    assert await scalar(engine, "SHOW statement_timeout") == "0"
    await engine.dispose()


async def test_nothing_stays_prepared(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        for number in range(3):
            await connection.execute(text("SELECT CAST(:number AS int)"), {"number": number})
        assert await connection.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 0


async def test_without_a_pooler_statements_stay_prepared_and_are_planned_each_time(postgres: str) -> None:
    engine = make_engine(postgres, is_direct=True)
    async with engine.connect() as connection:
        statement = text("SELECT count(*) FROM pg_type WHERE oid <> CAST(:number AS int)")
        for number in range(10):
            await connection.execute(statement, {"number": number})
        kept = text("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE custom_plans > 1")
        assert [tuple(row) for row in await connection.execute(kept)] == [(0, 10)]
        assert await connection.scalar(text("SHOW application_name")) == "daybook"
    await engine.dispose()


async def test_a_table_that_changes_costs_a_kept_statement_one_try(database_url: str) -> None:
    engine, other = make_engine(database_url, is_direct=True), make_engine(database_url)
    statement = text("SELECT * FROM leases WHERE name <> :name")
    async with engine.connect() as connection:
        before = (await connection.execute(statement, {"name": ""})).keys()
    async with other.begin() as connection:
        await connection.execute(text("ALTER TABLE leases ADD COLUMN colour text"))
    with pytest.raises(DBAPIError, match="cached statement plan is invalid"):
        async with engine.connect() as connection:
            await connection.execute(statement, {"name": ""})
    async with engine.connect() as connection:
        after = (await connection.execute(statement, {"name": ""})).keys()
    assert [*after] == [*before, "colour"]
    await engine.dispose()
    await other.dispose()


async def test_json_with_half_a_character(engine: AsyncEngine) -> None:
    value = {"text": "a \ud83d b", "emoji": "🌙"}
    async with engine.connect() as connection:
        statement = text("SELECT CAST(:value AS json)").bindparams(bindparam("value", type_=JSON))
        assert await connection.scalar(statement, {"value": value}) == value


async def test_errors_do_not_show_what_was_written(engine: AsyncEngine) -> None:
    with pytest.raises(DBAPIError) as caught:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1 / length(substr(:body, 1, 0))"), {"body": "canary"})
    assert "canary" not in str(caught.value)


async def test_what_takes_too_long_is_given_up(postgres: str) -> None:
    engine = make_engine(postgres, command_seconds=0.2)
    async with engine.connect() as connection:
        with pytest.raises(TimeoutError):
            await connection.execute(text("SELECT pg_sleep(1000)"))
    assert await scalar(engine, "SELECT count(*) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'") == 0
    await engine.dispose()


async def test_a_pool_with_nothing_left_says_so(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "POOL_SECONDS", 0.05)
    engine = make_engine(postgres, pool_size=2)
    async with engine.connect(), engine.connect():
        with pytest.raises(PoolTimeout):
            await scalar(engine, "SELECT 1")
    assert await scalar(engine, "SELECT 1") == 1
    await engine.dispose()


# Servers that go


async def test_a_restart_is_not_noticed_by_those_who_come_later(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path / "postgres", settings=FAST) as server:
        engine = make_engine(server.url)

        async def busy() -> Any:
            return await scalar(engine, "SELECT pg_backend_pid() FROM pg_sleep(0.01)")

        before = set(await asyncio.gather(*(busy() for _ in range(10))))
        kill(postgres_pid(tmp_path / "postgres"))
        await answered(server, "SELECT 1")
        after = set(await asyncio.gather(*(busy() for _ in range(10))))
        assert (len(before), len(after), before & after) == (10, 10, set())
        await engine.dispose()


async def test_a_connection_that_fell_silent_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "PING_SECONDS", 0.1)
    async with EmbeddedPostgres(tmp_path / "postgres", settings=FAST) as server:
        engine = make_engine(server.url)
        backend = await scalar(engine, "SELECT pg_backend_pid()")
        assert await scalar(engine, "SELECT pg_backend_pid()") == backend
        monkeypatch.setattr(session, "QUIET_SECONDS", 0.0)
        assert await scalar(engine, "SELECT pg_backend_pid()") == backend
        os.kill(backend, signal.SIGSTOP)
        assert await scalar(engine, "SELECT pg_backend_pid()") not in {None, backend}
        os.kill(backend, signal.SIGCONT)
        await engine.dispose()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://ann:secret@127.0.0.1:{port}/d", r"ann:\*\*\*@127.0.0.1:\d+/d: .*Connect call failed"),
        ("postgresql://ann:secret@/d?host=/not/there", r"ann:\*\*\*@/d\?host=/not/there: .*No such file"),
        ("{postgres}&dbname=nowhere", 'database "nowhere" does not exist'),
        ("{postgres}&user=nobody", 'role "nobody" does not exist'),
        ("{postgres}&target_session_attrs=standby", "None of the hosts match"),
    ],
)
async def test_one_error_when_there_is_no_connection(postgres: str, url: str, reason: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        engine = make_engine(url.format(postgres=postgres, port=unused.getsockname()[1]))
        with pytest.raises(DatabaseError, match=f"Cannot connect to .*{reason}") as caught:
            await scalar(engine, "SELECT 1")
    assert "secret" not in str(caught.value)
    await engine.dispose()


async def test_a_server_that_does_not_answer() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        engine = make_engine(f"postgresql://ann@127.0.0.1:{port}/d?connect_timeout=1")
        with pytest.raises(DatabaseError, match="no answer in 1 s"):
            await scalar(engine, "SELECT 1")
        await engine.dispose()
