import ssl
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigurationError
from db.url import Target, translate

SECRET = "correcthorse"


@pytest.fixture(autouse=True)
def _empty_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))


def arguments(target: Target, *names: str) -> dict[str, Any]:
    return {name: target.connect_args[name] for name in names if name in target.connect_args}


@pytest.mark.parametrize(
    "scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg", "postgresql+psycopg2"]
)
def test_every_usual_scheme(scheme: str) -> None:
    target = translate(f"{scheme}://ann:{SECRET}@db.example:5433/diary")
    assert target.url.drivername == "postgresql+asyncpg"
    assert (target.url.username, target.url.password, target.url.database) == ("ann", SECRET, "diary")
    assert arguments(target, "host", "port", "ssl", "dsn") == {"host": ["db.example"], "port": [5433]}
    assert not target.pooled


@pytest.mark.parametrize(
    ("url", "hosts", "ports"),
    [
        ("postgresql://h/d", ["h"], [5432]),
        ("postgresql://h", ["h"], [5432]),
        ("postgresql://h:6000?sslmode=disable", ["h"], [6000]),
        ("postgresql://[2001:db8::1]:6000/d", ["2001:db8::1"], [6000]),
        ("postgresql://[::1]/d", ["::1"], [5432]),
        ("postgresql://a:1,b:2,c/d", ["a", "b", "c"], [1, 2, 5432]),
        ("postgresql://a,b/d?port=6000", ["a", "b"], [6000, 6000]),
        ("postgresql:///d?host=/run/postgresql", ["/run/postgresql"], [5432]),
        ("postgresql:///d?host=/a%20b/%C3%A9&port=5433", ["/a b/é"], [5433]),
        ("postgresql://%2Frun%2Fpostgresql/d", ["/run/postgresql"], [5432]),
        ("postgresql://u@elsewhere:1/d?host=h&port=2", ["h"], [2]),
        ("host=h port=6000 dbname=d", ["h"], [6000]),
        ("host = '/run/post gresql' dbname=d", ["/run/post gresql"], [5432]),
    ],
)
def test_places(url: str, hosts: list[str], ports: list[int]) -> None:
    assert arguments(translate(url), "host", "port") == {"host": hosts, "port": ports}


def test_what_is_missing_is_left_to_the_defaults_of_libpq() -> None:
    target = translate("postgresql://")
    assert (target.url.username, target.url.password, target.url.database) == (None, None, None)
    assert arguments(target, "host", "port") == {}
    assert arguments(translate("postgresql:///?port=5433"), "host", "port") == {"port": [5433]}


@given(user=st.text(min_size=1), password=st.text(min_size=1), name=st.text(min_size=1))
def test_percent_encoded_parts_arrive_as_they_were(user: str, password: str, name: str) -> None:
    if "\0" in user + password + name:
        return
    target = translate(
        f"postgres://{quote(user, safe='')}:{quote(password, safe='')}@h/{quote(name, safe='')}"
    )
    assert (target.url.username, target.url.password, target.url.database) == (user, password, name)


def test_keywords_with_quotes_and_backslashes() -> None:
    target = translate(r"user=ann password='it\'s a \\ secret' dbname=d host=h sslmode=disable")
    assert target.url.password == r"it's a \ secret"
    assert target.connect_args["ssl"] is False


# TLS


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "root.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=test", "-out", str(made), "-keyout", str(tmp_path / "root.key")]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    return made


def context_of(url: str) -> ssl.SSLContext:
    context = translate(url).connect_args["ssl"]
    assert isinstance(context, ssl.SSLContext)
    return context


def test_disable() -> None:
    assert translate("postgres://h/d?sslmode=disable").connect_args["ssl"] is False


@pytest.mark.parametrize("mode", ["allow", "prefer"])
def test_allow_and_prefer_may_fall_back(mode: str) -> None:
    target = translate(f"postgres://h/d?sslmode={mode}&sslrootcert=/some/root.crt")
    assert target.connect_args["dsn"] == f"postgresql://?sslmode={mode}&sslrootcert=%2Fsome%2Froot.crt"
    assert "ssl" not in target.connect_args


def test_require_encrypts_and_asks_nothing() -> None:
    context = context_of("postgres://h/d?sslmode=require")
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_NONE, False)


def test_require_with_a_root_certificate_checks_it(root: Path, tmp_path: Path) -> None:
    context = context_of(f"postgres://h/d?sslmode=require&sslrootcert={root}")
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, False)
    (tmp_path / ".postgresql").mkdir()
    root.rename(tmp_path / ".postgresql" / "root.crt")
    assert context_of("postgres://h/d?sslmode=require").verify_mode == ssl.CERT_REQUIRED


def test_verify(root: Path) -> None:
    context = context_of(f"postgres://h/d?sslmode=verify-ca&sslrootcert={root}")
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, False)
    context = context_of(f"postgres://h/d?sslmode=verify-full&sslrootcert={root}")
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize(
    "query",
    [
        "sslmode=verify-full&sslrootcert=system",
        "sslrootcert=system",
        "channel_binding=require",
        "sslmode=require&channel_binding=require",  # what Neon hands out
    ],
)
def test_certificates_of_the_system(query: str) -> None:
    context = context_of(f"postgres://h/d?{query}")
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_certificate_of_our_own(root: Path) -> None:
    key = root.with_suffix(".key")
    context_of(f"postgres://h/d?sslmode=require&sslcert={root}&sslkey={key}")
    locked = root.with_name("locked.key")
    command = [
        "openssl",
        "pkey",
        "-in",
        str(key),
        "-aes256",
        "-passout",
        f"pass:{SECRET}",
        "-out",
        str(locked),
    ]
    subprocess.run(command, check=True, capture_output=True)
    url = f"postgres://h/d?sslmode=require&sslcert={root}&sslkey={locked}"
    context_of(f"{url}&sslpassword={SECRET}")
    with pytest.raises(ConfigurationError, match="sslcert"):
        translate(url)


def test_direct_negotiation() -> None:
    assert (
        translate("postgres://h/d?sslmode=require&sslnegotiation=direct").connect_args["direct_tls"] is True
    )


# The rest


def test_what_the_session_is_told() -> None:
    target = translate(
        "postgres://h/d?application_name=my%20bot&options=-c%20search_path%3Ddiary&connect_timeout=7"
        "&target_session_attrs=read-write"
    )
    assert arguments(target, "server_settings", "timeout", "target_session_attrs") == {
        "server_settings": {"application_name": "my bot", "options": "-c search_path=diary"},
        "timeout": 7.0,
        "target_session_attrs": "read-write",
    }
    assert "timeout" not in translate("postgres://h/d?connect_timeout=0").connect_args


@pytest.mark.parametrize(
    ("url", "pooled"),
    [
        (
            "postgres://u:p@aws-0-eu.pooler.supabase.com:6543/postgres?sslmode=require&supa=base-pooler.x",
            True,
        ),
        ("postgres://u:p@h:6432/d?pgbouncer=true&connection_limit=1&pool_timeout=20&schema=public", True),
        ("postgres://u:p@h:6543/d?pgbouncer=false", False),
        ("postgres://u:p@h/d?keepalives=1&keepalives_idle=30&gssencmode=disable&client_encoding=utf8", False),
        ("postgres://u:p@h/d?workaround=supabase-pooler.vercel&uselibpqcompat=true", False),
    ],
)
def test_what_others_put_into_urls(url: str, pooled: bool) -> None:
    assert translate(url).pooled is pooled


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:p@h:6543/d?sslmode=require",
        "postgres://u:p@a:1,b:2/d?sslmode=prefer&target_session_attrs=primary&application_name=x",
        "postgresql:///d?host=/run/postgresql&user=u&options=-cjit%3Doff&connect_timeout=3",
        "postgres://u@h/d?sslrootcert=system&sslnegotiation=direct",
    ],
)
def test_asyncpg_takes_what_comes_out(url: str, tmp_path: Path) -> None:
    """Its own reading of the arguments is the judge; nothing is connected."""
    given = translate(url).connect_args
    names = ("dsn", "host", "port", "ssl", "direct_tls", "target_session_attrs", "server_settings")
    absent = ("password", "passfile", "database", "service", "servicefile", "krbsrvname", "gsslib")
    parse = asyncpg.connect_utils._parse_connect_dsn_and_args
    places, parameters = parse(user="u", **dict.fromkeys(absent), **{name: given.get(name) for name in names})
    assert len(places) == len(given["host"])
    assert parameters.sslmode.name == (
        "prefer" if "dsn" in given else "require" if "ssl" in given else "disable"
    )


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("", "postgresql://"),
        ("mysql://u:p@h/d", "postgresql://"),
        ("postgres://u:p@[::1/d", "cannot be understood"),
        ("postgres://u:p@a..b/d", "names a host that cannot be one"),
        (f"postgres://u:p@{'h' * 64}.org/d", "names a host that cannot be one"),
        ("postgres://u:p@good,b..d/d", "names a host that cannot be one"),
        ("nonsense", "postgresql://"),
        ("postgres://h/d?sslmode=on", "sslmode"),
        ("postgres://h/d?sslmode=verify-full", "sslrootcert"),
        ("postgres://h/d?sslmode=verify-ca&sslrootcert=/not/there", "sslrootcert.*No such file"),
        ("postgres://h/d?sslmode=verify-ca&sslrootcert=/dev/null", "sslrootcert.*PEM"),
        ("postgres://h/d?sslmode=require&sslrootcert=system", "sslrootcert=system"),
        ("postgres://h/d?sslmode=prefer&channel_binding=require", "channel_binding"),
        ("postgres://h/d?sslnegotiation=direct", "sslnegotiation"),
        ("postgres://h/d?gssencmode=require", "gssencmode"),
        ("postgres://h/d?frobnicate=1", "frobnicate"),
        ("postgres://h/d?search_path=x", "search_path.*options"),
        ("postgres://h/d?schema=x", "schema.*options"),
        ("postgres://h/d?ssl=true", "sslmode"),
        ("postgres://h/d?hostaddr=1.2.3.4", "hostaddr"),
        ("postgres://h:99999/d", "port"),
        ("postgres://h/d?connect_timeout=soon", "connect_timeout"),
        ("postgres://h/d?target_session_attrs=mine", "target_session_attrs"),
        ("postgres://h/d?pgbouncer=yes", "pgbouncer"),
        ("postgres://a,b,c/d?port=1,2", "ports than hosts"),
        ("postgres://a,,c/d", "empty"),
        ("host=h hostaddr=1.2.3.4", "hostaddr"),
    ],
)
def test_what_cannot_be_used_is_named(url: str, names: str) -> None:
    with pytest.raises(ConfigurationError, match=f"DATABASE_URL.*{names}"):
        translate(url)


@pytest.mark.parametrize(
    "url",
    [
        f"postgres://u:{SECRET}/x@h/d",
        f"postgres://u:{SECRET}?x@h/d",
        f"postgres://u:x?{SECRET}=y@h/d",
        f"postgres://u:1?{SECRET}=y@h/d",
        f"postgres://u:x/{SECRET}@h/d",
        f"postgres://u:%00{SECRET}@h/d",
        f"postgres://u:%FF{SECRET}@h/d",
        f"postgres://u:{SECRET}@h/d?wrong=1",
        f"postgres://u:{SECRET}@h:port/d",
        f"postgres://u:p@h:{SECRET}/d",
        f"mysql://u:{SECRET}@h/d",
        f"host=h password=two {SECRET}=x",
        f"host=h password={SECRET}'",
        f"password={SECRET} sslmode=on",
        f"postgres://h/d?password={SECRET}&port=x",
        f"postgres://h/d?sslmode=require&sslcert=/dev/null&sslpassword={SECRET}",
    ],
)
def test_no_error_shows_a_password(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        translate(url)
    error: BaseException | None = caught.value
    assert SECRET not in str(error)
    assert error is not None
    assert error.__suppress_context__ or error.__context__ is None


def test_redacted() -> None:
    for url, shown in {
        f"postgres://ann:{SECRET}@h/d?sslmode=require": "postgresql://ann:***@h:5432/d?sslmode=require",
        f"postgres://a:1,[::1]:2/d?user=ann&password={SECRET}": "postgresql://ann:***@a:1,[::1]:2/d",
        "postgres://ann@/d?host=/run/pg&sslmode=disable": "postgresql://ann@/d?host=/run/pg&sslmode=disable",
        "postgres://": "postgresql:///",
    }.items():
        target = translate(url)
        assert target.redacted == shown
        assert SECRET not in repr(target)
