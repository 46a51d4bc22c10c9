"""People who are loaded have an evening as if they had told the bot themselves."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from benchmarks import minds
from benchmarks.crowd import Crowd, hour_for
from bot.ai import claude
from bot.journal.clock import latest_summary
from bot.journal.evenings import Evenings
from bot.journal.quotes import find_quote
from bot.journal.scoring import DayScorer
from bot.journal.summary import Summaries
from db import owned
from db.models import Entry, Metric, Summary, User
from db.queries import summaries
from tests.vendors import KEY

AT = datetime(2026, 3, 10, 12, 30, 20, tzinfo=UTC)
INSTANT = {minds.COACH: 0.0, minds.ANALYST: 0.0, minds.EMBEDDER: 0.0}
IDS = [200_000_001, 200_000_002, 200_000_003]

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def crowd(database_url: str) -> Crowd:
    crowd = Crowd(hour=hour_for(AT), ids=IDS)
    driver: Any = await asyncpg.connect(database_url)
    steps: list[int] = []
    await crowd.load(driver, steps.append)
    assert sum(steps) == len(IDS)
    await crowd.begin(driver, len(IDS))
    await driver.close()
    return crowd


@given(st.floats(0, 86_400 * 3_650).map(lambda seconds: AT + timedelta(seconds=seconds)))
def test_the_hour_is_a_minute_that_the_peoples_clocks_show_and_no_month_ends(moment: datetime) -> None:
    hour = hour_for(moment)
    assert timedelta(0) < hour.at - moment <= timedelta(minutes=1)
    shown = hour.at.astimezone(ZoneInfo(hour.evening.time_zone))
    assert shown.timetz().replace(tzinfo=None) == hour.evening.summary_time
    assert latest_summary(hour.evening, hour.at).at == hour.at
    assert hour.local_date.day != 1


def test_the_hour_is_in_the_evening_where_it_can_be() -> None:
    assert hour_for(AT).evening.summary_time.hour == 21
    assert hour_for(AT).evening.time_zone == "Etc/GMT-9"


async def test_everybody_is_planned_one_summary_about_the_day_that_they_told(
    crowd: Crowd, sessions: Sessions
) -> None:
    planned = await Evenings(sessions=sessions, now=lambda: crowd.hour.at - timedelta(minutes=5)).plan()
    assert planned == len(IDS)
    async with sessions() as session:
        rows = list(await session.scalars(select(Summary)))
        following = set(await session.scalars(select(User.next_summary_at)))
    kinds = [(it.kind, it.state, it.local_date, it.shown_at) for it in rows]
    assert kinds == [("day", "waiting", crowd.hour.local_date, crowd.hour.at)] * len(IDS)
    assert following == {crowd.hour.at + timedelta(days=1)}


async def test_nobody_is_planned_for_before_they_begin(database_url: str, sessions: Sessions) -> None:
    crowd = Crowd(hour=hour_for(AT), ids=IDS)
    driver: Any = await asyncpg.connect(database_url)
    await crowd.load(driver, lambda _: None)
    await driver.close()
    assert await Evenings(sessions=sessions, now=lambda: crowd.hour.at).plan() == 0


async def test_every_number_is_quoted_from_the_entry_that_states_it(crowd: Crowd, sessions: Sessions) -> None:
    assert crowd.ids == IDS
    async with sessions() as session:
        rows = list(
            await session.execute(select(Metric, Entry.body).join(Entry, Entry.id == Metric.entry_id))
        )
    assert {row[0].name for row in rows} == {"sleep_hours", "stress", "exercise_minutes", "mood"}
    for metric, body in rows:
        assert metric.quote
        assert metric.quote == find_quote(metric.quote, body)
        assert f"{metric.value:g}" in metric.quote


async def test_their_summary_is_a_card_with_a_score_and_the_coachs_words(
    crowd: Crowd, sessions: Sessions
) -> None:
    now = crowd.hour.at - timedelta(minutes=5)
    await Evenings(sessions=sessions, now=lambda: now).plan()
    async with sessions.begin() as session:
        claims = await summaries.claim(session, 10, now)
    assert len(claims) == len(IDS)
    async with (
        minds.Claude(seconds=INSTANT, marks=minds.Marks()) as vendor,
        claude.make_client(KEY, vendor.url) as client,
    ):
        own = owned.Sessions(sessions)
        scorer = DayScorer(own, claude.ClaudeAnalyst(client))
        prepared = await Summaries(own, claude.ClaudeCoach(client), scorer).prepare(claims[0])
        scored = await scorer.bring_up_to_date(claims[0].user_id, crowd.hour.local_date)
    assert prepared.picture is not None
    assert not prepared.waits_for_words
    assert scored.overall is not None
    for part in ("story", "helped", "suggestion", "question"):
        assert str(minds.SUMMARY[part]) in (prepared.html or "")
    assert "“" in (prepared.html or "")
