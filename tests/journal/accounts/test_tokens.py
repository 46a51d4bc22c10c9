"""Every token that is not one of ours, and still good, is refused."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest

from bot.errors import TokenRefused
from bot.journal.accounts.tokens import LONGEST, Tokens
from tests.accounts import KEY

TOKENS = Tokens(KEY)
NOW = datetime.now(UTC)


def claims(**changes: Any) -> dict[str, Any]:
    ours = {
        "iss": "daybook",
        "aud": "daybook-api",
        "sub": str(uuid4()),
        "jti": str(uuid4()),
        "iat": NOW,
        "exp": NOW + timedelta(days=1),
    }
    return {name: value for name, value in (ours | changes).items() if value is not None}


def signed(key: bytes = KEY, algorithm: str = "HS256", **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm=algorithm)


def packed(part: object) -> str:
    text = part if isinstance(part, str) else json.dumps(part, default=lambda it: int(it.timestamp()))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def by_hand(header: object, payload: object, key: bytes = KEY) -> str:
    text = f"{packed(header)}.{packed(payload)}"
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def test_a_token_of_ours_is_read() -> None:
    sign_in, user = uuid4(), uuid4()
    token = TOKENS.issue(sign_in, user, NOW)
    found = TOKENS.read(token)
    assert (found.sign_in_id, found.user_id) == (sign_in, user)
    said = jwt.decode(token, KEY, algorithms=["HS256"], audience="daybook-api", issuer="daybook")
    assert said["exp"] - said["iat"] == timedelta(days=8).total_seconds()
    assert set(said) == {"iss", "aud", "sub", "jti", "iat", "exp"}
    assert jwt.get_unverified_header(token)["alg"] == "HS256"


def test_what_others_make_by_the_same_rules_is_read() -> None:
    said = claims()
    found = TOKENS.read(by_hand({"alg": "HS256", "typ": "JWT"}, said))
    assert str(found.user_id) == said["sub"]


@pytest.mark.parametrize("missing", ["exp", "iat", "aud", "iss", "jti", "sub"])
def test_no_claim_may_be_missing(missing: str) -> None:
    with pytest.raises(TokenRefused):
        TOKENS.read(by_hand({"alg": "HS256", "typ": "JWT"}, claims(**{missing: None})))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another-api"},
        {"aud": ["daybook-api", "another-api"]},
        {"iss": "somebody"},
        {"exp": NOW - timedelta(seconds=1)},
        {"sub": "no uuid"},
        {"jti": "no uuid"},
        {"nbf": NOW + timedelta(hours=1)},
    ],
)
def test_a_claim_that_does_not_fit_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        TOKENS.read(signed(**changes))


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", ""])
def test_an_unsigned_token_is_refused(alg: str) -> None:
    for signature in ("", "x"):
        with pytest.raises(TokenRefused):
            TOKENS.read(f"{packed({'alg': alg, 'typ': 'JWT'})}.{packed(claims())}.{signature}")


def test_no_other_algorithm_is_taken() -> None:
    with pytest.raises(TokenRefused):
        TOKENS.read(signed(KEY * 2, "HS512"))


def test_a_header_cannot_choose_the_key() -> None:
    """Signed rightly, but with a key that the token itself brings along or names."""
    own = b"a key that the attacker brings along...."
    for more in (
        {"jwk": {"kty": "oct", "k": packed(own.decode())}},
        {"kid": "../../dev/null"},
        {"jku": "https://example.org/keys"},
    ):
        with pytest.raises(TokenRefused):
            TOKENS.read(by_hand({"alg": "HS256", "typ": "JWT", **more}, claims(), own))
    with pytest.raises(TokenRefused):
        TOKENS.read(by_hand({"alg": "HS256", "typ": "JWT"}, claims(), b""))


def test_another_key_is_refused() -> None:
    with pytest.raises(TokenRefused):
        TOKENS.read(signed(b"another key of the tests, forty letters."))


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "é.ü.ß",
        "\0.\0.\0",
        f"{packed('[' * 300 + ']' * 300)}.{packed(claims())}.x",
        f"{packed([])}.{packed(claims())}.x",
        f"{packed({'alg': ['HS256']})}.{packed(claims())}.x",
        f"{packed({'alg': 'HS256', 'crit': ['exp']})}.{packed(claims())}.x",
        "x" * (LONGEST + 1),
    ],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(TokenRefused):
        TOKENS.read(token)


@pytest.mark.parametrize("payload", ["[]", "1", "null", '"x"', "[" * 200 + "]" * 200])
def test_signed_but_no_claims_is_refused(payload: str) -> None:
    with pytest.raises(TokenRefused):
        TOKENS.read(by_hand({"alg": "HS256", "typ": "JWT"}, payload))


def test_numbers_that_no_clock_knows_are_refused() -> None:
    values: list[Any] = ["1e400", "x", [], {}]
    for name in ("exp", "nbf"):
        for value in values:
            with pytest.raises(TokenRefused):
                TOKENS.read(by_hand({"alg": "HS256", "typ": "JWT"}, claims() | {name: value}))
