"""The web server on a port of its own, with accounts on the test's database."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal.accounts import Accounts
from bot.journal.accounts.linking import Linking
from bot.journal.accounts.passwords import Passwords
from bot.journal.accounts.secrets import Secrets
from bot.limits.guesses import LocalGuesses
from bot.web import app as web
from bot.web.server import Server
from tests.accounts import KEY, make_accounts

EMAIL, PASSWORD = "mina@example.org", "a heron on the lake"
API = "/api/v1"


async def well() -> dict[str, str]:
    return {"database": "ok"}


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: Any
    text: str
    json: Any = None


@dataclass
class Site:
    """What a client sees; `token` goes along where it is set."""

    client: aiohttp.ClientSession
    url: str
    accounts: Accounts
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, **request: Any) -> Answer:
        headers = dict(self.headers)
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        headers |= request.pop("headers", {})
        path = path if path.startswith(("/health", "/openapi")) else API + path
        if isinstance(request.get("data"), bytes):
            request["data"] = io.BytesIO(request["data"])
        async with self.client.request(method, self.url + path, headers=headers, **request) as answer:
            text = await answer.text()
            is_json = answer.content_type == "application/json" and text
            return Answer(
                status=answer.status,
                headers=answer.headers,
                text=text,
                json=await answer.json() if is_json else None,
            )

    async def register(self, email: str = EMAIL, password: str = PASSWORD, name: str = "Mina") -> Answer:
        said = {"email": email, "password": password, "name": name}
        return await self.ask("POST", "/auth/register", json=said)

    async def login(self, email: str = EMAIL, password: str = PASSWORD) -> Answer:
        return await self.ask("POST", "/auth/login", data={"username": email, "password": password})

    async def me(self, token: str | None = None) -> Answer:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return await self.ask("GET", "/me", headers=headers)


@pytest.fixture
def guesses() -> LocalGuesses:
    return LocalGuesses()


@pytest.fixture
async def accounts(
    sessions: async_sessionmaker[AsyncSession], guesses: LocalGuesses, tmp_path: Path
) -> AsyncIterator[Accounts]:
    accounts = make_accounts(sessions, tmp_path / "audio", Passwords(), guesses)
    yield accounts
    await accounts.close()


@pytest.fixture
def linking(sessions: async_sessionmaker[AsyncSession], accounts: Accounts) -> Linking:
    return Linking(sessions=sessions, secrets=Secrets(KEY), accounts=accounts, nudge=lambda: None)


def made(accounts: Accounts, linking: Linking, *, is_secure: bool = False) -> FastAPI:
    app = web.build(None, "", well, accounts)
    web.add_links(app, linking, bot_link=lambda: "https://t.me/daybook_bot", is_secure=is_secure)
    return app


@pytest.fixture
async def site(accounts: Accounts, linking: Linking) -> AsyncIterator[Site]:
    server = Server(made(accounts, linking), "127.0.0.1", 0)
    await server.start()
    async with aiohttp.ClientSession() as client:
        yield Site(client, f"http://127.0.0.1:{server.port}", accounts)
    await server.stop()


@pytest.fixture
async def signed_in(site: Site) -> Site:
    """Mina has an account, and is signed in to it."""
    answer = await site.register()
    assert answer.status == 201, answer.text
    site.token = answer.json["access_token"]
    return site
