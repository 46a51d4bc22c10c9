"""The pages in a real Chromium: what people see, type and hear, by day and by night, on a small phone."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import Browser, Page
from sqlalchemy import select

from db.models import Link
from db.queries.links import Purpose
from tests.web.conftest import EMAIL, PASSWORD

from .conftest import Pages

OTHER = "a heron on the roof"
# Somebody may call themselves so in Telegram.
HOSTILE = '<script>alert(1)</script>"><b>Mina'
GROUND = {"light": (250, 248, 244), "dark": (22, 24, 27)}
Scheme = Literal["light", "dark"]


@dataclass
class Phone:
    """A page of a small phone, and what it complained of and asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    async def looks_well(self, scheme: Scheme, picture: Path) -> None:
        """Nothing stands out of the window, nothing is hard to read, and the ground is as asked for."""
        for width, size in ((320, "100%"), (320, "200%"), (390, "100%")):
            await self.page.set_viewport_size({"width": width, "height": 844})
            await self.page.evaluate("size => document.documentElement.style.fontSize = size", size)
            wide = await self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{wide} wide at {width} and {size}"
        found = await Axe().run(self.page, options={"resultTypes": ["violations", "incomplete"]})
        assert found.violations_count == 0, found.generate_report()
        png = await self.page.screenshot(path=picture, full_page=True)
        corner = Image.open(io.BytesIO(png)).convert("RGB").getpixel((2, 2))
        assert corner == GROUND[scheme]


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Scheme:
    found: Scheme = request.param
    return found


@pytest.fixture
async def phone(chromium: Browser, scheme: Scheme) -> AsyncIterator[Phone]:
    context = await chromium.new_context(
        viewport={"width": 390, "height": 844}, color_scheme=scheme, device_scale_factor=1, is_mobile=True
    )
    phone = Phone(await context.new_page())
    phone.page.on("console", lambda it: phone.complaints.append(it.text))
    phone.page.on("pageerror", lambda it: phone.complaints.append(str(it)))
    phone.page.on("request", lambda it: phone.asked.add(it.url))
    yield phone
    await context.close()


async def test_an_account_is_made(pages: Pages, phone: Phone, scheme: Scheme, tmp_path: Path) -> None:
    address = await pages.ask(await pages.meet(HOSTILE), "register")
    page = phone.page
    await page.goto(address)
    assert await page.title() == "Create your account – Daybook"
    assert await page.locator("dd").inner_text() == f"{HOSTILE} (@mina_b)"
    assert await page.locator("dd script").count() == 0
    await phone.looks_well(scheme, tmp_path / f"register-{scheme}.png")
    # What a browser would refuse by itself still reaches us from somewhere.
    await page.evaluate("document.forms[0].noValidate = true")
    await page.get_by_label("E-mail").fill("no address")
    await page.get_by_label("Password").fill("short")
    await page.get_by_role("button", name="Create the account").click()
    await page.wait_for_selector("[role=alert]")
    assert await page.title() == "Error: Create your account – Daybook"
    email = page.get_by_label("E-mail")
    assert await email.get_attribute("aria-describedby") == "email-error"
    assert await page.locator("#email-error").text_content() == "Error: This is no e-mail address."
    assert await page.evaluate("document.activeElement.id") == "email"
    assert await email.input_value() == "no address"
    assert await page.get_by_label("Password").input_value() == ""
    await phone.looks_well(scheme, tmp_path / f"register-error-{scheme}.png")
    await email.fill(EMAIL)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/link/done/register")
    assert await page.get_by_role("heading").inner_text() == "Your account is there"
    await phone.looks_well(scheme, tmp_path / f"done-{scheme}.png")
    await page.reload()
    assert await page.get_by_role("heading").inner_text() == "Your account is there"
    await page.goto(address)
    assert await page.get_by_role("heading").inner_text() == "This link opens nothing"
    await phone.looks_well(scheme, tmp_path / f"gone-{scheme}.png")
    assert {it.split("/")[2] for it in phone.asked} == {pages.base.split("/")[2]}
    assert [it for it in phone.complaints if "410" not in it and "422" not in it] == []
    assert (await pages.accounts.sign_in(EMAIL, PASSWORD, None)).token


async def test_a_chat_is_linked(pages: Pages, phone: Phone, scheme: Scheme, tmp_path: Path) -> None:
    signed_in = await pages.accounts.register(EMAIL, PASSWORD, "Mina", None)
    page = phone.page
    await page.goto(await pages.ask(await pages.meet(), "sign_in"))
    await phone.looks_well(scheme, tmp_path / f"sign-in-{scheme}.png")
    await page.get_by_label("E-mail").fill(EMAIL)
    await page.get_by_label("Password").fill(OTHER)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_selector("[role=alert]")
    assert await page.locator("#problem").inner_text() == "Wrong e-mail or password."
    for name in ("E-mail", "Password"):
        assert await page.get_by_label(name).get_attribute("aria-describedby") == "problem"
    assert await page.evaluate("document.activeElement.id") == "password"
    await phone.looks_well(scheme, tmp_path / f"sign-in-error-{scheme}.png")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_selector("text=Link this chat?")
    assert await page.locator("dd").all_inner_texts() == ["Mina (@mina_b)", EMAIL]
    await phone.looks_well(scheme, tmp_path / f"confirm-{scheme}.png")
    await page.get_by_role("button", name="Yes, link them").click()
    await page.wait_for_url("**/link/done/linked")
    await phone.looks_well(scheme, tmp_path / f"done-linked-{scheme}.png")
    async with pages.sessions() as session:
        [proposed] = (await session.scalars(select(Link.proposed_id))).all()
    assert proposed == signed_in.user_id
    assert [it for it in phone.complaints if "422" not in it] == []


async def test_the_password_is_changed(pages: Pages, phone: Phone, scheme: Scheme, tmp_path: Path) -> None:
    page = phone.page
    await page.goto(await pages.ask(await pages.with_account(), "password"))
    assert await page.get_by_label("E-mail").input_value() == EMAIL
    await phone.looks_well(scheme, tmp_path / f"password-{scheme}.png")
    await page.get_by_label("New password").fill(OTHER)
    await page.get_by_role("button", name="Change the password").click()
    await page.wait_for_url("**/link/done/password")
    await phone.looks_well(scheme, tmp_path / f"done-password-{scheme}.png")
    assert phone.complaints == []
    assert (await pages.accounts.sign_in(EMAIL, OTHER, None)).token


async def test_password_managers_know_what_is_what(pages: Pages, chromium: Browser) -> None:
    page = await chromium.new_page()
    user_id = await pages.meet()
    told: dict[str, list[list[str]]] = {}
    purposes: list[Purpose] = ["register", "sign_in"]
    for purpose in purposes:
        await page.goto(await pages.ask(user_id, purpose))
        told[purpose] = await page.eval_on_selector_all(
            "input:not([type=hidden])", "all => all.map(it => [it.name, it.type, it.autocomplete])"
        )
    assert told["register"] == [["email", "email", "username"], ["password", "password", "new-password"]]
    assert told["sign_in"] == [["email", "email", "username"], ["password", "password", "current-password"]]


async def test_without_cookies_it_is_said(pages: Pages, phone: Phone, scheme: Scheme, tmp_path: Path) -> None:
    page = phone.page
    await page.goto(await pages.ask(await pages.meet(), "register"))
    await page.context.clear_cookies()
    await page.get_by_label("E-mail").fill(EMAIL)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create the account").click()
    await page.wait_for_selector("text=That did not work")
    await phone.looks_well(scheme, tmp_path / f"trouble-{scheme}.png")


async def test_another_site_sends_nothing_in_ones_name(pages: Pages, chromium: Browser) -> None:
    """Whoever knows the link, as its sender does, and the form's seal, has not this browser's cookie: it goes
    along with our own pages only."""
    address = await pages.ask(await pages.meet(), "register")
    victim = await chromium.new_page()
    await victim.goto(address)
    hidden = await victim.eval_on_selector_all(
        "input[type=hidden]", "all => all.map(it => [it.name, it.value])"
    )
    fields = "".join(f'<input name="{name}" value="{value}">' for name, value in hidden)
    evil = f"""<form method="post" action="{pages.base}/link/register">{fields}
        <input name="email" value="{EMAIL}"><input name="password" value="{PASSWORD}"></form>"""
    await victim.goto("data:text/html,<p>elsewhere")
    await victim.set_content(evil)
    await victim.evaluate("document.forms[0].submit()")
    await victim.wait_for_selector("text=That did not work")
    with pytest.raises(Exception, match="wrong e-mail or password"):
        await pages.accounts.sign_in(EMAIL, PASSWORD, None)
