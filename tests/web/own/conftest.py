"""The bot with every part real, and people who are signed in to its HTTP API."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import time
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from sqlalchemy import select

from bot.journal.accounts.tokens import Tokens
from bot.playground.person import Person
from bot.web import app as web
from bot.web.desk import Rate, Rates
from bot.web.server import Server
from db import owned
from db.models import TelegramIdentity, User
from db.queries import accounts
from tests.journeys.conftest import World, world  # noqa: F401 - a fixture

API = "/api/v1"
EVER = Rate(a_second=10_000, at_once=10_000)


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: Any
    body: Any

    def __getitem__(self, name: str) -> Any:
        return self.body[name]


@dataclass(frozen=True, kw_only=True)
class Api:
    """What one signed-in person asks."""

    url: str
    client: aiohttp.ClientSession
    user_id: UUID
    token: str

    async def get(self, path: str, **more: Any) -> Answer:
        return await self.ask("GET", path, **more)

    async def post(self, path: str, said: Any = None, **more: Any) -> Answer:
        return await self.ask("POST", path, json=said, **more)

    async def patch(self, path: str, said: Any, **more: Any) -> Answer:
        return await self.ask("PATCH", path, json=said, **more)

    async def delete(self, path: str, **more: Any) -> Answer:
        return await self.ask("DELETE", path, **more)

    async def ask(self, method: str, path: str, **more: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        url = self.url + API + path.removeprefix(API)
        async with self.client.request(method, url, headers=headers, **more) as answer:
            is_json = answer.content_type == "application/json"
            body = await answer.json() if is_json else await answer.text()
            return Answer(status=answer.status, headers=answer.headers, body=body)

    async def write(self, body: str, **more: Any) -> str:
        """The id of a new entry."""
        made = await self.post("/entries", {"body": body} | more)
        assert made.status == 201, made.body
        return str(made["id"])


@dataclass(frozen=True, kw_only=True)
class Door:
    """The HTTP side of a bot that runs."""

    world: World
    client: aiohttp.ClientSession

    async def someone(self, **columns: Any) -> Api:
        """A person who has no chat. Their day begins at midnight, as that of the tests does."""
        known = {"name": "Mina", "time_zone": "UTC", "locale": "en", "day_starts_at": time(0)}
        async with self.world.sessions.begin() as session:
            user = User(**known | columns)
            session.add(user)
        return await self.of(user.id)

    async def behind(self, person: Person) -> Api:
        """The person of a chat, once the bot has met them."""
        async with self.world.sessions() as session:
            its = select(TelegramIdentity.user_id).where(TelegramIdentity.telegram_id == person.id)
            return await self.of((await session.execute(its)).scalar_one())

    async def of(self, user_id: UUID) -> Api:
        """They sign in, as far as the API can tell: it is not asked for a password."""
        tokens = Tokens(self.world.settings.signing_key())
        async with owned.begin(self.world.sessions, user_id) as session:
            sign_in_id, began = await accounts.sign_in(session, user_id, tokens.lifetime)
        token = tokens.issue(sign_in_id, user_id, began)
        return Api(url=await self.world.bot.web_address(), client=self.client, user_id=user_id, token=token)


@pytest.fixture
async def door(world: World) -> AsyncIterator[Door]:  # noqa: F811 - the fixture
    await world.start()
    async with aiohttp.ClientSession() as client:
        yield Door(world=world, client=client)


def unlimited(world: World) -> Server:  # noqa: F811 - no fixture here
    """The same API for somebody who asks without end."""
    bot = world.bot
    parts = replace(bot.behind_api(), rates=Rates(every=EVER, write=EVER, think=EVER))
    return Server(web.build(None, "", bot.ready, bot.accounts, parts), "127.0.0.1", 0)
