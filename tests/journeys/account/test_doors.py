"""One person, several doors: two diaries become one, chats come and go, and the last way in stays."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from bot.errors import LinkGone
from bot.journal.accounts import joining
from bot.journal.summary_queue import SummaryQueue
from bot.playground.chat import Message
from bot.playground.person import Person
from bot.work import Lease, now
from db.models import Entry, Link, Outgoing, TelegramIdentity, Update, User
from tests.journeys.accounts import (
    EMAIL,
    PASSWORD,
    Api,
    a_browser,
    base_of,
    makes_account,
    opens_account,
    signs_in_to_link,
)
from tests.journeys.conftest import World, texts
from tests.journeys.evenings import Minds
from tests.journeys.meeting import labels, nothing_failed, says, taps, user_of
from tests.journeys.past import Past, past_of
from tests.journeys.scored import diary_of
from tests.journeys.test_evening_ahead import planned
from tests.journeys.test_forged_taps import sends as forges
from tests.vendors.server import Fault


async def is_asked(world: World, api: Api, person: Person) -> Message:
    """An account reaches for this person's chat."""
    return await says(world, person, f"/start {await api.chat_link()}", "Link this chat")


async def joins(world: World, api: Api, person: Person) -> Message:
    question = await is_asked(world, api, person)
    await taps(world, person, question, "Yes, link them")
    assert "belongs to the account" in question.text
    return question


async def test_a_diary_of_the_chat_comes_along(started: World, api: Api) -> None:
    diary = await diary_of(started)
    await diary.write("A swim in the lake", 1, mood=8)
    await api.register()
    answer = await joins(started, api, diary.person)
    assert "What came along: 1 entry, 1 number." in answer.text
    account = (await api.ask("GET", "/me"))[1]
    assert [str(it.user_id) for it in await started.entries()] == [account["id"]]
    # What stands there is found, and what is written from now on is the account's too.
    found = await says(started, diary.person, "/search swim", "A swim in the lake")
    assert "swim" in found.text
    await says(started, diary.person, "A walk after that", "A walk after that")
    assert {str(it.user_id) for it in await started.entries()} == {account["id"]}
    assert len(await started.rows(User)) == 1
    await nothing_failed(started)


async def both(world: World, api: Api) -> tuple[Person, Message]:
    """A chat and an account with a diary each, of which two days are the same; and what the chat is asked."""
    account = await diary_of(world, world.person(first_name="Tom"))
    for day in (1, 2, 3):
        await account.write(f"Of the account, {day} days ago", day)
    await account.score(1, 60)
    await makes_account(world, account.person)
    assert await api.signs_in() == 200
    diary = await diary_of(world)
    for day in (2, 1):
        await diary.write(f"Of the chat, {day} days ago", day, mood=6)
    await diary.score(1, 80)
    await diary.want("Swim", done={})
    question = await is_asked(world, api, diary.person)
    await taps(world, diary.person, question, "Yes, link them")
    return diary.person, question


async def test_of_two_diaries_it_is_said_first_what_would_come_together(started: World, api: Api) -> None:
    person, question = await both(started, api)
    assert "Both have a diary already." in question.text
    assert "This chat: 2 entries, 2 numbers, 1 goal, 1 scored day." in question.text
    assert "The account mina@example.org: 3 entries, 1 scored day." in question.text
    assert "2 days are in both" in question.text
    assert "can't be taken apart again" in question.text
    assert labels(question) == ["Bring them together", "Leave them apart"]
    assert len({it.user_id for it in await started.entries()}) == 2
    await taps(started, person, question, "Leave them apart")
    assert "nothing is linked" in question.text
    assert len({it.user_id for it in await started.entries()}) == 2


async def test_brought_together_they_are_one(started: World, api: Api) -> None:
    person, question = await both(started, api)
    [tom] = [it for it in await started.rows(TelegramIdentity) if it.first_name == "Tom"]
    await taps(started, person, question, "Bring them together")
    assert "What came along: 2 entries, 2 numbers, 1 goal, 1 scored day." in question.text
    assert "2 days were in both" in question.text
    assert {it.user_id for it in await started.entries()} == {tom.user_id}
    assert len(await started.rows(User)) == 1
    # The account's other chat hears of it, and can undo it.
    theirs = started.telegram.world.chat(tom.telegram_id).bot_messages[-1]
    assert "Another chat was linked to your diary just now: Mina" in theirs.text
    assert labels(theirs) == ["Not me: unlink it", "Change password"]
    assert not question.buttons
    await nothing_failed(started)


async def test_a_stranger_is_shown_out_from_the_other_chat(started: World, api: Api) -> None:
    """Whoever was tricked into linking somebody else's chat hears of it."""
    person, eve = started.person(), started.person(first_name="Eve")
    await makes_account(started, person)
    assert await api.signs_in() == 200
    await joins(started, api, eve)
    told = await person.hears("Another chat was linked to your diary just now: Eve")
    await taps(started, person, told, "Not me: unlink it")
    assert "Unlink Eve?" in told.text
    await taps(started, person, told, "Unlink it")
    assert "Eve is unlinked." in told.text
    assert (await api.ask("GET", "/me"))[1]["chats"] == 1
    assert "There is no e-mail" in (await opens_account(started, eve)).text


async def test_each_chat_gets_its_own_replies(started: World, api: Api) -> None:
    first, second = started.person(), started.person(first_name="Mina at work")
    await makes_account(started, first)
    assert await api.signs_in() == 200
    await joins(started, api, second)
    for person, words in ((first, "From the phone"), (second, "From the office")):
        await says(started, person, words, words)
    assert "From the office" not in "\n".join(texts(first.chat.bot_messages))
    assert "From the phone" not in "\n".join(texts(second.chat.bot_messages))
    assert len({it.user_id for it in await started.entries()}) == 1


async def prepared_for_later(past: Past) -> None:
    """Their summary is there hours before its minute."""
    Minds(past.world)
    await past.write("Walked to the lake", 0)
    await planned(past, after=timedelta(hours=2))
    later = SummaryQueue(
        past.world.sessions, past.world.bot.summaries, lambda: datetime.now(UTC) + timedelta(hours=2)
    )
    [job] = await later.claim(8)
    await later.handle(job, Lease(now()))


async def test_what_comes_by_itself_goes_to_the_chosen_chat(started: World, api: Api) -> None:
    first, second = started.person(), started.person(first_name="Tom")
    await makes_account(started, first)
    assert await api.signs_in() == 200
    await joins(started, api, second)
    screen = await opens_account(started, first)
    assert "Mina, this chat, gets the summaries" in screen.text
    assert "Summaries to this chat" not in labels(screen)
    await prepared_for_later(await past_of(started, first))
    screen = await opens_account(started, second)
    assert await taps(started, second, screen, "Summaries to this chat") == "What comes by itself comes here."
    assert "Tom, this chat, gets the summaries" in screen.text
    await started.let_time_pass()
    await second.hears("A day by the water.")
    assert "A day by the water." not in "\n".join(texts(first.chat.bot_messages))


async def test_unlinking_says_first_that_the_diary_stays(started: World, api: Api) -> None:
    person = started.person()
    await makes_account(started, person)
    written = await person.writes("A day by the sea")
    await person.hears("A day by the sea")
    await started.settle()
    screen = await opens_account(started, person)
    await taps(started, person, screen, "Unlink a chat")
    assert "Unlink Mina?" in screen.text
    assert f"The whole diary stays with the account {EMAIL}" in screen.text
    assert "I'm meeting somebody new" in screen.text
    [before] = await started.entries()
    await taps(started, person, screen, "Unlink it")
    assert "This chat is unlinked" in screen.text
    assert not await started.rows(TelegramIdentity)
    assert await api.signs_in() == 200
    # Who writes there again is somebody new; also whose old messages change.
    await says(started, person, "A new beginning", "A new beginning")
    await person.edits(written, "A day by the lake")
    await person.hears("A day by the lake")
    await started.settle()
    kept, *new = await started.entries()
    assert (kept.id, kept.user_id, kept.body) == (before.id, before.user_id, "A day by the sea")
    assert [it.body for it in new] == ["A new beginning", "A day by the lake"]
    assert {it.user_id for it in new}.isdisjoint({before.user_id})
    await nothing_failed(started)


async def test_nothing_more_goes_to_a_chat_that_is_unlinked(started: World, api: Api) -> None:
    person = started.person()
    await makes_account(started, person)
    assert await api.signs_in() == 200
    await says(started, person, "A day by the sea", "A day by the sea")
    user_id = (await user_of(started, person)).id
    # Also what is being answered just then.
    started.anthropic.always = Fault(kind="slow", seconds=0.2)
    asked = len(started.anthropic.requests)
    await person.writes("A day by the lake")
    while len(started.anthropic.requests) == asked:  # noqa: ASYNC110 - the server tells of no change
        await asyncio.sleep(0.02)
    assert (await api.ask("DELETE", f"/me/chats/{person.id}"))[0] == 204
    started.anthropic.always = None
    await person.hears("This chat is unlinked from an account")
    await started.settle()
    assert not [it for it in await started.rows(Outgoing) if it.user_id == user_id]
    sea, lake = await started.entries()
    for entry in (sea, lake):
        assert (entry.chat_id, entry.message_id, entry.reply_message_id) == (None, None, None)
    assert "A day by the lake" in (lake.reply or "")
    # Erasing the account would not find the chat any more.
    assert "A day by" not in "".join(str(it.payload) for it in await started.rows(Update))
    # Somebody who wrote just then left the chat in the entry: it is another's now.
    await says(started, person, "Nobody knows me", "Nobody knows me")
    async with started.sessions.begin() as session:
        await session.execute(update(Entry).where(Entry.id == lake.id).values(chat_id=person.id))
    said = texts(person.chat.bot_messages)
    assert (await api.ask("PATCH", f"/entries/{lake.id}", json={"body": "A day by the river"}))[0] == 200
    await started.settle()
    assert (await api.ask("GET", f"/entries/{lake.id}"))[1]["reply"]
    assert texts(person.chat.bot_messages) == said


async def test_taps_on_what_the_chat_showed_before_reach_nothing(started: World, api: Api) -> None:
    person = started.person()
    await makes_account(started, person)
    reply = await says(started, person, "Slept 7 hours", "Slept 7 hours")
    screen = await opens_account(started, person)
    await taps(started, person, screen, "Unlink a chat")
    await taps(started, person, screen, "Unlink it")
    assert await taps(started, person, reply, "⋯") == "This entry is gone."


async def test_a_new_password_ends_all_that_was_asked_for_by_the_old_one(started: World, api: Api) -> None:
    """Whoever knew it, or held a token, and is not in yet, does not come in any more."""
    mina = started.person()
    await makes_account(started, mina)
    assert await api.signs_in() == 200
    account_id = UUID((await api.ask("GET", "/me"))[1]["id"])
    eve, other = started.person(first_name="Eve"), started.person(first_name="Mallory")
    browser = a_browser(await base_of(started))
    async with browser.client:
        await browser.send(await signs_in_to_link(started, browser, eve))
        proposed = await eve.hears("Link this chat")
        unsent = await signs_in_to_link(started, browser, other)
        opened = await is_asked(started, api, other)
        said = {"old_password": PASSWORD, "new_password": "a heron on the roof"}
        status, body = await api.ask("POST", "/auth/password", json=said)
        assert status == 200
        assert (await browser.send(unsent)).status == 410
    assert "too long ago" in await taps(started, eve, proposed, "Yes, link them")
    assert "too long ago" in await taps(started, other, opened, "Yes, link them")
    # So does to sign out everywhere: it ends what is asked of others' chats, and what is still on a page.
    api.token = body["access_token"]
    browser = a_browser(await base_of(started))
    async with browser.client:
        asked = await signs_in_to_link(started, browser, eve, said["new_password"])
        await browser.send(asked)
        proposed = await eve.hears("Link this chat")
        unsent = await signs_in_to_link(started, browser, other, said["new_password"])
        start = await api.chat_link()
        assert "Signed out everywhere" in await taps(
            started, mina, await opens_account(started, mina), "Sign out everywhere"
        )
        assert (await browser.send(unsent)).status == 410
    assert (await api.ask("GET", "/me"))[0] == 401
    assert "too long ago" in await taps(started, eve, proposed, "Yes, link them")
    await says(started, eve, f"/start {start}", "expired or was used")
    theirs = {it.telegram_id for it in await started.rows(TelegramIdentity) if it.user_id == account_id}
    assert theirs == {mina.id}


async def test_an_account_is_not_undone_by_a_chat_that_is_unlinked(started: World, api: Api) -> None:
    """Also not where both are asked at once: it is the only door by then."""
    person = started.person()
    await makes_account(started, person)
    assert await api.signs_in() == 200
    user = await user_of(started, person)
    [link] = await started.rows(Link)
    assert (await api.ask("DELETE", f"/me/chats/{person.id}"))[0] == 204
    async with started.sessions.begin() as session:
        with pytest.raises(LinkGone):
            await joining.undo(session, user.id, link.id, person.id)
    assert await api.signs_in() == 200


async def test_the_last_door_stays_and_a_copy_is_offered(started: World) -> None:
    diary = await diary_of(started)
    await diary.write("A swim in the lake", 1, mood=8)
    await diary.score(1, 80, {"mood": 80})
    await diary.want("Swim", done={diary.today - timedelta(days=1): 1.0})
    screen = await opens_account(started, diary.person)
    await taps(started, diary.person, screen, "Unlink a chat")
    assert "the only way to your diary" in screen.text
    assert labels(screen) == ["Send me a copy", "Create an account", "Link to one I have", "‹ Back"]
    await taps(started, diary.person, screen, "Send me a copy")
    [sent] = [it for it in diary.person.chat.bot_messages if "document" in it.payload]
    stored = started.telegram.world.files.by_id(sent.payload["document"]["file_id"])
    copy = json.loads(stored.data)
    assert sent.payload["document"]["file_name"] == "daybook.json"
    assert [it["body"] for it in copy["entries"]] == ["A swim in the lake"]
    assert [(it["name"], it["value"]) for it in copy["metrics"]] == [("mood", 8.0)]
    assert [it["title"] for it in copy["goals"]] == ["Swim"]
    assert [it["overall"] for it in copy["scores"]] == [80]
    assert [it["score"] for it in copy["score_metrics"]] == [80]
    assert copy["person"]["name"] == "Mina"
    assert "password" not in copy["person"]
    assert len(await started.rows(TelegramIdentity)) == 1


async def test_a_forged_tap_closes_no_last_door_and_nobody_elses(started: World, api: Api) -> None:
    person, other = started.person(), started.person(first_name="Tom")
    mine, theirs = await opens_account(started, person), await opens_account(started, other)
    before = {it.telegram_id: it.user_id for it in await started.rows(TelegramIdentity)}
    forges(started, person, mine.payload, data=f"acct:off:{person.id}")
    forges(started, person, mine.payload, data=f"acct:off:{other.id}")
    forges(started, person, mine.payload, data="acct:off:" + "0" * 32)
    forges(started, other, theirs.payload, data="acct:door")
    await started.settle()
    assert {it.telegram_id: it.user_id for it in await started.rows(TelegramIdentity)} == before
    await nothing_failed(started)


async def test_the_account_sees_its_chats_and_can_unlink_them(started: World, api: Api) -> None:
    person, second = started.person(last_name="Berg", username="mina_b"), started.person(first_name="Tom")
    await makes_account(started, person)
    assert await api.signs_in() == 200
    await joins(started, api, second)
    mina, tom = (await api.ask("GET", "/me/chats"))[1]
    shown = {"id": person.id, "name": "Mina Berg", "username": "mina_b", "gets_summaries": True}
    assert mina == shown
    assert (tom["name"], tom["gets_summaries"]) == ("Tom", False)
    assert (await api.ask("DELETE", f"/me/chats/{second.id + 99}"))[0] == 404
    assert (await api.ask("DELETE", f"/me/chats/{second.id}"))[0] == 204
    assert (await api.ask("DELETE", f"/me/chats/{second.id}"))[0] == 404
    told = await second.hears("This chat is unlinked from an account")
    assert "begin anew" in told.text
    assert [it["name"] for it in (await api.ask("GET", "/me/chats"))[1]] == ["Mina Berg"]
