"""Named values of a statement as the driver wants them: each name one number, wherever it stands."""

from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from db import numbered
from db.session import make_sessions


async def test_a_name_is_one_value_wherever_it_stands(engine: AsyncEngine) -> None:
    statement = """
        SELECT CAST(:id AS uuid) AS one, CAST(:many AS int[]) AS many, CAST(:id AS uuid) AS same,
            :few::int + 1 AS more, '12:30'::text AS hour"""
    known, many = uuid4(), [3, 1, 2]
    async with make_sessions(engine)() as session:
        row = (await numbered.rows(session, statement, {"few": 4, "many": many, "id": known})).one()
    assert (row.one, row.many, row.same, row.more, row.hour) == (known, many, known, 5, "12:30")


async def test_a_connection_reads_as_a_session_does(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert (await numbered.rows(connection, "SELECT CAST(:it AS text)", {"it": "a"})).scalar() == "a"


async def test_the_servers_refusal_is_sqlalchemys_error(engine: AsyncEngine) -> None:
    async with make_sessions(engine)() as session:
        with pytest.raises(DBAPIError, match="division by zero"):
            await numbered.rows(session, "SELECT 1 / CAST(:none AS int)", {"none": 0})
