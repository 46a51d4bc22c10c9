"""What the settings' values may be: each function returns the value, or says what to give instead.

Their errors are shown as they are, after the setting's name, so they never repeat a value.
"""

import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, SecretStr, ValidationInfo

EXAMPLES = {
    "telegram_api_url": "http://127.0.0.1:8081",
    "public_url": "https://daybook.example.org",
    "anthropic_base_url": "https://api.anthropic.com",
    "openai_base_url": "http://127.0.0.1:8000/v1",
}
_GRAPHIC = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_ASCII = re.compile(r"[\x21-\x7e]+")
_PASSWORD = re.compile(r"password\s*=\s*(?:'((?:[^'\\]|\\.)*)'|([^\s&']+))")


def web_address(value: str, info: ValidationInfo) -> str:
    parts = _parts(value.strip())
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or "?" in value:
        raise ValueError(f"give a whole address, such as {EXAMPLES[str(info.field_name)]}")
    return value.strip().rstrip("/")


def port(value: Any) -> int:
    text = str(value).strip()
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII) or int(text) > 65535:
        raise ValueError("give a whole number up to 65535, or 0 for any free port")
    return int(text)


def host(value: str) -> str:
    value = value.strip()
    if not _GRAPHIC.fullmatch(value) or not set(value).isdisjoint("/[]@?#") or not _is_name(value):
        raise ValueError("give an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them")
    return value


def networks(value: str) -> str:
    """Addresses and networks, with commas between."""
    found = [it.strip() for it in value.split(",") if it.strip()]
    try:
        return ",".join(str(ip_network(it)) if "/" in it else str(ip_address(it)) for it in found)
    except ValueError:
        raise ValueError("give addresses or networks of your proxies, such as 127.0.0.1,10.0.0.0/8") from None


def folder(value: Path) -> Path:
    if not str(value).isprintable():
        raise ValueError("give a folder's path, without line ends and the like")
    return value


def choice(*choices: str) -> BeforeValidator:
    """One of `choices`, in capitals or not."""

    def check(value: Any) -> str:
        found = [it for it in choices if it.lower() == str(value).strip().lower()]
        if not found:
            raise ValueError(f"give {', '.join(choices[:-1])} or {choices[-1]}")
        return found[0]

    return BeforeValidator(check)


def time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("give an IANA name, such as Europe/Berlin or UTC") from None
    return value


def model(value: str) -> str:
    if not _ASCII.fullmatch(value) or len(value) > 200:
        raise ValueError("give the model's name as its vendor writes it, or leave it empty")
    return value


def key(value: SecretStr) -> SecretStr:
    if not _ASCII.fullmatch(value.get_secret_value()):
        raise ValueError("this is no key: copy it again, without spaces and line ends around it")
    return value


def secret_key(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if len(text) < 32 or re.search(r"[\ud800-\udfff]", text):
        raise ValueError("use at least 32 characters, or leave it empty and one is made for you")
    return value


def webhook_secret(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
        raise ValueError("use 1 to 256 of A-Z a-z 0-9 _ -, or leave it empty and one is derived")
    return value


def redis_address(value: SecretStr) -> SecretStr:
    parts = _parts(value.get_secret_value())
    numbered = parts is not None and re.fullmatch(r"(/\d{0,5})?", parts.path, re.ASCII)
    if parts is None or not (
        parts.scheme == "unix" or (parts.scheme in {"redis", "rediss"} and parts.hostname and numbered)
    ):
        raise ValueError(
            "give an address such as redis://127.0.0.1:6379/0 (or rediss://, unix://), or leave it empty"
        )
    return value


def store_address(value: str) -> str:
    scheme, _, place = value.partition("://")
    named = bool(place.strip("/")) and _GRAPHIC.fullmatch(place.replace(" ", "_"))
    # The first part of a bucket's address is its name; a folder's has none.
    if not named or scheme not in {"file", "s3", "gs", "az"} or (scheme == "file") != place.startswith("/"):
        raise ValueError(
            "give an address such as s3://bucket/folder or file:///folder (or gs://, az://), "
            "or leave it empty for a folder in DAYBOOK_HOME"
        )
    return value


def passwords(value: str) -> set[str]:
    """Those within an address or a `keyword=value` string, as written and as meant; also where it is
    no valid one, because then it is about to be complained of."""
    account, at, _ = value.partition("://")[2].rpartition("@")
    written = {account.partition(":")[2]} if at else set()
    written |= {quoted or plain for quoted, plain in _PASSWORD.findall(value)}
    return {it for it in written | {unquote(it) for it in written} if it}


def without_account(address: str) -> str:
    """`address` as it may be shown."""
    scheme, slashes, rest = address.partition("://")
    account, at, place = rest.partition("/")[0].rpartition("@")
    return scheme + slashes + place + rest[len(account + at + place) :] if at else address


def _parts(value: str) -> SplitResult | None:
    """The address taken apart; None for what no client could reach."""
    if not _GRAPHIC.fullmatch(value) or "#" in value:
        return None
    try:
        parts = urlsplit(value)
        # Reading the port raises ValueError for one that is none.
        return parts if parts.port != 0 and _is_name(parts.hostname or "") else None
    except ValueError:
        return None


def _is_name(host: str) -> bool:
    """Whether DNS could be asked for it."""
    try:
        return len(host.encode("idna")) <= 253
    except UnicodeError:
        return False
