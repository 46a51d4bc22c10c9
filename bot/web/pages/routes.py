"""The pages' routes. A link is looked at by GET as often as anybody likes, and used by POST once."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from bot.errors import (
    AccountError,
    AccountsBusy,
    AlreadyAnAccount,
    EmailRefused,
    EmailTaken,
    LinkGone,
    PasswordRefused,
    SignInRefused,
    TooManyAttempts,
)
from bot.journal.accounts.linking import Linking, Opened
from bot.journal.accounts.passwords import LONGEST, SHORTEST
from bot.web.pages import forms
from bot.web.pages.forms import FormRefused, Sent
from bot.web.pages.rendering import HEADERS, STYLE, page, style
from bot.web.paths import LINK
from bot.web.problems import AGAIN_AFTER, AWAY
from bot.web.who import address_of

TEMPLATES = {"register": "register.html", "sign_in": "sign_in.html", "password": "password.html"}
DONE = {"register", "linked", "password"}
Handler = Callable[[Request], Awaitable[Response]]


def router(linking: Linking, *, is_secure: bool) -> APIRouter:
    """`is_secure` says that browsers come by https."""
    pages = Pages(linking, is_secure=is_secure)
    router = APIRouter(include_in_schema=False)
    router.add_api_route(STYLE, style, methods=["GET"])
    for name, handle in (
        ("register", pages.register),
        ("sign-in", pages.sign_in),
        ("confirm", pages.confirm),
        ("password", pages.password),
    ):
        router.add_api_route(f"{LINK}{name}", guarded(handle), methods=["POST"])
    router.add_api_route(f"{LINK}done/{{what}}", guarded(pages.done), methods=["GET"])
    router.add_api_route(f"{LINK}{{secret}}", guarded(pages.open_), methods=["GET"])
    return router


def guarded(handle: Handler) -> Handler:
    """Whatever goes wrong is told on a page, too."""

    @wraps(handle)
    async def answered(request: Request) -> Response:
        try:
            return await handle(request)
        except LinkGone:
            return page("gone.html", status=410)
        except AlreadyAnAccount:
            return page("gone.html", status=409)
        except TooManyAttempts as error:
            return _trouble(429, error.retry_after)
        except FormRefused as error:
            return _trouble(error.status)
        except AWAY:
            return _trouble(503, AGAIN_AFTER)

    # FastAPI looks at what it takes.
    return answered


def _trouble(status: int, retry_after: float | None = None) -> Response:
    wait = _minutes(retry_after) if retry_after else ""
    return page("trouble.html", status=status, retry_after=retry_after, code=status, wait=wait)


def _minutes(seconds: float) -> str:
    if seconds < 90:
        return f"{max(math.ceil(seconds), 1)} seconds"
    return f"{math.ceil(seconds / 60)} minutes"


@dataclass(kw_only=True)
class View:
    """A form as it is shown: `errors` by field, `problem` about the whole of it."""

    opened: Opened
    secret: str = field(repr=False)
    email: str = field(default="", repr=False)
    errors: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    status: int = 200
    retry_after: float | None = None


class Pages:
    def __init__(self, linking: Linking, *, is_secure: bool) -> None:
        self._linking = linking
        self._is_secure = is_secure

    async def open_(self, request: Request) -> Response:
        secret = request.path_params["secret"]
        opened = await self._linking.opened(secret, address_of(request))
        return self._form(View(opened=opened, secret=secret, email=opened.email or ""))

    async def register(self, request: Request) -> Response:
        async def act(sent: Sent, address: str | None) -> str:
            await self._linking.register(
                sent.secret, email=sent["email"], password=sent["password"], address=address
            )
            return "register"

        return await self._sent(request, act)

    async def password(self, request: Request) -> Response:
        async def act(sent: Sent, address: str | None) -> str:
            await self._linking.set_password(sent.secret, password=sent["password"], address=address)
            return "password"

        return await self._sent(request, act)

    async def sign_in(self, request: Request) -> Response:
        """The right password leads on to the page that asks whether to link."""

        async def act(sent: Sent, address: str | None) -> Response:
            found = await self._linking.sign_in(
                sent.secret, email=sent["email"], password=sent["password"], address=address
            )
            return self._page(
                "confirm.html",
                sent.secret,
                whose=found.opened.whose,
                email=found.email,
                account=found.account_id.hex,
                proof=found.seal,
            )

        return await self._sent(request, act)

    async def confirm(self, request: Request) -> Response:
        async def act(sent: Sent, address: str | None) -> str:
            account_id = _uuid(sent["account"])
            if account_id is None:
                raise FormRefused(400)
            await self._linking.confirm(
                sent.secret, account_id=account_id, seal=sent["proof"], address=address
            )
            return "linked"

        return await self._sent(request, act)

    async def done(self, request: Request) -> Response:
        """Looked at again, it does nothing again."""
        what = request.path_params["what"]
        return page(f"done_{what}.html") if what in DONE else page("gone.html", status=404)

    async def _sent(
        self, request: Request, act: Callable[[Sent, str | None], Awaitable[str | Response]]
    ) -> Response:
        sent = await forms.sent(request, self._linking.secrets)
        address = address_of(request)
        try:
            done = await act(sent, address)
        except (LinkGone, AlreadyAnAccount):
            raise
        except AccountError as error:
            opened = await self._linking.opened(sent.secret, address)
            return self._form(_view_of(error, opened, sent))
        if isinstance(done, Response):
            return done
        answer = RedirectResponse(f"{LINK}done/{done}", status_code=303, headers=HEADERS)
        forms.drop_cookie(answer, sent.secret, is_secure=self._is_secure)
        return answer

    def _form(self, view: View) -> Response:
        return self._page(
            TEMPLATES[view.opened.purpose],
            view.secret,
            status=view.status,
            retry_after=view.retry_after,
            whose=view.opened.whose,
            email=view.email,
            errors=view.errors,
            problem=view.problem,
            shortest=SHORTEST,
            longest=LONGEST,
        )

    def _page(self, template: str, secret: str, *, status: int = 200, **shown: Any) -> Response:
        seal = forms.seal(secret, self._linking.secrets)
        answer = page(template, status=status, link=secret, seal=seal, **shown)
        forms.set_cookie(answer, secret, self._linking.secrets, is_secure=self._is_secure)
        return answer


def _view_of(error: AccountError, opened: Opened, sent: Sent) -> View:
    """The form once more, with what was wrong beside it and without the password."""
    view = View(opened=opened, secret=sent.secret, email=opened.email or sent["email"][:254], status=422)
    match error:
        case EmailTaken():
            view.errors["email"] = (
                "No account can be made with this e-mail. If it is yours already, close this page and tap "
                "“Link to one I have” in the chat."
            )
        case EmailRefused():
            view.errors["email"] = _sentence(error)
        case PasswordRefused():
            view.errors["password"] = _sentence(error)
        case SignInRefused():
            view.problem = "Wrong e-mail or password."
        case TooManyAttempts():
            view.status, view.retry_after = 429, error.retry_after
            view.problem = f"Too many attempts. Please try again in {_minutes(error.retry_after)}."
        case AccountsBusy():
            view.status, view.retry_after = 503, error.retry_after
            view.problem = "Too many people sign in just now. Please try again in a moment."
        case _:
            raise error
    return view


def _sentence(error: AccountError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
