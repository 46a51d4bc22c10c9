"""A million guesses are stopped long before they matter; the person whose account it is gets in."""

import itertools
from uuid import uuid4

import pytest

from bot.errors import TooManyAttempts
from bot.journal.accounts.attempts import ACCOUNT, LONGEST, REGISTER, Attempts, network
from bot.limits.guesses import LocalGuesses
from tests.accounts import KEY

EMAIL = "mina@example.org"
DAY = 86_400.0


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def attempts(clock: Clock) -> Attempts:
    return Attempts(LocalGuesses(clock), KEY)


async def guess(attempts: Attempts, email: str, address: str, *, right: bool = False) -> float:
    """The seconds to wait; 0 where the guess was looked at."""
    try:
        async with attempts.sign_in(email, address) as attempt:
            if right:
                attempt.right()
    except TooManyAttempts as error:
        return error.retry_after
    return 0.0


async def besieged(attempts: Attempts, clock: Clock) -> None:
    """Strangers have guessed for long, and must wait."""
    for number in range(50):
        clock.now += await guess(attempts, EMAIL, f"10.0.0.{number}")
    await guess(attempts, EMAIL, "10.0.1.1")
    assert await guess(attempts, EMAIL, "10.0.1.2") > 0


def addresses() -> "itertools.count[int]":
    return itertools.count(1)


async def test_a_million_guesses_at_a_password_take_decades(attempts: Attempts, clock: Clock) -> None:
    """Whoever guesses never waits longer than they must, and has as many addresses as they like."""
    began, looked_at, days = clock.now, 0, 30
    numbers = addresses()
    while clock.now < began + days * DAY:
        number = next(numbers)
        wait = await guess(attempts, EMAIL, f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
        looked_at += not wait
        clock.now += wait
    # A quarter of an hour each, but for the first few.
    assert 90 * days < looked_at < 97 * days + ACCOUNT.free + 10
    years = 1_000_000 / (looked_at / days) / 365
    assert years > 28


async def test_one_address_cannot_try_a_million_accounts(attempts: Attempts, clock: Clock) -> None:
    began, looked_at = clock.now, 0
    while clock.now < began + 10 * DAY:
        wait = await guess(attempts, f"somebody{looked_at}@example.org", "192.0.2.1")
        looked_at += not wait
        clock.now += wait
    assert looked_at / 10 < 1600


async def test_a_million_guesses_at_a_link_take_years(attempts: Attempts, clock: Clock) -> None:
    """A link of 256 bits lives ten minutes."""
    began, looked_at = clock.now, 0
    while clock.now < began + 10 * DAY:
        try:
            async with attempts.secret("192.0.2.1"):
                looked_at += 1
        except TooManyAttempts as error:
            clock.now += error.retry_after
    assert looked_at / 10 < 1600


async def test_no_delay_is_longer_than_a_quarter_of_an_hour(attempts: Attempts, clock: Clock) -> None:
    waits = []
    for _ in range(200):
        waits.append(await guess(attempts, EMAIL, "192.0.2.1"))
        clock.now += waits[-1]
    assert max(waits) == pytest.approx(LONGEST)


async def test_the_person_gets_in_where_they_were_before_while_strangers_guess(
    attempts: Attempts, clock: Clock
) -> None:
    assert await guess(attempts, EMAIL, "198.51.100.7", right=True) == 0
    await besieged(attempts, clock)
    assert await guess(attempts, EMAIL, "203.0.113.9", right=True) > 0
    assert await guess(attempts, EMAIL, "198.51.100.7", right=True) == 0
    clock.now += 31 * DAY
    await besieged(attempts, clock)
    assert await guess(attempts, EMAIL, "198.51.100.7", right=True) > 0


async def test_where_the_person_was_before_guesses_are_counted_too(attempts: Attempts) -> None:
    assert await guess(attempts, EMAIL, "198.51.100.7", right=True) == 0
    waits = [await guess(attempts, EMAIL, "198.51.100.7") for _ in range(10)]
    assert waits[: ACCOUNT.free] == [0] * ACCOUNT.free
    assert all(waits[ACCOUNT.free :])


async def test_a_right_password_forgives_the_account_and_not_the_address(attempts: Attempts) -> None:
    """Else an account of one's own would open the way to all others."""
    for number in range(18):
        assert await guess(attempts, f"somebody{number}@example.org", "192.0.2.1") == 0
        assert await guess(attempts, "own@example.org", "192.0.2.1", right=True) == 0
    for number in range(2):
        assert await guess(attempts, f"other{number}@example.org", "192.0.2.1") == 0
    assert await guess(attempts, "own@example.org", "192.0.2.1", right=True) > 0


async def test_who_is_signed_in_does_not_wait_for_what_strangers_guess(attempts: Attempts) -> None:
    for number in range(20):
        await guess(attempts, EMAIL, f"10.0.0.{number}")
    sign_in = uuid4()
    for _ in range(ACCOUNT.free):
        async with attempts.within(sign_in, "198.51.100.7"):
            pass
    with pytest.raises(TooManyAttempts):
        async with attempts.within(sign_in, "198.51.100.7"):
            pass


async def test_an_address_makes_so_many_accounts_and_asks_so_often_whose_is_taken(attempts: Attempts) -> None:
    async def register(address: str, *, free: bool) -> bool:
        try:
            async with attempts.register(address) as attempt:
                if free:
                    attempt.right()
        except TooManyAttempts:
            return False
        return True

    assert sum([await register("192.0.2.1", free=True) for _ in range(150)]) == REGISTER.free
    assert sum([await register("192.0.2.2", free=False) for _ in range(150)]) == 20


async def test_what_is_counted_names_nobody(clock: Clock) -> None:
    guesses = LocalGuesses(clock)
    await guess(Attempts(guesses, KEY), EMAIL, "192.0.2.1")
    for name in guesses._counts:
        assert "mina" not in name
        assert "192" not in name
    other = LocalGuesses(clock)
    await guess(Attempts(other, KEY[::-1]), EMAIL, "192.0.2.1")
    assert not guesses._counts.keys() & other._counts.keys()


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, "unknown"),
        ("", "unknown"),
        ("testclient", "unknown"),
    ],
)
def test_by_what_an_address_is_counted(address: str | None, counted: str) -> None:
    assert network(address) == counted
