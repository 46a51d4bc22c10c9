"""The OpenAPI document of the account's routes is complete and true: schemathesis, which makes up requests
from it, finds nothing."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.limits.guesses import Key, LocalGuesses
from tests.web.conftest import Site

ROOT = Path(__file__).parents[2]
# For every operation: one request with each thing that can be right or wrong, and so many made up.
FEW = "--max-examples=5"


class NoLimit(LocalGuesses):
    """It asks more often than any person would."""

    async def take(self, keys: Sequence[Key]) -> float:
        await super().take(keys)
        return 0.0


@pytest.fixture
def guesses() -> LocalGuesses:
    return NoLimit()


async def test_schemathesis_finds_nothing(signed_in: Site, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(ROOT / "schemathesis.toml"), "run"),
        *(f"{signed_in.url}/openapi.json", "--checks", "all", "--include-tag", "account"),
        *("--header", f"Authorization: Bearer {signed_in.token}"),
        *os.environ.get("SCHEMATHESIS", FEW).split(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=tmp_path,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()
    assert "No checks" not in printed.decode()


async def test_every_route_is_described_with_all_it_may_answer(site: Site) -> None:
    paths = (await site.ask("GET", "/openapi.json")).json["paths"]
    described = {(path, method) for path, methods in paths.items() for method in methods}
    assert {
        ("/health", "get"),
        ("/health/ready", "get"),
        ("/api/v1/auth/register", "post"),
        ("/api/v1/auth/login", "post"),
        ("/api/v1/auth/logout", "post"),
        ("/api/v1/auth/password", "post"),
        ("/api/v1/me", "get"),
        ("/api/v1/me", "delete"),
        ("/api/v1/me/telegram-link", "post"),
        ("/api/v1/me/chats", "get"),
        ("/api/v1/me/chats/{chat_id}", "delete"),
    } <= described
    for path, methods in paths.items():
        for method, operation in methods.items():
            if not path.startswith("/api/"):
                continue
            problems = {it: told for it, told in operation["responses"].items() if it >= "400"}
            for told in problems.values():
                shape = told["content"]["application/json"]["schema"]
                assert shape == {"$ref": "#/components/schemas/Problem"}
            if "requestBody" in operation:
                assert {"400", "413", "415", "422"} <= problems.keys(), (path, method)
            if operation.get("security"):
                assert "401" in problems
            for status in {"429", "503"} & problems.keys():
                assert "Retry-After" in problems[status]["headers"]


async def test_the_way_in_is_described(site: Site) -> None:
    said = (await site.ask("GET", "/openapi.json")).json
    [scheme] = said["components"]["securitySchemes"].values()
    assert scheme["type"] == "oauth2"
    assert scheme["flows"]["password"]["tokenUrl"] == "/api/v1/auth/login"
    assert (await site.ask("GET", "/health/../docs")).status == 404
