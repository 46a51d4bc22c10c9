"""The HTTP under python-telegram-bot: aiohttp, which carries many times more concurrent calls
than the library's own httpx transport, and tells a request that never left from one that did."""

import json
import math
import socket
from collections.abc import Mapping
from typing import Any

import aiohttp
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 20.0
UPLOAD_TIMEOUT = 120.0
# Servers close idle connections, and a request written to such a one is in doubt.
KEEP_ALIVE = 15.0


class Unsent(NetworkError):
    """The request never reached the server, so it can be repeated."""


class Transport(BaseRequest):
    """`connections` bounds the calls that are under way at once; more wait for a place."""

    def __init__(self, *, connections: int = 128) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return READ_TIMEOUT

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEEP_ALIVE)
            self._session = aiohttp.ClientSession(connector=connector, trust_env=True)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(self, url: str, parameters: Mapping[str, Any], *, read_timeout: float) -> Any:
        """One method, its result as raw JSON: fields that are newer than the library stay."""
        data = RequestData([RequestParameter.from_input(name, value) for name, value in parameters.items()])
        return await self.post(url, data, read_timeout=read_timeout)

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise RuntimeError("the transport is not initialized")
        uploads = request_data is not None and request_data.contains_files
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=None,
            sock_connect=_seconds(connect_timeout, CONNECT_TIMEOUT),
            sock_read=_seconds(read_timeout, UPLOAD_TIMEOUT if uploads else READ_TIMEOUT),
        )
        try:
            async with self._session.request(
                method, url, data=_body(request_data), timeout=timeout
            ) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, socket.gaierror) as error:
            raise Unsent(f"cannot connect: {type(error).__name__}") from None
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientError as error:
            # The URL holds the token: only the kind of the error is passed on.
            raise NetworkError(f"the connection broke: {type(error).__name__}") from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """As the library does, without its log line: the payload holds what people wrote."""
        try:
            # NaN and its like are no JSON, and Postgres would refuse to store them.
            text = payload.decode("utf-8", "replace")
            answer = json.loads(text, parse_constant=lambda _: None, parse_float=_finite)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("invalid server response")
        return answer


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _seconds(value: ODVInput[float], default: float) -> float | None:
    return value if isinstance(value, int | float) or value is None else default


def _body(request_data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if request_data is None:
        return None
    if not request_data.contains_files:
        return request_data.json_parameters
    form = aiohttp.FormData(request_data.json_parameters)
    for name, (filename, content, mime_type) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime_type)
    return form
