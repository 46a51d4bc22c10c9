"""The web port: free, used by a Daybook that runs already, or used by another program."""

import aiohttp

from bot.check.line import Line
from bot.config import Settings
from bot.errors import ConfigurationError
from bot.web.server import EVERYWHERE, listen

PATIENCE = aiohttp.ClientTimeout(total=2)
HEALTH = ({"status": "healthy"}, {"status": "unhealthy"})


async def port(settings: Settings) -> Line:
    if settings.token is None:
        return Line(part="Web", state="off", what=_of_the_chat(settings))
    address = _address(settings)
    try:
        listen(settings.http_host, settings.http_port).close()
    except ConfigurationError as error:
        if await _is_daybook(f"{address}/health"):
            return Line(part="Web", state="ok", what=f"a Daybook answers at {address}/health already")
        return Line(part="Web", state="wrong", what=str(error))
    if settings.http_port == 0:
        return Line(part="Web", state="ok", what=f"any free port of {settings.http_host}")
    return Line(part="Web", state="ok", what=f"{address}/health, the port is free")


def _of_the_chat(settings: Settings) -> str:
    if settings.http_port == 0:
        return f"the chat takes any free port of {settings.http_host} and says which"
    return f"the chat answers at {_address(settings)}, or takes a free port and says which"


def _address(settings: Settings) -> str:
    host = EVERYWHERE.get(settings.http_host, settings.http_host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.http_port}"


async def _is_daybook(url: str) -> bool:
    try:
        async with aiohttp.ClientSession(timeout=PATIENCE) as session, session.get(url) as answer:
            return await answer.json(content_type=None) in HEALTH
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return False
