"""What the bot may send, and what Telegram refuses, in its own words."""

from collections.abc import Mapping
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.error import Forbidden

from bot.playground.chat import DRAFT_LIFETIME
from bot.playground.person import Person
from bot.playground.server import BotApiServer

from .conftest import TOKEN, Caller, Clock


async def test_a_message_arrives_as_the_person_sees_it(bot: Bot, person: Person) -> None:
    sent = await bot.send_message(person.id, "Hi <b>you</b> 😀 <i>there</i>", parse_mode="HTML")
    heard = await person.hears("Hi you")
    assert (sent.message_id, sent.text) == (heard.message_id, heard.text)
    assert heard.styled("bold") == ["you"]
    assert heard.styled("italic") == ["there"]
    assert sent.from_user is not None
    assert sent.from_user.id == bot.id
    assert sent.chat.first_name == "Mina"


async def test_private_chats_share_their_ids(bot: Bot, server: BotApiServer, person: Person) -> None:
    other, group = server.person("Tom"), server.group()
    first = await person.writes("a")
    second = await other.writes("b")
    third = await bot.send_message(person.id, "c")
    apart = await group.member(person).writes("d")
    assert [second.message_id, third.message_id] == [first.message_id + 1, first.message_id + 2]
    assert apart.message_id == first.message_id
    assert 0 < third.message_id < 2**31


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n"}, "text must be non-empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "x" * 32769}, "text is too long"),
        ({"text": "a\ud800"}, "strings must be encoded in UTF-8"),
        ({"text": "x", "chat_id": 5}, "chat not found"),
        ({"text": "x", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "x", "chat_id": ""}, "chat_id is empty"),
        ({"text": "x", "parse_mode": "Loud"}, "unsupported parse_mode"),
        ({"text": "<b>x", "parse_mode": "html"},
         'can\'t parse entities: Can\'t find end tag corresponding to start tag "b"'),
        ({"text": "x", "reply_parameters": {"message_id": 5}}, "message to be replied not found"),
        ({"text": "x", "reply_parameters": {"message": 5}}, 'unknown field "message" of ReplyParameters'),
        ({"text": "x", "colour": "red"}, 'unknown parameter "colour" of sendMessage'),
        ({"text": "x", "disable_notification": "maybe"},
         'parameter "disable_notification" must be a Boolean'),
        ({"text": "x", "entities": {}}, '"entities" must be an Array of MessageEntity'),
        ({"text": "x", "entities": "[{"}, "can't parse entities JSON object"),
        ({"text": "x", "entities": [{"type": "bold"}]},
         'can\'t parse MessageEntity: Can\'t find field "offset"'),
        ({"text": "x", "link_preview_options": {"url": "no"}}, "wrong HTTP URL specified"),
        ({"text": "x", "reply_parameters": 5}, "object expected as ReplyParameters"),
    ],
)  # fmt: skip
async def test_refused(call: Caller, person: Person, parameters: Mapping[str, Any], description: str) -> None:
    refusal = await call.refused("sendMessage", **{"chat_id": person.id, **parameters})
    assert refusal == f"Bad Request: {description}"
    assert not person.chat.messages


async def test_the_longest_text_is_counted_after_parsing(call: Caller, person: Person) -> None:
    await call("sendMessage", chat_id=person.id, text="<b>" + "😀" * 2048 + "</b>", parse_mode="HTML")
    await call("sendMessage", chat_id=str(person.id), text="&amp;" * 4096, parse_mode="HTML")


BUTTON = {"text": "Yes", "callback_data": "yes"}


@pytest.mark.parametrize(
    ("button", "description"),
    [
        ({"text": "a", "callback_data": "x" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": " ", "callback_data": "x"}, "inline keyboard button text must be non-empty"),
        ({"callback_data": "x"}, 'can\'t parse InlineKeyboardButton: Can\'t find field "text"'),
        ({"text": "a"},
         "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ({"text": "a", "url": "x.org", "callback_data": "x"},
         "can't parse inline keyboard button: it has url and callback_data where one is allowed"),
        ({"text": "a", "url": "not a link"},
         "inline keyboard button URL 'not a link' is invalid: Wrong HTTP URL"),
        ({"text": "a", "callback": "x"}, 'unknown field "callback" of InlineKeyboardButton'),
        ({"text": "a", "callback_data": "x", "style": "loud"},
         "can't parse inline keyboard button: Invalid button style specified"),
    ],
)  # fmt: skip
async def test_refused_buttons(
    call: Caller, person: Person, button: Mapping[str, Any], description: str
) -> None:
    markup = {"inline_keyboard": [[BUTTON], [button]]}
    refusal = await call.refused("sendMessage", chat_id=person.id, text="x", reply_markup=markup)
    assert refusal == f"Bad Request: {description}"


async def test_a_keyboard_of_too_many_buttons(call: Caller, person: Person) -> None:
    markup = {"inline_keyboard": [[BUTTON]] * 101}
    refusal = await call.refused("sendMessage", chat_id=person.id, text="x", reply_markup=markup)
    assert refusal == "Bad Request: reply markup is too long"


async def test_a_keyboard_is_seen(bot: Bot, person: Person) -> None:
    longest = "x" * 64
    rows = [
        [InlineKeyboardButton("A", callback_data=longest)],
        [InlineKeyboardButton("B", url="example.org")],
    ]
    await bot.send_message(person.id, "?", reply_markup=InlineKeyboardMarkup(rows))
    [[first], [second]] = (await person.hears("?")).keyboard
    assert (first.text, first.data, second.url) == ("A", longest, "http://example.org/")


async def test_replies_and_quotations(bot: Bot, call: Caller, person: Person) -> None:
    message = await person.writes("I slept well and ran")
    sent = await bot.send_message(
        person.id, "Good", reply_parameters=ReplyParameters(message.message_id, quote="slept well")
    )
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "I slept well and ran"
    assert sent.quote is not None
    assert (sent.quote.text, sent.quote.position) == ("slept well", 2)
    wrong = {"message_id": message.message_id, "quote": "slept badly"}
    refusal = await call.refused("sendMessage", chat_id=person.id, text="x", reply_parameters=wrong)
    assert refusal == "Bad Request: QUOTE_TEXT_INVALID"
    gone = {"message_id": 5, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await call(
        "sendMessage", chat_id=person.id, text="x", reply_parameters=gone
    )


async def test_a_person_who_blocked_the_bot(bot: Bot, person: Person) -> None:
    await person.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(person.id, "x")
    with pytest.raises(Forbidden):
        await bot.send_chat_action(person.id, "typing")
    await person.unblocks()
    await bot.send_message(person.id, "x")


async def test_drafts_grow_and_give_way_to_the_message(bot: Bot, person: Person) -> None:
    await bot.send_message_draft(person.id, 7, "")
    await bot.send_message_draft(person.id, 7, "Good <b>mor</b>", parse_mode="HTML")
    [draft] = person.chat.drafts
    assert (draft.text, draft.entities[0]["type"]) == ("Good mor", "bold")
    await bot.send_message(person.id, "Good morning")
    assert not person.chat.drafts


async def test_refused_drafts(call: Caller, server: BotApiServer, person: Person) -> None:
    zero = await call.refused("sendMessageDraft", chat_id=person.id, draft_id=0, text="x")
    assert zero == "Bad Request: RANDOM_ID_INVALID"
    group = server.group()
    refusal = await call.refused("sendMessageDraft", chat_id=group.chat.id, draft_id=1, text="x")
    assert refusal == "Bad Request: TEXTDRAFT_PEER_INVALID"
    long = await call.refused("sendMessageDraft", chat_id=person.id, draft_id=1, text="x" * 4097)
    assert long == "Bad Request: message is too long"


async def test_drafts_and_typing_fade(clock: Clock) -> None:
    async with BotApiServer(token=TOKEN, clock=clock) as server:
        chat = server.person().chat
        chat.show_draft(1, "x", [])
        chat.show_action("typing")
        assert (len(chat.drafts), chat.action) == (1, "typing")
        clock.now += DRAFT_LIFETIME
        assert (chat.drafts, chat.action) == ([], None)


async def test_chat_actions(call: Caller, person: Person) -> None:
    await call("sendChatAction", chat_id=person.id, action="typing")
    assert person.chat.action == "typing"
    refusal = await call.refused("sendChatAction", chat_id=person.id, action="thinking")
    assert refusal == "Bad Request: wrong parameter action in request"


async def test_into_groups_and_channels(call: Caller, server: BotApiServer) -> None:
    group, channel = server.group("Family"), server.channel("News")
    assert (await call("sendMessage", chat_id=group.chat.id, text="x"))["chat"]["title"] == "Family"
    post = await call("sendMessage", chat_id=channel.chat.id, text="x")
    assert post["sender_chat"]["id"] == channel.chat.id
    assert "from" not in post
