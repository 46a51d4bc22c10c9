"""Passwords: which are refused, and how they are hashed and verified, off the event loop."""

import asyncio
import os
import sys
import threading
import unicodedata
from collections.abc import AsyncIterator

import bcrypt
import pytest
from argon2 import extract_parameters
from pwdlib.exceptions import UnknownHashError

from bot.errors import AccountsBusy, PasswordRefused
from bot.journal.accounts import passwords
from bot.journal.accounts.passwords import LANES, MEMORY, NICENESS, PASSES, Passwords, check
from bot.telegram.hurry import Hurry

GOOD = "a heron on the lake"


@pytest.fixture
async def hashing() -> AsyncIterator[Passwords]:
    hashing = Passwords()
    yield hashing
    hashing.close()


async def test_a_new_password_is_kept_as_argon2id(hashing: Passwords) -> None:
    hashed = await hashing.hash(GOOD)
    assert hashed.startswith("$argon2id$v=19$")
    found = extract_parameters(hashed)
    assert (found.memory_cost, found.time_cost, found.parallelism) == (MEMORY, PASSES, LANES)
    assert await hashing.verify(GOOD, hashed) == (True, None)
    assert await hashing.verify(GOOD + " ", hashed) == (False, None)
    assert await hashing.hash(GOOD) != hashed


async def test_bcrypt_is_verified_and_upgraded(hashing: Passwords) -> None:
    old = bcrypt.hashpw(GOOD.encode(), bcrypt.gensalt(4)).decode()
    fits, newer = await hashing.verify(GOOD, old)
    assert fits
    assert newer is not None
    assert newer.startswith("$argon2id$")
    assert await hashing.verify(GOOD, newer) == (True, None)
    assert await hashing.verify("another password", old) == (False, None)


async def test_weaker_argon2_is_upgraded(hashing: Passwords) -> None:
    from pwdlib.hashers.argon2 import Argon2Hasher

    weaker = Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD)
    fits, newer = await hashing.verify(GOOD, weaker)
    assert fits
    assert newer is not None


@pytest.mark.parametrize("length", [72, 73, 200, 256])
async def test_a_long_password_is_a_password(hashing: Passwords, length: int) -> None:
    """73 bytes and more: argon2 takes them whole, and bcrypt never sees them."""
    long = ("a heron on the lake, " * 20)[:length]
    check(long)
    hashed = await hashing.hash(long)
    assert await hashing.verify(long, hashed) == (True, None)
    assert await hashing.verify(long[:-1] + "x", hashed) == (False, None)
    old = bcrypt.hashpw(long[:72].encode(), bcrypt.gensalt(4)).decode()
    fits, _ = await hashing.verify(long, old)
    assert fits == (length <= 72)


@pytest.mark.parametrize("hash_", [None, "", "!", "plain text", "$argon2id$", "$2b$04$short", "$1$x$y"])
async def test_no_hash_is_fitted_by_nothing(hashing: Passwords, hash_: str | None) -> None:
    assert await hashing.verify(GOOD, hash_) == (False, None)
    assert await hashing.verify("", hash_) == (False, None)


async def test_a_nul_and_a_letter_composed_otherwise(hashing: Passwords) -> None:
    hashed = await hashing.hash("a\0b on the lake")
    assert await hashing.verify("a\0b on the lake", hashed) == (True, None)
    assert await hashing.verify("a\0c on the lake", hashed) == (False, None)
    old = bcrypt.hashpw(b"a", bcrypt.gensalt(4)).decode()
    assert await hashing.verify("a\0b", old) == (False, None)
    composed = await hashing.hash("eine schöne Möwe")
    apart = unicodedata.normalize("NFD", "eine schöne Möwe")
    assert await hashing.verify(apart, composed) == (True, None)


async def test_an_unknown_account_takes_the_same_work(hashing: Passwords) -> None:
    """Of the same kind and the same cost, so that the time tells nothing."""
    found = extract_parameters(hashing._nobody)
    assert (found.memory_cost, found.time_cost, found.parallelism) == (MEMORY, PASSES, LANES)
    known = extract_parameters(await hashing.hash(GOOD))
    assert (found.type, found.version, found.salt_len, found.hash_len) == (
        known.type,
        known.version,
        known.salt_len,
        known.hash_len,
    )
    assert await hashing.verify(GOOD, None) == (False, None)
    # It is looked at, and so it is for what bcrypt cannot take.
    hashing._nobody = "no hash at all"
    with pytest.raises(UnknownHashError):
        await hashing.verify(GOOD, None)
    with pytest.raises(UnknownHashError):
        await hashing.verify("x" * 73, bcrypt.hashpw(b"x", bcrypt.gensalt(4)).decode())


async def test_it_works_in_one_thread_that_gives_way(hashing: Passwords) -> None:
    def where() -> tuple[int, int]:
        number = threading.get_native_id()
        return number, os.getpriority(os.PRIO_PROCESS, number) if sys.platform == "linux" else NICENESS

    found = await asyncio.gather(*(hashing._in_turn(where) for _ in range(5)))
    assert len(set(found)) == 1
    assert found[0][0] != threading.get_native_id()
    assert found[0][1] == NICENESS


async def test_people_who_write_go_first_and_not_for_ever(hashing: Passwords) -> None:
    hurry, order = Hurry(), list[str]()
    hashing._calm = hurry.over
    with hurry.on():
        first = asyncio.create_task(hashing.verify(GOOD, None))
        async with asyncio.timeout(10):
            # Who writes without a pause lets one through at last.
            await first
        second = asyncio.create_task(hashing._in_turn(lambda: order.append("hashed")))
        await asyncio.sleep(0)
        order.append("written")
    await second
    assert order == ["written", "hashed"]


async def test_when_too_many_wait_the_next_is_told_to_come_again() -> None:
    hashing = Passwords(waiting=3)
    gate = threading.Event()
    held = [asyncio.create_task(hashing._in_turn(gate.wait)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(AccountsBusy) as caught:
        await hashing.verify(GOOD, None)
    assert caught.value.retry_after >= 1
    # One who gives up leaves no room before the work is done.
    held[2].cancel()
    gate.set()
    await asyncio.gather(*held, return_exceptions=True)
    assert await hashing.verify(GOOD, None) == (False, None)
    hashing.close()


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "ninechars",
        "x" * 257,
        "password123",
        "password123456",
        "qwerty letmein",
        "Password123!",
        "P@ssw0rd!!",
        "1234567890",
        "0123456789",
        "qwertyuiop",
        "QWERTYUIOP",
        "1q2w3e4r5t",
        "iloveyou2026",
        "!!sunshine!!",
        "sunshine sunshine",
        "passwordpassword",
        "abcdefghijkl",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "11112222333344",
        "dddddddddddddddddddddddd",
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(PasswordRefused) as caught:
        check(password)
    assert len(password) < 5 or password not in str(caught.value)


@pytest.mark.parametrize(
    "password",
    [
        *(
            "mina.holm1",
            "mina.holm@example.org",
            "Mina.Holm2026",
            "minaholmmina",
            "example.org",
            "daybook2026",
        ),
        *("Anna-1234567", "annaannaanna", "12/06/1985 Anna!", "anna & jo 4711"),
    ],
)
def test_who_somebody_is_is_no_password(password: str) -> None:
    with pytest.raises(PasswordRefused):
        check(password, email="mina.holm@example.org", name="Minaholm Jo Anna")


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "correct horse battery staple",
        "Tr0ub4dour&3",
        "eine schöne Möwe",
        "пароль для дневника",
        "日記のための長い言葉です",
        "🦆🦢🦉🦚🦜🐓🦃🦅🐦🐧",
        "x7!kQ2#mZ9",
        "Testpass123!",
        "secret-garden-1911",
        "a\tb on the lake",
    ],
)
def test_what_is_hard_to_guess_is_taken(password: str) -> None:
    check(password, email="mina@example.org", name="Mina")


def test_checking_takes_no_long_for_any_password() -> None:
    """Whatever is sent is looked at once: what matters grows with its length and no faster."""
    for letter in "a1$ ":
        with pytest.raises(PasswordRefused):
            check(letter * 256)


def test_the_list_holds_what_it_says() -> None:
    common = passwords._common()
    assert len(common) > 4000
    assert {"password", "iloveyou", "1q2w3e4r5t"} <= common
    assert all(it == it.casefold() for it in common)
