"""Edits, deletions, reactions and answers to taps."""

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaDocument, InputMediaPhoto
from telegram.error import BadRequest

from bot.playground.editing import DELETE_LIMIT
from bot.playground.person import Person
from bot.playground.samples import png
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


async def test_a_picture_is_exchanged(bot: Bot, server: BotApiServer, person: Person) -> None:
    sent = await bot.send_photo(person.id, png(3, 2), caption="One", reply_markup=KEYBOARD)
    media = InputMediaPhoto(png(5, 4), caption="<b>Two</b>", parse_mode="HTML", has_spoiler=True)
    await bot.edit_message_media(media, person.id, sent.message_id)
    [message] = person.chat.messages
    [photo] = message.payload["photo"]
    assert (photo["width"], message.text, message.styled("bold")) == (5, "Two", ["Two"])
    assert server.world.files.by_id(photo["file_id"]).data == png(5, 4)
    assert message.payload["has_media_spoiler"]
    assert not message.buttons
    await bot.edit_message_media(InputMediaPhoto(photo["file_id"]), person.id, sent.message_id)
    assert message.history == ["One", "Two", ""]
    assert "has_media_spoiler" not in message.payload
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_media(InputMediaPhoto(photo["file_id"]), person.id, sent.message_id)
    await bot.edit_message_media(InputMediaDocument(b"x", filename="a.txt"), person.id, sent.message_id)
    assert "photo" not in message.payload
    assert message.payload["document"]["file_name"] == "a.txt"


async def test_a_text_becomes_the_caption_of_a_picture(bot: Bot, person: Person) -> None:
    sent = await bot.send_message(person.id, "<b>One</b> a.org", parse_mode="HTML")
    await bot.edit_message_media(InputMediaPhoto(png(5, 4), caption="Two"), person.id, sent.message_id)
    [message] = person.chat.messages
    assert (message.text, message.entities) == ("Two", [])
    assert not {"text", "entities"} & set(message.payload)
    with pytest.raises(BadRequest, match="no text in the message"):
        await bot.edit_message_text("Three", person.id, sent.message_id)


async def test_refused_pictures_in_place_of_others(bot: Bot, call: Caller, person: Person) -> None:
    sent = await bot.send_photo(person.id, png(3, 2))
    place = {"chat_id": person.id, "message_id": sent.message_id}
    photo = {"type": "photo", "media": sent.photo[-1].file_id}

    async def refusal(**parameters: object) -> str:
        return await call.refused("editMessageMedia", **{**place, "media": photo, **parameters})

    assert await refusal(message_id=5) == "Bad Request: message to edit not found"
    assert "is required" in await refusal(media=None)
    assert "no type that is known" in await refusal(media={**photo, "type": "sticker"})
    lacking = await refusal(media={**photo, "media": "attach://x"})
    assert lacking == "Bad Request: there is no photo in the request"
    assert "caption is too long" in await refusal(media={**photo, "caption": "x" * 1025})
    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        await bot.edit_message_media(InputMediaPhoto(b"text"), person.id, sent.message_id)
    assert not person.chat.messages[0].edits
    voice = await bot.send_voice(person.id, b"OggS", duration=1)
    assert await refusal(message_id=voice.message_id) == "Bad Request: message can't be edited"
    first, _ = await bot.send_media_group(person.id, [InputMediaPhoto(png()), InputMediaPhoto(png())])
    document = {"type": "document", "media": sent.photo[-1].file_id}
    assert "album" in await refusal(message_id=first.message_id, media=document)


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
