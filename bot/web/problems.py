"""What goes wrong, as HTTP tells it: one shape, `{"detail": …}`, whatever it was.

`answers` declares in the OpenAPI document what `install` answers with; a route names what it may come to.
"""

import logging
import math
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from bot import errors
from bot.web.shapes import Care

log = logging.getLogger(__name__)

# What each kind of error comes to; of two that fit, the nearer one.
STATUS: dict[type[Exception], int] = {
    errors.AccountError: 400,
    errors.EmailRefused: 422,
    errors.PasswordRefused: 422,
    errors.EmailTaken: 409,
    errors.AlreadyAnAccount: 409,
    errors.LastDoor: 409,
    errors.SignInRefused: 401,
    errors.TokenRefused: 401,
    errors.PasswordWrong: 403,
    errors.SignInTooOld: 403,
    errors.TooManyAttempts: 429,
    errors.AccountsBusy: 503,
    errors.Refusal: 409,
    errors.NotThere: 404,
    errors.OutOfRange: 422,
}
# The database is away, or has more to do than it can: worth trying again a moment later.
AWAY = (errors.DatabaseError, DBAPIError, PoolTimeout, TimeoutError, OSError)
AGAIN_AFTER = 5.0

WHEN = {
    400: "The body cannot be read: it is no JSON, or nests too deep.",
    401: "Not signed in, or not any more; at `login`, the wrong e-mail or password.",
    403: "The password is missing, or wrong.",
    404: "There is no such thing of yours.",
    409: "It clashes with what is there.",
    413: "The body is too large.",
    415: "The body is of another type than the one described.",
    422: "Something in the request is not as described.",
    429: "Too many attempts; try again after the seconds that `Retry-After` names.",
    503: "Too much at once, or the database is away; try again after the seconds that `Retry-After` names.",
}
_RETRY = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}}
HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "`Bearer`.", "schema": {"type": "string"}}},
    429: _RETRY,
    503: _RETRY,
}


class Problem(BaseModel):
    """What is wrong, in words for a person."""

    model_config = ConfigDict(extra="forbid")

    detail: str = Field(examples=["wrong e-mail or password"])
    care: Care | None = Field(
        default=None,
        description="The card with help, where words of somebody who may be in danger were to be a goal: "
        "they become none. Nothing of them is kept; as an entry they would be.",
    )


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`."""
    declared: dict[int | str, dict[str, Any]] = {}
    for status in sorted({*statuses, 503}):
        declared[status] = {"model": Problem, "description": WHEN[status]}
        if status in HEADERS:
            declared[status]["headers"] = HEADERS[status]
    return declared


# What any route with a body may come to.
BODY = (400, 413, 415, 422)


def install(app: FastAPI) -> None:
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for kind in STATUS:
        app.add_exception_handler(kind, _ours)
    for kind in AWAY:
        app.add_exception_handler(kind, _away)
    app.add_exception_handler(Exception, _unexpected)


def problem(status: int, detail: str, *, retry_after: float | None = None, **more: Any) -> JSONResponse:
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if retry_after is not None:
        headers |= come_back(retry_after)
    return JSONResponse({"detail": detail} | more, status_code=status, headers=headers)


def come_back(seconds: float) -> dict[str, str]:
    """The header that says when; never too early."""
    return {"Retry-After": str(max(math.ceil(seconds), 1))}


async def _ours(_request: Request, error: Exception) -> JSONResponse:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    more = {"care": error.care} if isinstance(error, errors.NeedsCare) else {}
    return problem(status, str(error), retry_after=getattr(error, "retry_after", None), **more)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - the handler is added for it
    answer = problem(error.status_code, error.detail)
    answer.headers.update(error.headers or {})
    if error.status_code == 405 and (methods := _methods(request)):
        answer.headers["Allow"] = ", ".join(methods)
    return answer


def _methods(request: Request) -> list[str]:
    """All at this address: the library tells those of one of its routes."""
    address = getattr(request.scope.get("route"), "path", "")
    return sorted(it.upper() for it in request.app.openapi()["paths"].get(address, {}))


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - the handler is added for it
    return problem(422, "; ".join(_line(it) for it in error.errors()))


def _line(wrong: dict[str, Any]) -> str:
    """Where, and what; never the value, which may be a password."""
    where: Sequence[Any] = wrong["loc"]
    if wrong["type"] == "extra_forbidden":
        return f"{where[0]}: there is a field too many"
    if wrong["type"] == "json_invalid":
        return "body: this is no JSON"
    reason = str(wrong["msg"]).removeprefix("Value error, ")
    return f"{'.'.join(str(it) for it in where)}: {reason[:1].lower()}{reason[1:]}"


async def _away(_request: Request, error: Exception) -> JSONResponse:
    log.error("a request could not be served", exc_info=error)
    return problem(503, "the diary cannot be reached just now: try again", retry_after=AGAIN_AFTER)


async def _unexpected(_request: Request, _error: Exception) -> JSONResponse:
    """The server logs it."""
    return problem(500, "this should not happen, and is logged")
