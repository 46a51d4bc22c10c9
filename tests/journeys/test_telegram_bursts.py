"""Many messages at once that are no entries get one answer; an album is answered as a whole."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.playground.person import Person
from bot.playground.speaker import Speaker
from db.models import Outgoing

from .conftest import World


def album(world: World, person: Person, number: str = "13") -> Speaker:
    return Speaker(world.telegram.world, person.chat, person.sender, media_group_id=number)


async def test_thirty_stickers_get_one_answer_and_a_later_one_another(started: World) -> None:
    person = started.person()
    for _ in range(30):
        await person.sends_sticker()
    await started.settle()
    assert len(person.chat.bot_messages) == 1
    async with started.sessions.begin() as session:
        await session.execute(update(Outgoing).values(created_at=Outgoing.created_at - timedelta(minutes=5)))
    await person.sends_sticker()
    await person.hears("sticker")
    await started.settle()
    assert len(person.chat.bot_messages) == 2


async def test_what_is_of_another_sort_or_in_another_chat_is_answered_as_well(started: World) -> None:
    mina, tom = started.person(), started.person(first_name="Tom")
    await mina.sends_sticker()
    await mina.sends_location()
    await mina.writes("/nonsense")
    await mina.writes("/more nonsense")
    await tom.sends_sticker()
    await started.settle()
    assert len(mina.chat.bot_messages) == 3
    assert len(tom.chat.bot_messages) == 1


async def test_albums_without_a_caption_get_one_answer(started: World) -> None:
    person = started.person()
    for number in range(50):
        await album(started, person, str(number // 10)).sends_photo()
    await started.settle()
    [answer] = person.chat.bot_messages
    assert "can't see pictures" in answer.text
    assert not await started.entries()


@pytest.mark.parametrize("place", [0, 2])
async def test_an_album_with_one_caption_is_one_entry_and_nothing_else(started: World, place: int) -> None:
    person = started.person()
    started.anthropic.say("What a lake")
    speaker = album(started, person)
    for number in range(3):
        await speaker.sends_photo(caption="The lake at six" if number == place else None)
    await person.hears("What a lake")
    await started.let_time_pass()
    await started.settle()
    [entry] = await started.entries()
    assert entry.body == "The lake at six"
    assert [it.text for it in person.chat.bot_messages] == ["What a lake"]


async def test_an_album_after_one_with_a_caption_is_answered(started: World) -> None:
    person = started.person()
    started.anthropic.say("What a lake")
    await album(started, person, "1").sends_photo(caption="The lake at six")
    await person.hears("What a lake")
    await album(started, person, "2").sends_photo()
    await person.hears("can't see pictures")
    await started.settle()
    assert len(person.chat.bot_messages) == 2


async def test_a_burst_of_entries_is_kept_whole_and_answered_in_order(started: World) -> None:
    person = started.person()
    for number in range(50):
        await person.writes(f"Entry number {number}.")
    await started.settle()
    assert [entry.body for entry in await started.entries()] == [f"Entry number {n}." for n in range(50)]
    found = [it.text for it in person.chat.bot_messages]
    assert [f"number {n}." in text for n, text in enumerate(found)] == [True] * 50
