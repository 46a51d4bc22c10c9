"""The OpenAPI document of the account's routes is complete and true: schemathesis, which makes up requests
from it, finds nothing."""

import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid4

from bot.journal.accounts.linking import Linking
from bot.journal.accounts.tokens import Tokens
from bot.limits.guesses import Key, LocalGuesses
from bot.web.server import Server
from db.models import TelegramIdentity, User
from db.queries import accounts
from tests.accounts import KEY, quick_hash
from tests.web.conftest import PASSWORD, Site, made

Sessions = async_sessionmaker[AsyncSession]

ROOT = Path(__file__).parents[2]
# For every operation: one request with each thing that can be right or wrong, and so many made up.
FEW = "--max-examples=5"
WORD = b"Bearer anew"


class NoLimit(LocalGuesses):
    """It asks more often than any person would."""

    async def take(self, keys: Sequence[Key]) -> float:
        await super().take(keys)
        return 0.0


@pytest.fixture
def guesses() -> LocalGuesses:
    return NoLimit()


class Anew:
    """Whoever says `WORD` is somebody new each time, with an account and a chat: half of the routes end a
    sign-in, and after that all would answer 401. `went_well` are the routes that did what they are for."""

    def __init__(self, app: ASGIApp, sessions: Sessions, went_well: set[tuple[str, str]]) -> None:
        self._app = app
        self._sessions = sessions
        self._went_well = went_well
        self._hash = quick_hash(PASSWORD)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sends(message: Message) -> None:
            # What describes itself, and what is found nowhere, has none.
            route = scope.get("route")
            if route and message["type"] == "http.response.start" and message["status"] < 300:
                self._went_well.add((route.path, scope["method"].lower()))
            await send(message)

        if scope["type"] == "http":
            scope["headers"] = [
                (name, await self._somebody() if value == WORD else value) for name, value in scope["headers"]
            ]
        await self._app(scope, receive, sends)

    async def _somebody(self) -> bytes:
        async with self._sessions.begin() as session:
            await session.execute(delete(TelegramIdentity))
            email = f"{uuid4().hex}@example.org"
            user = User(name="Mina", time_zone="UTC", email=email, password_hash=self._hash)
            session.add(user)
            await session.flush()
            session.add(TelegramIdentity(telegram_id=1, chat_id=1, user_id=user.id, first_name="Mina"))
            sign_in_id, began = await accounts.sign_in(session, user.id, timedelta(hours=1))
        return f"Bearer {Tokens(KEY).issue(sign_in_id, user.id, began)}".encode()


async def test_schemathesis_finds_nothing(
    site: Site, linking: Linking, sessions: Sessions, tmp_path: Path
) -> None:
    # Whose e-mail and password the document gives as examples.
    assert (await site.register()).status == 201
    app, went_well = made(site.accounts, linking), set[tuple[str, str]]()
    app.add_middleware(Anew, sessions=sessions, went_well=went_well)
    server = Server(app, "127.0.0.1", 0)
    await server.start()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(ROOT / "schemathesis.toml"), "run"),
        *(f"{server.address}/openapi.json", "--checks", "all", "--include-tag", "account"),
        *("--header", f"Authorization: {WORD.decode()}"),
        *os.environ.get("SCHEMATHESIS", FEW).split(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=tmp_path,
    )
    printed, _ = await process.communicate()
    await server.stop()
    assert process.returncode == 0, printed.decode()
    paths = (await site.ask("GET", "/openapi.json")).json["paths"]
    tagged = {(path, it) for path, all_ in paths.items() for it in all_ if "account" in all_[it]["tags"]}
    assert {it for it in went_well if it[0].startswith("/api/")} == tagged


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
