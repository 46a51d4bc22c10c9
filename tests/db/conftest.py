from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.session import make_sessions
from tests.db.owned_rows import Rows, Two
from tests.db.processes import nothing_runs


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Path]:
    yield tmp_path / "postgres"
    await nothing_runs(tmp_path / "postgres")


@pytest.fixture
async def two(engine: AsyncEngine) -> Two:
    ann, ben = Rows(0), Rows(1)
    async with engine.begin() as connection:
        await ann.add(connection)
        await ben.add(connection)
    return Two(across=make_sessions(engine), ann=ann, ben=ben)
