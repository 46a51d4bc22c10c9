"""Edits, deletions, reactions and answers to taps."""

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from bot.playground.editing import DELETE_LIMIT
from bot.playground.person import Person
from bot.playground.server import BotApiServer
from bot.playground.world import QUERY_LIFETIME

from .conftest import TOKEN, Caller, Clock, make_bot

SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])


async def test_an_edit_is_seen_with_what_was_before(bot: Bot, person: Person) -> None:
    sent = await bot.send_message(person.id, "One", reply_markup=KEYBOARD)
    edited = await bot.edit_message_text("<b>Two</b>", person.id, sent.message_id, parse_mode="HTML")
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    [message] = person.chat.messages
    assert message.history == ["One", "Two"]
    assert message.styled("bold") == ["Two"]
    assert not message.buttons


async def test_an_edit_that_changes_nothing(call: Caller, person: Person) -> None:
    markup = KEYBOARD.to_dict()
    sent = await call("sendMessage", chat_id=person.id, text="One", reply_markup=markup)
    place = {"chat_id": person.id, "message_id": sent["message_id"]}
    assert await call.refused("editMessageText", **place, text="One", reply_markup=markup) == SAME
    assert await call.refused("editMessageReplyMarkup", **place, reply_markup=markup) == SAME
    await call("editMessageReplyMarkup", **place)
    assert await call.refused("editMessageReplyMarkup", **place) == SAME
    assert await call.refused("editMessageText", **place, text=" One ") == SAME
    await call("editMessageText", **place, text="One", parse_mode="HTML", reply_markup=markup)
    assert len(person.chat.messages[0].edits) == 2


async def test_refused_edits(call: Caller, person: Person) -> None:
    theirs = await person.writes("Mine")
    sent = await call("sendMessage", chat_id=person.id, text="One")
    ours = {"chat_id": person.id, "message_id": sent["message_id"]}

    async def refusal(**parameters: object) -> str:
        return await call.refused("editMessageText", **{**ours, "text": "x", **parameters})

    assert await refusal(message_id=5) == "Bad Request: message to edit not found"
    assert await refusal(message_id=theirs.message_id) == "Bad Request: message can't be edited"
    assert await refusal(message_id=None) == "Bad Request: message identifier is not specified"
    assert await refusal(chat_id=5) == "Bad Request: chat not found"
    assert await refusal(text="") == "Bad Request: message text is empty"
    assert await refusal(text="x" * 4097) == "Bad Request: MESSAGE_TOO_LONG"
    caption = await call.refused("editMessageCaption", **ours, caption="x")
    assert caption == "Bad Request: there is no caption in the message to edit"
    await person.deletes(sent["message_id"])
    assert await refusal() == "Bad Request: message to edit not found"


async def test_a_caption_is_edited(bot: Bot, person: Person) -> None:
    sent = await bot.send_document(person.id, b"x", caption="One", filename="a.txt")
    await bot.edit_message_caption(person.id, sent.message_id, caption="<i>Two</i>", parse_mode="HTML")
    [message] = person.chat.messages
    assert (message.text, message.styled("italic")) == ("Two", ["Two"])
    await bot.edit_message_caption(person.id, sent.message_id)
    assert message.text == ""
    assert message.payload["document"]["file_name"] == "a.txt"


async def test_deleting(call: Caller, person: Person) -> None:
    theirs = await person.writes("Mine")
    sent = await call("sendMessage", chat_id=person.id, text="One")
    await call("deleteMessage", chat_id=person.id, message_id=theirs.message_id)
    refusal = await call.refused("deleteMessage", chat_id=person.id, message_id=theirs.message_id)
    assert refusal == "Bad Request: message to delete not found"
    ids = [theirs.message_id, sent["message_id"], sent["message_id"]]
    await call("deleteMessages", chat_id=person.id, message_ids=ids)
    assert not person.chat.messages
    assert theirs.deleted


async def test_nothing_is_deleted_after_48_hours_or_in_anothers_group(clock: Clock) -> None:
    async with BotApiServer(token=TOKEN, clock=clock) as server, make_bot(server) as bot:
        person = server.person()
        old, young = await person.writes("Old"), await person.writes("Young")
        strangers = await server.group().member(person).writes("Hello")
        clock.now += DELETE_LIMIT
        await bot.delete_message(person.id, young.message_id)
        clock.now += 1
        with pytest.raises(Exception, match="can't be deleted for everyone"):
            await bot.delete_message(person.id, old.message_id)
        clock.now -= DELETE_LIMIT
        with pytest.raises(Exception, match="can't be deleted"):
            await bot.delete_message(strangers.chat.id, strangers.message_id)
        assert [message.text for message in person.chat.messages] == ["Old"]


def emoji(*names: str) -> list[dict[str, str]]:
    return [{"type": "emoji", "emoji": name} for name in names]


async def test_reactions(bot: Bot, call: Caller, person: Person) -> None:
    message = await person.writes("Hi")
    await bot.set_message_reaction(person.id, message.message_id, "✍")
    assert await person.reacted(message) == ("✍",)
    place = {"chat_id": person.id, "message_id": message.message_id}
    for _ in range(2):
        await call("setMessageReaction", **place, reaction=emoji("❤\u200d🔥"))
    assert await person.reacted(message) == ("❤\u200d🔥",)
    await call("setMessageReaction", **place)
    assert not message.bot_reactions


@pytest.mark.parametrize("name", ["✅", "✍\ufe0f", "x", ""])
async def test_refused_reactions(call: Caller, person: Person, name: str) -> None:
    message = await person.writes("Hi")
    place = {"chat_id": person.id, "message_id": message.message_id}
    invalid = await call.refused("setMessageReaction", **place, reaction=emoji(name))
    assert invalid == "Bad Request: REACTION_INVALID"
    custom = [{"type": "custom_emoji", "custom_emoji_id": "5"}]
    assert await call.refused("setMessageReaction", **place, reaction=custom) == invalid
    many = await call.refused("setMessageReaction", **place, reaction=emoji("👍", "👎"))
    assert many == "Bad Request: REACTIONS_TOO_MANY"
    await person.deletes(message)
    gone = await call.refused("setMessageReaction", **place, reaction=emoji("👍"))
    assert gone == "Bad Request: message to react not found"


async def test_a_tap_is_answered_once(bot: Bot, call: Caller, person: Person) -> None:
    sent = await bot.send_message(person.id, "?", reply_markup=KEYBOARD)
    tap = await person.taps(sent.message_id, "Yes")
    [update] = await bot.get_updates()
    query = update.callback_query
    assert query is not None
    assert query.message is not None
    assert (query.data, query.message.message_id, query.from_user.id) == ("yes", sent.message_id, person.id)
    await query.answer("Noted", show_alert=True)
    answer = await tap.answered()
    assert (answer.text, answer.alert) == ("Noted", True)
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await call.refused("answerCallbackQuery", callback_query_id=query.id) == too_old
    assert await call.refused("answerCallbackQuery", callback_query_id="5") == too_old
    with pytest.raises(LookupError):
        await person.taps(sent.message_id, "No")


async def test_a_tap_waits_for_a_minute_only(clock: Clock) -> None:
    async with BotApiServer(token=TOKEN, clock=clock) as server, make_bot(server) as bot:
        person = server.person()
        sent = await bot.send_message(person.id, "?", reply_markup=KEYBOARD)
        tap = await person.taps(sent.message_id, "yes")
        clock.now += QUERY_LIFETIME + 1
        with pytest.raises(Exception, match="too old"):
            await bot.answer_callback_query(tap.query_id)


async def test_a_tap_on_a_message_that_is_gone(bot: Bot, person: Person) -> None:
    sent = await bot.send_message(person.id, "?", reply_markup=KEYBOARD)
    [message] = person.chat.messages
    await bot.delete_message(person.id, sent.message_id)
    await person.taps(message, "Yes")
    [update] = await bot.get_updates()
    assert update.callback_query is not None
    assert update.callback_query.message is not None
    assert not update.callback_query.message.is_accessible
