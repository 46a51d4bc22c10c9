"""libpq's connection strings, taken apart: `postgresql://…` and `keyword=value` alike.

Whoever meets an error here may see it on a screen, so no message ever holds a value: what looks like an
unknown parameter may be the rest of a password with an unescaped character in it.
"""

import re
from urllib.parse import unquote

from bot.errors import ConfigurationError

SETTING = "DATABASE_URL"


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


READ = words(
    """user password host port dbname options application_name fallback_application_name connect_timeout
    target_session_attrs passfile service sslmode sslrootcert sslcert sslkey sslpassword sslnegotiation
    ssl_min_protocol_version channel_binding gssencmode pgbouncer schema"""
)

# Settings of Prisma, Supabase's guides and other drivers, and those of libpq that only tune: without them all
# works as it was meant.
IGNORED = words(
    """connection_limit pool_timeout socket_timeout statement_cache_size prepared_statement_cache_size
    prepareThreshold pool_mode supa workaround uselibpqcompat client_encoding keepalives keepalives_idle
    keepalives_interval keepalives_count tcp_user_timeout sslcompression sslsni load_balance_hosts"""
)

REMEDIES = {
    "hostaddr": "put the address into host",
    "ssl": "say sslmode=require or sslmode=verify-full",
    "sslaccept": "say sslmode=verify-full, or sslmode=require to accept any certificate",
    "sslidentity": "use sslcert and sslkey",
    "search_path": "say options=-csearch_path%3DNAME",
    "currentSchema": "say options=-csearch_path%3DNAME",
    **dict.fromkeys(("gsslib", "krbsrvname"), "use a password or a certificate"),
    **dict.fromkeys(("sslcrl", "sslcrldir", "require_auth", "requirepeer", "replication"), "remove it"),
}

KEYWORD = re.compile(
    r"\s*(?P<name>\w+)\s*=\s*(?:'(?P<quoted>(?:[^'\\]|\\.)*)'|(?P<plain>(?:[^\s'\\]|\\.)*))(?=\s|$)",
    re.DOTALL,
)


def parse(text: str) -> dict[str, str]:
    """The parameters that are not empty, by libpq's names; `host` and `port` may be lists with commas."""
    text = text.strip()
    given = parse_url(text) if "://" in text else parse_keywords(text)
    return {name: value for name, value in given.items() if value}


def parse_url(text: str) -> dict[str, str]:
    parts = re.fullmatch(
        r"postgres(?:ql)?(?:\+\w+)?://([^/?]*)(/[^?]*)?(?:\?(.*))?", text, re.ASCII | re.DOTALL
    )
    if not parts:
        raise wrong("has to begin with postgresql://")
    authority, path, query = parts[1], parts[2] or "", parts[3] or ""
    account, at, places = authority.rpartition("@")
    if not at and "@" in path:
        raise unescaped()
    user, _, password = account.partition(":")
    pairs = [place_and_port(place) for place in places.split(",")]
    given = {
        "user": decode(user),
        "password": decode(password),
        "host": ",".join(host for host, _ in pairs),
        "port": ",".join(port for _, port in pairs),
        "dbname": decode(path[1:]),
    }
    for pair in filter(None, query.split("&")):
        name, equals, value = pair.partition("=")
        if not equals:
            raise unescaped()
        given[known(name, certain="@" not in query)] = decode(value)
    return given


def place_and_port(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"(?:\[([^\]]*)\]|([^:\[\]]*))(?::(\d*))?", text, re.ASCII)
    if not found:
        raise unescaped()
    return decode(found[1] or found[2] or ""), found[3] or ""


def parse_keywords(text: str) -> dict[str, str]:
    given: dict[str, str] = {}
    position = 0
    while position < len(text) or not given:
        found = KEYWORD.match(text, position)
        if not found:
            raise wrong("has to be a URL like postgresql://user:password@host:5432/name")
        value = found["plain"] if found["quoted"] is None else found["quoted"]
        given[known(found["name"], certain=False)] = re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL)
        position = found.end()
    return given


def known(name: str, *, certain: bool) -> str:
    """`name` if we understand it. Where it is not `certain` to be a name, the error does not show it."""
    if name in READ or name in IGNORED:
        return name
    if name in REMEDIES:
        raise wrong(f"has the parameter {name}, which is not supported: {REMEDIES[name]}")
    if not certain or not re.fullmatch(r"\w{1,40}", name, re.ASCII):
        raise unescaped()
    raise wrong(f"has the parameter {name}, which is not known: remove it")


def decode(text: str) -> str:
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise unescaped() from None
    if "\0" in decoded:
        raise unescaped()
    return decoded


def one_of(given: dict[str, str], name: str, choices: tuple[str, ...]) -> str | None:
    value = given.get(name)
    if value is not None and value not in choices:
        raise wrong(f"has a wrong {name}: it is one of {', '.join(choices)}")
    return value


def whole_number(text: str, name: str, least: int, most: int) -> int:
    if not re.fullmatch(r"-?\d{1,6}", text, re.ASCII) or not least <= int(text) <= most:
        raise wrong(f"has a wrong {name}: it is a whole number from {least} to {most}")
    return int(text)


def unescaped() -> ConfigurationError:
    return wrong(
        "cannot be understood: in user name and password write %40 for @, %3A for :, %2F for /, %3F for ?, "
        "%23 for # and %25 for %; in the keyword form put values with spaces in quotes"
    )


def wrong(reason: str) -> ConfigurationError:
    return ConfigurationError(f"{SETTING} {reason}.")
