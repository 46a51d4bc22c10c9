"""Groups, channels, bots and business accounts: a polite word or none, and never a crash."""

from typing import Any

import pytest

from bot.playground.speaker import Speaker
from db.models import Update

from .conftest import World

OURS = "daybook_playground_bot"
BOT = {"id": 77, "is_bot": True, "first_name": "Other", "username": "other_bot"}
CHANNEL_BOT = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}


async def nothing_failed(world: World) -> None:
    await world.settle()
    assert all(row.attempts == 1 and row.error is None for row in await world.rows(Update))


async def test_a_group_that_names_the_bot_hears_one_word_an_hour(started: World) -> None:
    group, person = started.telegram.group(), started.person()
    moment = started.telegram.world.clock() // 3600 * 3600
    started.telegram.world.clock = lambda: moment
    member = group.member(person)
    await member.writes(f"/start@{OURS}")
    await member.writes(f"/help@{OURS.upper()} please")
    await nothing_failed(started)
    [answer] = group.chat.bot_messages
    assert f"t.me/{OURS}" in answer.text
    started.telegram.world.clock = lambda: moment + 3600
    await group.anonymous_admin().writes(f"/start@{OURS}")
    await nothing_failed(started)
    assert len(group.chat.bot_messages) == 2
    assert not await started.entries()


@pytest.mark.parametrize("words", ["/start", "/help", "/start@other_bot", "/foo@other_bot", "I slept well"])
async def test_a_group_hears_nothing_about_what_is_not_meant_for_the_bot(started: World, words: str) -> None:
    group, person = started.telegram.group(), started.person()
    await group.member(person).writes(words)
    await group.member(person).sends_sticker()
    await nothing_failed(started)
    assert not group.chat.bot_messages
    assert not await started.entries()


async def test_bots_and_channels_in_a_group_hear_nothing(started: World) -> None:
    group = started.telegram.group()
    world = started.telegram.world
    other = {"id": -1001234, "type": "channel", "title": "News"}
    await Speaker(world, group.chat, BOT).writes(f"/start@{OURS}")
    await Speaker(world, group.chat, CHANNEL_BOT, sender_chat=other).writes(f"/start@{OURS}")
    await nothing_failed(started)
    assert not group.chat.bot_messages


async def test_a_bot_that_writes_in_private_is_not_talked_to(started: World) -> None:
    other = started.telegram.person(first_name="Other", is_bot=True)
    await other.writes("Hello, bot")
    await other.writes("/start")
    await other.sends_sticker()
    await nothing_failed(started)
    assert not other.chat.bot_messages
    assert not await started.entries()


async def test_what_is_chosen_in_another_bots_menu_is_an_entry_like_any_words(started: World) -> None:
    person = started.person()
    chosen = Speaker(started.telegram.world, person.chat, person.sender, via_bot=BOT)
    await chosen.writes("To be, or not to be")
    await person.hears("To be, or not to be")
    await nothing_failed(started)
    [entry] = await started.entries()
    assert entry.body == "To be, or not to be"


async def test_a_forwarded_message_is_an_entry(started: World) -> None:
    person, tom = started.person(), started.person(first_name="Tom")
    await person.forwards("Look at this", of=tom)
    await person.hears("Look at this")
    await nothing_failed(started)
    [entry] = await started.entries()
    assert entry.body == "Look at this"


async def test_channel_posts_and_business_messages_are_passed_over(started: World) -> None:
    channel, person = started.telegram.channel(), started.person()
    world = started.telegram.world
    world.updates.allow(
        ["message", "channel_post", "edited_channel_post", "business_message", "business_connection"]
    )
    post = await channel.writes(f"/start@{OURS}")
    await channel.edits(post, "News")
    business: dict[str, Any] = {
        **world.new_message(person.chat, person.sender, {"text": "To a shop"}),
        "business_connection_id": "b1",
    }
    world.updates.add("business_message", business, lane=person.id)
    world.updates.add(
        "business_connection",
        {
            "id": "b1",
            "user": person.sender,
            "user_chat_id": person.id,
            "date": world.now(),
            "is_enabled": True,
        },
        lane=person.id,
    )
    await nothing_failed(started)
    assert len(await started.rows(Update)) == 4
    assert not channel.chat.bot_messages
    assert not person.chat.bot_messages
    assert not await started.entries()


async def test_being_added_to_a_group_and_thrown_out_again_is_survived(started: World) -> None:
    group, person = started.telegram.group(), started.person()
    await group.adds_bot(person)
    await group.member(person).writes(f"/start@{OURS}")
    await group.removes_bot(person)
    await nothing_failed(started)
    assert len(group.chat.bot_messages) <= 1
    await person.writes("In private")
    await person.hears("In private")
    await nothing_failed(started)


async def test_a_bot_without_a_name_still_talks(world: World) -> None:
    del world.telegram.world.bot["username"]
    world.telegram.world.bot["something_new"] = {"of": ["any", "shape"]}
    await world.start()
    person, group = world.person(), world.telegram.group()
    await group.member(person).writes("/start@")
    await person.writes("/start")
    await person.hears("Daybook")
    await nothing_failed(world)
    assert not group.chat.bot_messages
