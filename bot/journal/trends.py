"""Scored days and goals as screens: a picture, the words that say the same, and the way to the others.

A screen is read first and drawn later, off the event loop and with no session open. Weeks begin on Monday.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal import phrases_back
from bot.journal import phrases_trends as phrases
from bot.journal.charts import LEAST_DAYS, DayPoint, Goals, Picture, Trend, Year, caption
from bot.journal.charts.values import MOST_OF_A_GOAL, GoalProgress, Per, Week
from bot.journal.dates import spans
from bot.journal.filters import FIRST_YEAR, LAST_YEAR, period
from bot.journal.message import Button
from db.queries import goals as goal_queries
from db.queries import trends as queries
from db.queries.goals import Standing
from db.queries.people import Person

View = Literal["days", "year", "goals", "week", "month"]

LENGTH = 30
# Fewer scored days have no best and no hardest one.
LEAST_TO_COMPARE = 3


@dataclass(frozen=True, kw_only=True)
class Screen:
    """`picture` is None where there is nothing to draw."""

    picture: Picture | None
    html: str
    buttons: Sequence[Sequence[Button]] = ()


async def screen(session: AsyncSession, person: Person, view: View, day: date, today: date) -> Screen:
    """The 30 days that end with `day`, or the week, month or year that it is in; the goals as of today."""
    if view == "goals":
        return await _goals(session, person, today)
    if view == "year":
        return await _year(session, person, day.year, today)
    if view == "days":
        return await _days(session, person, today)
    return await _span(session, person, view, day, today)


async def is_empty(session: AsyncSession, person: Person, today: date) -> bool:
    """Whether no day of this person has a score."""
    return await queries.beside(session, person.user_id, today, today - timedelta(days=1)) == (None, None)


def nothing(today: date) -> Screen:
    return Screen(picture=None, html=phrases.NOTHING_SCORED, buttons=_views("days", today))


def days_named(person: Person, words: str, today: date) -> date | None:
    """The first day of those that the words name, such as "last week" or "May"; a day of now for no words,
    None for words that name none."""
    if not words:
        return today
    span = period(words, today, person.locale)
    return span[0] if span else None


def parsed(view: str, text: str | None, today: date) -> date | None:
    """The day of a button's data; a tap can say anything."""
    if text is None:
        return today if view in {"days", "goals"} else None
    try:
        day = date(int(text), 1, 1) if view == "year" else date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


async def _days(session: AsyncSession, person: Person, today: date) -> Screen:
    first = today - timedelta(days=LENGTH - 1)
    points = _points(await queries.days(session, person.user_id, first, today))
    trend = Trend(days=points, last=today, length=LENGTH)
    return Screen(picture=trend, html=_told(trend, len(points), is_over=False), buttons=_views("days", today))


async def _span(session: AsyncSession, person: Person, view: View, day: date, today: date) -> Screen:
    first, last = spans.week(day) if view == "week" else spans.month(day.year, day.month)
    if first > today:
        return Screen(picture=None, html=phrases_back.AHEAD, buttons=_views(view, today))
    points = _points(await queries.days(session, person.user_id, first, last))
    trend = Trend(
        days=points,
        last=last,
        length=(last - first).days + 1,
        title=_title(view, first, today),
        today=today,
    )
    before, after = await queries.beside(session, person.user_id, first, last)
    if after is None and last < today:
        # The days of now can be reached from everywhere, scored or not.
        after = today
    turning = [
        *([_button(f"{phrases_back.BACK} {_named(view, before)}", view, before)] if before else []),
        *([_button(f"{_named(view, after)} {phrases_back.ON}", view, after)] if after else []),
    ]
    buttons = [turning, *_views(view, today)] if turning else _views(view, today)
    return Screen(picture=trend, html=_told(trend, len(points), is_over=last < today), buttons=buttons)


async def _year(session: AsyncSession, person: Person, number: int, today: date) -> Screen:
    first, last = spans.year(number)
    scores = await queries.overalls(session, person.user_id, first, last)
    year = Year(year=number, scores=scores, today=today)
    before, after = await queries.beside(session, person.user_id, first, last)
    if after is None and number < today.year:
        after = today
    turning = [
        *([_to_year(f"{phrases_back.BACK} {before.year}", before)] if before else []),
        *([_to_year(f"{after.year} {phrases_back.ON}", after)] if after else []),
    ]
    buttons = [turning, *_views("year", today)] if turning else _views("year", today)
    return Screen(picture=year, html=_told(year, len(scores), is_over=last < today), buttons=buttons)


async def _goals(session: AsyncSession, person: Person, today: date) -> Screen:
    found = await goal_queries.progress_of(session, person.user_id, today)
    goals = Goals(goals=[_progress(it) for it in found])
    html = escape(caption(goals), quote=False)
    if not found:
        html = f"{html} {phrases.HOW_TO_GOALS}"
    return Screen(picture=goals, html=html, buttons=_views("goals", today))


def _told(picture: Trend | Year, scored: int, *, is_over: bool) -> str:
    """What the picture shows, and with too few days for more what to do, where something can be done."""
    sentences = [escape(caption(picture), quote=False)]
    if isinstance(picture, Trend) and LEAST_TO_COMPARE <= scored < LEAST_DAYS:
        sentences.append(_best_and_hardest(picture.overall, picture.last.year))
    if scored < LEAST_DAYS and not is_over:
        sentences.append(phrases.HOW_TO_MORE)
    return " ".join(filter(None, sentences))


def _best_and_hardest(scores: Mapping[date, int], this_year: int) -> str:
    best = max(scores.items(), key=lambda it: (it[1], it[0]))
    hardest = min(scores.items(), key=lambda it: (it[1], -it[0].toordinal()))
    return phrases.best_and_hardest(best, hardest, this_year) if best[1] > hardest[1] else ""


def _points(days: Sequence[queries.ScoredDay]) -> list[DayPoint]:
    return [DayPoint(local_date=it.local_date, overall=it.overall, categories=it.categories) for it in days]


def _progress(standing: Standing) -> GoalProgress:
    goal = standing.goal
    per: dict[str | None, Per] = {"day": "day", "week": "week", "month": "month"}
    target = _amount(goal.target) if goal.target is not None else None
    return GoalProgress(
        title=goal.title,
        done=_amount(standing.done),
        target=target or None,
        unit=goal.unit or "",
        per=per.get(goal.cadence),
        weeks=[Week(starts=monday, done=_amount(done)) for monday, done in standing.weeks],
    )


def _amount(value: float) -> float:
    """Not a number compares false with everything, and is nothing done."""
    return min(value, MOST_OF_A_GOAL) if value > 0 else 0.0


def _title(view: View, first: date, today: date) -> str:
    if view == "month":
        return phrases_back.month(first)
    weeks = (spans.week(today)[0] - first).days // 7
    return {0: phrases.THIS_WEEK, 1: phrases.LAST_WEEK}.get(weeks, phrases.WEEK)


def _named(view: View, day: date) -> str:
    return phrases_back.month(day) if view == "month" else phrases_back.short_span(*spans.week(day))


def _views(now: View, today: date) -> list[list[Button]]:
    """The other screens, with a mark at this one."""
    kinds = [
        Button(label=_label(phrases.DAYS_30, now == "days"), data="trend:days"),
        _to_year(_label(phrases.YEAR, now == "year"), today),
        Button(label=_label(phrases.GOALS, now == "goals"), data="trend:goals"),
    ]
    near = [
        _button(_label(phrases.WEEK, now == "week"), "week", today),
        _button(_label(phrases.MONTH, now == "month"), "month", today),
    ]
    return [kinds, near]


def _label(label: str, is_now: bool) -> str:
    return phrases.chosen(label) if is_now else label


def _button(label: str, view: View, day: date) -> Button:
    first = spans.week(day)[0] if view == "week" else day.replace(day=1)
    return Button(label=label, data=f"trend:{view}:{first}")


def _to_year(label: str, day: date) -> Button:
    return Button(label=label, data=f"trend:year:{day.year:04}")
