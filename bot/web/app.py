"""The HTTP side: health, the API, and Telegram's webhook."""

import hmac
import json
import math
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response

from bot.journal.accounts import Accounts
from bot.journal.accounts.linking import Linking
from bot.web import auth, entries, goals, health, links, metrics, pages, problems, scores, search
from bot.web.depth import nests_deeper
from bot.web.desk import ApiParts
from bot.web.edge import Edge
from bot.web.paths import WEBHOOK

DEEPEST_UPDATE = 64

DESCRIPTION = """A diary's own door for programs: sign in with e-mail and password, and reach what is yours.

Every route but `register`, `login` and the health of the process wants `Authorization: Bearer <token>`.
Whatever goes wrong is told as `{"detail": "…"}`. Times are UTC, in RFC 3339."""


def build(
    put: Callable[[Sequence[dict[str, Any]]], Awaitable[None]] | None,
    secret: str,
    ready: Callable[[], Awaitable[dict[str, str]]],
    accounts: Accounts,
    parts: ApiParts | None = None,
) -> FastAPI:
    """`put` commits raw updates, None where updates are polled. `ready` tells each part: "ok", "off" or
    what is wrong with it."""
    app = FastAPI(
        title="Daybook",
        version="1",
        description=DESCRIPTION,
        # Its pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        # It would lead to whatever host the request names, by http where a proxy has not said https.
        redirect_slashes=False,
    )
    app.state.accounts = accounts
    app.state.parts = parts
    app.add_middleware(Edge)
    problems.install(app)
    app.include_router(health.router(ready))
    for area in (auth, entries, metrics, goals, scores, search):
        app.include_router(area.router)
    app.include_router(metrics.kinds)
    if put is not None:
        _add_webhook(app, put, secret.encode())
    return app


def add_links(app: FastAPI, linking: Linking, *, bot_link: Callable[[], str], is_secure: bool) -> None:
    """Links that open once, from the account and from a chat. `bot_link` is where the bot is met, `is_secure`
    says that browsers come by https."""
    app.include_router(links.router(linking, bot_link))
    app.include_router(pages.router(linking, is_secure=is_secure))


def _add_webhook(
    app: FastAPI, put: Callable[[Sequence[dict[str, Any]]], Awaitable[None]], secret: bytes
) -> None:
    @app.post(WEBHOOK, include_in_schema=False)
    async def webhook(request: Request) -> Response:
        """Acknowledge an update once it is committed."""
        given = request.headers.get("x-telegram-bot-api-secret-token", "")
        # Compared as bytes: the header may hold anything, and the time must not tell how much fits.
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), secret):
            return Response(status_code=401)
        # What is too large the edge has refused.
        update = _parse(await request.body())
        if update is None:
            return Response(status_code=400)
        await put([update])
        return Response(status_code=200)


def _parse(body: bytes) -> dict[str, Any] | None:
    """The update, or None for what is none: no JSON, nested too deep, or without an integer id."""
    if nests_deeper(body, DEEPEST_UPDATE):
        return None
    try:
        update = json.loads(body, parse_constant=_refuse, parse_float=_finite)
    except ValueError:
        return None
    update_id = update.get("update_id") if isinstance(update, dict) else None
    return update if type(update_id) is int and 0 <= update_id < 2**63 else None


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("too large a number")
    return number


def _refuse(constant: str) -> None:
    """NaN and its like are no JSON, though Python reads them."""
    raise ValueError(constant)
