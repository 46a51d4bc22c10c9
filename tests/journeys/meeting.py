"""What the conversations of the first meeting and the settings share."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.journal.preferences import Preferences
from bot.playground.chat import Message
from bot.playground.person import Person
from db.models import TelegramIdentity, Update, User

from .conftest import World

ASKS_ZONE, ASKS_HOUR, DONE = "Where do you live?", "When shall I sum up", "That's all I need."


async def greets(world: World, person: Person) -> Message:
    """Meet the bot; the message that asks for the time zone."""
    await person.writes("/start")
    question = await person.hears(ASKS_ZONE)
    await world.settle()
    return question


async def says(world: World, person: Person, text: str, answer: str) -> Message:
    await person.writes(text)
    message = await person.hears(answer)
    await world.settle()
    return message


async def taps(world: World, person: Person, message: Message, button: str) -> str:
    """The notice that the tap brings up."""
    tap = await person.taps(message, button_of(message, button))
    answer = await tap.answered()
    await world.settle()
    return answer.text


def button_of(message: Message, start: str) -> str:
    return next(it.text for it in message.buttons if it.text.startswith(start))


def labels(message: Message) -> list[str]:
    return [button.text for button in message.buttons]


async def user(world: World) -> User:
    [found] = await world.rows(User)
    assert isinstance(found, User)
    return found


async def chosen(world: World) -> Preferences:
    return Preferences.of((await user(world)).settings)


async def nothing_failed(world: World) -> None:
    assert all(row.attempts == 1 and row.error is None for row in await world.rows(Update))


def is_time_in(zone: str, text: str) -> bool:
    """Whether the text shows the time in the zone, which may have moved on by a minute."""
    now = datetime.now(ZoneInfo(zone))
    return any(f"{now - timedelta(minutes=ago):%H:%M}" in text for ago in (0, 1))


async def user_of(world: World, person: Person) -> User:
    async with world.sessions() as session:
        identity = await session.get_one(TelegramIdentity, person.id)
        return await session.get_one(User, identity.user_id)
