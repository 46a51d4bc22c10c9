"""The earlier entries as a coach reads them: quoted, dated, and numbered, to be named by number."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from uuid import UUID

from bot.journal.recall import passage
from bot.journal.tokens import estimate_tokens, fit
from db.queries.recall import Remembered

BUDGET = 2400
LONGEST = 600


@dataclass(frozen=True, kw_only=True)
class Sources:
    """`text` for the coach; the number `n` in it stands for `entry_ids[n - 1]`. `related` are the
    numbers of those that are not there for being recent alone."""

    text: str = "none"
    entry_ids: tuple[UUID, ...] = ()
    related: tuple[int, ...] = ()


def numbered(found: Sequence[Remembered], budget: int = BUDGET) -> Sources:
    """What was found, oldest first, the best kept when `budget` tokens run out. Nothing in a
    quotation can end it: its markup is escaped."""
    kept: list[tuple[Remembered, str]] = []
    for entry in found:
        text = escape(fit(passage(entry), LONGEST), quote=False)
        cost = estimate_tokens(text) + 25
        if cost > budget:
            break
        budget -= cost
        kept.append((entry, text))
    kept.sort(key=lambda it: it[0].written_at)
    lines = [
        f'<earlier_entry n="{number}" date="{entry.local_date}" day="{entry.local_date:%A}">{text}'
        "</earlier_entry>"
        for number, (entry, text) in enumerate(kept, 1)
    ]
    ids = tuple(entry.entry_id for entry, _ in kept)
    related = [number for number, (entry, _) in enumerate(kept, 1) if entry.found_by != {"recency"}]
    return Sources(text="\n".join(lines) or "none", entry_ids=ids, related=tuple(related))
