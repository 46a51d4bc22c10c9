"""The outermost part of the web: what is too large goes no further, and what every answer carries."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.problems import problem

# Enough for the longest entry, whose every character may be escaped.
LARGEST_BODY = 1024 * 1024
TOO_LARGE = "the body is too large"
# So that a browser makes nothing more of an answer than it is.
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # A page has its own.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    # Tokens, and what people wrote.
    "Cache-Control": "no-store",
}


class Edge:
    """The library has a limit of its own for bodies, whose answer has another shape than ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        taken = 0

        async def receive_some() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LARGEST_BODY:
                raise HTTPException(413, TOO_LARGE)
            return message

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["type"] == "http" and _length(scope) > LARGEST_BODY:
            await problem(413, TOO_LARGE)(scope, receive, send_with)
            return
        await self._app(scope, receive_some, send_with)


def _length(scope: Scope) -> int:
    told = Headers(scope=scope).get("content-length", "")
    return int(told) if told.isdecimal() else 0
