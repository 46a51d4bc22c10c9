"""What every test stands on: a real Postgres, cloned per test from a migrated template, and a
process that cannot reach beyond this machine."""

import functools
import gc
import ipaddress
import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker

from bot.config import Settings
from db import migrate
from db.embedded import EmbeddedPostgres
from db.session import make_engine, make_sessions

# How long an example takes says more about the machine and what else runs on it.
hypothesis.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.load_profile("untimed")

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
MEMORY, ROOM = Path("/dev/shm"), 4 << 30
TEMPLATE = "daybook_template"
_first_engine: dict[str, Engine] = {}
# As on a host: the tables' owner is no superuser, whom no wall would hold.
OWNER, SUPERUSER = "daybook_owner", "app"


def _only_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if host in {None, "", "localhost", b"localhost"}:
        return
    try:
        local = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise RuntimeError(f"a test tried to reach {host!r}")


sys.addaudithook(_only_this_machine)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    """The machine's own settings must not leak into tests, nor into what they start."""
    taken = {name: os.environ.pop(name) for name in list(os.environ) if name.lower() in Settings.model_fields}
    yield
    os.environ.update(taken)


@pytest.fixture(autouse=True)
def _bots_are_forgotten() -> Iterator[None]:
    """FastAPI remembers what it found out about each route, and with its route the bot of every test."""
    yield
    for it in vars(sys.modules.get("fastapi.dependencies.models", object)).values():
        if isinstance(it, functools._lru_cache_wrapper):
            it.cache_clear()


@pytest.fixture(scope="session")
def quick_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """In memory, where there is enough of it: every test's database is some six hundred new files."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        yield tmp_path_factory.mktemp("postgres")
        return
    for left in MEMORY.glob("daybook-tests-*"):
        # What was killed could not take its own away.
        if not Path("/proc", left.name.split("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=f"daybook-tests-{os.getpid()}-", dir=MEMORY) as folder:
        yield Path(folder)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres(quick_folder: Path) -> AsyncIterator[str]:
    """The URL of a server whose template database carries the migrations."""
    async with EmbeddedPostgres(quick_folder / "data", settings=FAST) as server:
        engine = make_engine(server.url)
        async with _outside_transactions(engine) as connection:
            await connection.execute(text(f"CREATE ROLE {OWNER} LOGIN CREATEROLE"))
            await connection.execute(text(f"CREATE DATABASE {TEMPLATE} OWNER {OWNER}"))
        await engine.dispose()
        engine = make_engine(_named(server.url, TEMPLATE))
        async with engine.begin() as connection:
            await connection.execute(text("CREATE EXTENSION vector"))
        await engine.dispose()
        engine = make_engine(_named(server.url, TEMPLATE, OWNER))
        await migrate.upgrade(engine)
        await engine.dispose()
        yield server.url


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def maker(postgres: str) -> AsyncIterator[AsyncConnection]:
    """The connection that makes and drops every test's database."""
    engine = make_engine(postgres)
    async with _outside_transactions(engine) as connection:
        yield connection
    await engine.dispose()


@pytest_asyncio.fixture(loop_scope="session")
async def database_url(postgres: str, maker: AsyncConnection) -> AsyncIterator[str]:
    name = f"test_{uuid4().hex}"
    # Copying the files takes half as long as logging each of their pages.
    await maker.execute(text(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER {OWNER} STRATEGY file_copy"))
    yield _named(postgres, name, OWNER)
    await maker.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def superuser_url(database_url: str) -> str:
    """The same database, for what only a superuser may do."""
    return _named(database_url, make_url(database_url).database or "", SUPERUSER)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(database_url)
    _share_what_is_compiled(engine.sync_engine)
    yield engine
    await engine.dispose()


@pytest.fixture
def sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return make_sessions(engine)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return make_settings(daybook_home=tmp_path / "home", database_url=database_url)


def make_settings(**values: Any) -> Settings:
    return Settings(_env_file=None, http_port=values.pop("http_port", 0), **values)


def _named(url: str, database: str, user: str = SUPERUSER) -> str:
    return make_url(url).set(database=database, username=user).render_as_string(hide_password=False)


def _share_what_is_compiled(engine: Engine) -> None:
    """Every test has an engine of its own, which would compile the same few hundred statements anew."""
    first = _first_engine.setdefault("engine", engine)
    engine.dialect = first.dialect
    engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache


def _outside_transactions(engine: AsyncEngine) -> AbstractAsyncContextManager[AsyncConnection]:
    return engine.execution_options(isolation_level="AUTOCOMMIT").connect()
