"""Whose evening comes, and what is planned for it: `users.next_summary_at` decides.

A summary is planned, and prepared, ahead of its minute: the more people's hour is near, the earlier. That
there is one about a local day, however often it is planned, the key of `summaries` sees to.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal.clock import DAY, Due, Evening, end_of, latest_summary, next_summary, stale_at
from bot.journal.preferences import Preferences
from bot.journal.quiet import Quiet
from bot.turns import unhurried
from db.queries import scorings, summaries
from db.queries.people import Person
from db.queries.summaries import Planned, Sleeper

log = logging.getLogger(__name__)

# Enough for one; for each more, what one takes of a coach who writes a few at a time. Whoever is planned for
# hours ahead has their summary prepared anew with every entry that they still write.
LEAST_LEAD, LEAD_EACH, MOST_LEAD = timedelta(minutes=5), timedelta(seconds=0.3), timedelta(hours=2)
# At a time: whoever writes meanwhile waits for no longer than that takes, some 20 ms.
BATCH = 200
# The reviews of the week and of the month follow the evening's summary, and do not fall in with it.
FOLLOWS = {"day": timedelta(0), "week": timedelta(minutes=1), "month": timedelta(minutes=2)}

Now = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def lead(crowd: int) -> timedelta:
    """How long before its minute a summary is prepared, where so many people's hour is near."""
    return min(LEAST_LEAD + crowd * LEAD_EACH, MOST_LEAD)


@dataclass(frozen=True, kw_only=True)
class Evenings:
    """`ahead` is how long before its minute a summary is planned at least: hours where summaries are asked
    for in batches, which is long before they are prepared. Each transaction of a plan, for which nobody
    waits, lies within a `turn`."""

    sessions: async_sessionmaker[AsyncSession]
    now: Now = utc_now
    ahead: timedelta = timedelta(0)
    turn: Callable[[], AbstractAsyncContextManager[None]] = nullcontext

    async def plan(self) -> int:
        """Plan the summaries of all whose hour comes near; how many people that was."""
        now = self.now()
        with unhurried():
            await self._begin()
            async with self.sessions() as session:
                early = lead(await self._crowd(session, now))
            count = 0
            while some := await self._plan_some(now, early):
                count += some
        return count

    async def _crowd(self, session: AsyncSession, now: datetime) -> int:
        """How many are prepared side by side with those that are planned now: who is not planned yet, and of
        those that are, hours ahead or a moment ago, whose minute is about the same."""
        until = now + max(MOST_LEAD, self.ahead)
        left = await summaries.count_left(session, until - MOST_LEAD, until)
        return left + await summaries.count_until(session, until)

    async def _plan_some(self, now: datetime, early: timedelta) -> int:
        async with self.turn(), self.sessions.begin() as session:
            due = await summaries.due(session, now + max(early, self.ahead), BATCH)
            await _plan(session, due, now, early)
        return len(due)

    async def _begin(self) -> None:
        """Set the hour of those who have none yet."""
        more = True
        while more:
            async with self.turn(), self.sessions.begin() as session:
                new = await summaries.unplanned(session, BATCH)
                more = await _plan(session, new, self.now(), LEAST_LEAD) == BATCH


async def _plan(session: AsyncSession, people: list[Sleeper], now: datetime, early: timedelta) -> int:
    """How many of them have a next hour."""
    if not people:
        return 0
    next_ats, rows = [], []
    for who in people:
        next_at, planned = _evening_of(who, now, early)
        next_ats.append((who.user_id, next_at))
        rows += planned
    await summaries.plan(session, next_ats, rows)
    for row in rows:
        if row.state == "skipped" and row.kind == "day":
            # The message is too late or unwelcome; the day is still worth its score.
            await scorings.want(session, row.user_id, row.local_date, timedelta(0))
    return sum(at is not None for _, at in next_ats)


def _evening_of(who: Sleeper, now: datetime, early: timedelta) -> tuple[datetime | None, list[Planned]]:
    """When their next hour is, and the rows of the one that has come. Of several that were missed, the
    last one alone still counts."""
    if not _wants(who):
        return None, []
    evening, had = evening_of(who), who.had or date.min
    if who.next_summary_at is None:
        return next_summary(evening, now, had).at, []
    until = max(who.next_summary_at, now)
    due = latest_summary(evening, until)
    rows = _rows(who, due, now, early) if due.local_date > had else []
    return next_summary(evening, until, max(due.local_date, had)).at, rows


def _wants(who: Sleeper) -> bool:
    """Who blocked the bot is planned for again when they return."""
    return who.is_reachable and Preferences.of(who.settings).wants_summary


def evening_of(who: Sleeper | Person) -> Evening:
    return Evening(time_zone=who.time_zone, summary_time=who.summary_time, day_starts_at=who.day_starts_at)


def quiet_of(who: Sleeper) -> Quiet:
    chosen = Preferences.of(who.settings)
    return Quiet(
        time_zone=who.time_zone,
        begins=chosen.quiet_from,
        ends=chosen.quiet_to,
        silent_until=who.silent_until,
    )


def _rows(who: Sleeper, due: Due, now: datetime, early: timedelta) -> list[Planned]:
    """The day's, and the reviews that come with it: of the week on its weekday, of the month on the first
    of the next one."""
    chosen = Preferences.of(who.settings)
    day = due.local_date
    kinds = {"day": day}
    if day.weekday() == chosen.review_weekday:
        kinds["week"] = day
    if day.day == 1:
        kinds["month"] = day - DAY
    state, shown_at, stale = _minute(who, due)
    if state == "skipped" or stale <= now:
        # Nor is it taken up again when the day changes.
        state, stale = "skipped", min(stale, now)
    return [
        Planned(
            user_id=who.user_id,
            kind=kind,
            local_date=last_day,
            state=state,
            shown_at=_following(who, shown_at, kind),
            stale_at=stale,
            due_at=shown_at - early,
        )
        for kind, last_day in kinds.items()
    ]


def _following(who: Sleeper, shown_at: datetime, kind: str) -> datetime:
    """Right after the evening's summary, but in the same minute where the quiet hours begin with the next."""
    after = shown_at + FOLLOWS[kind]
    return shown_at if quiet_of(who).hours_end(after) else after


def _minute(who: Sleeper, due: Due) -> tuple[str, datetime, datetime]:
    """The state to begin with, when to show it and from when on no more. Quiet hours put it off to their
    end, a silence as long as a late one makes sense."""
    evening, quiet = evening_of(who), quiet_of(who)
    stale = stale_at(evening, due.local_date, due.at)
    shown_at, state = due.at, "waiting"
    if quiet.silent_until and quiet.silent_until > due.at:
        shown_at = quiet.silent_until
        if shown_at >= stale:
            return "skipped", due.at, stale
    if over := quiet.hours_end(shown_at):
        shown_at = over
        stale = stale_at(evening, due.local_date, shown_at)
    return state, shown_at, stale


async def renew(
    session: AsyncSession, user_id: UUID, *, before: Evening | None = None, now: datetime | None = None
) -> None:
    """The person's hour, zone, quiet or wish for a summary changed, or they are back from a block: set
    their next hour anew. `before` is how it was. What is planned and not shown yet is planned anew; an
    evening that would be lost because the new hour has passed comes when the old one said, or at once where
    that would be after the next one's."""
    now = now or utc_now()
    # The lock on the person comes before that on their summaries.
    was = await summaries.sleeper(session, user_id)
    taken = await summaries.take_back(session, user_id, now)
    who = await summaries.sleeper(session, user_id)
    if not _wants(who):
        await summaries.plan(session, [(user_id, None)], [])
        return
    had = who.had or date.min
    following = next_summary(evening_of(who), now, had)
    promised = _promised(was, taken, before or evening_of(who))
    rows: list[Planned] = []
    if promised and promised.at >= following.at:
        is_over = end_of(evening_of(who), promised.local_date) <= now
        promised = None if is_over else Due(at=now, local_date=promised.local_date)
    if promised and had < promised.local_date < following.local_date:
        rows = [it for it in _rows(who, promised, now, LEAST_LEAD) if it.state == "waiting"]
    await summaries.plan(session, [(user_id, following.at)], rows)


def _promised(was: Sleeper, taken: list[tuple[date, datetime]], before: Evening) -> Due | None:
    if taken:
        return Due(at=taken[0][1], local_date=taken[0][0])
    if was.next_summary_at is None:
        return None
    day = latest_summary(before, was.next_summary_at).local_date
    return Due(at=was.next_summary_at, local_date=day)
