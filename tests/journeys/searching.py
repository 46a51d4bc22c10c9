"""What the conversations about searches share."""

from bot.playground.chat import Message
from db.models import Update

from .conftest import World
from .past import Past

OFFLINE = {"openai_api_key": None, "anthropic_api_key": None}


async def searched(past: Past, words: str) -> Message:
    await past.person.writes(f"/search {words}".strip())
    screen = await past.person.hears(lambda it: it.from_bot)
    await past.world.settle()
    return screen


async def tapped(past: Past, screen: Message, button: str) -> str:
    """What the bot said to the tap, once all of it is shown."""
    tap = await past.person.taps(screen, button)
    answer = await tap.answered()
    await past.world.settle()
    return answer.text


def labels(message: Message) -> list[list[str]]:
    return [[button.text for button in row] for row in message.keyboard]


def lines(message: Message) -> list[str]:
    """The entries that a page lists, without their numbers and days."""
    return [block.split("\n", 1)[1] for block in message.text.split("\n\n") if block[:1].isdigit()]


async def opened(past: Past, screen: Message, button: str) -> Message:
    await past.person.taps(screen, button)
    message = await past.person.hears("📖", since=screen)
    await past.world.settle()
    return message


async def no_trouble(world: World) -> bool:
    return all(row.attempts == 1 and row.error is None for row in await world.rows(Update))
