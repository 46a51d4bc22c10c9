from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.db.processes import nothing_runs


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Path]:
    yield tmp_path / "postgres"
    await nothing_runs(tmp_path / "postgres")
