"""Whatever is edited, corrected, removed, read again, deleted and brought back, in whatever order: the
numbers that count are those of a few lines of plain Python."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.ai.protocols import ProposedMetric
from bot.journal import corrections, deletion
from bot.journal.message import Identity, Incoming
from bot.journal.metrics import check
from bot.journal.receive import receive
from db.models import Metric
from db.queries import around, metrics, people
from db.queries import deletion as rows
from db.queries.entries import EntryRecord

Sessions = async_sessionmaker[AsyncSession]
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PEOPLE = count(1)

# What a text may state. There is one mood and one sleep at most; sport always stands there twice, and
# each is known by its sentence.
SENTENCES = {
    "mood 3": ("mood", 3.0),
    "mood 7": ("mood", 7.0),
    "slept 5 hours": ("sleep_hours", 5.0),
    "slept 8 hours": ("sleep_hours", 8.0),
    "ran 30 minutes": ("exercise_minutes", 30.0),
    "swam 20 minutes": ("exercise_minutes", 20.0),
}
SPORT = ("ran 30 minutes", "swam 20 minutes")
MOODS, NIGHTS = (None, "mood 3", "mood 7"), (None, "slept 5 hours", "slept 8 hours")
KEYS = ("mood", "sleep_hours", *SPORT)

Counted = dict[str, tuple[float | None, float | None]]
Step = tuple[str, Any]


def text_of(mood: str | None, night: str | None) -> tuple[str, ...]:
    return tuple(it for it in (mood, *SPORT, night) if it)


TEXTS = st.builds(text_of, st.sampled_from(MOODS), st.sampled_from(NIGHTS))
VALUES = st.sampled_from([1.0, 4.0, 9.5])
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("edit"), TEXTS),
    st.tuples(st.sampled_from(["read", "delete", "undo"]), st.none()),
    st.tuples(st.just("correct"), st.tuples(st.sampled_from(KEYS), VALUES)),
    st.tuples(st.sampled_from(["remove", "restore"]), st.sampled_from(KEYS)),
    st.tuples(st.just("say"), st.tuples(st.sampled_from(["mood", "sleep_hours"]), VALUES)),
)


@dataclass
class Number:
    read: float | None = None
    said: float | None = None
    is_removed: bool = False


@dataclass
class Model:
    """What must be so; `value / read` of each number that counts."""

    text: tuple[str, ...]
    numbers: dict[str, Number] = field(default_factory=dict)
    is_deleted: bool = False

    def read(self) -> None:
        stated = {key_of(it): SENTENCES[it][1] for it in self.text}
        for key, value in stated.items():
            self.numbers.setdefault(key, Number()).read = value
        for key in list(self.numbers):
            number = self.numbers[key]
            if key not in stated and number.said is None and not number.is_removed:
                del self.numbers[key]

    def remove(self, key: str) -> None:
        if self.numbers[key].read is None:
            del self.numbers[key]
        else:
            self.numbers[key].is_removed = True

    def counted(self) -> Counted:
        seen = {} if self.is_deleted else {k: it for k, it in self.numbers.items() if not it.is_removed}
        return {key: (it.read if it.said is None else it.said, it.read) for key, it in seen.items()}


def key_of(sentence: str) -> str:
    return sentence if sentence in SPORT else SENTENCES[sentence][0]


class Real:
    """The same on the database, by the functions that taps and journeys call."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        number = next(PEOPLE)
        self._who = Identity(telegram_id=number, chat_id=number, first_name="Mina")
        self._times = count()

    async def write(self, text: tuple[str, ...]) -> None:
        """The message is sent, and edited from then on: never to the very same words."""
        time = next(self._times)
        message = Incoming(
            identity=self._who,
            message_id=self._who.telegram_id,
            kind="text",
            text=f"{'. '.join(text)}. Note {time}",
            written_at=NOON,
            edited_at=NOON + timedelta(seconds=time) if time else None,
        )
        async with self._sessions.begin() as session:
            stored = await receive(session, message, "UTC")
        self._entry_id = stored.entry_id

    async def entry(self, session: AsyncSession) -> EntryRecord:
        owner = await people.by_identity(session, self._who.telegram_id)
        found = await rows.find(session, owner, self._entry_id) if owner else None
        assert found
        return found

    async def read(self) -> None:
        async with self._sessions.begin() as session:
            entry = await self.entry(session)
            proposed = [
                ProposedMetric(name=name, value=value, quote=sentence)
                for sentence, (name, value) in SENTENCES.items()
                if sentence in entry.body
            ]
            readings = check(proposed, entry.body, "model")
            assert len(readings) == len(proposed)
            owner = (entry.user_id, entry.id)
            await metrics.replace_read(session, *owner, readings, body=entry.body, call_id=None)

    async def on(self, key: str, action: str, value: float) -> bool:
        """Do this about one number, as a tap does; False where there is none."""
        async with self._sessions.begin() as session:
            entry = await self.entry(session)
            every = await metrics.all_of_entry(session, entry.user_id, entry.id)
            metric = next((it for it in every if key in {it.name, it.quote}), None)
            if metric is None:
                return False
            if action == "correct":
                await corrections.say_metric(session, entry, metric.name, value, metric)
            else:
                change = metrics.remove if action == "remove" else metrics.bring_back
                await change(session, entry.user_id, metric.id)
            return True

    async def say(self, name: str, value: float) -> None:
        async with self._sessions.begin() as session:
            await corrections.say_metric(session, await self.entry(session), name, value)

    async def delete(self) -> None:
        async with self._sessions.begin() as session:
            await deletion.delete(session, await self.entry(session))

    async def undo(self) -> None:
        async with self._sessions.begin() as session:
            entry = await self.entry(session)
            person = await people.find(session, entry.user_id, self._who.chat_id)
            await deletion.bring_back(session, person, entry)

    async def counted(self) -> Counted:
        async with self._sessions.begin() as session:
            entry = await self.entry(session)
            found = await metrics.of_entry(session, entry.user_id, entry.id)
            there = await around.look(session, entry, since=entry.written_at, most=1)
        assert there.known_today == {it.name for it in found}
        return counted(found)


def counted(found: list[Metric]) -> Counted:
    keys = [(it.quote or "") if it.name == "exercise_minutes" else it.name for it in found]
    assert len(set(keys)) == len(keys)
    return {key: (it.value, it.model_value) for key, it in zip(keys, found, strict=True)}


async def follow(model: Model, real: Real, step: Step) -> None:
    """One step on both sides. While the entry is deleted, taps are refused and nothing is read."""
    if step[0] == "edit":
        model.text = step[1]
        await real.write(step[1])
    if model.is_deleted and step[0] == "undo":
        model.is_deleted = False
        await real.undo()
    # The journey reads what was edited, or the same again.
    if step[0] in {"edit", "read", "undo"} and not model.is_deleted:
        model.read()
        await real.read()
    elif not model.is_deleted:
        await correct(model, real, step)


async def correct(model: Model, real: Real, step: Step) -> None:
    match step:
        case ("delete", _):
            model.is_deleted = True
            await real.delete()
        case ("say", (name, value)):
            number = model.numbers.setdefault(name, Number())
            number.said, number.is_removed = value, False
            await real.say(name, value)
        case ("correct", (key, value)):
            assert await real.on(key, "correct", value) == (key in model.numbers)
            if key in model.numbers:
                model.numbers[key].said, model.numbers[key].is_removed = value, False
        case (action, key):
            assert await real.on(key, action, 0) == (key in model.numbers)
            if key in model.numbers and action == "remove":
                model.remove(key)
            elif key in model.numbers:
                model.numbers[key].is_removed = False


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=TEXTS, steps=st.lists(STEPS, max_size=15))
async def test_the_numbers_that_count_are_those_of_a_plain_recount(
    sessions: Sessions, first: tuple[str, ...], steps: list[Step]
) -> None:
    model, real = Model(text=first), Real(sessions)
    await real.write(first)
    model.read()
    await real.read()
    for step in steps:
        await follow(model, real, step)
        assert await real.counted() == model.counted(), step
