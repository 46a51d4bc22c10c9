"""Where a call comes from is what the network says, or a proxy that is trusted, and nobody else; by that,
guesses are counted over HTTP, too."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.journal.accounts import Accounts
from bot.web import app as web
from bot.web.server import Server
from tests.web.conftest import EMAIL, Answer, Site, well


async def guess(site: Site, email: str, forwarded: str) -> Answer:
    headers = {"X-Forwarded-For": forwarded}
    form = {"username": email, "password": "a wrong password"}
    return await site.ask("POST", "/auth/login", data=form, headers=headers)


async def refused_after(site: Site, emails: str, *forwarded: str) -> int:
    """How many guesses were looked at, of as many as there are addresses; `{}` in `emails` is a number."""
    statuses = [
        (await guess(site, emails.format(number), address)).status for number, address in enumerate(forwarded)
    ]
    assert statuses == sorted(statuses)
    return statuses.count(401)


async def test_an_account_is_delayed_whatever_the_address(signed_in: Site) -> None:
    assert await refused_after(signed_in, EMAIL, *(f"203.0.113.{it}" for it in range(10))) == 5
    answer = await guess(signed_in, EMAIL, "203.0.113.99")
    assert answer.status == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 10
    assert answer.json == {"detail": "too many attempts: wait a while, then try again"}
    assert (await signed_in.me()).status == 200


async def test_an_address_is_delayed_whatever_the_account(signed_in: Site) -> None:
    looked_at = await refused_after(signed_in, "somebody{}@example.org", *["203.0.113.7"] * 25)
    assert looked_at == 20
    assert (await guess(signed_in, "other@example.org", "203.0.113.8")).status == 401


async def test_a_house_of_ipv6_is_one_address(signed_in: Site) -> None:
    house = [f"2001:db8:1:2::{it:x}" for it in range(1, 26)]
    assert await refused_after(signed_in, "somebody{}@example.org", *house) == 20


async def test_what_stands_before_the_proxys_own_word_is_not_believed(signed_in: Site) -> None:
    """Whoever calls the proxy may send such a header along; the proxy puts what it saw behind it."""
    claimed = [f"198.51.100.{it}, 203.0.113.7" for it in range(25)]
    assert await refused_after(signed_in, "somebody{}@example.org", *claimed) == 20


@pytest.fixture
async def untrusting(site: Site, accounts: Accounts) -> AsyncIterator[Site]:
    """No proxy stands before it."""
    server = Server(web.build(None, "", well, accounts), "127.0.0.1", 0, trusted_proxies="192.0.2.1")
    await server.start()
    async with aiohttp.ClientSession() as client:
        yield Site(client, f"http://127.0.0.1:{server.port}", accounts)
    await server.stop()


async def test_nobody_says_by_themselves_where_they_are(untrusting: Site) -> None:
    claimed = [f"198.51.100.{it}" for it in range(25)]
    assert await refused_after(untrusting, "somebody{}@example.org", *claimed) == 20


async def test_hundreds_of_guesses_at_once_are_a_few_that_are_looked_at(signed_in: Site) -> None:
    answers = await asyncio.gather(
        *(guess(signed_in, EMAIL, f"10.0.{it >> 8}.{it & 255}") for it in range(300))
    )
    statuses = [it.status for it in answers]
    assert set(statuses) <= {401, 429, 503}
    assert statuses.count(401) <= 50
    assert (await guess(signed_in, EMAIL, "10.9.9.9")).status == 429
