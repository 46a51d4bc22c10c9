"""A week or a month that is over: what it came to, in numbers, and what the coach is told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot import prompts
from bot.ai.protocols import SummaryRequest
from bot.journal import looking_back
from bot.journal import phrases_summary as phrases
from bot.journal.care import is_grave
from bot.journal.charts import LEAST_DAYS, DayPoint, Trend
from bot.journal.charts.facts import change
from bot.journal.dates import spans
from bot.journal.phrases_back import day_span
from bot.journal.phrases_charts import direction
from bot.journal.phrases_correcting import day as short_day
from bot.journal.snippets import beginning, isolated, plain
from bot.journal.summary import differences, factors
from bot.journal.summary.day import (
    MOST_GOALS,
    SAID_DAYS,
    goal_lines,
    language_of,
    progress,
    said_lines,
    who,
)
from bot.journal.summary.differences import Difference
from bot.journal.tokens import fit
from db.queries import goals, summing
from db.queries.goals import Standing
from db.queries.history import Line
from db.queries.people import Person
from db.queries.summing import DayScore, Told

# As far back as is looked for what went with good days, and for a direction.
LOOKED_BACK, DIRECTION = timedelta(days=90), timedelta(days=30)
MOST_DIFFERENCES, MOST_SHOWN_GOALS = 2, 5
# Nobody gets a review after words of crisis in so many of its last days, or since.
GRAVE_FOR = timedelta(days=3)
# A picture of fewer scored days shows nothing.
LEAST_IN_PICTURE = 2
BUDGET, LEAST_OF_ONE, MOST_ENTRIES = 12_000, 80, 140


@dataclass(frozen=True, kw_only=True)
class Span:
    """The days from `first` to `last`. `entries` are without those of days with a grave concern, `scores`
    reach further back, as `clear` does, `moved` tells on how many of the days a goal was moved."""

    person: Person
    kind: str
    first: date
    last: date
    entries: Sequence[Told]
    is_grave: bool
    scores: Sequence[DayScore]
    clear: Sequence[Difference]
    goals: Sequence[Standing]
    moved: Mapping[UUID, int]
    said: Sequence[DayScore]
    memory: tuple[str, Line] | None

    @property
    def overall(self) -> dict[date, int]:
        """The scored days of the span, in order."""
        return {
            it.local_date: it.overall
            for it in self.scores
            if it.overall is not None and self.first <= it.local_date <= self.last
        }

    @property
    def trend(self) -> Trend:
        points = [
            DayPoint(local_date=it.local_date, overall=it.overall, categories=it.categories)
            for it in self.scores
        ]
        length = (self.last - self.first).days + 1
        return Trend(days=points, last=self.last, length=length, title=self.title)

    @property
    def title(self) -> str:
        return phrases.WEEK if self.kind == "week" else phrases.MONTH

    @property
    def language(self) -> str | None:
        return language_of(self.entries, self.person)


def first_day(kind: str, last: date) -> date:
    if kind == "week":
        return last - timedelta(days=6)
    if (last + timedelta(days=1)).day == 1:
        return last.replace(day=1)
    return spans.months_before(last, 1) + timedelta(days=1)


async def look_up(session: AsyncSession, person: Person, kind: str, last: date) -> Span:
    first, back = first_day(kind, last), last - LOOKED_BACK
    told = await summing.entries(session, person.user_id, first, last)
    # Up to now: a month is told of on the day after it, and after downtime later.
    said = await summing.concerns(session, person.user_id, first)
    grave = {day for day, concern in said if is_grave(concern)}
    scores = [it for it in await summing.scores(session, person.user_id, back, last) if it.state == "scored"]
    numbers = factors.by_day(await summing.metrics(session, person.user_id, back, last))
    moved = await summing.goal_days(session, person.user_id, back, last)
    scored = {it.local_date: it.categories for it in scores}
    return Span(
        person=person,
        kind=kind,
        first=first,
        last=last,
        entries=[it for it in told if it.local_date not in grave],
        is_grave=any(last - day < GRAVE_FOR for day in grave),
        scores=scores,
        clear=differences.differences(scored, factors.factors(scored, numbers, moved)),
        goals=(await goals.active(session, person.user_id, last))[:MOST_GOALS],
        moved={it.goal_id: sum(first <= day <= last for day in it.days) for it in moved},
        said=await summing.said_before(session, person.user_id, last + timedelta(days=1), SAID_DAYS),
        memory=await looking_back.memory(session, person, last),
    )


def request(span: Span) -> SummaryRequest:
    message = prompts.load("summary_day").render(
        **who(span.person, span.language),
        date=f"{span.first} to {span.last}",
        scored=_scored(span),
        goals=goal_lines(span.goals, is_over=span.kind == "month"),
        said=said_lines(span.said),
        entries=_entries(span),
    )
    return SummaryRequest(
        system=(prompts.load("review").render(span=span.kind),),
        message=message,
        kind="week" if span.kind == "week" else "month",
        language=span.language,
    )


def _scored(span: Span) -> str:
    lines = [f"{day:%A} {day}: {score} of 100" for day, score in span.overall.items()]
    lines += [escape(difference(it), quote=False) for it in span.clear[:MOST_DIFFERENCES]]
    return "\n".join(lines) or "nothing"


def _entries(span: Span) -> str:
    latest = span.entries[-MOST_ENTRIES:]
    room = max(BUDGET // max(len(latest), 1), LEAST_OF_ONE)
    return "\n".join(
        f'<entry n="{number}" date="{it.local_date:%A %Y-%m-%d}">'
        f"{escape(fit(it.body, room), quote=False)}</entry>"
        for number, it in enumerate(latest, 1)
    )


def facts(span: Span) -> list[str]:
    """What the program counted, as HTML, what counts most first."""
    return [it for it in (_best(span), _direction(span), _clear(span), _goals(span), _memory(span)) if it]


def _best(span: Span) -> str:
    """The caption of the picture names it where there are days enough."""
    scored = span.overall
    if not LEAST_IN_PICTURE < len(scored) < LEAST_DAYS:
        return ""
    day = max(scored, key=lambda it: (scored[it], it))
    return phrases.best_day(short_day(day, span.last.year), scored[day])


def _direction(span: Span) -> str:
    """The caption tells it of the span itself, and so where no other days are scored."""
    since = span.last - DIRECTION
    scored = {
        it.local_date: it.overall for it in span.scores if it.overall is not None and it.local_date > since
    }
    points = change(scored)
    if span.kind == "month" or not points or scored.keys() == span.overall.keys():
        return ""
    return phrases.lately(direction(points, len(scored)))


def difference(told: Difference) -> str:
    return phrases.difference(
        told.name,
        told.category,
        (told.average_with, told.days_with),
        (told.average_without, told.days_without),
    )


def _clear(span: Span) -> str:
    lines = [plain(difference(it)) for it in span.clear[:MOST_DIFFERENCES]]
    return "\n".join([phrases.WENT_TOGETHER, *(f"• {it}" for it in lines)]) if lines else ""


def _goals(span: Span) -> str:
    lines = []
    for standing in span.goals[:MOST_SHOWN_GOALS]:
        done = progress(standing, is_over=span.kind == "month")
        title = isolated(plain(fit(standing.goal.title, 20)))
        on = phrases.moved(span.moved.get(standing.goal.id, 0))
        lines.append(" · ".join(filter(None, [f"{title}: {plain(done)}", on])))
    return phrases.goals(lines) if lines else ""


def _memory(span: Span) -> str:
    if span.memory is None:
        return ""
    ago, line = span.memory
    return phrases.memory(ago, short_day(line.local_date, span.last.year), beginning(line.body))


def title(span: Span) -> str:
    return f"{span.title} · {day_span(span.first, span.last)}"
