"""What both vendor servers share: a real HTTP server on 127.0.0.1, its faults and its records."""

import asyncio
import dataclasses
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from aiohttp import web

KEY = "test-key"

Kind = Literal[
    # before the answer
    "status",  # an error with `status`, `type` and `code`
    "stall",  # never answers; ends when the client leaves
    "html",  # 200 with a web page, as from a captive portal
    "invalid_json",
    "empty",  # 200 with nothing
    # in a stream of Claude's
    "stall_midway",
    "cut_midway",  # the connection is torn
    "end_midway",  # the stream ends as if all were said
    "error_midway",  # an error event of `type`
    "slow",  # `seconds` between two pieces
    "refusal",
    "max_tokens",
    "stop_reason",  # `type` as the reason to stop
    "newer_events",  # events and blocks of a later version of the API among the known ones
    # in vectors
    "wrong_size",
    "nan",
    "zero",
    "missing",
    "shuffled",
]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing going wrong with one request. `after` counts the pieces of a stream sent before it."""

    kind: Kind
    status: int = 500
    type: str = "api_error"
    code: str | None = None
    retry_after: float | None = None
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    after: int = 2
    seconds: float = 0.05
    echo: bool = False  # the error's message repeats what was sent, as a vendor's may


def status(
    code: int, type_: str = "api_error", *, retry_after: float | None = None, retry: bool | None = None
) -> Fault:
    """An error answer. `retry` says to the SDK, in so many words, whether it should try again."""
    headers = {} if retry is None else {"x-should-retry": str(retry).lower()}
    return Fault(kind="status", status=code, type=type_, retry_after=retry_after, headers=headers)


def rate_limit(retry_after: float | None = None) -> Fault:
    return status(429, "rate_limit_error", retry_after=retry_after)


def overloaded() -> Fault:
    return status(529, "overloaded_error")


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A request as it came: `body` is the parsed JSON or the form; files stand in it as `Upload`."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Upload:
    filename: str
    content_type: str
    data: bytes


class Refusal(Exception):
    """The vendor's own refusal of a request."""

    def __init__(self, status: int, type_: str, message: str, code: str | None = None):
        super().__init__(message)
        self.status = status
        self.type = type_
        self.message = message
        self.code = code


class VendorServer:
    """Use as `async with`. `requests` records every request; `next(fault)` lets the next one fail and
    `always` all others; `delay` is the time in seconds before each answer."""

    def __init__(self, *, port: int = 0, key: str = KEY, delay: float = 0.0):
        self.requests: list[Recorded] = []
        self.always: Fault | None = None
        self.delay = delay
        self._faults: deque[Fault] = deque()
        self._port = port
        self._key = key
        self._stopping = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._count = 0

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        """What a client takes as its base URL."""
        return self.root

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/_next", self._take_fault)
        app.router.add_get("/_requests", self._show_requests)
        self.add_routes(app)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping.set()
        if self._runner:
            await self._runner.cleanup()

    def add_routes(self, app: web.Application) -> None:
        raise NotImplementedError

    def next(self, *faults: Fault) -> None:
        """Each fault is for one request, in order; the SDK's retries are requests too."""
        self._faults.extend(faults)

    def take_fault(self) -> Fault | None:
        return self._faults.popleft() if self._faults else self.always

    async def hold(self) -> None:
        """Says nothing until the client leaves, which cancels the handler, or the server stops."""
        await self._stopping.wait()

    async def wait(self) -> None:
        if self.delay:
            await asyncio.sleep(self.delay)

    def request_id(self) -> str:
        self._count += 1
        return f"req_{self._count:06}"

    async def _take_fault(self, request: web.Request) -> web.Response:
        """For a test in another process: the fields of a `Fault`, as JSON."""
        self.next(Fault(**await request.json()))
        return web.Response(status=204)

    async def _show_requests(self, _: web.Request) -> web.Response:
        records = [dataclasses.asdict(record) for record in self.requests]
        return web.json_response(records, dumps=lambda value: json.dumps(value, default=str))
