"""Vectors for entries that have none: from a time without an embedder, with one that was down, or
with another model. Word search finds them meanwhile."""

import logging
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.ai.protocols import Embedder
from bot.errors import MindError, MindGarbled
from bot.journal.calls import keep_call
from bot.journal.tokens import chunks
from db import owned
from db.queries import entries
from db.queries import recall as vectors
from db.queries.recall import Lacking

log = logging.getLogger(__name__)

AT_ONCE = 50


async def embed_earlier(
    sessions: async_sessionmaker[AsyncSession], embedder: Embedder, after: UUID | None
) -> UUID | None:
    """Embed the next entries that lack a vector, by id from `after` on; where to go on, None at the
    end. Stops where the embedder is down, and passes over an entry whose vector comes back broken."""
    async with sessions() as session:
        lacking = await vectors.lacking(session, after=after, most=AT_ONCE)
    for entry in lacking:
        try:
            await _embed(sessions, embedder, entry)
        except MindGarbled as error:
            log.warning("%s: %s", type(error).__name__, error)
        except MindError as error:
            log.warning("%s: %s", type(error).__name__, error)
            return after
        after = entry.id
    return after if len(lacking) == AT_ONCE else None


async def _embed(sessions: async_sessionmaker[AsyncSession], embedder: Embedder, entry: Lacking) -> None:
    spans = chunks(entry.body)
    found = await embedder.embed([entry.body[start:stop] for start, stop in spans]) if spans else None
    async with owned.begin(sessions, entry.user_id) as session:
        if not await entries.is_at(session, entry.user_id, entry.id, entry.version):
            # Edited meanwhile: its own journey embeds it.
            return
        if found is not None:
            await keep_call(session, entry.user_id, entry.id, entry.version, "embed", None, found.usage)
            await vectors.keep_vectors(
                session, entry.user_id, entry.id, model=embedder.model, spans=spans, vectors=found.vectors
            )
        await entries.mark_embedded(session, entry.user_id, entry.id)
