"""What a call to either vendor has in common: how long it may wait and what its failures mean."""

import email.utils
import re
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache

import httpx2

from bot.errors import MindBusy, MindError, MindRejected, MindUnavailable

CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 30.0  # the longest pause between two bytes of a stream

LONGEST_WAIT_SECONDS = 10.0
"""A vendor that asks for a longer pause than this is not waited for inside the call."""

# What the vendors call an account that has used up its money: waiting does not help, a person does.
SPENT = {
    "insufficient_quota",
    "billing_hard_limit_reached",
    "billing_error",
    "contract_spend_limit_reached",
    "enforced_spend_limit_reached",
}
# The errors about the request itself that may also come in a stream that began with 200.
AGAINST_REQUEST = {
    "invalid_request_error",
    "authentication_error",
    "permission_error",
    "not_found_error",
    "request_too_large",
}


def timeouts(silence: float = SILENCE_SECONDS) -> httpx2.Timeout:
    return httpx2.Timeout(silence, connect=CONNECT_SECONDS)


@cache
def trusted() -> ssl.SSLContext:
    """Whom every client trusts; to read the certificates takes longer than all else that it is made of."""
    return httpx2.create_ssl_context()


async def refuse_long_waits(response: httpx2.Response) -> None:
    """A response hook. The SDKs sleep for as long as `retry-after` says, minutes or days, and the
    call's bound would then hide the vendor's answer; with this they raise it at once."""
    wait = seconds_to_wait(response.headers)
    if wait is not None and wait > LONGEST_WAIT_SECONDS:
        response.headers["x-should-retry"] = "false"


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """The vendor's `retry-after`, given as seconds or as a date, up to a day; None when it is absent,
    past or unreadable."""
    wait = None
    with suppress(KeyError, ValueError):
        wait = float(headers["retry-after-ms"]) / 1000
    if wait is None:
        with suppress(KeyError, ValueError):
            wait = float(headers["retry-after"])
    if wait is None:
        with suppress(KeyError, ValueError, OverflowError):
            wait = email.utils.parsedate_to_datetime(headers["retry-after"]).timestamp() - time.time()
    return min(wait, 86_400.0) if wait is not None and wait > 0 else None


def refused(*, mind: str, model: str, status: int, kind: object, headers: Mapping[str, str]) -> MindError:
    """The error for an answer with an error in it: `status` of the response, `kind` the vendor's
    word for it. The vendor's own message is left out: it may repeat what a person wrote."""
    kind = label(kind)
    request_id = label(headers.get("request-id") or headers.get("x-request-id"))
    parts = [f"HTTP {status}", kind, request_id and f"request {request_id}"]
    reason = ", ".join(part for part in parts if part)
    wait = seconds_to_wait(headers)
    if kind in SPENT:
        return MindRejected(reason, mind=mind, model=model, status=status)
    if status == 429 or kind == "rate_limit_error":
        return MindBusy(reason, mind=mind, model=model, retry_after=wait, status=status)
    if kind in AGAINST_REQUEST or (300 <= status < 500 and status not in {408, 409}):
        return MindRejected(reason, mind=mind, model=model, status=status)
    return MindUnavailable(reason, mind=mind, model=model, retry_after=wait, status=status)


def label(value: object) -> str:
    """`value` if it reads as a vendor's identifier, else nothing: so no prose enters our messages."""
    return value if isinstance(value, str) and re.fullmatch(r"[\w.-]{1,80}", value, re.ASCII) else ""


def sendable(text: str) -> str:
    """`text` without lone surrogates, which JSON in UTF-8 cannot carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


def field(value: object, *names: str) -> object:
    """`value.first.second…`, None where one is missing: the SDKs check no types, and a compatible
    server may leave out what we can do without."""
    for name in names:
        value = getattr(value, name, None)
    return value


def count(value: object) -> int:
    """A number of tokens as a vendor gave it; 0 when it gave none that makes sense."""
    return value if isinstance(value, int) and 0 < value < 2**31 else 0
