"""Accounts on the test's database, and those of people who are there already, without the way by a page."""

from pathlib import Path
from uuid import UUID

import bcrypt
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal.accounts import Accounts
from bot.journal.accounts.attempts import Attempts
from bot.journal.accounts.erasing import Erasing
from bot.journal.accounts.passwords import Passwords
from bot.journal.accounts.tokens import Tokens
from bot.limits.guesses import LocalGuesses
from db import owned
from db.audio import AudioStore
from db.queries import accounts

KEY = b"a key of the tests, of forty characters."


def make_accounts(
    sessions: async_sessionmaker[AsyncSession], folder: Path, passwords: Passwords, guesses: LocalGuesses
) -> Accounts:
    """Recordings lie in `folder`."""
    return Accounts(
        sessions=sessions,
        tokens=Tokens(KEY),
        passwords=passwords,
        attempts=Attempts(guesses, KEY),
        erasing=Erasing(sessions, AudioStore(folder.as_uri())),
        default_time_zone="Europe/Berlin",
    )


def quick_hash(password: str) -> str:
    """Of the kind that is verified and replaced at the first sign-in; it takes no 40 ms to make."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


async def give_account(
    sessions: async_sessionmaker[AsyncSession], user_id: UUID, email: str, password: str
) -> None:
    async with owned.begin(sessions, user_id) as session:
        assert await accounts.claim(session, user_id, email=email, password_hash=quick_hash(password))
