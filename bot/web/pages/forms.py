"""What a page sends: bounded, and only from a page of ours.

A form holds its link's secret, which nobody else has, and a seal; a cookie that only this browser got with
the page fits the seal. So another site can send nothing in somebody's name, and nobody's link be filled in
from elsewhere.
"""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from fastapi import Request, Response

from bot.journal.accounts.linking import LASTS
from bot.journal.accounts.secrets import Secrets, digest

LARGEST = 16 * 1024
MOST_FIELDS = 10
PATH = "/link"


class FormRefused(Exception):
    """`status` is how HTTP calls it."""

    def __init__(self, status: int) -> None:
        super().__init__(f"a form was refused: {status}")
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The fields of a form that is surely one of ours."""

    secret: str = field(repr=False)
    fields: dict[str, str] = field(repr=False)

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")


async def sent(request: Request, secrets: Secrets) -> Sent:
    """Raises `FormRefused`."""
    _refuse_other_sites(request)
    fields = await _fields(request)
    secret = fields.get("link", "")
    cookie = request.cookies.get(_cookie_name(secret), "")
    is_ours = secrets.is_sealed(cookie, "cookie", secret) and secrets.is_sealed(
        fields.get("seal", ""), "form", cookie
    )
    if not is_ours:
        raise FormRefused(403)
    return Sent(secret=secret, fields=fields)


def seal(secret: str, secrets: Secrets) -> str:
    """What the page's form must send along."""
    return secrets.seal("form", secrets.seal("cookie", secret))


def set_cookie(response: Response, secret: str, secrets: Secrets, *, is_secure: bool) -> None:
    response.set_cookie(
        _cookie_name(secret),
        secrets.seal("cookie", secret),
        max_age=int(LASTS.total_seconds()),
        path=PATH,
        secure=is_secure,
        httponly=True,
        samesite="strict",
    )


def drop_cookie(response: Response, secret: str, *, is_secure: bool) -> None:
    response.delete_cookie(
        _cookie_name(secret), path=PATH, secure=is_secure, httponly=True, samesite="strict"
    )


def _cookie_name(secret: str) -> str:
    """Two links in two tabs do not get in each other's way."""
    return f"daybook_{digest(secret).hex()[:8]}"


def _refuse_other_sites(request: Request) -> None:
    """By what browsers say themselves, as far as they do: with our referrer policy an origin is `null`."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise FormRefused(403)
    origin = request.headers.get("origin", "null")
    if origin != "null" and origin.partition("://")[2] != request.headers.get("host"):
        raise FormRefused(403)


async def _fields(request: Request) -> dict[str, str]:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != "application/x-www-form-urlencoded":
        raise FormRefused(415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise FormRefused(413)
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
    except ValueError:
        raise FormRefused(400) from None
    fields = dict(pairs)
    # Postgres holds none.
    if len(fields) != len(pairs) or any("\0" in it for it in fields.values()):
        raise FormRefused(400)
    return fields
