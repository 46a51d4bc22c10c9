"""A Postgres of somebody else's, where the program signs in as a plain role: with the wall and without."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from bot.check import parts
from bot.errors import DatabaseError
from db import migrate, owned, start, wall
from db.embedded import EmbeddedPostgres
from db.models import Outgoing, User
from db.session import make_engine, make_sessions
from tests.db.servers import FAST

ROLE = wall.ROLE


@dataclass(frozen=True, kw_only=True)
class Host:
    url: str
    folder: Path

    def as_role(self, role: str, database: str) -> str:
        url = make_url(self.url).set(database=database, username=role)
        return url.render_as_string(hide_password=False)

    async def run(self, *statements: str, database: str = "postgres") -> None:
        """As the administrator, a superuser."""
        engine = make_engine(self.as_role("app", database))
        single = engine.execution_options(isolation_level="AUTOCOMMIT")
        async with single.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))
        await engine.dispose()

    async def has_database(self, name: str, rights: str = "") -> str:
        """One of that name for a role of that name; its URL."""
        await self.run(f"CREATE ROLE {name} LOGIN {rights}", f"CREATE DATABASE {name} OWNER {name}")
        await self.run("CREATE EXTENSION vector", database=name)
        return self.as_role(name, name)


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[Host]:
    """A server of its own, for roles are known in all its databases."""
    async with EmbeddedPostgres(tmp_path / "postgres", settings=FAST) as server:
        yield Host(url=server.url, folder=tmp_path / "unused")


async def warned(host: Host, url: str, caplog: pytest.LogCaptureFixture) -> str:
    """What a start says."""
    caplog.clear()
    async with start.database(url, host.folder):
        pass
    return "\n".join(it.getMessage() for it in caplog.records if it.levelno >= logging.WARNING)


async def told_apart(engine: AsyncEngine) -> tuple[Sequence[UUID], Sequence[UUID]]:
    """Who sees a user of two: a person, and work across people. What a person puts is theirs either way."""
    across, ann, ben = make_sessions(engine), uuid7(), uuid7()
    async with across.begin() as session:
        session.add_all(User(id=it, name="Somebody", time_zone="UTC") for it in (ann, ben))
    async with owned.begin(across, ann) as session:
        session.add(Outgoing(chat_id=1, slot=str(ann), purpose="answer", content={}))
        await session.flush()
        mine = (await session.scalars(select(User.id))).all()
    async with across() as session:
        put = await session.scalar(select(Outgoing.user_id).where(Outgoing.slot == str(ann)))
        assert put == ann
        return mine, (await session.scalars(select(User.id))).all()


async def test_without_the_right_to_make_roles_it_works_and_says_what_is_missing(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    url = await host.has_database("diary")
    async with start.database(url, host.folder) as engine:
        assert [len(it) for it in await told_apart(engine)] == [2, 2]
    said = "\n".join(it.getMessage() for it in caplog.records)
    assert f"the wall between people is not up: there is no role {ROLE}: have an administrator run" in said
    line = await parts.database(url, host.folder)
    assert line.state == "doubt"
    assert f"tables up to date; the wall between people is not up: there is no role {ROLE}" in line.what

    remedy = re.search("`(.+)`", said)
    assert remedy is not None
    await host.run(*remedy[1].split("; "))
    assert await warned(host, url, caplog) == ""
    async with start.database(url, host.folder) as engine:
        assert [len(it) for it in await told_apart(engine)] == [1, 4]
    line = await parts.database(url, host.folder)
    assert (line.state, line.what.endswith("tables up to date")) == ("ok", True)


async def test_with_the_right_to_make_roles_the_wall_is_up_at_once(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    url = await host.has_database("diary", "CREATEROLE")
    assert await warned(host, url, caplog) == ""
    async with start.database(url, host.folder) as engine:
        assert [len(it) for it in await told_apart(engine)] == [1, 2]


async def test_the_role_is_there_from_another_database_of_the_server(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    first = await host.has_database("first", "CREATEROLE")
    assert await warned(host, first, caplog) == ""
    second = await host.has_database("second")
    assert f"the program may not act as the role {ROLE}" in await warned(host, second, caplog)
    await host.run(f"GRANT {ROLE} TO second")
    assert await warned(host, second, caplog) == ""
    # A third of the first one's owner needs nobody.
    await host.run("CREATE DATABASE third OWNER first")
    await host.run("CREATE EXTENSION vector", database="third")
    assert await warned(host, host.as_role("first", "third"), caplog) == ""
    for url in (first, second):
        async with start.database(url, host.folder) as engine:
            assert [len(it) for it in await told_apart(engine)] == [1, 2]


async def test_a_role_that_goes_past_the_wall_is_no_wall(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    url = await host.has_database("diary", "CREATEROLE")
    await host.run(f"CREATE ROLE {ROLE} BYPASSRLS", f"GRANT {ROLE} TO diary")
    said = await warned(host, url, caplog)
    assert f"the role {ROLE} goes past it: ALTER ROLE {ROLE} NOSUPERUSER NOBYPASSRLS" in said


async def test_pgvector_in_a_place_of_its_own(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    url = await host.has_database("diary", "CREATEROLE")
    await host.run(
        "CREATE SCHEMA extensions",
        "ALTER EXTENSION vector SET SCHEMA extensions",
        "GRANT USAGE ON SCHEMA extensions TO diary",
        "ALTER DATABASE diary SET search_path = public, extensions",
        database="diary",
    )
    assert f"the role {ROLE} lacks a right: GRANT USAGE ON SCHEMA extensions" in await warned(
        host, url, caplog
    )
    await host.run(f"GRANT USAGE ON SCHEMA extensions TO {ROLE}", database="diary")
    assert await warned(host, url, caplog) == ""


async def test_whoever_does_not_own_the_tables_is_told_so_and_not_shown_an_empty_diary(host: Host) -> None:
    url = await host.has_database("diary", "CREATEROLE")
    async with start.database(url, host.folder):
        pass
    await host.run(
        "CREATE ROLE guest LOGIN",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guest",
        database="diary",
    )
    with pytest.raises(
        DatabaseError, match="the tables are diary's, and whoever else asks them sees no rows"
    ):
        async with start.database(host.as_role("guest", "diary"), host.folder):
            pass
    await host.run("GRANT diary TO guest")
    async with start.database(host.as_role("guest", "diary"), host.folder) as engine:
        assert [len(it) for it in await told_apart(engine)][1] == 2


async def test_two_replicas_and_another_database_put_it_up_at_once(host: Host) -> None:
    url = await host.has_database("diary", "CREATEROLE")
    admin = make_engine(host.url)
    one, other = make_engine(url), make_engine(url)
    await migrate.upgrade(one, "0010")
    async with admin.connect() as elsewhere:
        await elsewhere.execute(text(f"CREATE ROLE {ROLE}"))
        await elsewhere.execute(text(f"GRANT {ROLE} TO diary"))
        both = asyncio.gather(wall.stand(one), wall.stand(other))
        async with admin.connect() as looking:
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            while await looking.scalar(waiting) < 2:  # noqa: ASYNC110 - rows tell of no change
                await asyncio.sleep(0.02)
        await elsewhere.commit()
    assert list(await both) == [None, None]
    for engine in (admin, one, other):
        await engine.dispose()
