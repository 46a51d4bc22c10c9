"""The Bot API on this machine: what Telegram's server is to a bot, for the playground and for tests.

    async with BotApiServer(token="123:abc") as server:
        person = server.person(first_name="Mina")
        message = await person.writes("Slept well")
        reply = await person.hears("well")

The API is at `{server.url}/bot<token>/<method>`, files at `{server.url}/file/bot<token>/<path>`.
"""

import asyncio
import json
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.playground.errors import ApiRefused
from bot.playground.faults import FILE_DOWNLOAD, Fault, Faults, fault
from bot.playground.limits import RateLimits
from bot.playground.methods import perform
from bot.playground.parameters import METHOD_NAMES, Parameters
from bot.playground.person import Channel, Group, Person
from bot.playground.reading import read_parameters
from bot.playground.requests import read_request
from bot.playground.webhook import Webhook
from bot.playground.world import World

_LARGEST_REQUEST = 55 * 1024 * 1024
_BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of the bot. `parameters` are typed, or raw where they were refused; `error` is the
    description of a refusal, or the kind of fault that met the call."""

    method: str
    parameters: Parameters
    result: Any = None
    error: str | None = None
    at: float

    @property
    def chat_id(self) -> int | None:
        return _chat_id(self.parameters)


class BotApiServer:
    """One bot's server. `first_id` starts the numbering of messages and updates (see world.py);
    `limits` turns Telegram's rate limits on; `webhook_delay` is the first pause, in seconds, after a
    webhook failed; `clock` gives Unix seconds; `calls` keeps the last `journal` calls."""

    def __init__(
        self,
        *,
        token: str,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Callable[[], float] = time.time,
        first_id: int | None = None,
        limits: RateLimits | None = None,
        webhook_delay: float = 1.0,
        journal: int = 100_000,
    ):
        self.token = token
        self.limits = limits
        self.faults = Faults()
        self.calls: deque[Call] = deque(maxlen=journal)
        self.world = World(bot_id=_bot_id(token), clock=clock, first_id=first_id)
        self.webhook = Webhook(self.world.updates, first_delay=webhook_delay, clock=clock)
        self.app = web.Application(client_max_size=_LARGEST_REQUEST)
        self.app.router.add_route("*", "/bot{token}/{method}", self._answer)
        self.app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None
        self._watchers: set[asyncio.Event] = set()

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        """After a `stop`, on the same port as before, with everything that was there."""
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Cut every connection, as an outage does; calls under way are not done."""
        await self.webhook.point_at(None)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def person(
        self, first_name: str = "Mina", *, language_code: str | None = "en", last_name: str | None = None,
        username: str | None = None, user_id: int | None = None, is_bot: bool = False,
    ) -> Person:  # fmt: skip
        """Somebody new, in a private chat with the bot; ids count up from a fixed one."""
        optional = {"last_name": last_name, "username": username, "language_code": language_code}
        user = {
            "id": self.world.new_person_id() if user_id is None else user_id,
            "is_bot": is_bot,
            "first_name": first_name,
            **{name: value for name, value in optional.items() if value is not None},
        }
        return Person(self.world, user)

    def group(self, title: str = "Family", kind: str = "supergroup") -> Group:
        return Group(self.world, title, kind)

    def channel(self, title: str = "News") -> Channel:
        return Channel(self.world, title)

    def fail(
        self, kind: str, method: str, *, chat_id: int | None = None, times: int = 1, retry_after: int = 5
    ) -> Fault:
        """Let the next calls of `method` fail: busy (429), forbidden (403), broken (500), bad_gateway
        (502), lost_answer, unsent; late_answer or hold (until the Fault's `release`). Downloads are
        `"file"`."""
        return self.faults.plan(fault(kind, method, chat_id=chat_id, times=times, retry_after=retry_after))

    def count(self, method: str, chat_id: int | None = None) -> int:
        return sum(call.method == method and chat_id in {None, call.chat_id} for call in self.calls)

    async def delivered(self) -> None:
        """Return once the bot has confirmed every update."""
        await self.world.updates.drained()

    async def polled(self) -> None:
        """Return once the bot waits in a long poll."""
        await self.world.updates.in_poll()

    async def until(self, condition: Callable[[], Any], timeout: float = 20.0) -> None:  # noqa: ASYNC109
        """Return once `condition()` holds; it is looked at after every call, and at every fault that
        meets one. Raises TimeoutError."""
        called = asyncio.Event()
        self._watchers.add(called)
        try:
            async with asyncio.timeout(timeout):
                while not condition():
                    await called.wait()
                    called.clear()
        finally:
            self._watchers.discard(called)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = METHOD_NAMES.get(request.match_info["method"].lower())
        try:
            self._check_token(request)
            if method is None:
                raise ApiRefused(404, "Not Found: method not found")
            result = await self._call(method, request)
        except ApiRefused as refusal:
            return _json(refusal.payload(), status=refusal.code)
        if isinstance(result, web.StreamResponse):
            return result
        return _json({"ok": True, "result": result})

    async def _call(self, method: str, request: web.Request) -> Any:
        """The result, or the response that a fault puts in its place. Raises ApiRefused."""
        raw: dict[str, Any] = {}
        try:
            raw, uploads = await read_request(request)
            given = read_parameters(method, raw, uploads)
        except ApiRefused as refusal:
            self._note(method, raw, error=refusal.description)
            raise
        met = self.faults.next_for(method, _chat_id(given))
        try:
            if met is not None:
                self._stir()
                answered = await _meet(met, request)
                if answered is not None:
                    self._note(method, given, error=met.kind)
                    return answered
            if self.limits is not None:
                self.limits.check(method, given.get("chat_id"))
            result = await perform(method, self.world, self.webhook, given, uploads)
        except ApiRefused as refusal:
            self._note(method, given, error=refusal.description)
            raise
        self._note(method, given, result=result)
        if met is not None and met.kind == "late_answer":
            await met.released()
        return _cut(request) if met is not None and met.kind == "lost_answer" else result

    async def _download(self, request: web.Request) -> web.StreamResponse:
        met = self.faults.next_for(FILE_DOWNLOAD, None)
        try:
            self._check_token(request)
            answered = None if met is None else await _meet(met, request)
            if answered is not None:
                return answered
            stored = self.world.files.by_path(request.match_info["path"])
        except ApiRefused as refusal:
            return _json(refusal.payload(), status=refusal.code)
        return web.Response(body=stored.data, content_type="application/octet-stream")

    def _check_token(self, request: web.Request) -> None:
        if not secrets.compare_digest(request.match_info["token"].encode(), self.token.encode()):
            raise ApiRefused(401, "Unauthorized")

    def _note(self, method: str, given: Parameters, *, result: Any = None, error: str | None = None) -> None:
        self.calls.append(
            Call(method=method, parameters=given, result=result, error=error, at=self.world.clock())
        )
        self._stir()

    def _stir(self) -> None:
        for watcher in self._watchers:
            watcher.set()


async def _meet(met: Fault, request: web.Request) -> web.StreamResponse | None:
    """What a fault answers instead of the call; None lets the call be done. Raises ApiRefused."""
    if met.kind == "refuse" and met.refusal is not None:
        raise met.refusal
    if met.kind == "bad_gateway":
        return web.Response(status=502, text=_BAD_GATEWAY, content_type="text/html")
    if met.kind == "unsent":
        return _cut(request)
    if met.kind == "hold":
        await met.released()
    return None


def _cut(request: web.Request) -> web.StreamResponse:
    """Close the connection; the response that comes back has nowhere to go."""
    if request.transport is not None:
        request.transport.close()
    return web.Response(status=499)


def _json(payload: Any, status: int = 200) -> web.Response:
    return web.Response(body=json.dumps(payload).encode(), content_type="application/json", status=status)


def _chat_id(given: Parameters) -> int | None:
    chat_id = given.get("chat_id")
    return chat_id if isinstance(chat_id, int) else None


def _bot_id(token: str) -> int:
    """A token begins with the bot's id. Raises ValueError for one that does not."""
    number, colon, secret = token.partition(":")
    if not (number.isdecimal() and colon and secret):
        raise ValueError("a bot token reads <number>:<letters>")
    return int(number)
