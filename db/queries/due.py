"""Which queues have something to do now, in one look."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from .lanes import OPEN_ROWS, is_in_time, is_of

IS_DUE = "due_at <= now() AND (lease_until IS NULL OR lease_until < now())"
OUTBOX = f"outbox AS w WHERE {OPEN_ROWS} AND {IS_DUE} AND {is_in_time('w')}"
# What of each waits that nobody works on, also what its chat holds back.
DUE = {
    "inbox": f"inbox WHERE done_at IS NULL AND {IS_DUE}",
    "journeys": f"journeys WHERE {IS_DUE}",
    # In the order of their indexes: else the thousands that wait for one evening are read for it.
    "outbox": f"{OUTBOX} AND {is_of('chat', 'w')} ORDER BY id",
    "bulk": f"{OUTBOX} AND {is_of('bulk', 'w')} ORDER BY due_at",
    "scorings": f"scorings WHERE {IS_DUE}",
    "summaries": f"summaries WHERE state = 'waiting' AND {IS_DUE}",
}
# Where something waits one look finds it, and where nothing does there is little to look at.
LOOKS = ", ".join(
    f"(SELECT true FROM {rows} LIMIT 1) IS NOT NULL"  # noqa: S608 - of the constants above
    for rows in DUE.values()
)
LOOK = text(f"SELECT {LOOKS}")


async def look(session: AsyncSession) -> set[str]:
    """The names of the queues with something that is due, of `DUE`."""
    row = (await session.execute(LOOK)).one()
    return {name for name, is_due in zip(DUE, row, strict=True) if is_due}
