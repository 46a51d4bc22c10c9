"""The scored days of one person, by day."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from db.models import DailyScore, ScoreMetric, User
from db.queries import trends

FIRST = date(2026, 2, 20)
states = st.sampled_from(["scored", "too_little", "concern", "empty"])
rows = st.dictionaries(
    st.integers(0, 40),
    st.tuples(
        states,
        st.none() | st.integers(0, 100),
        st.dictionaries(st.sampled_from(["mood", "calm"]), st.none() | st.integers(0, 100)),
    ),
)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mine=rows, theirs=rows, first=st.integers(0, 40), length=st.integers(0, 30))
async def test_the_days_are_what_a_recount_finds(
    sessions: async_sessionmaker[AsyncSession],
    mine: dict[int, tuple[str, int | None, dict[str, int | None]]],
    theirs: dict[int, tuple[str, int | None, dict[str, int | None]]],
    first: int,
    length: int,
) -> None:
    async with sessions.begin() as session:
        await session.execute(delete(User))
        people = [User(name=name, time_zone="UTC", locale="en") for name in ("Mina", "Tom")]
        session.add_all(people)
        await session.flush()
        for person, days in zip(people, (mine, theirs), strict=True):
            for number, (state, overall, categories) in days.items():
                day = FIRST + timedelta(days=number)
                score = DailyScore(user_id=person.id, local_date=day, overall=overall, state=state)
                session.add(score)
                await session.flush()
                session.add_all(
                    ScoreMetric(user_id=person.id, daily_score_id=score.id, category=name, score=value)
                    for name, value in categories.items()
                )
        mina = people[0].id
    scored = {
        FIRST + timedelta(days=number): (
            overall,
            {name: it for name, it in categories.items() if it is not None},
        )
        for number, (state, overall, categories) in sorted(mine.items())
        if state == "scored" and overall is not None
    }
    since, until = FIRST + timedelta(days=first), FIRST + timedelta(days=first + length)
    within = {day: it for day, it in scored.items() if since <= day <= until}
    async with sessions() as session:
        found = await trends.days(session, mina, since, until)
        overalls = await trends.overalls(session, mina, since, until)
        before, after = await trends.beside(session, mina, since, until)
    assert [(it.local_date, (it.overall, dict(it.categories))) for it in found] == list(within.items())
    assert list(overalls.items()) == [(day, overall) for day, (overall, _) in within.items()]
    assert before == max((day for day in scored if day < since), default=None)
    assert after == min((day for day in scored if day > until), default=None)
