"""What an account is: made, opened, closed, changed, erased."""

from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from uuid_utils.compat import uuid7

from bot.errors import (
    AccountsBusy,
    EmailRefused,
    EmailTaken,
    PasswordRefused,
    PasswordWrong,
    SignInRefused,
    SignInTooOld,
    TokenRefused,
)
from bot.journal.accounts import emails, passwords
from bot.journal.accounts.attempts import Attempts, Guess
from bot.journal.accounts.erasing import Erasing
from bot.journal.accounts.passwords import Passwords
from bot.journal.accounts.tokens import Tokens
from bot.journal.accounts.values import Caller, SignedIn
from bot.journal.naming import tidy
from db import owned
from db.queries import accounts, erasures, links
from db.queries.accounts import AccountRecord

# So long after signing in nobody is asked for their password again.
FRESH = timedelta(minutes=10)
NOBODY = "nobody@"
TAKEN = "there is an account with this e-mail already"

T = TypeVar("T")


class Accounts:
    """`address` is where a caller comes from, as far as the transport knows: guesses are counted by it."""

    def __init__(
        self,
        *,
        sessions: async_sessionmaker[AsyncSession],
        tokens: Tokens,
        passwords: Passwords,
        attempts: Attempts,
        erasing: Erasing,
        default_time_zone: str,
    ) -> None:
        self._sessions = sessions
        self._tokens = tokens
        self._passwords = passwords
        self.attempts = attempts
        self._erasing = erasing
        self._default_time_zone = default_time_zone

    async def register(self, email: str, password: str, name: str, address: str | None) -> SignedIn:
        """A person who comes by this door first.

        Raises `EmailRefused`, `PasswordRefused`, `EmailTaken`, `TooManyAttempts`, `AccountsBusy`.
        """
        email = emails.normalise(email)
        name = tidy(name) or email.partition("@")[0]
        passwords.check(password, email=email, name=name)
        async with self.attempts.register(address) as attempt:
            hashed = await self.hash_for(email, password, attempt)
            user_id = uuid7()
            async with owned.begin(self._sessions, user_id) as session:
                row = {"name": name, "time_zone": self._default_time_zone}
                if not await accounts.add(session, user_id, email=email, password_hash=hashed, **row):
                    raise EmailTaken(TAKEN)
                signed_in = await self._let_in(session, user_id)
            attempt.right()
        await self.attempts.remember(email, address)
        return signed_in

    async def hash_for(self, email: str, password: str, attempt: Guess) -> str:
        """Of an e-mail that is taken no password need be hashed: that it is will be told.

        Raises `EmailTaken`, `AccountsBusy`.
        """
        async with self._sessions() as session:
            if await accounts.is_taken(session, email):
                raise EmailTaken(TAKEN)
        return await self._busy_or(attempt, self._passwords.hash(password))

    async def _busy_or(self, attempt: Guess, work: Awaitable[T]) -> T:
        """Whoever could not be looked at has not guessed."""
        try:
            return await work
        except AccountsBusy:
            attempt.unlooked()
            raise

    async def sign_in(self, email: str, password: str, address: str | None) -> SignedIn:
        """Raises `SignInRefused`, alike for an unknown e-mail and a wrong password; `TooManyAttempts`,
        `AccountsBusy`."""
        try:
            counted = email = emails.normalise(email)
        except EmailRefused:
            # Nobody has it, nor this one; finding that out takes its time, too. Whoever mistypes another is
            # not delayed by it.
            counted, email = email, NOBODY
        async with self.attempts.sign_in(counted, address) as guess:
            async with self._sessions() as session:
                known = await accounts.find(session, email)
            hash_ = known.password_hash if known else None
            fits, newer = await self._busy_or(guess, self._passwords.verify(password, hash_))
            if not fits or known is None:
                raise SignInRefused("wrong e-mail or password")
            async with owned.begin(self._sessions, known.user_id) as session:
                now = await accounts.credentials(session, known.user_id)
                is_changed = now is None or now.password_hash != hash_
                if is_changed or await erasures.is_wanted(session, known.user_id):
                    # The password that fitted is the old one by now, or there is nothing left to come in to.
                    raise SignInRefused("wrong e-mail or password")
                if newer:
                    await accounts.write(session, known.user_id, password_hash=newer)
                signed_in = await self._let_in(session, known.user_id)
            guess.right()
        return signed_in

    async def hash(self, password: str) -> str:
        """Raises `AccountsBusy`."""
        return await self._passwords.hash(password)

    async def _let_in(self, session: AsyncSession, user_id: UUID) -> SignedIn:
        sign_in_id, began = await accounts.sign_in(session, user_id, self._tokens.lifetime)
        return SignedIn(
            user_id=user_id,
            sign_in_id=sign_in_id,
            token=self._tokens.issue(sign_in_id, user_id, began),
            expires_at=began + self._tokens.lifetime,
        )

    async def who(self, token: str) -> Caller:
        """Whom the token speaks for. Raises `TokenRefused`."""
        claims = self._tokens.read(token)
        async with owned.begin(self._sessions, claims.user_id) as session:
            began = await accounts.signed_in_at(session, claims.user_id, claims.sign_in_id)
        if began is None:
            raise TokenRefused("this sign-in has ended: sign in again")
        return Caller(user_id=claims.user_id, sign_in_id=claims.sign_in_id, signed_in_at=began)

    async def profile(self, user_id: UUID) -> AccountRecord:
        """Raises `TokenRefused` where the person was erased."""
        async with owned.begin(self._sessions, user_id) as session:
            found = await accounts.read(session, user_id)
        if found is None:
            raise TokenRefused("this account is gone")
        return found

    async def sign_out(self, who: Caller | SignedIn) -> None:
        """End this sign-in, and no other of theirs."""
        async with owned.begin(self._sessions, who.user_id) as session:
            await accounts.sign_out(session, who.user_id, who.sign_in_id)

    async def change_password(self, caller: Caller, old: str, new: str, address: str | None) -> SignedIn:
        """Every sign-in ends, and a new one begins.

        Raises `PasswordWrong` where `old` is wrong, `PasswordRefused`, `TooManyAttempts`, `AccountsBusy`.
        """
        profile = await self.profile(caller.user_id)
        passwords.check(new, email=profile.email, name=profile.name)
        fitted = await self._confirm(caller, old, address)
        if new == old:
            raise PasswordRefused("this is the password that you have: choose another")
        hashed = await self._passwords.hash(new)
        async with self._sessions.begin() as session:
            now = await accounts.credentials(session, caller.user_id)
            # Chats that wait to be linked by the old one are others' yet.
            await links.end_all(session, caller.user_id)
            await owned.own(session, caller.user_id)
            if now is None or now.password_hash != fitted:
                raise PasswordWrong("the password was changed meanwhile")
            if await erasures.is_wanted(session, caller.user_id):
                raise TokenRefused("this account is gone")
            await accounts.write(session, caller.user_id, password_hash=hashed)
            await accounts.sign_out(session, caller.user_id)
            return await self._let_in(session, caller.user_id)

    async def confirm(self, caller: Caller, password: str | None, address: str | None) -> None:
        """Make sure that it is the person who asks for what cannot be undone: they signed in just now, or
        say their password again. Raises `SignInTooOld`, `PasswordWrong`, `TooManyAttempts`."""
        if password is not None:
            await self._confirm(caller, password, address)
        elif datetime.now(UTC) - caller.signed_in_at > FRESH:
            raise SignInTooOld("you signed in a while ago: give your password again")

    async def _confirm(self, caller: Caller, password: str, address: str | None) -> str:
        """The hash that the password fits."""
        async with self.attempts.within(caller.sign_in_id, address) as guess:
            async with owned.begin(self._sessions, caller.user_id) as session:
                known = await accounts.credentials(session, caller.user_id)
            hash_ = known.password_hash if known else None
            fits, _ = await self._busy_or(guess, self._passwords.verify(password, hash_))
            if not fits or hash_ is None:
                raise PasswordWrong("wrong password")
            guess.right()
        return hash_

    async def erase(self, user_id: UUID) -> bool:
        """Everything of theirs goes; False where that takes a moment longer, see `erasing`."""
        return await self._erasing.erase(user_id)

    async def close(self) -> None:
        self._passwords.close()
        await self.attempts.close()
