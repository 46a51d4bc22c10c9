"""A chat and an account become one person's when both have said so, from either side."""

from bot.journal.accounts.secrets import digest
from db.models import Link, TelegramIdentity, User
from tests.journeys.accounts import (
    EMAIL,
    PASSWORD,
    Api,
    Browser,
    asks_for,
    let_links_expire,
    links_on_the_page,
    makes_account,
    opens_account,
)
from tests.journeys.conftest import World
from tests.journeys.meeting import labels, nothing_failed, says, taps, user_of
from tests.journeys.test_forged_taps import sends as forges

from .test_passwords import everything_stored

OTHER = "a heron on the roof"


async def test_a_chat_is_linked_when_both_sides_have_said_so(
    started: World, browser: Browser, api: Api
) -> None:
    await api.register()
    person = started.person(username="mina_b")
    address = await asks_for(started, person, "Link to one I have")
    page = await browser.open(address)
    assert "Mina (@mina_b)" in page.html
    page = await browser.send(page, email=EMAIL, password=PASSWORD)
    assert page.title == "Link this chat?"
    assert EMAIL in page.html
    assert "Mina (@mina_b)" in page.html
    assert (await api.ask("GET", "/me"))[1]["chats"] == 0
    done = await browser.send(page)
    assert done.title == "Now say yes in the chat"
    # Not yet: the chat has not said so.
    assert (await api.ask("GET", "/me"))[1]["chats"] == 0
    question = await person.hears("Link this chat to the account mina@example.org?")
    assert labels(question) == ["Yes, link them", "No"]
    await taps(started, person, question, "Yes, link them")
    assert "belongs to the account mina@example.org now" in question.text
    assert (await api.ask("GET", "/me"))[1]["chats"] == 1
    [user] = await started.rows(User)
    assert user.email == EMAIL
    assert (await browser.open(address)).status == 410


async def test_the_chat_may_say_no(started: World, browser: Browser, api: Api) -> None:
    await api.register()
    person = started.person()
    await links_on_the_page(started, browser, person)
    question = await person.hears("Link this chat")
    await taps(started, person, question, "No")
    assert question.text == "Alright, nothing is linked."
    assert (await api.ask("GET", "/me"))[1]["chats"] == 0
    [link] = await started.rows(Link)
    forges(started, person, question.payload, data=f"acct:join:{link.id.hex}")
    await started.settle()
    assert "too long ago" in person.chat.callback_answers[-1].text
    assert len(await started.rows(User)) == 2


async def test_only_who_was_asked_can_say_yes(started: World, browser: Browser, api: Api) -> None:
    """A tap can say anything, and comes from anywhere."""
    await api.register()
    person, stranger = started.person(), started.person(first_name="Eve")
    theirs = await opens_account(started, stranger)
    await links_on_the_page(started, browser, person)
    link = next(it for it in await started.rows(Link) if it.proposed_id)
    for action in ("join", "merge", "no", "undo"):
        forges(started, stranger, theirs.payload, data=f"acct:{action}:{link.id.hex}")
    await started.settle()
    told = [it.text for it in stranger.chat.callback_answers]
    assert len(told) == 4
    assert all("too long ago" in it for it in told)
    assert (await api.ask("GET", "/me"))[1]["chats"] == 0


async def test_to_say_yes_there_are_ten_minutes(started: World, browser: Browser, api: Api) -> None:
    await api.register()
    person = started.person()
    await links_on_the_page(started, browser, person)
    question = await person.hears("Link this chat")
    await let_links_expire(started)
    assert "too long ago" in await taps(started, person, question, "Yes, link them")
    assert (await api.ask("GET", "/me"))[1]["chats"] == 0


async def test_a_wrong_password_links_nothing_and_says_not_what_was_wrong(
    started: World, browser: Browser, api: Api
) -> None:
    await api.register()
    person = started.person()
    page = await browser.open(await asks_for(started, person, "Link to one I have"))
    for email, password in ((EMAIL, OTHER), ("nobody@example.org", PASSWORD), ("no address", OTHER)):
        refused = await browser.send(page, email=email, password=password)
        assert (refused.status, refused.title) == (422, "Sign in to link")
        assert "Wrong e-mail or password." in refused.html
        assert password not in refused.html
    assert (await browser.send(page, email=EMAIL, password=PASSWORD)).title == "Link this chat?"


async def test_nobody_confirms_for_an_account_they_did_not_sign_in_to(
    started: World, browser: Browser, api: Api
) -> None:
    await api.register()
    victim = (await api.ask("GET", "/me"))[1]["id"]
    await api.register("eve@example.org", OTHER, "Eve")
    eve = started.person(first_name="Eve")
    page = await browser.open(await asks_for(started, eve, "Link to one I have"))
    page = await browser.send(page, email="eve@example.org", password=OTHER)
    eve_id = (await api.ask("GET", "/me"))[1]["id"]
    forged = await browser.send(page, account=victim.replace("-", ""))
    assert (forged.status, forged.title) == (410, "This link opens nothing")
    assert all(it.used_at is None for it in await started.rows(Link))
    assert {str(it.proposed_id) for it in await started.rows(Link)} == {eve_id}


async def test_an_account_reaches_for_a_chat(started: World, api: Api) -> None:
    """The other way round: a t.me link from the account, and a word in the chat."""
    await api.register()
    start = await api.chat_link()
    assert len(start) <= 64
    person = started.person()
    question = await says(
        started, person, f"/start {start}", "Link this chat to the account mina@example.org?"
    )
    assert (await api.ask("GET", "/me"))[1]["chats"] == 0
    await taps(started, person, question, "Yes, link them")
    assert "/start says who I am" in question.text
    assert (await api.ask("GET", "/me"))[1]["chats"] == 1
    [identity] = await started.rows(TelegramIdentity)
    assert identity.telegram_id == person.id
    assert "Hello" in (await says(started, person, "/start", "Hello Mina!")).text
    await nothing_failed(started)


async def test_its_link_is_good_for_one_chat(started: World, api: Api) -> None:
    await api.register()
    start = await api.chat_link()
    person, stranger = started.person(), started.person(first_name="Eve")
    await says(started, person, f"/start {start}", "Link this chat")
    [first] = await started.rows(Link)
    await says(started, stranger, f"/start {start}", "expired or was used")
    await says(started, person, f"/start {start}", "Link this chat")
    [again] = await started.rows(Link)
    assert (again.expires_at, again.telegram_id) == (first.expires_at, person.id)
    newer = await api.chat_link()
    await api.chat_link()
    await says(started, stranger, f"/start {newer}", "expired or was used")


async def test_its_secret_is_not_kept_either(started: World, api: Api) -> None:
    await api.register()
    start = await api.chat_link()
    person = started.person()
    await says(started, person, f"/start {start}", "Link this chat")
    await says(started, person, f"look, t.me/daybook_bot?start={start}", "look")
    stored = await everything_stored(started)
    secret = start.removeprefix("link_")
    assert secret not in stored
    # What is stored opens nothing.
    stranger = started.person(first_name="Eve")
    hidden = digest(secret).hex()
    await says(started, stranger, f"/start link_{hidden}", "expired or was used")


async def test_guesses_in_a_chat_are_delayed(started: World, api: Api) -> None:
    await api.register()
    eve = started.person(first_name="Eve")
    for guess in range(20):
        await says(started, eve, f"/start link_{guess:043}", "expired or was used")
    await says(started, eve, f"/start link_{await api.chat_link()}"[:-1], "many links that don't open")
    person = started.person()
    await says(started, person, f"/start {await api.chat_link()}", "Link this chat")


async def test_guesses_at_pages_are_delayed(started: World, browser: Browser) -> None:
    person = started.person()
    address = await asks_for(started, person, "Create an account")
    for guess in range(20):
        assert (await browser.open(f"/link/{guess:043}")).status == 410
    held = await browser.open(address)
    assert (held.status, held.title) == (429, "That did not work")
    assert int(held.headers["Retry-After"]) > 0


async def test_a_chat_of_its_own_account_is_not_taken_over(
    started: World, browser: Browser, api: Api
) -> None:
    await api.register("tom@example.org", OTHER, "Tom")
    person = started.person()
    question = await says(started, person, f"/start {await api.chat_link()}", "Link this chat")
    await makes_account(started, person)
    await taps(started, person, question, "Yes, link them")
    assert "has an account of its own" in question.text
    # It is not even asked from here on, and the link is still there for another chat.
    link = await api.chat_link()
    await says(started, person, f"/start {link}", "has an account of its own")
    assert (await user_of(started, person)).email == EMAIL
    await says(started, started.person(first_name="Tom"), f"/start {link}", "Link this chat")


async def test_a_link_that_is_there_already(started: World, api: Api) -> None:
    person = started.person()
    await makes_account(started, person)
    assert await api.signs_in() == 200
    await says(started, person, f"/start {await api.chat_link()}", "linked to that account already")
