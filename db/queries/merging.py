"""Two people turn out to be one: all that is owned by the one becomes the other's.

What is owned is read off the tables themselves, so a table that is added moves along; only those whose rows
of both sides can meet at one key are dealt with by themselves. Whoever calls this has both people locked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Table, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import DailyScore, Entry, Goal, Metric, Reminder, User
from db.models.base import owned, table
from db.queries.words import ALONE

# Locks go in one order everywhere: the identity, the entry, its journey, its outbox rows.
FIRST = ("telegram_identities", "journal_entries", "journeys", "outbox")
# Days and summaries can be there on both sides.
MEETING = ("summaries", "daily_scores", "scorings")
# A word's term is a hash of its person: the index is made anew. What it counts goes with its chunks.
WORDS = ("word_chunks", "known_words")
# They were for coming in as who is no more.
LEFT = ("sign_ins", "links")


def moved() -> list[str]:
    """Those that need no more than another owner, in the order in which they are locked."""
    others = sorted({it.name for it in owned()} - {*FIRST, *MEETING, *WORDS, *LEFT})
    return [*FIRST, *others]


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """How much a person keeps here."""

    entries: int
    metrics: int
    goals: int
    scores: int
    reminders: int

    @property
    def is_empty(self) -> bool:
        return not (self.entries or self.metrics or self.goals or self.scores or self.reminders)


async def holdings(session: AsyncSession, user_id: UUID) -> Holdings:
    """What counts in the person's own eyes. An entry that can still be brought back is one."""
    here = {
        "entries": (Entry, ()),
        "metrics": (Metric, (Metric.removed_at.is_(None),)),
        "goals": (Goal, (Goal.state != "proposed",)),
        "scores": (DailyScore, ()),
        "reminders": (Reminder, (Reminder.state != "done",)),
    }
    counts = (
        select(func.count()).where(table(it).c.user_id == user_id, *which).scalar_subquery().label(name)
        for name, (it, which) in here.items()
    )
    return Holdings(**(await session.execute(select(*counts))).mappings().one())


CLASHES = text("""
    SELECT local_date FROM (
        SELECT local_date FROM journal_entries WHERE user_id = :one
        UNION SELECT local_date FROM daily_scores WHERE user_id = :one) AS a
    INTERSECT
    SELECT local_date FROM (
        SELECT local_date FROM journal_entries WHERE user_id = :other
        UNION SELECT local_date FROM daily_scores WHERE user_id = :other) AS b
    ORDER BY local_date
""")


async def clashes(session: AsyncSession, one: UUID, other: UUID) -> Sequence[date]:
    """The local days of which both tell something."""
    return (await session.scalars(CLASHES, {"one": one, "other": other})).all()


# What the person said of a day themselves stays; where both sides say it, what `target` does.
MEET: dict[str, Sequence[str]] = {
    "summaries": (
        # What was ready of the one that goes below, and that no chat has seen.
        """DELETE FROM outbox o USING summaries t, summaries s
           WHERE t.user_id = :target AND s.user_id = :source AND t.kind = s.kind
             AND t.local_date = s.local_date AND o.state IN ('waiting', 'failed') AND NOT o.is_seen
             AND o.slot = 'summary:' || CASE WHEN t.state = 'waiting' AND s.state <> 'waiting'
                THEN t.id ELSE s.id END""",
        """DELETE FROM summaries t USING summaries s
           WHERE t.user_id = :target AND s.user_id = :source AND t.kind = s.kind
             AND t.local_date = s.local_date AND t.state = 'waiting' AND s.state <> 'waiting'""",
        """DELETE FROM summaries s USING summaries t
           WHERE t.user_id = :target AND s.user_id = :source AND t.kind = s.kind
             AND t.local_date = s.local_date""",
        "UPDATE summaries SET user_id = :target WHERE user_id = :source",
    ),
    "daily_scores": (
        """DELETE FROM score_metrics old USING daily_scores t, daily_scores s, score_metrics said
           WHERE t.user_id = :target AND s.user_id = :source AND t.local_date = s.local_date
             AND old.daily_score_id = t.id AND old.source <> 'person'
             AND said.daily_score_id = s.id AND said.source = 'person' AND said.category = old.category""",
        """UPDATE score_metrics said SET daily_score_id = t.id, user_id = :target
           FROM daily_scores t, daily_scores s
           WHERE t.user_id = :target AND s.user_id = :source AND t.local_date = s.local_date
             AND said.daily_score_id = s.id AND said.source = 'person'
             AND NOT EXISTS (
                SELECT FROM score_metrics kept
                WHERE kept.daily_score_id = t.id AND kept.category = said.category)""",
        # Until it is scored again: a day of crisis has no score, whichever side tells of it.
        """UPDATE daily_scores t
           SET sent_at = COALESCE(t.sent_at, s.sent_at), message_id = COALESCE(t.message_id, s.message_id),
               state = CASE WHEN s.state = 'concern' THEN s.state ELSE t.state END,
               overall = CASE WHEN s.state = 'concern' THEN NULL ELSE t.overall END
           FROM daily_scores s
           WHERE t.user_id = :target AND s.user_id = :source AND t.local_date = s.local_date""",
        """DELETE FROM daily_scores s USING daily_scores t
           WHERE t.user_id = :target AND s.user_id = :source AND t.local_date = s.local_date""",
        "UPDATE daily_scores SET user_id = :target WHERE user_id = :source",
    ),
    "scorings": (
        """INSERT INTO scorings (user_id, local_date, due_at)
           SELECT :target, local_date, due_at FROM scorings WHERE user_id = :source ORDER BY local_date
           ON CONFLICT (user_id, local_date) DO UPDATE SET version = scorings.version + 1, attempts = 0""",
        "DELETE FROM scorings WHERE user_id = :source",
    ),
}


async def move(session: AsyncSession, source: UUID, target: UUID) -> None:
    """All but the words of the index, which are made anew."""
    both = {"source": source, "target": target}
    tables = {it.name: it for it in owned()}
    for name in moved():
        await _give(session, tables[name], source, target)
    # Whoever works on such a journey has the wrong person in mind.
    free = "UPDATE journeys SET lease_token = NULL, lease_until = NULL WHERE user_id = :target"
    await session.execute(text(free), both)
    for name in MEETING:
        for statement in MEET[name]:
            await session.execute(text(statement), both)
    await session.execute(ALONE, {"user_id": source})
    # What it counts and knows goes with each chunk.
    await session.execute(text("DELETE FROM word_chunks WHERE user_id = :source"), both)


async def _give(session: AsyncSession, rows: Table, source: UUID, target: UUID) -> None:
    await session.execute(update(rows).where(rows.c.user_id == source).values(user_id=target))


async def take_settings(session: AsyncSession, source: UUID, target: UUID) -> None:
    """Whoever never met the bot in a chat has chosen nothing yet: what was chosen there holds. Who once did
    keeps theirs, also where that chat was unlinked: each leaves something."""
    columns = ("time_zone", "locale", "day_starts_at", "summary_time", "silent_until", "settings")
    theirs = select(*(getattr(User, it) for it in columns)).where(User.id == source)
    row = (await session.execute(theirs)).one()
    is_untouched = (User.settings == {}, User.locale.is_(None), User.silent_until.is_(None))
    takes = update(User).where(User.id == target, *is_untouched)
    await session.execute(takes.values(dict(zip(columns, row, strict=True))))


async def forget(session: AsyncSession, user_id: UUID) -> None:
    """Who has nothing any more is nobody."""
    await session.execute(text("DELETE FROM users WHERE id = :id"), {"id": user_id})


async def newest_entries(session: AsyncSession, user_id: UUID, most: int) -> Sequence[UUID]:
    """Those that the word index lacks, the newest first."""
    found = text("""
        SELECT e.id FROM journal_entries e
        WHERE e.user_id = :user_id AND e.deleted_at IS NULL
          AND NOT EXISTS (SELECT FROM word_chunks w WHERE w.entry_id = e.id)
        ORDER BY e.id DESC LIMIT :most
    """)
    return (await session.scalars(found, {"user_id": user_id, "most": most})).all()
