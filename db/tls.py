"""libpq's `ssl…` parameters as arguments of `asyncpg.connect`."""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from db.conninfo import one_of, wrong

MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
IN_DSN = ("sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword")


def tls_arguments(given: dict[str, str]) -> dict[str, Any]:
    """As in libpq, `require` does not ask who the server is, unless there is a root certificate.

    `channel_binding=require`, which asyncpg cannot do, is met by checking the certificate and the name
    instead, against the root certificate given or those of the system.
    """
    mode = one_of(given, "sslmode", MODES)
    if mode is None and given.get("sslrootcert") == "system":
        mode = "verify-full"
    if one_of(given, "channel_binding", ("disable", "prefer", "require")) == "require":
        if mode in {"disable", "allow", "prefer"}:
            raise wrong("has channel_binding=require, which needs sslmode=require or stricter")
        given = {"sslrootcert": "system", **given}
        mode = "verify-full"
    direct = one_of(given, "sslnegotiation", ("postgres", "direct")) == "direct"
    if direct and mode in {None, "disable", "allow", "prefer"}:
        raise wrong("has sslnegotiation=direct, which needs sslmode=require or stricter")
    match mode:
        case None:
            return {}
        case "disable":
            return {"ssl": False}
        case "allow" | "prefer":
            # asyncpg tries the other way too only when it makes the context itself, and that reads a DSN.
            parameters = {name: given[name] for name in IN_DSN if name in given}
            return {"dsn": "postgresql://?" + urlencode(parameters, quote_via=quote)}
        case _:
            return {"ssl": context(mode, given), "direct_tls": direct}


def context(mode: str, given: dict[str, str]) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.set_alpn_protocols(["postgresql"])
    version = one_of(given, "ssl_min_protocol_version", ("TLSv1.2", "TLSv1.3")) or "TLSv1.2"
    made.minimum_version = ssl.TLSVersion[version.replace(".", "_")]
    made.check_hostname = mode == "verify-full"
    root = file_of(given, "sslrootcert", "root.crt")
    if root == "system":
        if mode != "verify-full":
            raise wrong("has sslrootcert=system, which needs sslmode=verify-full")
        made.load_default_certs()
    elif root:
        load("sslrootcert", lambda: made.load_verify_locations(root))
    elif mode == "require":
        made.verify_mode = ssl.CERT_NONE
    else:
        raise wrong(f"has sslmode={mode}, which needs sslrootcert: the root certificate's file, or system")
    if certificate := file_of(given, "sslcert", "postgresql.crt"):
        key = file_of(given, "sslkey", "postgresql.key")
        # Without an answer OpenSSL would ask for the password in the terminal.
        load("sslcert", lambda: made.load_cert_chain(certificate, key, lambda: given.get("sslpassword", "")))
    return made


def file_of(given: dict[str, str], name: str, usual: str) -> str | None:
    """The file that the parameter names, or the one that libpq looks for in the home folder."""
    if name in given:
        return str(Path(given[name]).expanduser())
    place = Path("~/.postgresql", usual).expanduser()
    return str(place) if place.exists() else None


def load(name: str, action: Callable[[], None]) -> None:
    try:
        action()
    except ssl.SSLError:
        reason = "not a certificate in PEM form, or the key or sslpassword does not belong to it"
    except OSError as error:
        reason = error.strerror or "not readable"
    else:
        return
    raise wrong(f"names a file with {name} that cannot be used ({reason})")
