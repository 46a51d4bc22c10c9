"""What the conversations about accounts share: pages as a browser opens and sends them, and the API."""

import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any

import aiohttp
from sqlalchemy import func, update

from bot.playground.chat import Message
from bot.playground.person import Person
from db.models import Link

from .conftest import World
from .meeting import taps

EMAIL, PASSWORD = "mina@example.org", "a heron on the lake"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A page as it came."""

    status: int
    html: str
    headers: Any

    @property
    def title(self) -> str:
        found = re.search(r"<h1>(.*?)</h1>", self.html)
        return unescape(found[1]) if found else ""

    @property
    def hidden(self) -> dict[str, str]:
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.html))

    @property
    def action(self) -> str:
        found = re.search(r'<form method="post" action="([^"]+)"', self.html)
        assert found is not None, self.html
        return found[1]


class Browser:
    """It keeps cookies, and sends forms as they stand on the page."""

    def __init__(self, client: aiohttp.ClientSession, base: str) -> None:
        self.client, self.base = client, base

    async def open(self, address: str) -> Shown:
        async with self.client.get(address if "://" in address else self.base + address) as answer:
            return Shown(status=answer.status, html=await answer.text(), headers=answer.headers)

    async def send(self, page: Shown, **fields: str) -> Shown:
        """With what the page hides, unless a field says otherwise."""
        async with self.client.post(self.base + page.action, data=page.hidden | fields) as answer:
            return Shown(status=answer.status, html=await answer.text(), headers=answer.headers)


async def base_of(world: World) -> str:
    return await world.bot.web_address()


def a_browser(base: str) -> Browser:
    # It must keep the cookies of an address without a name.
    return Browser(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)), base)


async def opens_account(world: World, person: Person) -> Message:
    await person.writes("/account")
    screen = await person.hears("Your account")
    await world.settle()
    return screen


def address_in(message: Message) -> str:
    """Of the page that the message leads to."""
    url = next((it.url for it in message.buttons if it.url), None)
    return url or next(it for it in message.styled("code") if "/link/" in it)


async def asks_for(world: World, person: Person, button: str) -> str:
    """The address of the page behind a button of `/account`."""
    screen = await opens_account(world, person)
    await taps(world, person, screen, button)
    return address_in(screen)


async def makes_account(
    world: World, person: Person, email: str = EMAIL, password: str = PASSWORD
) -> Message:
    """By the chat's link and the page; what the chat hears of it."""
    browser = a_browser(await base_of(world))
    async with browser.client:
        page = await browser.open(await asks_for(world, person, "Create an account"))
        done = await browser.send(page, email=email, password=password)
        assert done.title == "Your account is there", done.html
    heard = await person.hears("has an account now")
    await world.settle()
    return heard


@dataclass
class Api:
    client: aiohttp.ClientSession
    base: str
    token: str = ""

    async def ask(self, method: str, path: str, **request: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.client.request(
            method, f"{self.base}/api/v1{path}", headers=headers, **request
        ) as answer:
            text = await answer.text()
            return answer.status, await answer.json() if text else None

    async def register(self, email: str = EMAIL, password: str = PASSWORD, name: str = "Mina") -> None:
        said = {"email": email, "password": password, "name": name}
        status, body = await self.ask("POST", "/auth/register", json=said)
        assert status == 201, body
        self.token = body["access_token"]

    async def signs_in(self, email: str = EMAIL, password: str = PASSWORD) -> int:
        said = {"username": email, "password": password}
        status, body = await self.ask("POST", "/auth/login", data=said)
        if status == 200:
            self.token = body["access_token"]
        return status

    async def chat_link(self) -> str:
        """What stands behind `start=` in a link to the chat."""
        status, body = await self.ask("POST", "/me/telegram-link")
        assert status == 201, body
        return str(body["url"]).partition("?start=")[2]


def an_api(base: str) -> Api:
    return Api(aiohttp.ClientSession(), base)


async def let_links_expire(world: World) -> None:
    async with world.sessions.begin() as session:
        await session.execute(update(Link).values(expires_at=func.now() - timedelta(seconds=1)))


async def signs_in_to_link(world: World, browser: Browser, person: Person, password: str = PASSWORD) -> Shown:
    """The page that asks whether to link."""
    page = await browser.open(await asks_for(world, person, "Link to one I have"))
    return await browser.send(page, email=EMAIL, password=password)


async def links_on_the_page(world: World, browser: Browser, person: Person) -> None:
    """The page's half."""
    page = await signs_in_to_link(world, browser, person)
    assert page.title == "Link this chat?"
    done = await browser.send(page)
    assert done.title == "Now say yes in the chat"
