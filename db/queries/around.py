"""What the coach is told of the time around an entry, in one look."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from .entries import EntryRecord

# How long a reply may have waited for a mind: old entries that were answered again are not worth a scan.
LATE = timedelta(days=3)


@dataclass(frozen=True, kw_only=True)
class Around:
    """What the bot `said` lately (HTML) and its summaries `asked` (plain), the newest first, the names of the
    metrics that the entry's day has a value of, how many earlier entries of that day have a reply, what
    these asked for with buttons, and what that day's other entries say of the person's safety."""

    said: tuple[str, ...]
    asked: tuple[str, ...]
    known_today: frozenset[str]
    answered_today: int
    asked_today: frozenset[str]
    concerns: frozenset[str]


LOOK = text("""
    SELECT
        ARRAY(
            SELECT reply FROM journal_entries
            WHERE user_id = :user_id AND id <> :entry_id AND written_at > :written_since
                AND coached_at > :since AND reply <> '' AND deleted_at IS NULL
            ORDER BY coached_at DESC LIMIT :most),
        ARRAY(
            SELECT question FROM daily_scores
            WHERE user_id = :user_id AND local_date >= :since_day AND sent_at > :since AND question <> ''
            ORDER BY sent_at DESC LIMIT :most),
        ARRAY(
            SELECT DISTINCT m.name FROM extracted_metrics m JOIN journal_entries e ON e.id = m.entry_id
            WHERE m.user_id = :user_id AND m.removed_at IS NULL
                AND e.user_id = :user_id AND e.local_date = :day AND e.deleted_at IS NULL),
        ARRAY(
            SELECT coalesce(reply_check_in, '') FROM journal_entries
            WHERE user_id = :user_id AND local_date = :day AND id < :entry_id
                AND coached_at IS NOT NULL AND deleted_at IS NULL),
        ARRAY(
            SELECT DISTINCT concern FROM journal_entries
            WHERE user_id = :user_id AND local_date = :day AND id <> :entry_id
                AND concern IS NOT NULL AND deleted_at IS NULL)
""")


async def look(session: AsyncSession, entry: EntryRecord, *, since: datetime, most: int) -> Around:
    """`most` of what was said `since` then."""
    bind = {
        "user_id": entry.user_id,
        "entry_id": entry.id,
        "day": entry.local_date,
        "since": since,
        "written_since": since - LATE,
        "since_day": (since - LATE).date(),
        "most": most,
    }
    said, asked, names, check_ins, concerns = (await session.execute(LOOK, bind)).one()
    return Around(
        said=tuple(said),
        asked=tuple(asked),
        known_today=frozenset(names),
        answered_today=len(check_ins),
        asked_today=frozenset(it for it in check_ins if it),
        concerns=frozenset(concerns),
    )
