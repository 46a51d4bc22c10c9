"""People of one evening, with the day that they told, loaded by COPY into a bot's own database.

Each told three times of this day, with numbers in what they told; each has a goal, and days before it with
the words of their evenings. Vectors and the word index are left out: no summary reads them.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from bot.journal.clock import DAY, Evening, latest_summary
from bot.journal.metrics import KINDS

LANGUAGE = "en"
BATCH = 1000
DAYS_BEFORE = 3
# A week's review would be a second message.
NO_REVIEW_IN = 3
EVENING = 21
# Of each person's entries one by one: when it was written, in hours before the summary, and what it says.
TOLD = (
    (13, "Slept {sleep_hours} hours and woke before the alarm. The coffee on the balcony was good."),
    (7, "The meeting about the new plan took more out of me than I had thought. Stress {stress} by noon."),
    (2, "Walked {exercise_minutes} minutes by the river, then two chapters of my book. Mood {mood} tonight."),
)
QUOTES = {
    "sleep_hours": "Slept {} hours",
    "stress": "Stress {}",
    "exercise_minutes": "Walked {} minutes",
    "mood": "Mood {}",
}
RANGES = {"sleep_hours": (5, 9), "stress": (1, 9), "exercise_minutes": (10, 80), "mood": (3, 9)}

COLUMNS = {
    "users": ("id", "name", "time_zone", "locale", "summary_time", "next_summary_at", "settings"),
    "telegram_identities": ("telegram_id", "user_id", "chat_id", "first_name", "language_code"),
    "journal_entries": (
        *("id", "user_id", "chat_id", "message_id", "kind", "body", "language", "local_date", "written_at"),
        *("embedded_at", "extracted_at", "coached_at", "replied_at", "reply"),
    ),
    "extracted_metrics": ("id", "user_id", "entry_id", "name", "value", "unit", "quote", "source"),
    "user_goals": ("id", "user_id", "title", "cadence", "target", "unit", "state"),
    "daily_scores": (
        *("id", "user_id", "local_date", "overall", "summary", "advice", "question", "state", "source"),
        "scored_at",
    ),
}
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, kw_only=True)
class Hour:
    """When everybody's summary is due: `at`, a whole minute in UTC, which their clocks show as `evening`
    says; and the day that it is about."""

    at: datetime
    evening: Evening
    local_date: date


def hour_for(moment: datetime) -> Hour:
    """The next whole minute, in the zone of whole hours where it comes nearest to the evening and its day is
    not one that a month's review comes with."""
    at = moment.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    hours = [_hour(at, offset) for offset in range(-12, 15)]
    fitting = [it for it in hours if it.local_date.day != 1]
    return min(fitting, key=lambda it: abs(it.evening.summary_time.hour - EVENING))


def _hour(at: datetime, offset: int) -> Hour:
    shown = at.astimezone(timezone(timedelta(hours=offset))).time()
    # POSIX counts westwards.
    evening = Evening(time_zone=f"Etc/GMT{-offset:+d}", summary_time=shown, day_starts_at=time(4))
    return Hour(at=at, evening=evening, local_date=latest_summary(evening, at).local_date)


@dataclass(kw_only=True)
class Crowd:
    """`ids` of their chats, which are those that Telegram knows them by. Their next summary comes a day
    later, until `begin`."""

    hour: Hour
    ids: Sequence[int]
    _dice: random.Random = field(default_factory=lambda: random.Random(5))  # noqa: S311 - nothing is secret

    async def load(self, driver: Any, step: Callable[[int], None]) -> None:
        """`driver` is an asyncpg connection of a superuser; `step` hears how many people are in."""
        # Each row is right by its making.
        await driver.execute("SET session_replication_role = replica")
        for start in range(0, len(self.ids), BATCH):
            some = self.ids[start : start + BATCH]
            rows: Rows = {table: [] for table in COLUMNS}
            for chat_id in some:
                self._add(rows, chat_id)
            for table, columns in COLUMNS.items():
                await driver.copy_records_to_table(table, records=rows[table], columns=columns)
            step(len(some))
        await driver.execute("SET session_replication_role = origin")
        await driver.execute("VACUUM ANALYZE")
        await driver.execute("CHECKPOINT")

    async def begin(self, driver: Any, people: int) -> None:
        """Have the summaries of so many come at the hour, as if the bot had always been there."""
        due = """
            UPDATE users SET next_summary_at = $1
            WHERE id IN (SELECT user_id FROM telegram_identities WHERE chat_id = ANY($2))
        """
        await driver.execute(due, self.hour.at, self.ids[:people])

    def _add(self, rows: Rows, chat_id: int) -> None:
        user_id, day, evening = uuid7(), self.hour.local_date, self.hour.evening
        review = (day.weekday() + NO_REVIEW_IN) % 7
        settings = f'{{"review_weekday": {review}, "time_zone_is_known": true}}'
        hours = (evening.summary_time, self.hour.at + DAY)
        rows["users"].append((user_id, "Mina", evening.time_zone, LANGUAGE, *hours, settings))
        rows["telegram_identities"].append((chat_id, user_id, chat_id, "Mina", LANGUAGE))
        rows["user_goals"].append((uuid7(), user_id, "Walk by the river", "week", 3.0, "times", "active"))
        for number, (earlier, text) in enumerate(TOLD, 1):
            told = self._told(text)
            body = text.format(**told)
            entry_id, at = uuid7(), self.hour.at - timedelta(hours=earlier)
            done, reply = (at, at, at, at), "Thank you for writing that down."
            entry = (entry_id, user_id, chat_id, number, "text", body, LANGUAGE, day, at, *done, reply)
            rows["journal_entries"].append(entry)
            rows["extracted_metrics"] += _metrics(user_id, entry_id, told)
        rows["daily_scores"] += self._before(user_id, day)

    def _told(self, text: str) -> dict[str, int]:
        return {name: self._dice.randint(*span) for name, span in RANGES.items() if f"{{{name}}}" in text}

    def _before(self, user_id: UUID, day: date) -> Iterator[tuple[Any, ...]]:
        for back in range(1, DAYS_BEFORE + 1):
            overall = self._dice.randint(40, 80)
            words = (f"Day {back} had room in it.", "Walk before lunch.", f"What made day {back} light?")
            scored = ("scored", "rule", self.hour.at - DAY * back)
            yield (uuid7(), user_id, day - DAY * back, overall, *words, *scored)


def _metrics(user_id: UUID, entry_id: UUID, told: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    for name, value in told.items():
        unit, quote = KINDS[name].unit, QUOTES[name].format(value)
        yield (uuid7(), user_id, entry_id, name, float(value), unit, quote, "rule")
