"""`/account`: links that open once, from the chat to a page and back."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, update

from bot.journal.accounts.secrets import digest
from db.models import Link, SignIn, Update, User
from tests.journeys.accounts import (
    EMAIL,
    PASSWORD,
    Api,
    Browser,
    a_browser,
    address_in,
    asks_for,
    base_of,
    let_links_expire,
    makes_account,
    opens_account,
)
from tests.journeys.conftest import World
from tests.journeys.meeting import labels, nothing_failed, says, taps, user_of

from .test_passwords import everything_stored

OTHER = "a heron on the roof"


async def test_it_says_what_is_linked_and_what_can_be_done(started: World) -> None:
    person = started.person(last_name="Berg", username="mina_b")
    screen = await opens_account(started, person)
    assert "Mina Berg (@mina_b), this chat" in screen.text
    assert "the only way to your diary" in screen.text
    assert labels(screen) == ["Create an account", "Link to one I have", "Unlink a chat"]
    await makes_account(started, person)
    screen = await opens_account(started, person)
    assert f"E-mail: {EMAIL}" in screen.text
    assert labels(screen) == ["Change password", "Sign out everywhere", "Unlink a chat"]
    await nothing_failed(started)


async def test_an_account_is_made_on_the_page_and_told_in_the_chat(
    started: World, browser: Browser, api: Api
) -> None:
    person = started.person()
    address = await asks_for(started, person, "Create an account")
    assert address.startswith("http://127.0.0.1:")
    screen = person.chat.bot_messages[-1]
    assert "PUBLIC_URL" in screen.text
    page = await browser.open(address)
    assert (page.status, page.title) == (200, "Create your account")
    assert "Mina" in page.html
    done = await browser.send(page, email=" Mina@Example.ORG ", password=PASSWORD)
    assert (done.status, done.title) == (200, "Your account is there")
    heard = await person.hears("has an account now: mina@example.org")
    assert "Not me: undo it" in labels(heard)
    assert await api.signs_in() == 200
    [user] = await started.rows(User)
    assert user.email == EMAIL
    assert user.password_hash.startswith("$argon2id$")


async def test_a_link_opens_once(started: World, browser: Browser) -> None:
    """To be looked at it opens often: previews and scanners do."""
    person = started.person()
    address = await asks_for(started, person, "Create an account")
    pages = [await browser.open(address) for _ in range(3)]
    assert [it.status for it in pages] == [200, 200, 200]
    assert (await browser.send(pages[0], email=EMAIL, password=PASSWORD)).status == 200
    again = await browser.send(pages[1], email="eve@example.org", password=OTHER)
    assert (again.status, again.title) == (403, "That did not work")
    assert (await browser.open(address)).status == 410
    assert (await user_of(started, person)).email == EMAIL


async def test_of_two_who_send_it_at_once_one_wins(started: World) -> None:
    person = started.person()
    address, base = await asks_for(started, person, "Create an account"), await base_of(started)
    browsers = [a_browser(base) for _ in range(4)]
    pages = [await it.open(address) for it in browsers]
    sent = [
        it.send(page, email=f"mina{at}@example.org", password=PASSWORD)
        for at, (it, page) in enumerate(zip(browsers, pages, strict=True))
    ]
    done = await asyncio.gather(*sent)
    assert sum(it.title == "Your account is there" for it in done) == 1
    for it in browsers:
        await it.client.close()


async def test_after_ten_minutes_it_opens_nothing(started: World, browser: Browser) -> None:
    person = started.person()
    address = await asks_for(started, person, "Create an account")
    [link] = await started.rows(Link)
    assert link.expires_at - link.created_at == timedelta(minutes=10)
    page = await browser.open(address)
    await let_links_expire(started)
    gone = await browser.open(address)
    assert (gone.status, gone.title) == (410, "This link opens nothing")
    late = await browser.send(page, email=EMAIL, password=PASSWORD)
    assert late.status == 410
    assert (await user_of(started, person)).email is None


async def test_a_new_link_ends_the_older_ones(started: World, browser: Browser) -> None:
    person = started.person()
    first = await asks_for(started, person, "Create an account")
    second = await asks_for(started, person, "Create an account")
    assert first != second
    assert (await browser.open(first)).status == 410
    assert (await browser.open(second)).status == 200


async def test_the_secret_is_kept_nowhere(started: World, browser: Browser) -> None:
    person = started.person()
    address = await asks_for(started, person, "Create an account")
    secret = address.rpartition("/")[2]
    assert len(secret) == 43
    # A tap brings the message that shows the address back to the bot.
    await taps(started, person, person.chat.bot_messages[-1], "‹ Back")
    await person.writes(f"I keep {address} here")
    await person.hears("I keep")
    await started.settle()
    stored = await everything_stored(started)
    assert secret not in stored
    [link] = await started.rows(Link)
    assert link.secret_hash == digest(secret)


async def test_nobody_asks_for_links_without_end(started: World) -> None:
    person = started.person()
    screen = await opens_account(started, person)
    for _ in range(10):
        await taps(started, person, screen, "Create an account")
        await taps(started, person, screen, "‹ Back")
    await taps(started, person, screen, "Create an account")
    assert "wait an hour" in screen.text
    assert len(await started.rows(Link)) == 10


@pytest.mark.parametrize(
    ("email", "password", "told"),
    [
        ("no address", PASSWORD, "This is no e-mail address."),
        (EMAIL, "short", "A password has at least 10 characters."),
        (EMAIL, "password123", "This password is one that many people use"),
        (EMAIL, "Wilhelmina77", "This password is your name"),
        ("", "", "This is no e-mail address."),
        (EMAIL, "x" * 257, "A password has at most 256 characters."),
    ],
)
async def test_what_is_refused_is_told_beside_its_field(
    started: World, browser: Browser, email: str, password: str, told: str
) -> None:
    person = started.person(first_name="Wilhelmina")
    page = await browser.open(await asks_for(started, person, "Create an account"))
    refused = await browser.send(page, email=email, password=password)
    assert refused.status == 422
    assert told in refused.html
    assert 'aria-invalid="true"' in refused.html
    assert password not in refused.html or not password
    done = await browser.send(refused, email=EMAIL, password=PASSWORD)
    assert done.title == "Your account is there"


async def test_an_e_mail_that_is_taken_makes_no_account(started: World, browser: Browser, api: Api) -> None:
    await api.register()
    person = started.person()
    page = await browser.open(await asks_for(started, person, "Create an account"))
    refused = await browser.send(page, email=EMAIL.upper(), password=OTHER)
    assert refused.status == 422
    assert "No account can be made with this e-mail" in refused.html
    assert (await user_of(started, person)).email is None
    assert await api.signs_in() == 200


async def test_a_new_account_can_be_undone_in_the_chat(started: World, browser: Browser, api: Api) -> None:
    person = started.person()
    heard = await makes_account(started, person)
    assert await api.signs_in() == 200
    await taps(started, person, heard, "Not me: undo it")
    assert "The account is gone again" in heard.text
    assert await api.ask("GET", "/me") == (401, {"detail": "this sign-in has ended: sign in again"})
    assert await api.signs_in() == 401
    assert (await user_of(started, person)).email is None


async def test_after_a_day_it_is_too_late_to_undo_with_a_tap(started: World) -> None:
    person = started.person()
    heard = await makes_account(started, person)
    async with started.sessions.begin() as session:
        await session.execute(update(Link).values(used_at=func.now() - timedelta(hours=25)))
    assert "too long ago" in await taps(started, person, heard, "Not me: undo it")
    assert (await user_of(started, person)).email == EMAIL


async def test_the_password_is_changed_on_a_page_which_signs_everybody_out(
    started: World, browser: Browser, api: Api
) -> None:
    person = started.person()
    await makes_account(started, person)
    assert await api.signs_in() == 200
    page = await browser.open(await asks_for(started, person, "Change password"))
    assert page.title == "Choose a new password"
    assert f'value="{EMAIL}" readonly' in page.html
    page = await browser.send(page, password="password123")
    assert "one that many people use" in page.html
    done = await browser.send(page, password=OTHER)
    assert done.title == "Your password is changed"
    await person.hears("Your password was changed just now")
    assert (await api.ask("GET", "/me"))[0] == 401
    assert await api.signs_in() == 401
    assert await api.signs_in(password=OTHER) == 200


async def test_password_alone_leads_to_that_page(started: World, browser: Browser) -> None:
    person = started.person()
    await makes_account(started, person)
    screen = await says(started, person, "/password", "choose a new password")
    assert (await browser.open(address_in(screen))).title == "Choose a new password"


async def test_signing_out_everywhere(started: World, api: Api) -> None:
    person = started.person()
    await makes_account(started, person)
    assert await api.signs_in() == 200
    screen = await opens_account(started, person)
    assert await taps(started, person, screen, "Sign out everywhere") == "Signed out everywhere."
    assert (await api.ask("GET", "/me"))[0] == 401
    assert all(it.ended_at for it in await started.rows(SignIn))


async def test_with_a_public_address_a_button_opens_the_page(world: World) -> None:
    bot = await world.start_with_webhook()
    person = world.person()
    screen = await opens_account(world, person)
    await taps(world, person, screen, "Create an account")
    [button] = [it for it in screen.buttons if it.url]
    assert button.text == "Open the page"
    assert (button.url or "").startswith(f"{await bot.web_address()}/link/")
    assert "/link/" not in screen.text
    assert "PUBLIC_URL" not in screen.text


async def test_a_tap_that_is_handled_twice_shows_the_same_link(started: World) -> None:
    person = started.person()
    address = await asks_for(started, person, "Create an account")
    async with started.sessions.begin() as session:
        await session.execute(update(Update).values(done_at=None, attempts=0))
    await started.let_time_pass()
    await started.settle()
    shown = [it for it in person.chat.bot_messages if it.styled("code")]
    assert [address_in(it) for it in shown] == [address]
    assert len(await started.rows(Link)) == 1
