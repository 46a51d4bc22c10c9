"""Whatever is written, edited, deleted, brought back, moved, tapped and corrected, in whatever order: once it
is quiet, the days that were ever scored have the scores of a few lines of plain Python."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.ai.claude import ClaudeAnalyst, make_client
from bot.journal.quotes import find_quote
from bot.journal.scoring import DayScorer, said
from bot.journal.scoring.queue import ScoringQueue
from db import owned
from tests.journal.scoring.diary import MEANS, MONDAY, STATES, TUESDAY, Diary, drain, quiet, read_day
from tests.vendors import KEY, AnthropicServer

Sessions = async_sessionmaker[AsyncSession]
Step = tuple[str, Any]

DAYS = (MONDAY, TUESDAY)
GRAVE = "I want to kill myself"
WEIGHS = {"mood": 3, "energy": 2, "sleep": 2, "calm": 2, "connection": 1}
# What the numbers of this test come to; they are few, so that the whole mapping is tested elsewhere.
SLEPT_8 = 100

TEXTS = st.lists(st.sampled_from([*MEANS, *STATES, GRAVE]), max_size=3, unique=True).map(". ".join)
PLAIN_TEXTS = st.lists(st.sampled_from([*MEANS, *STATES]), max_size=3, unique=True).map(". ".join)
WHICH = st.integers(0, 3)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("write"), st.tuples(PLAIN_TEXTS, st.sampled_from(DAYS))),
    st.tuples(st.just("edit"), st.tuples(WHICH, TEXTS)),
    st.tuples(st.sampled_from(["delete", "undo"]), WHICH),
    st.tuples(st.just("move"), st.tuples(WHICH, st.sampled_from(DAYS))),
    st.tuples(st.just("tap"), st.tuples(WHICH, st.sampled_from([1.0, 5.0, 10.0]))),
    st.tuples(st.just("remove"), WHICH),
    st.tuples(
        st.just("say"),
        st.tuples(
            st.sampled_from(DAYS),
            st.sampled_from(["mood", "calm"]),
            st.sampled_from([None, 0, 45, 100]),
        ),
    ),
    st.tuples(st.just("take back"), st.tuples(st.sampled_from(DAYS), st.sampled_from(["mood", "calm"]))),
)


@dataclass
class Told:
    """An entry: its text and its day, and its numbers, which a test of their own recounts."""

    id: UUID
    text: str
    day: date
    written_on: date
    is_deleted: bool = False
    numbers: dict[str, float] = field(default_factory=dict)


@dataclass
class Model:
    """What must be so. `said` are the person's own words about a category of a day."""

    entries: list[Told] = field(default_factory=list)
    said: dict[tuple[date, str], int | None] = field(default_factory=dict)

    def of(self, day: date) -> list[Told]:
        """What is there of the day, as it was written: one that was moved here may come first."""
        there = [it for it in self.entries if it.day == day and not it.is_deleted]
        return sorted(there, key=lambda it: it.written_on)

    def state(self, day: date) -> str:
        there = self.of(day)
        if not there:
            return "empty"
        if any(GRAVE in it.text for it in there):
            return "concern"
        return "scored" if self.overall(day) is not None else "too_little"

    def scores(self, day: date) -> dict[str, int | None]:
        read = self.by_words(day)
        merged: dict[str, int | None] = {**self.by_numbers(day), **read}
        return merged | {name: score for (its, name), score in self.said.items() if its == day}

    def by_words(self, day: date) -> dict[str, int]:
        found: dict[str, int] = {}
        told = "\n".join(it.text for it in self.of(day))
        for _, sentence in sorted((told.find(it), it) for it in MEANS if it in told):
            name, score = MEANS[sentence]
            found.setdefault(name, score)
        return found

    def by_numbers(self, day: date) -> dict[str, int]:
        moods = [Fraction(it.numbers["mood"]) for it in self.of(day) if "mood" in it.numbers]
        found = {}
        if moods:
            found["mood"] = rounded((sum(moods, Fraction()) / len(moods) - 1) / 9 * 100)
        if any("sleep_hours" in it.numbers for it in self.of(day)):
            found["sleep"] = SLEPT_8
        return found

    def overall(self, day: date) -> int | None:
        known = {name: score for name, score in self.scores(day).items() if score is not None}
        weight = sum(WEIGHS[it] for it in known)
        if weight < 3:
            return None
        return rounded(Fraction(sum(WEIGHS[it] * score for it, score in known.items()), weight))


def rounded(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


@pytest.fixture
async def claude(sessions: Sessions) -> AsyncIterator[DayScorer]:
    async with (
        AnthropicServer(answer=read_day) as server,
        make_client(KEY, server.url, max_retries=0, silence=5) as client,
    ):
        yield DayScorer(owned.Sessions(sessions), ClaudeAnalyst(client))


async def follow(model: Model, diary: Diary, sessions: Sessions, step: Step) -> None:
    """One step on both sides; what a chat would refuse is left out on both."""
    match step:
        case ("write", (text, day)):
            entry_id = await diary.write(text, day)
            model.entries.append(Told(id=entry_id, text=text, day=day, written_on=day))
        case ("say", (day, category, score)):
            if await has_categories(diary, day):
                model.said[day, category] = score
            async with sessions.begin() as session:
                await said.say(session, diary.user_id, day, category, score)
        case ("take back", (day, category)):
            if await has_categories(diary, day):
                model.said.pop((day, category), None)
            async with sessions.begin() as session:
                await said.take_back(session, diary.user_id, day, category)
        case (action, about):
            which, *more = about if isinstance(about, tuple) else (about,)
            if which < len(model.entries):
                await change(diary, model.entries[which], action, *more)


async def has_categories(diary: Diary, day: date) -> bool:
    stored = await diary.stored(day)
    return stored is not None and stored.state in {"scored", "too_little"}


async def change(diary: Diary, entry: Told, action: str, about: Any = None) -> None:
    if action == "undo" and entry.is_deleted:
        entry.is_deleted = False
        await diary.undo(entry.id)
    elif entry.is_deleted:
        return
    elif action == "edit" and about != entry.text:
        entry.text = about
        await diary.edit(entry.id, about)
    elif action == "delete":
        entry.is_deleted = True
        await diary.delete(entry.id)
    elif action == "move":
        entry.day = about
        await diary.move(entry.id, about)
    elif action == "tap":
        await diary.tap(entry.id, "mood", about)
    elif action == "remove":
        await diary.take_out(entry.id, "mood")


async def look(model: Model, diary: Diary, day: date) -> None:
    for entry in model.of(day):
        entry.numbers = await diary.numbers(entry.id)
    stored, kept = await diary.stored(day), await diary.categories(day)
    assert stored
    assert (stored.state, stored.overall) == (
        model.state(day),
        model.overall(day) if model.state(day) == "scored" else None,
    )
    read = {it.category: it.score for it in kept if it.source != "person"}
    own = {it.category: it.score for it in kept if it.source == "person"}
    assert own == {name: score for (its, name), score in model.said.items() if its == day}
    if model.state(day) in {"scored", "too_little"}:
        assert read | own == model.scores(day)
    else:
        assert not read
    bodies = await diary.bodies(day)
    for it in kept:
        if it.quote is not None:
            assert it.entry_id
            assert find_quote(it.quote, bodies[it.entry_id]) == it.quote


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(first=("I felt great", "I felt low"), steps=[("move", (0, TUESDAY))])
@given(first=st.tuples(PLAIN_TEXTS, PLAIN_TEXTS), steps=st.lists(STEPS, max_size=12))
async def test_the_scores_of_changed_days_are_those_of_a_plain_recount(
    sessions: Sessions, claude: DayScorer, first: tuple[str, str], steps: list[Step]
) -> None:
    model, diary = Model(), Diary(sessions)
    queue = ScoringQueue(sessions, claude)
    for text, day in zip(first, DAYS, strict=True):
        await follow(model, diary, sessions, ("write", (text, day)))
        await claude.bring_up_to_date(diary.user_id, day)
    for step in steps:
        await follow(model, diary, sessions, step)
        # From here on nobody asks for the days: that they changed must bring them up to date.
        await quiet(sessions)
        await drain(sessions, queue)
        for day in DAYS:
            await look(model, diary, day)
    # And whoever asks hears the same.
    for day in DAYS:
        scored = await claude.bring_up_to_date(diary.user_id, day)
        await look(model, diary, day)
        assert (scored.state, scored.overall) == (
            model.state(day),
            model.overall(day) if model.state(day) == "scored" else None,
        )
