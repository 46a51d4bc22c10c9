"""Accounts on the test's database, with whatever limiter the test brings."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal.accounts import Accounts
from bot.journal.accounts.passwords import Passwords
from bot.limits.guesses import LocalGuesses
from tests.accounts import make_accounts


@pytest.fixture
def passwords() -> Passwords:
    return Passwords()


@pytest.fixture
async def accounts(
    sessions: async_sessionmaker[AsyncSession], passwords: Passwords, tmp_path: Path
) -> AsyncIterator[Accounts]:
    accounts = make_accounts(sessions, tmp_path / "audio", passwords, LocalGuesses())
    yield accounts
    await accounts.close()
