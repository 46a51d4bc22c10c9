"""`kill -9` around the commits and the calls that bring a picture into the chat: it is there once."""

import os

import pytest

from db.models import StoredPicture

from . import doomed
from .conftest import World
from .scored import diary_of
from .test_crash import dies_or_finishes, settings_of, wait_for_end

# A command that shows a picture has about a dozen moments. The suite tries some.
EVERY = bool(os.environ.get("EVERY_MOMENT"))
MOMENTS = range(1, 16) if EVERY else range(3, 16, 3)


@pytest.mark.parametrize("at", MOMENTS)
async def test_a_picture_is_shown_once_though_the_bot_is_killed(world: World, at: int) -> None:
    await world.start()
    diary = await diary_of(world)
    for back in range(3):
        await diary.score(back, 60 + back)
    await world.stop()
    person = diary.person
    process, moments = doomed.start(settings_of(world), at)
    await person.writes("/stats")
    survived = await dies_or_finishes(world, process, person)
    await world.let_time_pass()
    if not survived:
        process, moments = doomed.start(settings_of(world))
    try:
        message = await person.hears(lambda it: "3 of 30 days" in it.text and it.buttons, timeout=60)
        await world.all_done()
    finally:
        process.kill()
        await wait_for_end(process)
        moments.close()
    assert [it for it in person.chat.bot_messages if "photo" in it.payload] == [message]
    assert diary.picture(message).width == 1080
    # What a killed try drew and never put into the outbox goes with the purge.
    assert len(await world.rows(StoredPicture)) <= 1
