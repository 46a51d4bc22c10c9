"""One diary out of two: somebody came in by a chat and by an account, and has written in both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal import evenings
from bot.journal.care import is_grave
from bot.journal.recall import words
from db.queries import doors, merging, scores, scorings, summaries, summing
from db.queries.merging import Holdings

# Entries whose words are found at once; those of before are read into the index by the clock, see
# `bot.journal.index_earlier`, and found by meaning and by date meanwhile.
INDEXED_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What both hold, and the local days of which both tell something."""

    source: Holdings
    target: Holdings
    days: Sequence[date]


async def preview(session: AsyncSession, source: UUID, target: UUID) -> Preview:
    return Preview(
        source=await merging.holdings(session, source),
        target=await merging.holdings(session, target),
        days=await merging.clashes(session, source, target),
    )


async def merge(session: AsyncSession, source: UUID, target: UUID) -> Preview:
    """All that is `source`'s becomes `target`'s, who then is the only one of the two. What was there."""
    await doors.lock(session, source, target)
    before = await preview(session, source, target)
    if not (await doors.of(session, target)).chats:
        await merging.take_settings(session, source, target)
    await merging.move(session, source, target)
    for entry_id in await merging.newest_entries(session, target, INDEXED_AT_ONCE):
        await words.index(session, target, entry_id)
    await _heed(session, target, before.days)
    await scorings.mark(session, target, *before.days)
    await merging.forget(session, source)
    await evenings.renew(session, target)
    return before


async def _heed(session: AsyncSession, user_id: UUID, days: Sequence[date]) -> None:
    """What one side told of danger is about the other's day, too: it has no score from here on, and what is
    ready knows nothing of it."""
    told = await summing.concerns(session, user_id, days[0], days[-1]) if days else []
    grave = {day for day, concern in told if is_grave(concern)}.intersection(days)
    for day in sorted(grave):
        await scores.withhold_day(session, user_id, day)
    if grave:
        await summaries.hold_back(session, user_id)
