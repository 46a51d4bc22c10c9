"""Templates, and what every page carries so that a browser makes nothing more of it than it is."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.web.problems import come_back

FOLDER = Path(__file__).parent
STYLE = "/pages/style.css"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # The address holds a secret.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def page(template: str, *, status: int = 200, retry_after: float | None = None, **shown: Any) -> Response:
    html = _environment().get_template(template).render(**shown)
    headers = HEADERS | (come_back(retry_after) if retry_after else {})
    return HTMLResponse(html, status_code=status, headers=headers)


def style() -> Response:
    """It says nothing about anybody, and may be kept."""
    headers = HEADERS | {"Cache-Control": "public, max-age=86400"}
    return Response(_style(), media_type="text/css", headers=headers)


@cache
def _style() -> bytes:
    return (FOLDER / "style.css").read_bytes()


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Another style has another address.
    made.globals["style"] = f"{STYLE}?{hashlib.sha256(_style()).hexdigest()[:12]}"
    return made
