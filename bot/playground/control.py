"""The people's side of the server over HTTP, for a test or a tool in another process.

    POST /control/persons               {"first_name": "Mina", …}            -> {"id": 200000001}
    POST /control/persons/<id>/<verb>   the verb's arguments by name          -> what it returns
    GET  /control/chats/<id>                                                  -> the chat as it is now
    GET  /control/calls                                                       -> the bot's calls
    POST /control/faults                the arguments of BotApiServer.fail    -> {}
    POST /control/release               lets every held call go               -> {}

Bytes travel as base64. Whoever reaches these routes can speak as anybody, so a server has them only
when asked for (`python -m bot.playground`), and never in a chat that somebody uses.
"""

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.playground.chat import Chat, Message
from bot.playground.errors import ApiRefused
from bot.playground.parameters import Upload
from bot.playground.person import Person
from bot.playground.server import BotApiServer

_VERBS = {
    "writes", "pastes", "edits", "speaks", "sends_audio", "sends_photo", "sends_document", "sends_sticker",
    "sends_location", "sends_contact", "sends_poll", "forwards", "taps", "reacts", "deletes", "hears",
    "blocks", "unblocks",
}  # fmt: skip
_BYTES = {"audio", "picture", "data"}


def add_control(server: BotApiServer) -> None:
    """Add the routes; call it before the server starts."""
    control = _Control(server)
    for method, path, handler in (
        ("POST", "/persons", control.add_person),
        ("POST", "/persons/{id}/{verb}", control.act),
        ("GET", "/chats/{id}", control.show_chat),
        ("GET", "/calls", control.show_calls),
        ("POST", "/faults", control.plan_fault),
        ("POST", "/release", control.release),
    ):
        server.app.router.add_route(method, "/control" + path, _guarded(handler))


class _Control:
    def __init__(self, server: BotApiServer):
        self._server = server
        self._persons: dict[int, Person] = {}

    async def add_person(self, request: web.Request) -> Any:
        person = self._server.person(**await _arguments(request))
        self._persons[person.id] = person
        return {"id": person.id}

    async def act(self, request: web.Request) -> Any:
        person, verb = self._persons[int(request.match_info["id"])], request.match_info["verb"]
        if verb not in _VERBS:
            raise LookupError("no such verb")
        return _plain(await getattr(person, verb)(**await _arguments(request)))

    async def show_chat(self, request: web.Request) -> Any:
        return _plain(self._server.world.chat(int(request.match_info["id"])))

    async def show_calls(self, request: web.Request) -> Any:
        return [_plain(vars(call)) for call in self._server.calls]

    async def plan_fault(self, request: web.Request) -> Any:
        self._server.fail(**await _arguments(request))
        return {}

    async def release(self, request: web.Request) -> Any:
        self._server.faults.release_all()
        return {}


def _guarded(
    handler: Callable[[web.Request], Awaitable[Any]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            return web.json_response(await handler(request))
        except TimeoutError:
            return web.json_response({"error": "timeout"}, status=408)
        except (ApiRefused, LookupError, TypeError, ValueError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

    return answer


async def _arguments(request: web.Request) -> dict[str, Any]:
    given = json.loads(await request.read() or b"{}")
    return {name: base64.b64decode(value) if name in _BYTES else value for name, value in given.items()}


def _plain(value: Any) -> Any:
    """As JSON; a message becomes its payload with what only a screen knows beside it."""
    if isinstance(value, Message):
        reactions = [emoji for one in value.reactions.values() for emoji in one]
        return {**value.payload, "history": value.history, "reactions": reactions}
    if isinstance(value, Chat):
        return {
            "messages": _plain(value.messages),
            "drafts": [draft.text for draft in value.drafts],
            "action": value.action,
            "blocked": value.blocked,
        }
    if isinstance(value, Upload):
        return {"filename": value.filename, "size": len(value.data)}
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | None) else getattr(value, "query_id", str(value))
