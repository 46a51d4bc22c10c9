"""Two diaries become one: every owned row of the one is the other's, and nothing is lost or doubled."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from uuid_utils.compat import uuid4

from bot.journal.accounts import merging
from bot.journal.index_earlier import index_earlier
from bot.journal.recall import terms, words
from db.models import (
    DIMENSIONS,
    Base,
    DailyScore,
    Embedding,
    Entry,
    Goal,
    GoalProgress,
    Journey,
    KnownWord,
    Link,
    Metric,
    ModelCall,
    Outgoing,
    Part,
    Reminder,
    ScoreMetric,
    Scoring,
    Search,
    SignIn,
    StoredPicture,
    Summary,
    TelegramIdentity,
    User,
    WordChunk,
    WordCount,
)
from db.models.base import owned
from db.queries import merging as rows
from db.queries.summaries import slot_of

Sessions = async_sessionmaker[AsyncSession]
MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


async def person(sessions: Sessions, chat_id: int | None, **values: Any) -> UUID:
    async with sessions.begin() as session:
        user = User(**({"name": "Mina", "time_zone": "UTC"} | values))
        session.add(user)
        await session.flush()
        if chat_id:
            names = {"telegram_id": chat_id, "chat_id": chat_id, "first_name": "Mina"}
            session.add(TelegramIdentity(user_id=user.id, **names))
    return user.id


async def add(sessions: Sessions, *found: Base) -> None:
    async with sessions.begin() as session:
        for it in found:
            session.add(it)
            await session.flush()


async def a_row_of_each(sessions: Sessions, user_id: UUID, chat_id: int, day: date = MONDAY) -> UUID:
    """In every table that a person can own rows in; the entry's id."""
    of = {"user_id": user_id}
    message = {"chat_id": chat_id, "message_id": 5}
    entry = Entry(**of, **message, kind="text", body="A swim in the lake", local_date=day, written_at=NOON)
    await add(sessions, entry)
    goal = Goal(**of, title="Swim", state="active")
    score = DailyScore(**of, local_date=day, overall=70)
    call = ModelCall(
        **of, entry_id=entry.id, stage="coach", model="m", input_tokens=1, output_tokens=1,
        cache_read_tokens=0, cache_write_tokens=0, audio_seconds=0,
    )  # fmt: skip
    await add(sessions, goal, score, call)
    hour = {"shown_at": NOON, "stale_at": NOON}
    await add(
        sessions,
        Part(**of, **message, entry_id=entry.id, body="A swim", written_at=NOON),
        Journey(**of, chat_id=chat_id, entry_id=entry.id, version=1, due_at=NOON + timedelta(days=900)),
        Metric(**of, entry_id=entry.id, name="mood", value=7, unit="/10", source="model", call_id=call.id),
        Embedding(**of, entry_id=entry.id, chunk=0, model="m", start=0, stop=5, embedding=[0.5] * DIMENSIONS),
        Outgoing(**of, chat_id=chat_id, entry_id=entry.id, slot=f"entry:{entry.id}:reply", purpose="reply"),
        GoalProgress(**of, goal_id=goal.id, entry_id=entry.id, local_date=day, amount=1, source="model"),
        ScoreMetric(**of, daily_score_id=score.id, category="mood", score=70, entry_id=entry.id),
        Scoring(**of, local_date=day),
        Summary(**of, kind="day", local_date=day, **hour),
        Reminder(**of, text="swim", at=NOON.time(), weekdays=[0]),
        StoredPicture(**of, png=b"png"),
        Search(**of, asked="swim", found=[], meaning="none"),
        SignIn(**of, expires_at=NOON),
        Link(**of, purpose="sign_in", secret_hash=uuid4().bytes, telegram_id=chat_id, expires_at=NOON),
    )
    async with sessions.begin() as session:
        await words.index(session, user_id, entry.id, "en")
    return entry.id


async def count(sessions: Sessions, user_id: UUID, *but: str) -> dict[str, int]:
    async with sessions() as session:
        return {
            it.name: await session.scalar(select(func.count()).where(it.c.user_id == user_id)) or 0
            for it in owned()
            if it.name not in but
        }


async def merge(sessions: Sessions, source: UUID, target: UUID) -> merging.Preview:
    async with sessions.begin() as session:
        return await merging.merge(session, source, target)


async def found(sessions: Sessions, table: type[Any]) -> list[Any]:
    async with sessions() as session:
        return list(await session.scalars(select(table)))


async def test_a_test_has_a_row_in_every_owned_table(sessions: Sessions) -> None:
    source = await person(sessions, 7)
    await a_row_of_each(sessions, source, 7)
    assert all((await count(sessions, source)).values())


async def test_every_owned_row_is_the_others_and_nobody_is_left(sessions: Sessions) -> None:
    source, target = await person(sessions, 7), await person(sessions, None, email="mina@example.org")
    await a_row_of_each(sessions, source, 7)
    before = await count(sessions, source, *rows.LEFT)
    await merge(sessions, source, target)
    assert await count(sessions, target, *rows.LEFT) == before
    assert not any((await count(sessions, source)).values())
    assert [it.id for it in await found(sessions, User)] == [target]
    assert not await found(sessions, SignIn)
    assert not await found(sessions, Link)


async def test_where_both_have_a_row_in_every_table_none_is_doubled_or_lost(sessions: Sessions) -> None:
    source, target = await person(sessions, 7), await person(sessions, 8, email="mina@example.org")
    await a_row_of_each(sessions, source, 7)
    await a_row_of_each(sessions, target, 8)
    before = await count(sessions, target, *rows.LEFT)
    done = await merge(sessions, source, target)
    after = await count(sessions, target, *rows.LEFT)
    one_a_day = {"daily_scores", "summaries", "scorings", "score_metrics", "known_words"}
    assert after == {name: it if name in one_a_day else 2 * it for name, it in before.items()}
    assert done.days == [MONDAY]
    assert (done.source.entries, done.target.entries) == (1, 1)


async def test_words_are_found_by_who_has_them_now(sessions: Sessions) -> None:
    """A term is a hash of its person and a word."""
    source, target = await person(sessions, 7), await person(sessions, 8, email="mina@example.org")
    entry_id = await a_row_of_each(sessions, source, 7)
    await merge(sessions, source, target)
    swim = terms.key(target, terms.term_of("swim", "en"))
    async with sessions() as session:
        holding = select(WordChunk.entry_id).join(WordCount, WordCount.chunk_id == WordChunk.id)
        assert (await session.scalars(holding.where(WordCount.term == swim))).all() == [entry_id]
        assert (await session.scalars(select(WordCount.user_id).distinct())).all() == [target]
        assert swim in (await session.scalars(select(KnownWord.term))).all()


async def test_a_day_of_both_is_scored_again_and_what_the_person_said_of_it_stays(
    sessions: Sessions,
) -> None:
    source, target = await person(sessions, 7), await person(sessions, 8, email="mina@example.org")
    of_source = DailyScore(user_id=source, local_date=MONDAY, overall=40, sent_at=NOON)
    of_target = DailyScore(user_id=target, local_date=MONDAY, overall=60)
    alone = DailyScore(user_id=source, local_date=TUESDAY, overall=50)
    await add(sessions, of_source, of_target, alone)

    def says(score: DailyScore, category: str, value: int, source_: str = "person") -> ScoreMetric:
        of = {"user_id": score.user_id, "daily_score_id": score.id}
        return ScoreMetric(**of, category=category, score=value, source=source_)

    await add(
        sessions,
        says(of_source, "mood", 10),
        says(of_source, "sleep", 20),
        says(of_source, "body", 30),
        says(of_source, "calm", 35, "model"),
        says(of_target, "mood", 90),
        says(of_target, "sleep", 80, "model"),
    )
    await merge(sessions, source, target)
    scores = {it.local_date: it for it in await found(sessions, DailyScore)}
    assert {it: (one.id, one.user_id) for it, one in scores.items()} == {
        MONDAY: (of_target.id, target),
        TUESDAY: (alone.id, target),
    }
    assert scores[MONDAY].sent_at == NOON
    said = {it.category: (it.score, it.source) for it in await found(sessions, ScoreMetric)}
    assert said == {"mood": (90, "person"), "sleep": (20, "person"), "body": (30, "person")}
    assert {it.daily_score_id for it in await found(sessions, ScoreMetric)} == {of_target.id}
    assert [(it.user_id, it.local_date) for it in await found(sessions, Scoring)] == [(target, MONDAY)]


async def test_a_day_of_crisis_has_no_score_from_then_on(sessions: Sessions) -> None:
    source, target = await person(sessions, 7), await person(sessions, 8, email="mina@example.org")
    await add(
        sessions,
        DailyScore(user_id=source, local_date=MONDAY, state="concern"),
        DailyScore(user_id=target, local_date=MONDAY, overall=60),
    )
    await merge(sessions, source, target)
    [score] = await found(sessions, DailyScore)
    assert (score.state, score.overall) == ("concern", None)


@pytest.mark.parametrize("is_other", [False, True])
async def test_what_one_side_told_of_danger_holds_for_the_other_side_s_day(
    sessions: Sessions, is_other: bool
) -> None:
    """Also where the day with these words was never scored, and the other's summary is late in the queue."""
    source, target = await person(sessions, 7), await person(sessions, 8, email="mina@example.org")
    told, scored = (target, source) if is_other else (source, target)
    day = datetime.now(UTC).date()
    values = {"kind": "text", "local_date": day, "written_at": NOON}
    late = {"shown_at": NOON, "due_at": NOON, "stale_at": datetime.now(UTC) + timedelta(hours=1)}
    summary = Summary(id=uuid4(), user_id=scored, kind="day", local_date=day, state="prepared", **late)
    ready = {"slot": slot_of(summary.id), "purpose": "summary", "chat_id": 8, "content": {"html": "60"}}
    await add(
        sessions,
        Entry(user_id=told, body="I want to die", concern="acute", **values),
        Entry(user_id=scored, body="A fine day", **values),
        DailyScore(user_id=scored, local_date=day, overall=60),
        summary,
        Outgoing(user_id=scored, **ready),
    )
    await merge(sessions, source, target)
    [score] = await found(sessions, DailyScore)
    assert (score.state, score.overall) == ("concern", None)
    assert [it.slot for it in await found(sessions, Outgoing)] == []
    assert [it.state for it in await found(sessions, Summary)] == ["waiting"]


async def test_days_of_both_are_those_of_which_both_tell(sessions: Sessions) -> None:
    source, target = await person(sessions, 7), await person(sessions, 8, email="mina@example.org")

    def entry(user_id: UUID, day: date) -> Entry:
        return Entry(user_id=user_id, kind="text", body="x", local_date=day, written_at=NOON)

    await add(
        sessions,
        *(entry(source, MONDAY), entry(source, TUESDAY), entry(target, TUESDAY), entry(target, WEDNESDAY)),
        DailyScore(user_id=target, local_date=MONDAY, overall=60),
    )
    async with sessions() as session:
        known = await merging.preview(session, source, target)
    assert known.days == [MONDAY, TUESDAY]
    await merge(sessions, source, target)
    # The one that was scored is scored again; the other is scored when it is over, as any day.
    assert [it.local_date for it in await found(sessions, Scoring)] == [MONDAY]


@pytest.mark.parametrize(
    ("of_source", "of_target", "kept"),
    [
        ("prepared", "waiting", "source"),
        ("prepared", "prepared", "target"),
        ("waiting", "waiting", "target"),
        ("skipped", "waiting", "source"),
    ],
)
async def test_of_two_summaries_the_one_that_was_made_stays(
    sessions: Sessions, of_source: str, of_target: str, kept: str
) -> None:
    source, target = await person(sessions, 7), await person(sessions, 8, email="mina@example.org")
    hour = {"kind": "day", "local_date": MONDAY, "shown_at": NOON, "stale_at": NOON}
    theirs = Summary(user_id=source, state=of_source, **hour)
    ours = Summary(user_id=target, state=of_target, **hour)
    await add(sessions, theirs, ours)
    ready = {"purpose": "summary", "content": {"html": "Your day"}}
    await add(sessions, Outgoing(user_id=source, chat_id=7, slot=slot_of(theirs.id), **ready))
    await add(sessions, Outgoing(user_id=target, chat_id=8, slot=slot_of(ours.id), **ready))
    await merge(sessions, source, target)
    [summary] = await found(sessions, Summary)
    stays = theirs if kept == "source" else ours
    assert (summary.id, summary.user_id) == (stays.id, target)
    # Nobody is sent two of one day.
    assert [it.slot for it in await found(sessions, Outgoing)] == [slot_of(stays.id)]


async def test_what_was_chosen_in_the_chat_holds_where_nothing_else_was(sessions: Sessions) -> None:
    chosen = {"time_zone": "Asia/Tokyo", "settings": {"welcome": None, "manner": "silent"}, "locale": "ja"}
    source = await person(sessions, 7, **chosen)
    target = await person(sessions, None, email="mina@example.org", name="Mina Berg")
    await merge(sessions, source, target)
    [user] = await found(sessions, User)
    assert (user.time_zone, user.locale, user.settings["manner"]) == ("Asia/Tokyo", "ja", "silent")
    assert (user.name, user.email) == ("Mina Berg", "mina@example.org")
    assert user.next_summary_at is not None


@pytest.mark.parametrize("left", [{"settings": {"welcome": None}}, {"locale": "de"}])
async def test_what_a_chat_chose_that_was_unlinked_holds(sessions: Sessions, left: dict[str, Any]) -> None:
    """A lost phone's: the new one has chosen nothing."""
    source = await person(sessions, 7, locale="en", settings={"welcome": None, "manner": "silent"})
    hours = {"summary_time": time(19), "day_starts_at": time(5)}
    target = await person(sessions, None, email="mina@example.org", time_zone="Asia/Tokyo", **hours, **left)
    await merge(sessions, source, target)
    [user] = await found(sessions, User)
    assert (user.time_zone, user.summary_time, user.day_starts_at) == ("Asia/Tokyo", time(19), time(5))
    assert (user.locale, user.settings) == (left.get("locale"), left.get("settings", {}))


async def test_what_another_chat_of_the_account_chose_holds(sessions: Sessions) -> None:
    source = await person(sessions, 7, time_zone="Asia/Tokyo")
    target = await person(sessions, 8, email="mina@example.org", time_zone="Europe/Berlin")
    await merge(sessions, source, target)
    [user] = await found(sessions, User)
    assert user.time_zone == "Europe/Berlin"


async def test_whoever_works_on_an_entry_of_who_is_no_more_does_so_in_vain(sessions: Sessions) -> None:
    source, target = await person(sessions, 7), await person(sessions, None, email="mina@example.org")
    await a_row_of_each(sessions, source, 7)
    async with sessions.begin() as session:
        held = update(Journey).values(lease_token=uuid4(), lease_until=NOON)
        await session.execute(held)
    await merge(sessions, source, target)
    [journey] = await found(sessions, Journey)
    assert (journey.user_id, journey.lease_token, journey.lease_until) == (target, None, None)


async def test_the_words_of_many_entries_come_after(sessions: Sessions) -> None:
    """The newest at once; the others are lacking, for the clock to see to."""
    source, target = await person(sessions, 7), await person(sessions, None, email="mina@example.org")
    many = merging.INDEXED_AT_ONCE + 5
    of = {"user_id": source, "kind": "text", "local_date": MONDAY, "written_at": NOON}
    await add(sessions, *(Entry(body=f"A swim, number {it}", **of) for it in range(many)))
    await merge(sessions, source, target)
    async with sessions() as session:
        indexed = await session.scalar(select(func.count(WordChunk.entry_id.distinct())))
    assert indexed == merging.INDEXED_AT_ONCE
    assert await index_earlier(sessions, None) is None
    async with sessions() as session:
        assert await session.scalar(select(func.count(WordChunk.entry_id.distinct()))) == many
