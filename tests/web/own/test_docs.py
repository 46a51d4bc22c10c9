"""The lines of README.md and docs/api.md run as they stand, one after the other."""

import asyncio
import re
import shutil
from pathlib import Path

import pytest

from db.models import Goal
from tests.journeys.conftest import World

ROOT = Path(__file__).parents[3]
# README.md ends with the account erased, and docs/api.md makes it again.
DOCS = (ROOT / "README.md", ROOT / "docs" / "api.md")
ADDRESS = "http://127.0.0.1:8080"
# An error is one here, and no output either.
STRICT = 'set -euo pipefail\ncurl() { command curl --fail-with-body --show-error "$@"; }\n'


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="they are to be run by curl")
async def test_the_lines_of_the_docs_run_as_they_stand(world: World, tmp_path: Path) -> None:
    await world.start(anthropic_api_key=None, openai_api_key=None)
    of_each = ["\n".join(re.findall(r"```sh\n(.*?)```", it.read_text(), re.DOTALL)) for it in DOCS]
    assert all(ADDRESS in it for it in of_each)
    lines = "\n".join(of_each)
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", STRICT + lines.replace(ADDRESS, await world.bot.web_address())),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=tmp_path,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()
    await world.settle()
    [entry] = await world.entries()
    assert (entry.body, entry.version) == ("Slept 6.5 hours, ran 35 minutes, mood 7.", 2)
    assert not await world.rows(Goal)
