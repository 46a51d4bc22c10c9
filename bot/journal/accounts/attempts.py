"""How often a secret may be guessed: per account and per address, with delays that grow.

The account's own count is the wall: however many addresses guess, they share it. A delay is never
longer than a quarter of an hour, and an address from which the person signed in lately has a count
of its own, so nobody can lock them out. docs/accounts.md does the sums.
"""

import asyncio
import hashlib
import hmac
import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from bot.errors import TooManyAttempts
from bot.limits.guesses import Guesses, Key, Outcome, Policy

LONGEST = 900.0
# Five typing errors, then 10 s, 20 s, … up to a quarter of an hour; one is forgotten each hour.
ACCOUNT = Policy(free=5, first=10.0, longest=LONGEST, forgets=3600.0)
# Many people may come from one address, and most of them mistype now and then.
ADDRESS = Policy(free=20, first=10.0, longest=LONGEST, forgets=60.0)
# A school class may sign up at once.
REGISTER = Policy(free=100, first=10.0, longest=LONGEST, forgets=36.0)
REMEMBERED = 30 * 86_400.0


class Guess:
    """What came of it: wrong, unless something else is said."""

    def __init__(self) -> None:
        self.came: Literal["wrong", "right", "unlooked"] = "wrong"

    def right(self) -> None:
        self.came = "right"

    def unlooked(self) -> None:
        """Nobody was told whether it is right."""
        self.came = "unlooked"


@dataclass(frozen=True, kw_only=True)
class _Counted:
    """`if_right` is what a right guess does to the key."""

    key: Key
    if_right: Outcome

    def outcome(self, guess: Guess) -> Outcome:
        others: dict[str, Outcome] = {"wrong": "failed", "unlooked": "void"}
        return others.get(guess.came, self.if_right)


class Attempts:
    """`key` makes the names under which things are counted: no e-mail and no address is kept. Each guess
    raises `TooManyAttempts` where it must wait."""

    def __init__(self, guesses: Guesses, key: bytes) -> None:
        self._guesses = guesses
        self._key = hmac.new(key, b"attempts", hashlib.sha256).digest()

    @asynccontextmanager
    async def sign_in(self, email: str, address: str | None) -> AsyncIterator[Guess]:
        """At the password of an account."""
        known = self._known(email, address)
        is_known = await self._guesses.knows(known)
        account = known if is_known else self._name("account", email)
        async with self._guess(self._own(account), self._at(address)) as guess:
            yield guess
        if guess.came == "right":
            await self.remember(email, address)

    async def remember(self, email: str, address: str | None) -> None:
        """Whoever comes from there is not delayed by what others guess at this account."""
        await self._guesses.remember(self._known(email, address), REMEMBERED)

    @asynccontextmanager
    async def within(self, sign_in: UUID, address: str | None) -> AsyncIterator[Guess]:
        """At the password, by somebody who is signed in: what strangers guess does not delay it."""
        own = self._own(self._name("within", sign_in.hex))
        async with self._guess(own, self._at(address)) as guess:
            yield guess

    @asynccontextmanager
    async def secret(self, address: str | None) -> AsyncIterator[Guess]:
        """At a link, which says not whose it is."""
        async with self._guess(self._at(address)) as guess:
            yield guess

    @asynccontextmanager
    async def in_chat(self, telegram_id: int) -> AsyncIterator[Guess]:
        """At a link that is brought to a chat. Telegram tells no address, but whose chat it is."""
        key = Key(name=self._name("chat", str(telegram_id)), policy=ADDRESS)
        async with self._guess(_Counted(key=key, if_right="void")) as guess:
            yield guess

    @asynccontextmanager
    async def register(self, address: str | None) -> AsyncIterator[Guess]:
        """A new account; right where the e-mail was free. That one is taken tells something, and counts as
        a wrong password does."""
        key = Key(name=self._name("register", network(address)), policy=REGISTER)
        async with self._guess(self._at(address), _Counted(key=key, if_right="failed")) as guess:
            yield guess

    async def close(self) -> None:
        await self._guesses.close()

    def _known(self, email: str, address: str | None) -> str:
        return self._name("known", email, network(address))

    def _own(self, name: str) -> _Counted:
        return _Counted(key=Key(name=name, policy=ACCOUNT), if_right="forgiven")

    def _at(self, address: str | None) -> _Counted:
        """What others of the same address guessed is not forgiven."""
        key = Key(name=self._name("address", network(address)), policy=ADDRESS)
        return _Counted(key=key, if_right="void")

    @asynccontextmanager
    async def _guess(self, *counted: _Counted) -> AsyncIterator[Guess]:
        wait = await self._guesses.take([it.key for it in counted])
        if wait:
            raise TooManyAttempts("too many attempts: wait a while, then try again", retry_after=wait)
        guess = Guess()
        try:
            yield guess
        finally:
            # Also where the caller went away: the guess was made.
            await asyncio.shield(self._guesses.settle([(it.key, it.outcome(guess)) for it in counted]))

    def _name(self, *parts: str) -> str:
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return f"{parts[0]}:{hmac.new(self._key, text, hashlib.sha256).hexdigest()[:32]}"


def network(address: str | None) -> str:
    """By what an address is counted: a house has a whole /64 of IPv6."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
