"""The person's earlier entries that matter now, as quoted, dated data."""

from html import escape
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal.tokens import estimate_tokens, fit
from db.queries import recall as queries
from db.queries.entries import EntryRecord
from db.queries.recall import Remembered

MOST = 6
BUDGET = 2400
LONGEST = 600


async def recall(session: AsyncSession, entry: EntryRecord, *, model: str | None) -> list[Remembered]:
    """The nearest earlier entries: by meaning where the entry has a vector of `model`, else by the
    words they share."""
    if model is not None and entry.embedded_at is not None:
        found = await queries.by_vector(session, entry.user_id, entry.id, model=model, most=MOST)
        if found:
            return found
    return await queries.by_words(session, entry.user_id, entry.body, besides=entry.id, most=MOST)


def render(found: list[Remembered], budget: int = BUDGET) -> str:
    """What was found as dated quotations, oldest first, the nearest kept when `budget` tokens run
    out. Nothing in a quotation can end it: its markup is escaped."""
    lines: list[tuple[UUID, str]] = []
    for entry in found:
        text = escape(fit(entry.body, LONGEST), quote=False)
        day = f'date="{entry.local_date:%Y-%m-%d}" day="{entry.local_date:%A}"'
        line = f"<earlier_entry {day}>{text}</earlier_entry>"
        cost = estimate_tokens(line)
        if cost > budget:
            break
        budget -= cost
        lines.append((entry.entry_id, line))
    order = {entry.entry_id: entry.written_at for entry in found}
    return "\n".join(line for _, line in sorted(lines, key=lambda it: order[it[0]])) or "none"
