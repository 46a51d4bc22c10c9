"""Which links Telegram accepts in a text or on a button."""

import re
from typing import Any

_URL = re.compile(r"(?:(?P<scheme>[a-z][a-z0-9+.\-]*)://)?(?P<host>[^\s/?#]+)(?P<rest>[^\s]*)", re.IGNORECASE)
_USER_LINK = re.compile(r"tg:(?://)?user\?id=(\d+)", re.IGNORECASE)


def checked_url(url: str) -> str | None:
    """The link as Telegram keeps it, or None for what it does not take as a link."""
    url = url.strip()
    if url.lower().startswith(("tg:", "ton:", "mailto:", "tel:")):
        return url
    match = _URL.fullmatch(url)
    if match is None or ("." not in match["host"].strip(".") and match["host"].lower() != "localhost"):
        return None
    scheme = (match["scheme"] or "http").lower()
    if scheme not in {"http", "https", "ftp"}:
        return None
    return f"{scheme}://{match['host'].lower()}{match['rest'] or '/'}"


def link_entity(url: str, place: dict[str, Any]) -> dict[str, Any] | None:
    """A `text_link` or, for `tg://user?id=…`, a `text_mention`; None when `url` is no link."""
    user = _USER_LINK.fullmatch(url.strip())
    if user is not None:
        mentioned = {"id": int(user[1]), "is_bot": False, "first_name": f"User {user[1]}"}
        return {"type": "text_mention", **place, "user": mentioned}
    checked = checked_url(url)
    return None if checked is None else {"type": "text_link", **place, "url": checked}
