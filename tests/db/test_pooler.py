"""A real PgBouncer in transaction mode, with TLS, between us and the server."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import JSON, bindparam, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from uuid_utils.compat import uuid7

from bot.errors import DatabaseError
from db import owned
from db.models import User
from db.session import make_engine, make_sessions
from tests.db.processes import until

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
OPENSSL = shutil.which("openssl")

pytestmark = pytest.mark.skipif(
    not (PGBOUNCER and OPENSSL), reason="needs the programs pgbouncer and openssl"
)

SERVERS = 2


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`ours.pem` is for localhost and signs itself; `other.pem` is somebody else's."""
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("ours", "other"):
        subprocess.run(
            [
                *(str(OPENSSL), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
                *("-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost"),
                *("-out", str(folder / f"{name}.pem"), "-keyout", str(folder / f"{name}.key")),
            ],
            check=True,
            capture_output=True,
        )
    return folder


@pytest.fixture
async def port(database_url: str, certificates: Path, tmp_path: Path) -> AsyncIterator[int]:
    target = make_url(database_url)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    settings = tmp_path / "pgbouncer.ini"
    settings.write_text(f"""
[databases]
diary = host={target.query["host"]} port=5432 dbname={target.database} user={target.username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {SERVERS}
client_tls_sslmode = require
client_tls_cert_file = {certificates / "ours.pem"}
client_tls_key_file = {certificates / "ours.key"}
""")
    # It refuses root, and as another user it would not reach the server's socket.
    mapped = ["unshare", "--user", "--map-user=65534", "--map-group=65534"] if os.geteuid() == 0 else []
    log = tmp_path / "pgbouncer.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *mapped, str(PGBOUNCER), str(settings), stdout=output, stderr=output
        )
    await until(lambda: accepts(port) or process.returncode is not None)
    try:
        if process.returncode is not None:
            pytest.skip(f"pgbouncer does not run here: {log.read_text()[-300:]}")
        yield port
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def accepts(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


async def encrypted(port: int, query: str) -> bool:
    engine = make_engine(f"postgresql://ann@localhost:{port}/diary?{query}")
    try:
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT 1")) == 1
            driver: Any = (await connection.get_raw_connection()).driver_connection
            return bool(driver._protocol.is_ssl)
    finally:
        await engine.dispose()


@pytest.mark.parametrize(
    "query",
    [
        "",
        "sslmode=prefer",
        "sslmode=allow",
        "sslmode=require",
        "sslmode=require&sslrootcert={ours}",
        "sslmode=verify-ca&sslrootcert={ours}",
        "sslmode=verify-full&sslrootcert={ours}",
    ],
)
async def test_encrypted(port: int, certificates: Path, query: str) -> None:
    assert await encrypted(port, query.format(ours=certificates / "ours.pem"))


@pytest.mark.parametrize(
    ("host", "query", "reason"),
    [
        ("localhost", "sslmode=verify-full&sslrootcert={other}", "certificate is not trusted.*self-signed"),
        ("localhost", "sslmode=verify-full&sslrootcert=system", "certificate is not trusted.*self-signed"),
        ("localhost", "sslmode=require&channel_binding=require", "certificate is not trusted.*self-signed"),
        ("127.0.0.1", "sslmode=verify-full&sslrootcert={ours}", "certificate is not trusted.*127.0.0.1"),
        ("localhost", "sslmode=disable", "SSL required"),
    ],
)
async def test_refused(port: int, certificates: Path, host: str, query: str, reason: str) -> None:
    query = query.format(ours=certificates / "ours.pem", other=certificates / "other.pem")
    engine = make_engine(f"postgresql://ann@{host}:{port}/diary?{query}")
    with pytest.raises(DatabaseError, match=reason):
        async with engine.connect():
            pass
    await engine.dispose()


async def test_fifty_transactions_over_two_server_connections(port: int) -> None:
    url = f"postgresql://ann@localhost:{port}/diary?sslmode=require"
    engine = make_engine(url, pool_size=10)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE rows (number int, body json, near halfvec(2))"))
    async with asyncio.TaskGroup() as group:
        done = [group.create_task(transaction(engine, number)) for number in range(50)]
    servers = {task.result() for task in done}
    assert len(servers) == SERVERS
    async with engine.connect() as connection:
        kept = await connection.scalars(text("SELECT number FROM rows ORDER BY number"))
        assert list(kept) == [number for number in range(50) if number % 5]
    await engine.dispose()


async def test_whose_a_transaction_is_goes_with_it(port: int) -> None:
    """Many people's over two server connections, each of which is used by all of them and by nobody's."""
    engine = make_engine(f"postgresql://ann@localhost:{port}/diary?sslmode=require", pool_size=10)
    across = make_sessions(engine)
    people = [uuid7() for _ in range(50)]
    async with across.begin() as session:
        session.add_all(User(id=it, name="Somebody", time_zone="UTC") for it in people)

    async def look(person: UUID) -> None:
        async with owned.begin(across, person) as session:
            assert list(await session.scalars(select(User.id))) == [person]
            await asyncio.sleep(0)
            assert list(await session.scalars(select(User.id))) == [person]
        async with across() as session:
            assert len((await session.scalars(select(User.id))).all()) == len(people)

    async with asyncio.TaskGroup() as group:
        for person in people:
            group.create_task(look(person))
    await engine.dispose()


async def transaction(engine: AsyncEngine, number: int) -> int:
    """Write and read a row; every fifth takes it back. Tells which server session served it."""
    async with engine.connect() as connection:
        await connection.execute(text("SET LOCAL application_name = 'half way'"))
        servers = {await server_of(connection)}
        statement = text("INSERT INTO rows VALUES (:number, :body, CAST(:near AS halfvec))")
        parameters = {"number": number, "body": {"day": number}, "near": f"[{number},1]"}
        await connection.execute(statement.bindparams(bindparam("body", type_=JSON)), parameters)
        await asyncio.sleep(0)
        servers.add(await server_of(connection))
        mine = text("SELECT count(*) FROM rows WHERE xmin = pg_current_xact_id()::xid AND number = :number")
        assert await connection.scalar(mine, {"number": number}) == 1
        others = text("SELECT count(*) FROM rows WHERE xmin = pg_current_xact_id()::xid")
        assert await connection.scalar(others) == 1
        assert await connection.scalar(text("SHOW application_name")) == "half way"
        servers.add(await server_of(connection))
        await (connection.commit() if number % 5 else connection.rollback())
        assert await connection.scalar(text("SHOW application_name")) == "daybook"
    assert len(servers) == 1
    return servers.pop()


async def server_of(connection: AsyncConnection) -> int:
    return int(await connection.scalar(text("SELECT pg_backend_pid()")))
