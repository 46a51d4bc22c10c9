"""What the pages send out and take in, without a browser that would mind its manners."""

import asyncio
import http.cookies
import io
import logging
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text

from bot import logs
from bot.errors import SignInRefused
from bot.web.pages.rendering import page as rendered
from tests.web.conftest import EMAIL, PASSWORD

from .conftest import Pages

FORM = {"email": EMAIL, "password": PASSWORD}


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
        yield client


class Opened:
    """A page of a link, and what a browser would send back."""

    def __init__(self, client: aiohttp.ClientSession, pages: Pages, html: str, answer: Any) -> None:
        self._client, self._pages = client, pages
        self.html, self.answer = html, answer
        self.hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', html))
        self.cookie = next(iter(http.cookies.SimpleCookie(answer.headers["Set-Cookie"]).values()))

    async def send(
        self,
        data: Any = None,
        *,
        to: str = "register",
        cookie: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> int:
        sent = {"Cookie": f"{self.cookie.key}={self.cookie.value}" if cookie is None else cookie}
        form = self.hidden | FORM if data is None else data
        async with self._client.post(
            f"{self._pages.base}/link/{to}",
            data=form,
            headers=sent | (headers or {}),
            allow_redirects=False,
        ) as answer:
            await answer.read()
            return answer.status


async def opened(client: aiohttp.ClientSession, pages: Pages, address: str) -> Opened:
    async with client.get(address) as answer:
        return Opened(client, pages, await answer.text(), answer)


@pytest.fixture
async def page(pages: Pages, client: aiohttp.ClientSession) -> Opened:
    return await opened(client, pages, await pages.ask(await pages.meet(), "register"))


async def nobody_signed_up(pages: Pages) -> None:
    with pytest.raises(SignInRefused):
        await pages.accounts.sign_in(EMAIL, PASSWORD, None)


async def test_as_it_stands_it_is_taken(pages: Pages, page: Opened) -> None:
    assert await page.send() == 303
    assert (await pages.accounts.sign_in(EMAIL, PASSWORD, None)).token


async def test_every_page_says_what_browsers_may_do_with_it(
    pages: Pages, client: aiohttp.ClientSession, page: Opened
) -> None:
    for path in ("/link/done/register", "/link/done/linked", "/link/done/nonsense", "/link/unknown"):
        async with client.get(pages.base + path) as answer:
            found = [answer.headers, page.answer.headers]
            html = await answer.text()
        for headers in found:
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "form-action 'self'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "base-uri 'none'" in policy
            assert "unsafe" not in policy
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["Cache-Control"] == "no-store"
            assert headers["X-Content-Type-Options"] == "nosniff"
        for shown in (html, page.html):
            assert '<html lang="en">' in shown
            assert not re.search(r"<script|style=|\son\w+=", shown)
            assert not re.search(r'(?:src|href|action)="(?!/)', shown)


async def test_the_cookie_is_for_our_pages_alone(pages: Pages, page: Opened) -> None:
    assert page.cookie["httponly"]
    assert page.cookie["samesite"] == "strict"
    assert page.cookie["path"] == "/link"
    assert int(page.cookie["max-age"]) == 600
    assert page.hidden["link"] not in page.answer.headers["Set-Cookie"]


@pytest.mark.parametrize("missing", ["seal", "link", "cookie"])
async def test_what_is_not_from_the_page_is_refused(pages: Pages, page: Opened, missing: str) -> None:
    form = {name: value for name, value in (page.hidden | FORM).items() if name != missing}
    assert await page.send(form, cookie="" if missing == "cookie" else None) == 403
    await nobody_signed_up(pages)


async def test_the_seal_of_another_link_is_refused(
    pages: Pages, page: Opened, client: aiohttp.ClientSession
) -> None:
    """Whoever sends a link has one of their own, too."""
    pages.telegram_id = 8
    theirs = await opened(client, pages, await pages.ask(await pages.meet("Eve", None), "register"))
    cookie = f"{page.cookie.key}={theirs.cookie.value}"
    forged = page.hidden | FORM | {"seal": theirs.hidden["seal"]}
    assert await page.send(forged) == 403
    assert await page.send(cookie=cookie) == 403
    assert await page.send(forged, cookie=cookie) == 403
    await nobody_signed_up(pages)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://[::1"},
    ],
)
async def test_another_site_is_refused(pages: Pages, page: Opened, headers: dict[str, str]) -> None:
    assert await page.send(headers=headers) == 403
    await nobody_signed_up(pages)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": ""}])
async def test_our_own_pages_are_not(pages: Pages, page: Opened, headers: dict[str, str]) -> None:
    own = {name: value or pages.base for name, value in headers.items()}
    assert await page.send(headers=own) == 303


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=" + b"x" * 20_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"f%d=1" % it for it in range(50)), "application/x-www-form-urlencoded", 400),
        (b"email=a&email=b", "application/x-www-form-urlencoded", 400),
        (b"email=a%00b", "application/x-www-form-urlencoded", 400),
        (b"email=%ff%fe", "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe=1", "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 415),
        (b"", "", 415),
    ],
)
async def test_what_is_no_form_is_refused(page: Opened, body: bytes, kind: str, status: int) -> None:
    for to in ("register", "sign-in", "confirm", "password"):
        assert await page.send(body, to=to, headers={"Content-Type": kind}) == status


async def test_a_link_is_used_on_the_page_that_it_is_for(pages: Pages, page: Opened) -> None:
    for to in ("sign-in", "confirm", "password"):
        assert await page.send(page.hidden | FORM | {"account": "0" * 32, "proof": "x"}, to=to) in {410, 422}
    assert await page.send() == 303


async def test_to_look_is_not_to_use(pages: Pages, page: Opened, client: aiohttp.ClientSession) -> None:
    address = f"{pages.base}/link/{page.hidden['link']}"
    for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"):
        async with client.request(method, address) as answer:
            assert answer.status in {200, 405}
    assert await page.send() == 303


async def test_where_people_come_by_https_the_cookie_does_only(
    pages: Pages, client: aiohttp.ClientSession
) -> None:
    async with pages.serving(is_secure=True) as base:
        address = await pages.ask(await pages.meet(), "register")
        async with client.get(address.replace(pages.base, base)) as answer:
            assert "secure" in answer.headers["Set-Cookie"].lower().split("; ")


async def test_without_the_database_it_is_said_so(pages: Pages, page: Opened) -> None:
    async with pages.sessions.begin() as session:
        await session.execute(text("ALTER TABLE links RENAME TO gone"))
    assert await page.send() == 503


def test_nobody_is_told_to_come_back_too_early() -> None:
    assert rendered("gone.html", status=429, retry_after=10.2).headers["Retry-After"] == "11"


async def test_many_guesses_of_one_address_wait(pages: Pages, client: aiohttp.ClientSession) -> None:
    address = await pages.ask(await pages.meet(), "register")
    statuses = []
    for guess in range(25):
        async with client.get(f"{pages.base}/link/{guess:043}") as answer:
            statuses.append(answer.status)
    assert statuses == [410] * 20 + [429] * 5
    async with client.get(address) as answer:
        assert answer.status == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 900
        assert "Please try again in" in await answer.text()


@pytest.mark.parametrize("at_once", [False, True])
async def test_a_link_is_used_once(pages: Pages, client: aiohttp.ClientSession, at_once: bool) -> None:
    """Whoever had it open in another window comes too late."""
    user_id = await pages.with_account()
    address = await pages.ask(user_id, "password")
    windows = [await opened(client, pages, address) for _ in range(3)]
    words = [f"a heron on roof {at}" for at in range(3)]
    sent = [
        window.send(window.hidden | {"password": said}, to="password")
        for window, said in zip(windows, words, strict=True)
    ]
    statuses = await asyncio.gather(*sent) if at_once else [await it for it in sent]
    assert sorted(statuses) == [303, 410, 410]
    signed_in = await pages.accounts.sign_in(EMAIL, words[statuses.index(303)], None)
    assert signed_in.user_id == user_id


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the bot would write at its most talkative."""
    out, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(out), root.level
    handler.setFormatter(logs.TextFormatter())
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)


async def test_no_log_line_holds_what_is_typed_or_whose_link_it_is(
    pages: Pages, page: Opened, log: io.StringIO
) -> None:
    used = page.hidden | FORM
    assert await page.send(used | {"password": "short"}) == 422
    assert await page.send(used | {"seal": "x"}) == 403
    assert await page.send(b"\xff" + EMAIL.encode(), headers={"Content-Type": "text/plain"}) == 415
    async with pages.sessions.begin() as session:
        await session.execute(text("ALTER TABLE outbox RENAME TO gone"))
    assert await page.send() == 503
    logging.getLogger("bot").info("it was looked at")
    written = log.getvalue()
    assert "it was looked at" in written
    for secret in (EMAIL, PASSWORD, page.hidden["link"], page.hidden["seal"], page.cookie.value):
        assert secret not in written
