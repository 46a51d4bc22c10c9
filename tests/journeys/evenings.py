"""Evenings: a summary that is due now, prepared and shown by the bot's own parts."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from bot.journal.summary_queue import SummaryQueue
from bot.playground.chat import Message
from bot.work import Lease, now
from db.models import DailyScore, Metric, Outgoing, ScoreMetric, Summary, User
from db.queries import preferences

from .conftest import World
from .past import Past

QUIET = {"language": "en", "metrics": [], "asks_about_past": False, "concern": "none"}


def words(story: str = "A day by the water.", **changes: Any) -> dict[str, Any]:
    """What a coach gives for a summary."""
    empty = dict.fromkeys(("helped", "helped_quote", "suggestion", "question"), "")
    return {**empty, "goal": 0, "story": story, **changes}


def reading(*scores: tuple[str, int, str]) -> dict[str, Any]:
    """What an analyst gives for a day: categories with their scores and quotes."""
    told = [{"category": it[0], "score": it[1], "reason": "as they say", "quote": it[2]} for it in scores]
    return {"scores": told}


class Minds:
    """Answers by what is asked: `summary` for the words of an evening, `scores` for a day's categories."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.summary: Any = words()
        self.scores: Any = reading()
        self.asked: list[dict[str, Any]] = []
        world.anthropic.answer = self._answer

    def _answer(self, body: dict[str, Any]) -> str | None:
        schema = body.get("output_config", {}).get("format", {}).get("schema", {})
        if "story" in schema.get("properties", {}):
            self.asked.append(body)
            return self.summary if isinstance(self.summary, str) else json.dumps(self.summary)
        if "scores" in schema.get("properties", {}):
            return json.dumps(self.scores)
        return None


async def evening(past: Past, day: date | None = None, kind: str = "day") -> UUID:
    """Let a summary be due and bring it to its end, whatever that is; its id."""
    world, minute = past.world, datetime.now(UTC)
    async with world.sessions.begin() as session:
        # Their own hour is far away, whenever this runs.
        far = minute + timedelta(hours=12)
        hour = {"summary_time": far.time().replace(microsecond=0), "next_summary_at": far}
        await session.execute(update(User).where(User.id == past.user_id).values(hour))
        row = Summary(
            user_id=past.user_id,
            kind=kind,
            local_date=day or past.today,
            shown_at=minute,
            stale_at=minute + timedelta(hours=4),
        )
        session.add(row)
        await session.flush()
        summary_id = row.id
    queue = SummaryQueue(world.sessions, world.bot.summaries)
    for job in await queue.claim(8):
        await queue.handle(job, Lease(now()))
    await world.until(Summary, lambda rows: all(it.state != "waiting" for it in rows))
    await world.all_done()
    return summary_id


async def shown(past: Past, summary_id: UUID) -> list[Message]:
    """The messages that show a summary, as they are now."""
    async with past.world.sessions() as session:
        found = select(Outgoing.message_ids).where(Outgoing.slot == f"summary:{summary_id}")
        ids = await session.scalar(found) or []
    chat = past.person.chat
    return [it for it in chat.bot_messages if it.message_id in ids]


async def by_tap(past: Past) -> None:
    """The numbers of the past were told by tap: what was read has words that it stands in."""
    async with past.world.sessions.begin() as session:
        its = update(Metric).where(Metric.user_id == past.user_id)
        await session.execute(its.values(source="person"))


async def prefers(past: Past, **chosen: Any) -> None:
    async with past.world.sessions.begin() as session:
        await preferences.change(session, past.user_id, **chosen)


async def score(
    past: Past, day: date, overall: int | None, *, state: str = "scored", **categories: int
) -> None:
    """A scored day of long ago, as rows."""
    async with past.world.sessions.begin() as session:
        await session.execute(
            delete(DailyScore).where(DailyScore.user_id == past.user_id, DailyScore.local_date == day)
        )
        row = DailyScore(user_id=past.user_id, local_date=day, overall=overall, state=state)
        session.add(row)
        await session.flush()
        for name, value in categories.items():
            session.add(
                ScoreMetric(
                    user_id=past.user_id,
                    daily_score_id=row.id,
                    category=name,
                    score=value,
                    source="person",
                )
            )


async def age(past: Past, summary_id: UUID, by: timedelta) -> None:
    """Let a summary have been shown so long ago."""
    async with past.world.sessions.begin() as session:
        values = {"shown_at": Summary.shown_at - by, "due_at": Summary.due_at - by}
        await session.execute(update(Summary).where(Summary.id == summary_id).values(values))
