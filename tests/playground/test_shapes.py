"""Every update and every result has the shape that the Bot API describes."""

from collections.abc import Iterator
from typing import Any

from bot.playground.samples import png
from bot.playground.server import BotApiServer

from .conftest import Caller
from .schema import Validator, load, needs_schema

ALL_UPDATES = ["message", "edited_message", "channel_post", "edited_channel_post", "callback_query",
               "message_reaction", "my_chat_member"]  # fmt: skip
KEYBOARD = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}, {"text": "B", "url": "b.org"}]]}


@needs_schema
async def test_updates_have_the_shape_of_telegrams(call: Caller, server: BotApiServer) -> None:
    await call("getUpdates", allowed_updates=ALL_UPDATES)
    await everything_that_people_do(call, server)
    updates = await call("getUpdates")
    assert {kind for update in updates for kind in update} == {"update_id", *ALL_UPDATES}
    assert Validator().problems(updates, "Array of Update") == []


async def everything_that_people_do(call: Caller, server: BotApiServer) -> None:
    mina = server.person("Mina", last_name="K", username="mina_k")
    machine = server.person("Machine", is_bot=True)
    group, channel = server.group(), server.channel()
    message = await mina.writes("/start https://a.org 😀 #day", reply_to=await mina.writes("Hello"))
    await mina.edits(message, "Other @words")
    await mina.speaks(b"x", duration=1, caption="Said")
    await mina.sends_audio(b"x", duration=1)
    await mina.edits(await mina.sends_photo(png(4, 3), caption="Seen"), "Seen again")
    await mina.sends_document(b"x")
    await mina.sends_sticker()
    await mina.sends_location()
    await mina.sends_contact()
    await mina.sends_poll()
    await mina.forwards("Read this")
    await mina.forwards("Read this", of=machine)
    await machine.writes("I am a bot")
    await group.adds_bot(mina)
    await group.member(mina).writes("Hello all")
    await group.anonymous_admin().writes("Rules")
    await group.removes_bot(mina)
    await channel.edits(await channel.writes("News"), "Old news")
    sent = await call(
        "sendMessage", chat_id=mina.id, text="<b>x</b>", parse_mode="HTML", reply_markup=KEYBOARD
    )
    await mina.taps(sent["message_id"], "A")
    await mina.deletes(await mina.writes("Gone"))
    await mina.reacts(message, "👍")
    await mina.blocks()
    await mina.unblocks()


@needs_schema
async def test_results_have_the_shape_of_telegrams(call: Caller, server: BotApiServer) -> None:
    methods, validator = load()["methods"], Validator()
    done = set()
    for method, parameters in calls(server, (await server.person("Mina").writes("Hi")).message_id):
        result = await call(method, **parameters)
        problems = [validator.problems(result, one) for one in methods[method]["returns"]]
        assert [] in problems, (method, problems)
        done.add(method)
    assert len(done) == 21


def calls(server: BotApiServer, theirs: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Calls that build on each other: the newest message of the bot is the one that is edited."""
    chat = server.world.chat(200_000_001)
    to: dict[str, Any] = {"chat_id": chat.id}

    def newest() -> dict[str, Any]:
        return {**to, "message_id": chat.bot_messages[-1].message_id}

    reply = {"message_id": theirs, "quote": "Hi"}
    yield "getMe", {}
    yield "getChat", to
    yield "getWebhookInfo", {}
    yield "sendMessageDraft", {**to, "draft_id": 1, "text": "x"}
    yield "sendChatAction", {**to, "action": "typing"}
    yield "sendMessage", {**to, "text": "x a.org", "reply_markup": KEYBOARD, "protect_content": True}
    yield "editMessageText", {**newest(), "text": "y", "link_preview_options": {"is_disabled": True}}
    yield "editMessageReplyMarkup", {**newest(), "reply_markup": KEYBOARD}
    yield "sendMessage", {**to, "text": "y", "reply_parameters": reply}
    yield "deleteMessage", newest()
    file_id = server.world.files.add(png(2, 2), folder="photos", suffix=".png").file_id
    yield "sendPhoto", {**to, "photo": file_id, "caption": "x", "has_spoiler": True}
    yield "editMessageCaption", {**newest(), "caption": "y", "show_caption_above_media": True}
    photo = {"type": "photo", "media": file_id, "caption": "z", "has_spoiler": True}
    yield "editMessageMedia", {**newest(), "media": photo, "reply_markup": KEYBOARD}
    yield "sendDocument", {**to, "document": file_id}
    yield "sendVoice", {**to, "voice": file_id, "duration": 1}
    yield "sendAudio", {**to, "audio": file_id}
    item = {"type": "photo", "media": file_id}
    yield "sendMediaGroup", {**to, "media": [item, item]}
    yield "getFile", {"file_id": file_id}
    yield "setMessageReaction", {**newest(), "reaction": [{"type": "emoji", "emoji": "👍"}]}
    yield "setMyCommands", {"commands": [{"command": "start", "description": "Begin"}]}
    yield "getMyCommands", {}
    yield "deleteMyCommands", {"scope": {"type": "chat", "chat_id": 5}}
