"""Faults, limits, and the transport itself."""

import asyncio
import io

import aiohttp
import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

from bot.playground.limits import RateLimits
from bot.playground.person import Person
from bot.playground.server import BotApiServer

from .conftest import TOKEN, Caller, make_bot


async def test_each_fault_hits_once_and_is_noted(bot: Bot, server: BotApiServer, person: Person) -> None:
    for kind, error in (
        ("busy", RetryAfter), ("forbidden", Forbidden), ("broken", NetworkError),
        ("lost_answer", NetworkError), ("unsent", NetworkError),
    ):  # fmt: skip
        server.fail(kind, "sendMessage")
        with pytest.raises(error):
            await bot.send_message(person.id, kind)
    await bot.send_message(person.id, "well")
    assert [message.text for message in person.chat.messages] == ["lost_answer", "well"]
    assert server.count("sendMessage") == 6
    errors = [call.error for call in server.calls if call.method == "sendMessage"]
    assert errors[0] == "Too Many Requests: retry after 5"
    assert errors[4:] == ["unsent", None]


async def test_a_bad_gateway_is_a_page(server: BotApiServer, person: Person) -> None:
    server.fail("bad_gateway", "sendmessage")
    url = f"{server.url}/bot{TOKEN}/sendMessage"
    data = {"chat_id": person.id, "text": "x"}
    async with aiohttp.ClientSession() as session, session.post(url, data=data) as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")
    assert not person.chat.messages


async def test_a_fault_for_one_chat_lets_the_others_be(bot: Bot, server: BotApiServer) -> None:
    mina, tom = server.person("Mina"), server.person("Tom")
    server.fail("busy", "sendMessage", chat_id=mina.id, times=2, retry_after=209)
    await bot.send_message(tom.id, "x")
    for _ in range(2):
        with pytest.raises(RetryAfter) as refused:
            await bot.send_message(mina.id, "x")
        assert "0:03:29" in str(refused.value)
    await bot.send_message(mina.id, "x")


async def test_a_held_call_goes_on_once_released(bot: Bot, server: BotApiServer, person: Person) -> None:
    message = await person.speaks(b"x", duration=1)
    held = server.fail("hold", "getFile")
    fetch = asyncio.create_task(bot.get_file(message.payload["voice"]["file_id"]))
    await bot.send_message(person.id, "meanwhile")
    await server.until(lambda: held.met)
    assert not fetch.done()
    held.release()
    file = await fetch
    slow = server.fail("hold", "file")
    download = asyncio.create_task(file.download_as_bytearray())
    slow.release()
    assert await download == b"x"
    server.fail("unsent", "file")
    with pytest.raises(NetworkError):
        await file.download_as_bytearray()


async def test_a_server_stops_though_a_call_is_held(server: BotApiServer, bot: Bot, person: Person) -> None:
    held = server.fail("hold", "sendMessage")
    sending = asyncio.create_task(bot.send_message(person.id, "x"))
    await server.until(lambda: held.met)
    await server.stop()
    with pytest.raises(NetworkError):
        await sending


def test_a_fault_has_a_known_kind(server: BotApiServer) -> None:
    with pytest.raises(ValueError, match="no such fault"):
        server.fail("tired", "sendMessage")


async def test_limits_refuse_what_comes_too_fast() -> None:
    now = 100.0
    limits = RateLimits(overall=5, chat=1, chat_burst=2, clock=lambda: now)
    async with BotApiServer(token=TOKEN, limits=limits) as server, make_bot(server) as bot:
        persons = [server.person() for _ in range(4)]
        for _ in range(2):
            await bot.send_message(persons[0].id, "x")
        with pytest.raises(RetryAfter):
            await bot.send_message(persons[0].id, "x")
        await bot.send_chat_action(persons[0].id, "typing")
        await bot.send_message_draft(persons[0].id, 1, "x")
        for person in persons[1:]:
            await bot.send_message(person.id, "x")
        with pytest.raises(RetryAfter):
            await bot.send_message(persons[3].id, "x")
        now += 1
        await bot.send_message(persons[0].id, "x")


async def test_every_way_to_ask(server: BotApiServer, person: Person) -> None:
    url = f"{server.url}/bot{TOKEN}/"
    form = aiohttp.FormData({"chat_id": str(person.id), "text": "multipart"})
    form.add_field("unused", b"x", filename="x")
    async with aiohttp.ClientSession() as session:
        sendings = [
            session.get(url + "sendMessage", params={"chat_id": person.id, "text": "query"}),
            session.post(url + "SENDMESSAGE", data={"chat_id": person.id, "text": "form"}),
            session.post(url + "sendmessage", json={"chat_id": str(person.id), "text": "json"}),
            session.post(url + "sendMessage", data=form),
            session.post(url + "sendMessage?text=both", data={"chat_id": person.id}),
        ]
        for sending in sendings:
            async with sending as answer:
                assert (await answer.json())["ok"]
    assert [message.text for message in person.chat.messages] == [
        "query",
        "form",
        "json",
        "multipart",
        "both",
    ]


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("bot1:wrong/getMe", 401, "Unauthorized"),
        (f"bot{TOKEN}/getYou", 404, "Not Found: method not found"),
        (f"file/bot{TOKEN}/voice/file_9.oga", 404, "Not Found"),
        ("file/bot1:wrong/voice/file_9.oga", 401, "Unauthorized"),
    ],
)
async def test_wrong_addresses(server: BotApiServer, path: str, status: int, description: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{server.url}/{path}") as answer:
        assert answer.status == status
        assert (await answer.json())["description"] == description


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000])
async def test_bodies_that_cannot_be_read(server: BotApiServer, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    url = f"{server.url}/bot{TOKEN}/getMe"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        assert answer.status == 400
        assert "body" in (await answer.json())["description"]


async def test_a_body_that_is_too_large(server: BotApiServer, person: Person) -> None:
    form = aiohttp.FormData({"chat_id": str(person.id)})
    form.add_field("document", io.BytesIO(bytes(56 * 1024 * 1024)), filename="x")
    url = f"{server.url}/bot{TOKEN}/sendDocument"
    async with aiohttp.ClientSession() as session, session.post(url, data=form) as answer:
        assert (answer.status, (await answer.json())["error_code"]) == (413, 413)


async def test_the_journal(call: Caller, server: BotApiServer, person: Person) -> None:
    await call("sendMessage", chat_id=str(person.id), text="Hi", reply_markup='{"inline_keyboard": []}')
    await call.refused("sendMessage", chat_id=5, text="Hi")
    first, second = server.calls
    assert (first.method, first.chat_id, first.result["text"]) == ("sendMessage", person.id, "Hi")
    assert (second.error, second.parameters["chat_id"]) == ("Bad Request: chat not found", 5)
    assert server.count("sendMessage", chat_id=person.id) == 1


def test_a_token_has_the_bots_id() -> None:
    assert BotApiServer(token="42:x").world.bot_id == 42
    with pytest.raises(ValueError, match="<number>:<letters>"):
        BotApiServer(token="x")


async def test_who_the_bot_is(bot: Bot, call: Caller, person: Person) -> None:
    assert bot.id == 123456
    await bot.set_my_commands([("start", "Begin"), ("/help", "What I can do")])
    assert [one.command for one in await bot.get_my_commands()] == ["start", "help"]
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()
    await bot.set_my_description("A diary", language_code="en")
    await bot.set_my_short_description("Diary")
    await bot.set_chat_menu_button(person.id)
    assert (await bot.get_chat(person.id)).first_name == "Mina"
    for commands in (
        [{"command": "Start!", "description": "x"}],
        [{"command": "start", "description": " "}],
        [{"command": "a", "description": "x"}] * 101,
    ):
        assert "BOT_COMMAND" in await call.refused("setMyCommands", commands=commands)
    with pytest.raises(BadRequest):
        await bot.set_my_short_description("x" * 121)
