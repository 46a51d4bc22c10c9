"""One local day as it stands in the diary, what the coach is told of it, and what its card shows."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape

from sqlalchemy.ext.asyncio import AsyncSession

from bot import prompts
from bot.ai.protocols import KnownMetric, SummaryRequest
from bot.journal import numbers
from bot.journal.care import is_grave
from bot.journal.charts import CATEGORIES, DayCard
from bot.journal.clock import zone_of
from bot.journal.metrics import KINDS
from bot.journal.phrases_charts import done_of
from bot.journal.preferences import Preferences
from bot.journal.scoring import ScoredDay, screens
from bot.journal.summary.checking import Ground
from bot.journal.tokens import fit
from db.queries import goals, summing
from db.queries.goals import Standing
from db.queries.people import Person
from db.queries.summing import DayScore, Told

# What the coach reads of a day, in tokens: of all entries together, and of each at least.
BUDGET, LEAST_OF_ONE, MOST_ENTRIES = 9_000, 120, 60
MOST_GOALS, LONGEST_GOAL, LONGEST_NAME = 12, 60, 64
# Days back of which the coach is told what it said, so as not to repeat itself.
SAID_DAYS = 7
_COUNTED = re.compile(r' n="\d+"')


@dataclass(frozen=True, kw_only=True)
class Day:
    """`concerns` is what was told of the person's safety, in questions to the diary, too; `said` are the
    words of the days before, the newest first."""

    person: Person
    scored: ScoredDay
    entries: Sequence[Told]
    concerns: Sequence[str]
    goals: Sequence[Standing]
    said: Sequence[DayScore]

    @property
    def local_date(self) -> date:
        return self.scored.local_date

    @property
    def is_grave(self) -> bool:
        return self.scored.state == "concern" or any(is_grave(it) for it in self.concerns)

    @property
    def language(self) -> str | None:
        return language_of(self.entries, self.person)


async def look_up(session: AsyncSession, person: Person, scored: ScoredDay) -> Day:
    day = scored.local_date
    return Day(
        person=person,
        scored=scored,
        entries=await summing.entries(session, person.user_id, day, day),
        concerns=[it for _, it in await summing.concerns(session, person.user_id, day, day)],
        goals=(await goals.active(session, person.user_id, day))[:MOST_GOALS],
        said=await summing.said_before(session, person.user_id, day, SAID_DAYS),
    )


def language_of(entries: Sequence[Told], person: Person) -> str | None:
    """The one that most of it is written in."""
    written: Counter[str] = Counter()
    for entry in entries:
        if entry.language:
            written[entry.language] += len(entry.body)
    return written.most_common(1)[0][0] if written else person.locale


def request(day: Day) -> SummaryRequest:
    """The same for the same day: it holds nothing of when it is asked. What people wrote is escaped, so
    that nothing in it can end its quotation."""
    message = prompts.load("summary_day").render(
        **who(day.person, day.language),
        date=f"{day.local_date:%A %Y-%m-%d}",
        scored=_scored(day),
        goals=goal_lines(day.goals),
        said=said_lines(day.said),
        entries=_entries(day),
    )
    return SummaryRequest(
        system=(prompts.load("summary").render(),),
        message=message,
        kind="day",
        language=day.language,
        metrics=tuple(
            KnownMetric(name=it.name, value=it.value, unit=KINDS[it.name].unit)
            for it in day.scored.totals.values()
        ),
    )


def ground(
    asked: SummaryRequest, entries: Sequence[Told], standings: Sequence[Standing], said: Sequence[DayScore]
) -> Ground:
    """What the words for a day, or for the days of a review, must rest on: what the coach was told."""
    return Ground(
        entries=entries,
        facts=facts_of(asked),
        goals=len(standings),
        asked=[it.question for it in said if it.question],
        language=asked.language,
    )


def facts_of(asked: SummaryRequest) -> str:
    """All that the coach was told, without the numbers that only count what it is told."""
    return _COUNTED.sub("", asked.message)


def who(person: Person, language: str | None) -> dict[str, str]:
    preferences = Preferences.of(person.settings)
    manner = "listener" if preferences.manner == "silent" else preferences.manner
    return {
        "name": escape(" ".join(person.name.split())[:LONGEST_NAME]),
        "language": escape(language or "en"),
        "manner": manner,
        "length": preferences.length,
    }


def goal_lines(standings: Sequence[Standing], *, is_over: bool = False) -> str:
    """`is_over`: they are told of a month that is."""
    lines = []
    for number, standing in enumerate(standings, 1):
        goal = standing.goal
        why = f" | why: {_quoted(goal.why)}" if goal.why else ""
        done = _quoted(progress(standing, is_over=is_over))
        lines.append(f'<goal n="{number}">{_quoted(goal.title)} | {done}{why}</goal>')
    return "\n".join(lines) or "none"


def progress(standing: Standing, *, is_over: bool = False) -> str:
    """“2 of 3 times this week”."""
    goal = standing.goal
    target = numbers.plain(goal.target) if goal.target else None
    return done_of(numbers.plain(standing.done), target, goal.unit or "", goal.cadence, is_over=is_over)


def said_lines(said: Sequence[DayScore]) -> str:
    told = [f"- {_quoted(it)}" for day in said for it in (day.advice, day.question) if it]
    return "\n".join(told) or "none"


def _quoted(text: str) -> str:
    return escape(fit(" ".join(text.split()), LONGEST_GOAL), quote=False)


def _scored(day: Day) -> str:
    lines = [numbers.shown(it.name, it.value) for it in day.scored.totals.values()]
    if day.scored.overall is not None:
        lines.append(f"score of the day: {day.scored.overall} of 100")
    scores = day.scored.scores
    lines += [f"{name}: {scores[name]}" for name in CATEGORIES if name in scores]
    return "\n".join(lines) or "nothing"


def _entries(day: Day) -> str:
    zone = zone_of(day.person.time_zone)
    latest = day.entries[-MOST_ENTRIES:]
    room = max(BUDGET // max(len(latest), 1), LEAST_OF_ONE)
    return "\n".join(
        f'<entry n="{number}" written_at="{it.written_at.astimezone(zone):%H:%M}" kind="{it.kind}">'
        f"{escape(fit(it.body, room), quote=False)}</entry>"
        for number, it in enumerate(latest, 1)
    )


def card(day: Day) -> DayCard:
    """It is told on the day itself, or right after: without a title, and without the year."""
    return replace(screens.card(day.scored, day.local_date), title="")
