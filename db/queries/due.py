"""Which queues have something to do now, in one look."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from .outbox import BULK, OPEN_ROWS

FREE = "due_at <= now() AND (lease_until IS NULL OR lease_until < now())"
IN_TIME = "(stale_at IS NULL OR stale_at > now() OR state = 'sending')"
OUTBOX = f"outbox WHERE {OPEN_ROWS} AND {FREE} AND {IN_TIME}"
# What of each waits that nobody works on, also what its chat holds back.
DUE = {
    "inbox": f"inbox WHERE done_at IS NULL AND {FREE}",
    "journeys": f"journeys WHERE {FREE}",
    "outbox": f"{OUTBOX} AND purpose NOT {BULK}",
    "bulk": f"{OUTBOX} AND purpose {BULK}",
    "scorings": f"scorings WHERE {FREE}",
    "summaries": f"summaries WHERE state = 'waiting' AND {FREE}",
}
# Where something waits one look finds it, and where nothing does there is little to look at.
LOOKS = ", ".join(f"EXISTS (SELECT FROM {rows})" for rows in DUE.values())
LOOK = text(f"SELECT {LOOKS}")


async def look(session: AsyncSession) -> set[str]:
    """The names of the queues with something that is due, of `DUE`."""
    row = (await session.execute(LOOK)).one()
    return {name for name, is_due in zip(DUE, row, strict=True) if is_due}
