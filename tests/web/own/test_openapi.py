"""The OpenAPI document is complete and true: schemathesis, which makes up requests from it, finds nothing."""

import asyncio
import os
import sys
from pathlib import Path

import aiohttp

from tests.journeys.conftest import World

from .conftest import Door, unlimited

# For every operation: one request with each thing that can be right or wrong, and so many made up.
FEW = "--max-examples=3 --workers=2"


async def test_schemathesis_finds_nothing(world: World, tmp_path: Path) -> None:
    await world.start(anthropic_api_key=None, openai_api_key=None)
    server = unlimited(world)
    await server.start()
    async with aiohttp.ClientSession() as client:
        api = await Door(world=world, client=client).someone()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{server.address}/openapi.json"),
        # Those of the account end the sign-in; tests/web/test_openapi.py is about them.
        *("--checks", "all", "--exclude-tag", "account"),
        *("--header", f"Authorization: Bearer {api.token}"),
        *os.environ.get("SCHEMATHESIS", FEW).split(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=tmp_path,
    )
    printed, _ = await process.communicate()
    await server.stop()
    assert process.returncode == 0, printed.decode()
    assert "26 selected" in printed.decode()
