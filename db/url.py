"""Database URLs as people paste them, made into what SQLAlchemy and asyncpg understand."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL

from db.conninfo import REMEDIES, one_of, parse, whole_number, wrong
from db.tls import tls_arguments

POOLER_PORT = 6543  # Supabase's pooler in transaction mode
SESSIONS = ("any", "read-write", "read-only", "primary", "standby", "prefer-standby")


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where the database is. `connect_args` are for `asyncpg.connect`; `redacted` may be shown and logged.

    `pooled`: the URL tells of a transaction-mode pooler. Behind one that it does not tell of, all works too.
    """

    url: URL = field(repr=False)
    connect_args: dict[str, Any] = field(repr=False)
    pooled: bool
    redacted: str


def translate(text: str) -> Target:
    """Understand a libpq URL or `keyword=value` string, with libpq's meaning and its defaults.

    Raises ConfigurationError, which names the parameter and the remedy and never holds a value.
    """
    given = parse(text)
    hosts, ports = addresses(given)
    pgbouncer = one_of(given, "pgbouncer", ("true", "false"))
    return Target(
        url=URL.create(
            "postgresql+asyncpg",
            username=given.get("user"),
            password=given.get("password"),
            database=given.get("dbname"),
        ),
        connect_args={
            **({"host": hosts} if hosts else {}),
            **({"port": ports} if hosts or "port" in given else {}),
            **tls_arguments(given),
            **session_arguments(given),
        },
        pooled=pgbouncer == "true" or (pgbouncer is None and POOLER_PORT in ports),
        redacted=redact(given, hosts, ports),
    )


def addresses(given: dict[str, str]) -> tuple[list[str], list[int]]:
    """Hosts and their ports. Without a host there is one port, and asyncpg tries the usual sockets."""
    hosts = given["host"].split(",") if "host" in given else []
    if not all(hosts):
        raise wrong("names several hosts, and one of them is empty")
    if not all(host.startswith("/") or is_name(host) for host in hosts):
        raise wrong("names a host that cannot be one: no part between two dots is empty or over 63 letters")
    texts = given.get("port", "").split(",")
    if len(texts) == 1:
        texts *= max(len(hosts), 1)
    if len(texts) != max(len(hosts), 1):
        raise wrong("has more or fewer ports than hosts: give one port, or one for each host")
    return hosts, [whole_number(text or "5432", "port", 1, 65535) for text in texts]


def is_name(host: str) -> bool:
    """Whether DNS could be asked for it."""
    try:
        return bool(host.encode("idna"))
    except UnicodeError:
        return False


def session_arguments(given: dict[str, str]) -> dict[str, Any]:
    if given.get("schema", "public") != "public":
        raise wrong(f"has the parameter schema, which is not supported: {REMEDIES['search_path']}")
    one_of(given, "gssencmode", ("disable", "prefer"))
    arguments: dict[str, Any] = {name: given[name] for name in ("passfile", "service") if name in given}
    if kind := one_of(given, "target_session_attrs", SESSIONS):
        arguments["target_session_attrs"] = kind
    # Zero or less is for ever in libpq. No bot should wait for ever: then the default of db.session holds.
    seconds = whole_number(given.get("connect_timeout", "0"), "connect_timeout", -1, 3600)
    if seconds > 0:
        arguments["timeout"] = float(seconds)
    application = given.get("application_name") or given.get("fallback_application_name")
    settings = {"options": given.get("options"), "application_name": application}
    return arguments | {"server_settings": {name: value for name, value in settings.items() if value}}


def redact(given: dict[str, str], hosts: list[str], ports: list[int]) -> str:
    account = f"{given['user']}{':***' if 'password' in given else ''}@" if "user" in given else ""
    if any(host.startswith("/") for host in hosts):
        place, query = "", f"?host={','.join(hosts)}"
    else:
        named = zip((f"[{host}]" if ":" in host else host for host in hosts), ports, strict=False)
        place, query = ",".join(f"{host}:{port}" for host, port in named), ""
    if "sslmode" in given:
        query += f"{'&' if query else '?'}sslmode={given['sslmode']}"
    return f"postgresql://{account}{place}/{quote(given.get('dbname', ''))}{query}"
