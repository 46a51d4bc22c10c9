"""What the conversations about corrections and deletions share."""

from typing import Any

from bot.playground.chat import Message
from bot.playground.person import Person
from db.models import Metric, Update
from tests.recordings import recording

from .conftest import World

READ = {
    "language": "en",
    "metrics": [
        {"name": "mood", "value": 7, "quote": "Mood 7"},
        {"name": "sleep_hours", "value": 6.5, "quote": "slept 6.5 <hours>"},
    ],
}
TOLD = "Mood 7, slept 6.5 <hours>"


async def answered(world: World, person: Person, text: str = TOLD, read: Any = None) -> Message:
    """The reply to an entry, settled."""
    world.anthropic.give(READ if read is None else read)
    world.anthropic.say("I see.")
    await person.writes(text)
    reply = await person.hears(lambda it: it.text.startswith("I see."))
    await world.settle()
    return reply


async def tap(world: World, person: Person, message: Message, *buttons: str) -> str:
    """Press one button after the other; what the last tap brought up."""
    said = ""
    for button in buttons:
        said = (await (await person.taps(message, button)).answered()).text
        await world.settle()
    return said


def labels(message: Message) -> list[str]:
    return [button.text for button in message.buttons]


async def counted(world: World) -> dict[str, tuple[float, str, float | None]]:
    rows = [row for row in await world.rows(Metric) if row.removed_at is None]
    return {row.name: (row.value, row.source, row.model_value) for row in rows}


def forge(world: World, person: Person, message: Message, data: str) -> None:
    """A tap as a changed client may send it."""
    query = world.telegram.world.open_query(person.chat)
    value = {"id": query.query_id, "from": person.sender, "chat_instance": "1", "data": data}
    world.telegram.world.updates.add(
        "callback_query", value | {"message": message.payload}, lane=person.chat.id
    )


async def all_went_well(world: World) -> None:
    assert all(row.error is None and row.attempts == 1 for row in await world.rows(Update))


async def spoken(world: World, person: Person, says: str = "I slept badly", **more: Any) -> Message:
    """The transcript of a voice note, settled."""
    await person.speaks(recording(1, says=says), **more)
    shown = await person.hears("What I heard")
    await world.settle()
    return shown
