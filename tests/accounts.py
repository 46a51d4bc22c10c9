"""Accounts of people who are there already, without the way by a link and its page."""

from uuid import UUID

import bcrypt
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from db import owned
from db.queries import accounts


def quick_hash(password: str) -> str:
    """Of the kind that is verified and replaced at the first sign-in; it takes no 40 ms to make."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


async def give_account(
    sessions: async_sessionmaker[AsyncSession], user_id: UUID, email: str, password: str
) -> None:
    async with owned.begin(sessions, user_id) as session:
        assert await accounts.claim(session, user_id, email=email, password_hash=quick_hash(password))
