"""The bot without Telegram: a Bot API server in this process, and the terminal as the person."""

import getpass
import locale
import secrets

from sqlalchemy.ext.asyncio import AsyncEngine

from bot import app, making
from bot.config import Settings
from bot.errors import ConfigurationError
from bot.playground.server import BotApiServer
from bot.playground.terminal import chat
from db.queries import people
from db.session import make_sessions

# The playground's person has an id that Telegram gives to nobody, so that nothing of the playground
# could ever reach a stranger.
PERSON = 2**52 + 1
BOT = 1


async def talk(settings: Settings) -> int:
    """Talk until the person leaves or the input ends; the exit code for the process."""
    token = f"{BOT}:{secrets.token_hex(16)}"
    settings = making.for_chat(settings)
    async with BotApiServer(token=token) as server, app.database(settings) as engine:
        await refuse_a_live_database(engine)
        local = settings.model_copy(update={"telegram_api_url": server.url})
        person = server.person(user_name(), language_code=user_language(), user_id=PERSON)
        async with app.daybook(local, engine, token, is_playground=True) as bot:
            return await bot.claim.while_ours(
                chat(server, person, bot.idle, lambda: where_else(bot), folder=settings.home / "received")
            )


async def where_else(bot: app.Daybook) -> str:
    """The port may be another than the settings say, and the server comes up a moment after the chat."""
    try:
        return f"The HTTP API and the pages are at {await bot.web_address()}"
    except ConfigurationError as error:
        return f"There is no HTTP API, and there are no pages: {error}"


async def refuse_a_live_database(engine: AsyncEngine) -> None:
    """The chat would take over what waits for people on Telegram, and show it here."""
    async with make_sessions(engine)() as session:
        if await people.others_than(session, PERSON):
            raise ConfigurationError(
                "DATABASE_URL: it holds diaries from Telegram, which a chat must not touch: "
                "unset it for the chat, or set TELEGRAM_BOT_TOKEN to serve them"
            )


def user_name() -> str:
    try:
        return getpass.getuser().title()
    except (KeyError, OSError):
        # A user id without an entry in the system's list, as in containers.
        return "You"


def user_language() -> str:
    return (locale.getlocale()[0] or "en").partition("_")[0] or "en"
