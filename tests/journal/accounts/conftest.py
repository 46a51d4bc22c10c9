"""Accounts on the test's database, with whatever limiter the test brings."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal.accounts import Accounts
from bot.journal.accounts.attempts import Attempts
from bot.journal.accounts.erasing import Erasing
from bot.journal.accounts.passwords import Passwords
from bot.journal.accounts.tokens import Tokens
from bot.limits.guesses import LocalGuesses
from db.audio import AudioStore

KEY = b"a key of the tests, of forty characters."


@pytest.fixture
def passwords() -> Passwords:
    return Passwords()


@pytest.fixture
async def accounts(
    sessions: async_sessionmaker[AsyncSession], passwords: Passwords, tmp_path: Path
) -> AsyncIterator[Accounts]:
    accounts = Accounts(
        sessions=sessions,
        tokens=Tokens(KEY),
        passwords=passwords,
        attempts=Attempts(LocalGuesses(), KEY),
        erasing=Erasing(sessions, AudioStore((tmp_path / "audio").as_uri())),
        default_time_zone="UTC",
    )
    yield accounts
    await accounts.close()
