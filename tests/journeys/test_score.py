"""/score: the card of a day, the reasons behind it, and what the person says of it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.journal.days import local_day
from bot.playground.chat import Message
from bot.playground.person import Person
from db.models import DailyScore, Entry, Metric, Outgoing, ScoreMetric, Scoring, Update, User
from tests.vendors import Fault

from .conftest import LONG_AGO, World
from .correcting import all_went_well, forge, labels, tap

SCORES = [
    {"category": "mood", "score": 80, "reason": "You laughed a lot.", "quote": "we laughed all evening"},
    {"category": "connection", "score": 90, "reason": "Your sister came.", "quote": "my sister came by"},
    {"category": "sleep", "score": 400, "reason": "Perfect.", "quote": "we laughed"},
    {"category": "focus", "score": 70, "reason": "You worked well.", "quote": "I worked like never before"},
]
TOLD = "Today my sister came by and we laughed all evening. Stress 4."
STRESS = {"language": "en", "metrics": [{"name": "stress", "value": 4, "quote": "Stress 4"}]}


def answers(scores: Any) -> Any:
    """A model that scores every day so, and reads the same number in every entry."""

    def answer(body: dict[str, Any]) -> str | None:
        schema = body.get("output_config", {}).get("format", {}).get("schema", {})
        if "scores" in schema.get("properties", {}):
            return json.dumps({"scores": scores})
        told = body["messages"][-1]["content"]
        return json.dumps(STRESS) if schema and "Stress 4" in told else None

    return answer


async def told(world: World, text: str = TOLD, scores: Any = None) -> Person:
    """A person with an entry of today."""
    world.anthropic.answer = answers(SCORES if scores is None else scores)
    person = world.person()
    await person.writes(text)
    await person.hears("I read")
    await world.settle()
    return person


async def card(world: World, person: Person, command: str = "/score") -> Message:
    await person.writes(command)
    await world.settle()
    return person.chat.bot_messages[-1]


async def test_the_day_comes_as_a_card_with_its_words(started: World) -> None:
    person = await told(started)
    shown = await card(started, person)
    # (3 × 80 + 90 + 2 × 67) ÷ 6 = 77.33
    assert shown.payload["photo"]
    assert "77 of 100" in shown.text
    assert "Mood 80, connection 90, calm 67." in shown.text
    assert "Noted: stress 4/10." in shown.text
    assert shown.text.startswith("Today so far.")
    assert labels(shown) == ["Why this score", "✎ Correct"]
    [row] = await started.rows(DailyScore)
    assert (row.overall, row.state, row.source) == (77, "scored", "model")
    await all_went_well(started)


async def test_why_tells_each_reason_with_its_quote_and_opens_the_entry(started: World) -> None:
    person = await told(started)
    shown = await card(started, person)
    await tap(started, person, shown, "Why this score")
    assert shown.text == (
        "77 of 100 = (mood 80×3 + connection 90 + calm 67×2) ÷ 6\n\n"
        "Mood 80 · You laughed a lot.\n“we laughed all evening”\n\n"
        "Connection 90 · Your sister came.\n“my sister came by”\n\n"
        "Calm 67 · Your number: stress 4/10.\n“Stress 4”"
    )
    source, *rest = labels(shown)
    assert source.startswith("📖")
    assert rest == ["‹ Back", "✎ Correct"]
    await tap(started, person, shown, source)
    opened = person.chat.bot_messages[-1]
    assert TOLD in opened.text
    await tap(started, person, shown, "‹ Back")
    assert "Mood 80, connection 90, calm 67." in shown.text
    assert labels(shown) == ["Why this score", "✎ Correct"]
    await all_went_well(started)


async def test_a_category_is_corrected_by_taps_and_it_stays(started: World) -> None:
    person = await told(started)
    shown = await card(started, person)
    await tap(started, person, shown, "✎ Correct")
    assert labels(shown)[:4] == ["Mood 80", "Energy –", "Sleep –", "Body –"]
    await tap(started, person, shown, "Mood 80")
    assert labels(shown) == ["−10", "+10", "Other value", "Not scored", "‹ Back"]
    before = shown.payload["photo"]
    assert await tap(started, person, shown, "−10", "−10") == "mood 60"
    assert shown.text == "Mood: 60 of 100 (I read 80)\nThe whole day: 67 of 100"
    # The picture tells it, too.
    assert shown.payload["photo"] != before
    await tap(started, person, shown, "Not scored")
    assert shown.text == "Mood: not scored (I read 80)\nThe whole day: 75 of 100"
    await tap(started, person, shown, "+10")
    assert shown.text.startswith("Mood: 60 of 100 (I read 80)")
    # A new entry has the day read again, and the person's word stays.
    await person.writes("And a walk.")
    await started.settle()
    async with started.sessions.begin() as session:
        await session.execute(update(Scoring).values(due_at=LONG_AGO))
    while await started.rows(Scoring):
        await started.settle()
    rows = {row.category: (row.score, row.model_score, row.source) for row in await started.rows(ScoreMetric)}
    assert rows["mood"] == (60, 80, "person")
    assert rows["connection"] == (90, 90, "model")
    await tap(started, person, shown, "As I read it")
    assert shown.text == "Mood: 80 of 100\nThe whole day: 77 of 100"
    await all_went_well(started)


async def test_a_score_can_be_typed_and_a_sentence_is_an_entry(started: World) -> None:
    person = await told(started)
    shown = await card(started, person)
    await tap(started, person, shown, "✎ Correct", "Energy –", "Other value")
    assert shown.text == "Type the score for energy, from 0 to 100, or none."
    for typed in ("140", "-5"):
        await person.writes(typed)
        await person.hears("It goes from 0 to 100", since=person.chat.messages[-1])
    await person.writes("40")
    noted = await person.hears("Noted: energy 40. The whole day: 68 of 100.")
    await started.settle()
    assert len(await started.entries()) == 1
    await tap(started, person, noted, "Show the day")
    latest = person.chat.bot_messages[-1]
    assert "energy 40" in latest.text
    assert latest.payload["photo"]
    await tap(started, person, shown, "‹ Back", "Other value")
    await person.writes("40 things I am glad about")
    await started.settle()
    assert len(await started.entries()) == 2
    await all_went_well(started)


async def test_a_step_that_is_handled_again_after_a_crash_counts_once(started: World) -> None:
    person = await told(started)
    shown = await card(started, person)
    await tap(started, person, shown, "✎ Correct", "Mood 80", "+10")
    newest = max(row.update_id for row in await started.rows(Update))
    async with started.sessions.begin() as session:
        await session.execute(update(Update).where(Update.update_id == newest).values(done_at=None))
    await started.settle()
    assert "Mood: 90 of 100" in shown.text


async def test_an_earlier_day_can_be_named(started: World) -> None:
    person = await told(started)
    assert "no entry about" in (await card(started, person, "/score yesterday")).text
    assert "still to come" in (await card(started, person, "/score tomorrow")).text
    assert "I know no such day" in (await card(started, person, "/score me")).text
    today = datetime.now(UTC).date()
    async with started.sessions.begin() as session:
        await session.execute(update(Entry).values(local_date=today - timedelta(days=3)))
    shown = await card(started, person, f"/score {today - timedelta(days=3)}")
    assert "77 of 100" in shown.text
    assert "so far" not in shown.text
    assert len(await started.rows(Entry)) == 1


async def test_a_day_with_words_of_crisis_gets_no_number(started: World) -> None:
    person = await told(started)
    shown = await card(started, person)
    await tap(started, person, shown, "✎ Correct")
    await person.writes("I want to kill myself")
    await started.settle()
    calls = len(started.anthropic.requests)
    answer = await card(started, person)
    assert "I give no score for today" in answer.text
    assert not answer.buttons
    # Nor by a button of before.
    await tap(started, person, shown, "Mood 80")
    assert "I give no score for today" in shown.text
    forge(started, person, shown, f"score:up:{datetime.now(UTC):%Y%m%d}:mood")
    await started.settle()
    [row] = await started.rows(DailyScore)
    assert (row.state, row.overall) == ("concern", None)
    assert await started.rows(ScoreMetric) == []
    assert len(started.anthropic.requests) == calls


async def test_with_the_analyst_down_the_numbers_come_at_once_and_the_words_later(started: World) -> None:
    person = await told(started)
    down = Fault(kind="status", status=529, type="overloaded_error", headers={"x-should-retry": "false"})
    started.anthropic.always = down
    shown = await card(started, person)
    assert "too little to go on" in shown.text
    assert "calm 67" in shown.text.casefold()
    assert "I can't read words just now" in shown.text
    started.anthropic.always = None
    async with started.sessions.begin() as session:
        await session.execute(update(Scoring).values(due_at=LONG_AGO))
    while await started.rows(Scoring):
        await started.settle()
    [row] = await started.rows(DailyScore)
    assert (row.overall, row.source) == (77, "model")


async def test_without_a_key_a_tapped_number_makes_the_card(world: World) -> None:
    await world.start(anthropic_api_key=None, openai_api_key=None)
    person = world.person()
    await person.writes("Hello, a quiet day.")
    reply = await person.hears(lambda it: bool(it.buttons))
    await world.settle()
    await tap(world, person, reply, "7")
    shown = await card(world, person)
    assert shown.payload["photo"]
    assert "67 of 100. Mood 67." in shown.text
    assert "no coach that reads words is set up here" in shown.text
    await tap(world, person, shown, "Why this score")
    assert "Mood 67 · You told me: mood 7/10." in shown.text


async def test_nothing_of_the_past_of_others_is_shown_or_changed(started: World) -> None:
    person = await told(started)
    shown = await card(started, person)
    other = started.person()
    await other.writes("/score")
    answer = await other.hears("There is no entry about today")
    for data in ("why", "up", "none", "day"):
        about = {"why": "0", "day": ""}.get(data, "mood")
        forge(started, other, answer, f"score:{data}:{datetime.now(UTC):%Y%m%d}:{about}")
    await started.settle()
    assert {row.score for row in await started.rows(ScoreMetric)} == {80, 90, 67}
    assert "sister" not in "".join(it.text for it in other.chat.bot_messages)
    assert "77 of 100" in shown.text


@pytest.mark.parametrize(
    "data",
    [
        "score:why:20261340:0",
        "score:why:20261101:mood",
        "score:up:20261101:wealth",
        "score:one:20261101:",
        "score:day:20261101:mood",
        "score:day:00000000:",
        "score:up:20261101:mood",
    ],
)
async def test_a_forged_tap_does_nothing(started: World, data: str) -> None:
    person = await told(started)
    shown = await card(started, person)
    forge(started, person, shown, data)
    await started.settle()
    assert {row.score for row in await started.rows(ScoreMetric)} == {80, 90, 67}
    await all_went_well(started)


async def test_a_day_with_many_words_has_pages(started: World) -> None:
    quotes = [f"{name} {'very long words ' * 12}" for name in "abcdefgh"]
    names = ("mood", "energy", "sleep", "body", "focus", "connection", "growth", "calm")
    scores = [
        {"category": name, "score": 50, "reason": "Because " + "of this " * 40, "quote": quote.strip()}
        for name, quote in zip(names, quotes, strict=True)
    ]
    person = await told(started, "\n".join(quotes), scores)
    shown = await card(started, person)
    await tap(started, person, shown, "Why this score")
    seen = shown.text
    while "More ›" in labels(shown):
        assert len(shown.text.encode("utf-16-le")) // 2 <= 1024
        await tap(started, person, shown, "More ›")
        seen += shown.text
    for name in names:
        assert f"{name.capitalize()} 50 · Because" in seen
    assert "‹ Before" in labels(shown)
    assert len(person.chat.bot_messages) == 2
    await all_went_well(started)


async def test_the_day_starts_when_the_person_says(started: World) -> None:
    person = await told(started)
    [user] = await started.rows(User)
    today = local_day(datetime.now(UTC), user.time_zone, user.day_starts_at)
    shown = await card(started, person)
    [row] = await started.rows(DailyScore)
    assert row.local_date == today
    assert [it.purpose for it in await started.rows(Outgoing) if it.slot.startswith("update:")] == ["answer"]
    assert shown.text


async def test_what_is_read_late_has_the_day_scored_again(started: World) -> None:
    """The analyst was away when the entry came, and its day was scored without its numbers."""
    started.anthropic.give("this is not JSON")
    started.anthropic.say("A good evening.")
    person = started.person()
    await person.writes(TOLD)
    await person.hears("A good evening.")
    await started.settle()
    started.anthropic.answer = answers(SCORES)
    assert not await started.rows(Metric)
    await card(started, person)
    assert not await started.rows(Scoring)
    await started.let_time_pass()
    await started.until(Metric, bool)
    await started.settle()
    [day] = await started.rows(DailyScore)
    assert [it.local_date for it in await started.rows(Scoring)] == [day.local_date]
