"""What the API refuses, in one shape; it never repeats what was sent, and never breaks."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import logs
from tests.web.conftest import EMAIL, PASSWORD, Site

CANARY = "canary-9f3a-Zwitscher"
REGISTER = {"email": EMAIL, "password": PASSWORD, "name": "Mina"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"null", 422),
        (b"[]", 422),
        (b"7", 422),
        (b"{}", 422),
        (b"\xff\xfe", 422),
        (b'{"email": "\xff"}', 400),
        (b'{"email": ' + b"[" * 40 + b"]" * 40 + b"}", 400),
        (b"[" * 100_000 + b"]" * 100_000, 400),
        (b'{"email": ' + b"9" * 5000 + b"}", 400),
        (b"x" * (1024 * 1024 + 1), 413),
        (json.dumps(REGISTER | {"more": 1}).encode(), 422),
        (json.dumps(REGISTER | {"email": 10**30}).encode(), 422),
        (json.dumps(REGISTER | {"email": ["a@b.c"]}).encode(), 422),
        (json.dumps(REGISTER | {"email": "a\0b@example.org"}).encode(), 422),
        (json.dumps(REGISTER | {"email": "a\ud800b@example.org"}).encode(), 422),
        (json.dumps(REGISTER | {"email": "a" * 300 + "@example.org"}).encode(), 422),
        (json.dumps(REGISTER | {"email": "nobody"}).encode(), 422),
        (json.dumps(REGISTER | {"email": "Mina <mina@example.org>"}).encode(), 422),
        (json.dumps(REGISTER | {"password": "a\ud800 half of a character"}).encode(), 422),
        (json.dumps(REGISTER | {"password": "short"}).encode(), 422),
        (json.dumps(REGISTER | {"password": "x" * 257}).encode(), 422),
        (json.dumps(REGISTER | {"password": "Password123!"}).encode(), 422),
        (json.dumps(REGISTER | {"name": "x" * 101}).encode(), 422),
        (json.dumps(REGISTER | {"name": "\ud83d"}).encode(), 422),
        (b'{"email": "mina@example.org", "password": NaN, "name": "Mina"}', 422),
    ],
)
async def test_a_bad_registration_is_refused(site: Site, body: bytes, status: int) -> None:
    answer = await site.ask("POST", "/auth/register", data=body, headers={"Content-Type": "application/json"})
    assert answer.status == status
    assert set(answer.json) == {"detail"}
    assert isinstance(answer.json["detail"], str)


async def test_the_largest_body_that_is_taken(site: Site) -> None:
    body = b" " * (1024 * 1024 - 200) + json.dumps(REGISTER).encode()
    answer = await site.ask("POST", "/auth/register", data=body, headers={"Content-Type": "application/json"})
    assert answer.status == 201


async def test_a_body_that_never_ends_is_refused(site: Site) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b" " * 65536

    for path in ("/auth/register", "/auth/login"):
        kind = "application/json" if path.endswith("register") else "application/x-www-form-urlencoded"
        answer = await site.ask("POST", path, data=endless(), headers={"Content-Type": kind})
        assert answer.status == 413


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "", "/"]
)
async def test_another_type_of_body_is_refused(site: Site, kind: str) -> None:
    answer = await site.ask(
        "POST", "/auth/register", data=json.dumps(REGISTER).encode(), headers={"Content-Type": kind}
    )
    assert (answer.status, answer.json) == (415, {"detail": "the body must be application/json"})
    answer = await site.ask("POST", "/auth/login", json={"username": EMAIL, "password": PASSWORD})
    assert answer.status == 415


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"username": EMAIL},
        {"password": PASSWORD},
        {"username": EMAIL, "password": ""},
        {"username": EMAIL, "password": PASSWORD, "grant_type": "client_credentials"},
        {"username": EMAIL, "password": "x" * 1001},
    ],
)
async def test_a_form_that_is_none_is_refused(site: Site, form: dict[str, str]) -> None:
    assert (await site.ask("POST", "/auth/login", data=form)).status == 422


@pytest.mark.parametrize(
    "form",
    [
        b"username=a%00b&password=%00x",
        b"username=%ff&password=%ed%a0%80x",
        b"username=mina%40example.org&password=%00",
    ],
)
async def test_odd_bytes_in_a_form_are_a_wrong_password(signed_in: Site, form: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await signed_in.ask("POST", "/auth/login", data=form, headers=headers)).status == 401


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic bWluYTp4", "bearer x.y.z", "Bearer " + "x" * 5000]
)
async def test_who_is_not_signed_in_is_told_so(site: Site, header: str) -> None:
    change = {"old_password": PASSWORD, "new_password": PASSWORD}
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "/me", {}),
        ("DELETE", "/me", {}),
        ("POST", "/auth/logout", {}),
        ("POST", "/auth/password", {"json": change}),
    ]
    for method, path, body in asked:
        answer = await site.ask(method, path, headers={"Authorization": header}, **body)
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert set(answer.json) == {"detail"}


async def test_what_is_not_there_has_the_same_shape(site: Site) -> None:
    assert (await site.ask("GET", "/nothing")).json == {"detail": "Not Found"}
    # No address is guessed: who follows would take their password wherever the request's host says.
    astray = await site.ask("POST", "/auth/login/", headers={"Host": "evil.example"}, allow_redirects=False)
    assert (astray.status, astray.headers.get("Location")) == (404, None)
    answer = await site.ask("PATCH", "/me")
    assert (answer.status, answer.headers["Allow"]) == (405, "DELETE, GET")
    assert answer.json == {"detail": "Method Not Allowed"}


async def test_every_answer_is_kept_by_nobody_and_shown_as_what_it_is(signed_in: Site) -> None:
    for answer in (
        await signed_in.login(),
        await signed_in.login(password="a wrong password"),
        await signed_in.me(),
        await signed_in.ask("GET", "/nothing"),
        await signed_in.ask("GET", "/health"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "server" not in answer.headers


async def test_no_page_of_another_site_may_call(signed_in: Site) -> None:
    answer = await signed_in.ask("GET", "/me", headers={"Origin": "https://example.org"})
    assert "Access-Control-Allow-Origin" not in answer.headers
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "DELETE"}
    assert (await signed_in.ask("OPTIONS", "/me", headers=asked)).status == 405


async def test_a_database_that_is_away_is_503(signed_in: Site, engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.exec_driver_sql("ALTER TABLE sign_ins RENAME TO elsewhere")
        await connection.commit()
        answer = await signed_in.me()
        await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO sign_ins")
        await connection.commit()
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert set(answer.json) == {"detail"}


async def test_no_secret_is_repeated_or_logged(
    signed_in: Site, engine: AsyncEngine, caplog: pytest.LogCaptureFixture
) -> None:
    """Password, e-mail and token, through every kind of failure."""
    caplog.set_level(logging.DEBUG)
    email, secret = f"{CANARY}@example.org".lower(), f"{CANARY} password"
    json_, register = {"Content-Type": "application/json"}, "/auth/register"
    answers = [
        await signed_in.ask("POST", register, json={"email": CANARY, "password": secret, "name": CANARY}),
        await signed_in.ask("POST", register, json={"email": email, "password": [secret], CANARY: 1}),
        await signed_in.ask("POST", register, json={"email": {"x": CANARY}, "password": CANARY[:9]}),
        await signed_in.ask("POST", register, data=f'{{"password": "{secret}",}}'.encode(), headers=json_),
        await signed_in.ask("POST", register, data=secret.encode(), headers=json_),
        await signed_in.login(email=email, password=secret),
        await signed_in.login(email=CANARY, password=CANARY * 100),
        await signed_in.ask(
            "POST", "/auth/login", data={"username": email, "password": secret, "grant_type": CANARY}
        ),
        await signed_in.me(CANARY),
        await signed_in.me(f"{CANARY}.{CANARY}.{CANARY}"),
        await signed_in.ask(
            "POST", "/auth/password", json={"old_password": secret, "new_password": secret + " two"}
        ),
        await signed_in.ask("DELETE", "/me", json={"password": secret}),
        await signed_in.ask("DELETE", "/me", json={CANARY: secret}),
    ]
    async with engine.connect() as connection:
        await connection.exec_driver_sql("ALTER TABLE users RENAME TO elsewhere")
        await connection.commit()
        answers.append(await signed_in.login(email=email, password=secret))
        answers.append(await signed_in.register(email=email, password=secret, name=CANARY))
        await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO users")
        await connection.commit()
    assert {it.status for it in answers} == {401, 403, 422, 503}
    said = "".join(it.text for it in answers)
    logged = "".join(logs.TextFormatter().format(record) for record in caplog.records)
    for secret_ in (CANARY, CANARY.lower(), PASSWORD, EMAIL, signed_in.token):
        assert secret_ not in said
        assert secret_ not in logged
