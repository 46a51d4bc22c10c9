"""What counts towards goals, through readings, edits, deletions, moves and taps, compared with a recount."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal import corrections, deletion
from bot.journal.message import Identity, Incoming
from bot.journal.receive import receive
from db.models import Goal
from db.queries import deletion as deleted_rows
from db.queries import entries, goals, people
from db.queries import goal_progress as progress
from db.queries.goal_progress import Step
from db.queries.goals import GoalRecord, Standing, span_of

Sessions = async_sessionmaker[AsyncSession]

TODAY = date(2026, 5, 6)
NOON = datetime(2026, 5, 6, 12, tzinfo=UTC)
# Today, yesterday, this Monday, the Sunday before it, and a day of the month before.
DAYS = [TODAY - timedelta(days=back) for back in (0, 1, 2, 3, 6)]
CADENCES = ("day", "week", "month", None)
numbers = count(1)


@dataclass
class Diary:
    """A person with goals of every cadence and some entries, and what should count for them."""

    sessions: Sessions
    user_id: UUID
    chat_id: int
    goal_ids: Sequence[UUID]
    entry_ids: Sequence[UUID]
    days: list[date] = field(default_factory=list)
    deleted: set[int] = field(default_factory=set)
    asking: set[int] = field(default_factory=set)
    paused: set[int] = field(default_factory=set)
    # (entry, goal) -> amount, and those that the person took back
    read: dict[tuple[int, int], float] = field(default_factory=dict)
    taken_back: set[tuple[int, int]] = field(default_factory=set)
    # (goal, day) -> what the taps come to
    taps: dict[tuple[int, date], float] = field(default_factory=dict)

    def counted(self, goal: int) -> list[tuple[date, float]]:
        told = [
            (self.days[entry], amount)
            for (entry, of), amount in self.read.items()
            if of == goal and (entry, of) not in self.taken_back and entry not in self.deleted | self.asking
        ]
        return told + [(day, amount) for (of, day), amount in self.taps.items() if of == goal]


async def diary(sessions: Sessions, *, size: int = 3, cadences: Sequence[str | None] = CADENCES) -> Diary:
    chat_id = next(numbers)
    who = Identity(telegram_id=chat_id, chat_id=chat_id, first_name="Mina", language_code="en")
    entry_ids = []
    async with sessions.begin() as session:
        for number in range(size):
            message = Incoming(
                identity=who, message_id=number + 1, kind="text", text=f"day {number}", written_at=NOON
            )
            entry_ids.append((await receive(session, message, "UTC")).entry_id)
        user_id = await people.by_identity(session, chat_id)
        assert user_id is not None
        goal_ids = [uuid4() for _ in cadences]
        for goal_id, cadence in zip(goal_ids, cadences, strict=True):
            row = {"title": f"per {cadence}", "cadence": cadence, "unit": "times", "target": 3.0}
            session.add(Goal(id=goal_id, user_id=user_id, state="active", **row))
    return Diary(sessions, user_id, chat_id, goal_ids, entry_ids, days=[TODAY] * size)


async def read(diary: Diary, entry: int, steps: dict[int, float]) -> None:
    """As the journey stores what was read in an entry."""
    if entry in diary.deleted | diary.asking:
        return
    async with diary.sessions.begin() as session:
        record = await entries.lock(session, diary.user_id, diary.entry_ids[entry])
        assert record is not None
        asked = [it.id for it in await goals.for_entry(session, diary.user_id, record.id)]
        by_id = {
            diary.goal_ids[goal]: Step(amount=amount, quote="day", source="model")
            for goal, amount in steps.items()
            if diary.goal_ids[goal] in asked
        }
        await progress.replace_read(
            session, diary.user_id, record.id, by_id, asked=asked, day=record.local_date
        )
    for goal in range(len(diary.goal_ids)):
        at = (entry, goal)
        if goal in steps and (goal not in diary.paused or at in diary.read):
            diary.read[at] = steps[goal]
        elif at in diary.read and at not in diary.taken_back:
            del diary.read[at]


async def edit(diary: Diary, entry: int, *, asks: bool) -> None:
    """A new text, which may be a question to the diary."""
    who = Identity(telegram_id=diary.chat_id, chat_id=diary.chat_id, first_name="Mina", language_code="en")
    message = Incoming(
        identity=who,
        message_id=entry + 1,
        kind="text",
        text=f"day {uuid4()}",
        written_at=NOON,
        edited_at=NOON + timedelta(seconds=next(numbers)),
        is_question=asks,
    )
    async with diary.sessions.begin() as session:
        await receive(session, message, "UTC")
    diary.asking = diary.asking | {entry} if asks else diary.asking - {entry}


async def move(diary: Diary, entry: int, day: date) -> None:
    async with diary.sessions.begin() as session:
        record = await deleted_rows.find(session, diary.user_id, diary.entry_ids[entry])
        person = await people.find(session, diary.user_id, diary.chat_id)
        assert record is not None
        await corrections.move(session, person, record, day)
    diary.days[entry] = day


async def delete(diary: Diary, entry: int) -> None:
    """Delete it, or bring it back where it is deleted."""
    async with diary.sessions.begin() as session:
        record = await deleted_rows.find(session, diary.user_id, diary.entry_ids[entry])
        person = await people.find(session, diary.user_id, diary.chat_id)
        assert record is not None
        if entry in diary.deleted:
            await deletion.bring_back(session, person, record)
        else:
            await deletion.delete(session, record)
    diary.deleted ^= {entry}


async def take_back(diary: Diary, entry: int, goal: int) -> None:
    """Take back what an entry counts for a goal, or let it count again."""
    async with diary.sessions.begin() as session:
        record = await goals.lock(session, diary.user_id, diary.goal_ids[goal])
        assert record is not None
        for it in await progress.counted(session, record, most=100):
            if it.entry_id == diary.entry_ids[entry]:
                mark = progress.bring_back if it.removed_at else progress.take_back
                await mark(session, record, it.id)
                diary.taken_back ^= {(entry, goal)}


async def tap(diary: Diary, goal: int, day: date, amount: float) -> None:
    async with diary.sessions.begin() as session:
        record = await goals.lock(session, diary.user_id, diary.goal_ids[goal])
        assert record is not None
        told = await progress.add(session, record, day, amount)
        assert told == await progress.tapped(session, record, day)
    diary.taps[goal, day] = max(diary.taps.get((goal, day), 0) + amount, 0)
    assert told == diary.taps[goal, day]


async def pause(diary: Diary, goal: int) -> None:
    diary.paused ^= {goal}
    async with diary.sessions.begin() as session:
        state = "paused" if goal in diary.paused else "active"
        await goals.change(session, diary.user_id, diary.goal_ids[goal], state=state)


one_entry, one_goal = st.integers(0, 2), st.integers(0, len(CADENCES) - 1)
steps = st.dictionaries(one_goal, st.integers(1, 9).map(float), max_size=len(CADENCES))
acts = st.one_of(
    st.tuples(st.just(read), one_entry, steps),
    st.tuples(st.just(move), one_entry, st.sampled_from(DAYS)),
    st.tuples(st.just(delete), one_entry),
    st.tuples(st.just(take_back), one_entry, one_goal),
    st.tuples(st.just(tap), one_goal, st.sampled_from(DAYS), st.sampled_from([1.0, 5.0, -1.0])),
    st.tuples(st.just(pause), one_goal),
    st.tuples(st.sampled_from(["edit", "ask"]), one_entry, steps),
)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=st.lists(acts, min_size=4, max_size=14))
async def test_counts_are_what_a_recount_gives(sessions: Sessions, done: list[Any]) -> None:
    known = await diary(sessions)
    for act, *about in done:
        if act in {"edit", "ask"}:
            await edit(known, about[0], asks=act == "ask")
            await read(known, *about)
        else:
            await act(known, *about)
    async with sessions() as session:
        found = [await goals.lock(session, known.user_id, goal_id) for goal_id in known.goal_ids]
        records = [it for it in found if it is not None]
        standings = await goals.standings(session, known.user_id, records, TODAY)
        told = await goals.progress_of(session, known.user_id, TODAY)
    for number, (goal, standing) in enumerate(zip(records, standings, strict=True)):
        expected = known.counted(number)
        span = span_of(goal.cadence, TODAY) or (date.min, date.max)
        assert standing.done == sum(amount for day, amount in expected if span[0] <= day <= span[1])
        assert goal.progress == sum(amount for _, amount in expected)
        for it in told:
            if it.goal.id == goal.id:
                assert sum(amount for _, amount in it.weeks) == goal.progress
                assert dict(it.weeks) == by_weeks(expected)
    active = [goal_id for at, goal_id in enumerate(known.goal_ids) if at not in known.paused]
    assert sorted(it.goal.id for it in told) == sorted(active)


def by_weeks(expected: list[tuple[date, float]]) -> dict[date, float]:
    weeks: dict[date, float] = {}
    for day, amount in expected:
        monday = day - timedelta(days=day.weekday())
        weeks[monday] = weeks.get(monday, 0) + amount
    return {monday: amount for monday, amount in weeks.items() if amount}


@given(day=st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)))
def test_a_period_holds_its_day_and_the_next_one_follows(day: date) -> None:
    for cadence in ("day", "week", "month"):
        span = span_of(cadence, day)
        assert span is not None
        first, last = span
        assert first <= day <= last
        assert span_of(cadence, first) == span_of(cadence, last) == (first, last)
        after = span_of(cadence, last + timedelta(days=1))
        assert after is not None
        assert after[0] == last + timedelta(days=1)
    week, month = span_of("week", day), span_of("month", day)
    assert week is not None
    assert month is not None
    assert (week[0].weekday(), month[0].day) == (0, 1)
    assert span_of(None, day) is None


async def standing(known: Diary, number: int = 0) -> Standing:
    async with known.sessions() as session:
        goal = await goals.lock(session, known.user_id, known.goal_ids[number])
        assert goal is not None
        return await goals.standing(session, goal, TODAY)


async def test_weeks_are_those_of_the_last_eight_with_anything_done(sessions: Sessions) -> None:
    known = await diary(sessions, cadences=["week"])
    monday = date(2026, 5, 4)
    for back in (0, 7, 49, 56):
        await tap(known, 0, monday - timedelta(days=back), back + 1.0)
    async with sessions() as session:
        [found] = await goals.progress_of(session, known.user_id, TODAY)
    assert list(found.weeks) == [
        (monday - timedelta(days=49), 50),
        (monday - timedelta(days=7), 8),
        (monday, 1),
    ]
    assert found.done == 1


async def test_proposals_do_not_pile_up_and_come_once(sessions: Sessions) -> None:
    known = await diary(sessions, cadences=[])
    ids = [uuid4() for _ in range(8)]
    for goal_id in [*ids, ids[-1]]:
        async with sessions.begin() as session:
            await goals.propose(session, known.user_id, goal_id, title="Run")
    async with sessions() as session:
        kept = await goals.page(session, known.user_id, ["proposed"], start=0, most=100)
    assert [it.id for it in kept] == ids[-goals.MOST_PROPOSED :]


async def test_nobody_moves_the_goals_of_another(sessions: Sessions) -> None:
    mine, theirs = await diary(sessions), await diary(sessions)
    await read(mine, 0, {0: 2.0})
    step = Step(amount=5.0, quote="day", source="model")
    async with sessions.begin() as session:
        for entry_id in (mine.entry_ids[0], theirs.entry_ids[0]):
            await progress.replace_read(
                session, theirs.user_id, entry_id, {mine.goal_ids[0]: step}, asked=mine.goal_ids, day=TODAY
            )
        await progress.follow(session, theirs.user_id, mine.entry_ids[0], DAYS[-1])
        await progress.recount(session, theirs.user_id, mine.goal_ids)
        await goals.change(session, theirs.user_id, mine.goal_ids[0], state="paused")
        await goals.forget(session, theirs.user_id, mine.goal_ids[0])
        assert await goals.lock(session, theirs.user_id, mine.goal_ids[0]) is None
    found = await standing(mine)
    assert (found.done, found.goal.progress, found.goal.state) == (2, 2, "active")


async def test_a_goal_that_was_paused_meanwhile_is_not_begun(sessions: Sessions) -> None:
    known = await diary(sessions)
    async with sessions.begin() as session:
        await goals.change(session, known.user_id, known.goal_ids[0], state="paused")
        step = {known.goal_ids[0]: Step(amount=1.0, quote="day", source="model")}
        await progress.replace_read(
            session, known.user_id, known.entry_ids[0], step, asked=known.goal_ids, day=TODAY
        )
    assert (await standing(known)).done == 0


async def test_what_the_analyst_was_not_asked_about_stays(sessions: Sessions) -> None:
    known = await diary(sessions)
    await read(known, 0, {0: 2.0, 1: 3.0})
    async with sessions.begin() as session:
        await progress.replace_read(
            session, known.user_id, known.entry_ids[0], {}, asked=known.goal_ids[:1], day=TODAY
        )
    assert ((await standing(known, 0)).done, (await standing(known, 1)).done) == (0, 3)


async def test_an_entry_that_becomes_a_question_counts_no_more_until_it_is_none(sessions: Sessions) -> None:
    known = await diary(sessions)
    await read(known, 0, {0: 2.0})
    await edit(known, 0, asks=True)
    found = await standing(known)
    assert (found.done, found.goal.progress) == (0, 0)
    async with sessions() as session:
        assert await progress.counted(session, found.goal, most=9) == []
    await edit(known, 0, asks=False)
    found = await standing(known)
    assert (found.done, found.goal.progress) == (2, 2)


async def test_what_was_taken_back_stays_so_through_every_reading(sessions: Sessions) -> None:
    known = await diary(sessions)
    await read(known, 0, {0: 2.0})
    await take_back(known, 0, 0)
    for steps in ({0: 3.0}, {}, {0: 2.0}):
        await read(known, 0, steps)
        found = await standing(known)
        assert (found.done, found.goal.progress) == (0, 0)
    await take_back(known, 0, 0)
    assert (await standing(known)).done == 2


@pytest.mark.parametrize(("day", "done"), [(TODAY, 2), (DAYS[1], 0), (DAYS[-1], 0)])
async def test_a_moved_entry_counts_on_its_day(sessions: Sessions, day: date, done: float) -> None:
    known = await diary(sessions)
    await read(known, 0, {0: 2.0, 3: 2.0})
    await move(known, 0, day)
    assert [(await standing(known, number)).done for number in (0, 3)] == [done, 2]


async def test_a_deleted_entry_counts_nothing_until_it_is_back(sessions: Sessions) -> None:
    known = await diary(sessions)
    await read(known, 0, {0: 2.0})
    for expected in (0, 2):
        await delete(known, 0)
        found = await standing(known)
        assert (found.done, found.goal.progress) == (expected, expected)


async def test_a_goal_goes_with_all_that_counted(sessions: Sessions) -> None:
    known = await diary(sessions)
    await read(known, 0, {0: 2.0})
    async with sessions.begin() as session:
        await goals.forget(session, known.user_id, known.goal_ids[0])
    async with sessions() as session:
        left = await goals.for_entry(session, known.user_id, known.entry_ids[0])
    assert known.goal_ids[0] not in [it.id for it in left]


@pytest.mark.parametrize("states", [["active", "paused"], ["paused", "active"]])
async def test_pages_go_by_state_and_then_by_age(sessions: Sessions, states: list[str]) -> None:
    known = await diary(sessions, cadences=["day", "week", "month"])
    async with sessions.begin() as session:
        await goals.change(session, known.user_id, known.goal_ids[1], state="paused")
        found: list[GoalRecord] = []
        for start in range(4):
            found += await goals.page(session, known.user_id, states, start=start, most=1)
    assert [it.state for it in found] == sorted([it.state for it in found], key=states.index)
    assert len(found) == 3
