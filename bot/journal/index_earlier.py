"""The words of entries that are not in the word index: from before there was one, or with a text that
an older version of the bot changed. Recall finds them by meaning and by date meanwhile."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal.recall import words
from db import owned
from db.queries import words as index_of

AT_ONCE = 200


async def index_earlier(sessions: async_sessionmaker[AsyncSession], after: UUID | None) -> UUID | None:
    """Index the next entries that lack it, by id from `after` on; where to go on, None at the end.

    Each has its own short transaction, so that nobody who writes meanwhile waits for the others.
    """
    async with sessions() as session:
        lacking = await index_of.lacking(session, after=after, most=AT_ONCE)
    for entry in lacking:
        async with owned.begin(sessions, entry.user_id) as session:
            await words.index(session, entry.user_id, entry.id)
    return lacking[-1].id if len(lacking) == AT_ONCE else None
