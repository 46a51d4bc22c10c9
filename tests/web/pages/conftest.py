"""The pages on a port of their own, and a real Chromium that looks at them."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import pytest
from playwright.async_api import Browser, async_playwright
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from uuid_utils.compat import uuid4

from bot.journal.accounts import Accounts
from bot.journal.accounts.linking import Linking
from bot.web.server import Server
from db.models import TelegramIdentity, User
from db.queries.links import Purpose
from tests.accounts import give_account
from tests.web.conftest import EMAIL, PASSWORD, made

CHROMIUM = next((it for it in ("chromium", "chromium-browser", "google-chrome") if shutil.which(it)), None)
# None of them asks anybody for anything.
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@dataclass
class Pages:
    """`ask` makes a link as a chat does, of a person whose names Telegram tells; its address."""

    base: str
    linking: Linking
    accounts: Accounts
    sessions: async_sessionmaker[AsyncSession]
    telegram_id: int = 7

    async def meet(self, name: str = "Mina", username: str | None = "mina_b") -> UUID:
        async with self.sessions.begin() as session:
            user = User(name=name, time_zone="UTC")
            session.add(user)
            await session.flush()
            identity = {"telegram_id": self.telegram_id, "chat_id": self.telegram_id, "username": username}
            session.add(TelegramIdentity(user_id=user.id, first_name=name, **identity))
        return user.id

    async def ask(self, user_id: UUID, purpose: Purpose) -> str:
        link_id = uuid4()
        async with self.sessions.begin() as session:
            await self.linking.ask(session, user_id, purpose, link_id, self.telegram_id)
        return f"{self.base}/link/{self.linking.secrets.of(link_id)}"

    @asynccontextmanager
    async def serving(self, *, is_secure: bool) -> AsyncIterator[str]:
        """Where they are served meanwhile."""
        server = Server(made(self.accounts, self.linking, is_secure=is_secure), "127.0.0.1", 0)
        await server.start()
        yield server.address
        await server.stop()

    async def with_account(self) -> UUID:
        user_id = await self.meet()
        await give_account(self.sessions, user_id, EMAIL, PASSWORD)
        return user_id


@pytest.fixture
async def pages(
    sessions: async_sessionmaker[AsyncSession], accounts: Accounts, linking: Linking
) -> AsyncIterator[Pages]:
    pages = Pages("", linking, accounts, sessions)
    async with pages.serving(is_secure=False) as pages.base:
        yield pages


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium here: CI must install it (apt-get install chromium)")
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which(CHROMIUM), headless=True, args=FLAGS
        )
        yield browser
        await browser.close()
