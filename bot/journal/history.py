"""The diary by its days: one day, a week, a month, each with the way to the others.

Days are those that the entries are about. Weeks begin on Monday, as "last week" does everywhere here.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal import phrases_back as phrases
from bot.journal.clock import zone_of
from bot.journal.dates import spans
from bot.journal.filters import FIRST_YEAR, LAST_YEAR, period
from bot.journal.message import Button, Reply
from bot.journal.opening import is_recording
from bot.journal.phrases_correcting import day as short_day
from bot.journal.snippets import beginning
from db.queries import history as queries
from db.queries.history import DayRecord, Line
from db.queries.people import Person

View = Literal["day", "week", "month"]

# Entries of a day on one page, and how much a line shows of one, in characters.
PAGE = 8
OF_ENTRY, OF_DAY = 100, 60
WEEK = timedelta(days=7)


async def screen(
    session: AsyncSession, person: Person, view: View, day: date, *, today: date, page: int = 0
) -> Reply:
    """The day, or the week or month that it is in."""
    if view == "week":
        return await _week(session, person, day, today)
    if view == "month":
        return await _month(session, person, day, today)
    return await _day(session, person, day, today, page)


async def newest(session: AsyncSession, person: Person, today: date) -> Reply:
    """Today, or the last day that has entries."""
    entries, _ = await queries.day(session, person.user_id, today, most=1)
    if entries:
        return await screen(session, person, "day", today, today=today)
    before, after = await queries.days_beside(session, person.user_id, today, today)
    day = before or after
    if day is None:
        return Reply(html=phrases.NOTHING_WRITTEN)
    return await screen(session, person, "day", day, today=today)


async def at(session: AsyncSession, person: Person, words: str, today: date) -> Reply:
    """The days that the words name, in the view that holds them."""
    span = period(words, today, person.locale)
    if span is None:
        return Reply(html=phrases.not_a_day(words))
    first, last = span
    if first == last:
        return await screen(session, person, "day", first, today=today)
    if (last - first).days < WEEK.days:
        return await screen(session, person, "week", first, today=today)
    if (last - first).days > 31:
        # Of a season or a year, the latest month that has entries.
        before, _ = await queries.days_beside(session, person.user_id, last + timedelta(days=1), last)
        first = before if before and before >= first else first
    return await screen(session, person, "month", first, today=today)


def parsed(text: str) -> date | None:
    """The day of a button's data; a tap can say anything."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def to_day(day: date, page: int = 0) -> str:
    return f"look:day:{day}:{page}"


def entry_line(number: int, entry: Line, person: Person) -> str:
    """“2 · 21:40 🎙 the first words”."""
    written = entry.written_at.astimezone(zone_of(person.time_zone))
    mark = f" {phrases.RECORDING}" if is_recording(entry.kind) else ""
    hour = "" if entry.day_is_chosen else f" {phrases.clock(written)}"
    words = beginning(entry.body, OF_ENTRY) or phrases.WORDLESS
    return f"<b>{number}</b> ·{hour}{mark} {words}"


def openers(entries: Sequence[Line], first: int = 1) -> list[Button]:
    return [Button(label=str(n), data=f"open:{it.id.hex}") for n, it in enumerate(entries, first)]


async def _day(session: AsyncSession, person: Person, day: date, today: date, page: int) -> Reply:
    entries, count = await queries.day(session, person.user_id, day, skip=page * PAGE, most=PAGE)
    pages = -(-count // PAGE)
    if page >= pages > 0:
        return await _day(session, person, day, today, pages - 1)
    title = f"📅 <b>{phrases.full_day(day)}</b> · {phrases.entries(count)}"
    if pages > 1:
        title += f", {phrases.pages(page, pages)}"
    lines = [entry_line(n, it, person) for n, it in enumerate(entries, page * PAGE + 1)]
    if not count:
        title = f"📅 <b>{phrases.full_day(day)}</b>"
        lines = [phrases.AHEAD if day > today else phrases.NO_ENTRIES]
    turning = []
    if page > 0:
        turning.append(Button(label=phrases.EARLIER, data=to_day(day, page - 1)))
    if page < pages - 1:
        turning.append(Button(label=phrases.LATER, data=to_day(day, page + 1)))
    before, after = await queries.days_beside(session, person.user_id, day, day)
    beside = _beside(
        _to_day(before, today) if before else None,
        _to_day(after, today) if after else None,
    )
    views = [
        Button(label=phrases.WEEK, data=f"look:week:{spans.week(day)[0]}:0"),
        Button(label=phrases.MONTH, data=f"look:month:{day.replace(day=1)}:0"),
    ]
    rows = [openers(entries, page * PAGE + 1), turning, beside, views]
    return Reply(html="\n\n".join([title, "\n".join(lines)]), buttons=[row for row in rows if row])


async def _week(session: AsyncSession, person: Person, day: date, today: date) -> Reply:
    first, last = spans.week(day)
    days = await queries.days(session, person.user_id, first, last)
    title = _summed(phrases.day_span(first, last), days)
    lines = [_day_line(it) for it in days] or [phrases.AHEAD if first > today else phrases.NO_ENTRIES]
    buttons = [
        Button(label=f"{it.local_date:%a} {it.local_date.day}", data=to_day(it.local_date)) for it in days
    ]
    before, after = await queries.days_beside(session, person.user_id, first, last)
    beside = _beside(_to_week(before) if before else None, _to_week(after) if after else None)
    views = [Button(label=phrases.MONTH, data=f"look:month:{first.replace(day=1)}:0")]
    rows = [*in_rows(buttons, 4), beside, views]
    return Reply(html="\n\n".join([title, "\n".join(lines)]), buttons=[row for row in rows if row])


async def _month(session: AsyncSession, person: Person, day: date, today: date) -> Reply:
    first, last = spans.month(day.year, day.month)
    days = await queries.days(session, person.user_id, first, last)
    weeks: dict[date, list[DayRecord]] = {}
    for it in days:
        weeks.setdefault(spans.week(it.local_date)[0], []).append(it)
    title = _summed(phrases.month(first), days)
    lines = [_week_line(it) for it in weeks.values()]
    lines = lines or [phrases.AHEAD if first > today else phrases.NO_ENTRIES]
    buttons = [
        Button(label=_span_within(monday, first, last), data=f"look:week:{monday}:0") for monday in weeks
    ]
    before, after = await queries.days_beside(session, person.user_id, first, last)
    beside = _beside(_to_month(before) if before else None, _to_month(after) if after else None)
    rows = [*in_rows(buttons, 3), beside]
    return Reply(html="\n\n".join([title, "\n".join(lines)]), buttons=[row for row in rows if row])


def _summed(title: str, days: Sequence[DayRecord]) -> str:
    counted = f" · {phrases.entries(sum(it.entries for it in days))}" if days else ""
    return f"📅 <b>{title}</b>{counted}"


def _day_line(day: DayRecord) -> str:
    """“Tue 3 · 2 entries · mood 7 · the first words”."""
    pieces = [f"<b>{day.local_date:%a} {day.local_date.day}</b>"]
    if day.entries > 1:
        pieces.append(phrases.entries(day.entries))
    if day.mood is not None:
        pieces.append(phrases.mood(day.mood))
    return " · ".join([*pieces, beginning(day.body, OF_DAY) or phrases.WORDLESS])


def _week_line(days: Sequence[DayRecord]) -> str:
    """“Mon 4, Tue 5, Sat 9 · 4 entries · mood 6.5”."""
    named = ", ".join(f"{it.local_date:%a} {it.local_date.day}" for it in days)
    pieces = [f"<b>{named}</b>", phrases.entries(sum(it.entries for it in days))]
    moods = [it.mood for it in days if it.mood is not None]
    if moods:
        pieces.append(phrases.mood(sum(moods) / len(moods)))
    return " · ".join(pieces)


def _span_within(monday: date, first: date, last: date) -> str:
    start, stop = max(monday, first), min(monday + timedelta(days=6), last)
    return f"{start.day}–{stop.day}" if start != stop else f"{start.day}"


def _to_day(day: date, today: date) -> tuple[str, str]:
    return short_day(day, today.year), to_day(day)


def _to_week(day: date) -> tuple[str, str]:
    first, last = spans.week(day)
    return phrases.short_span(first, last), f"look:week:{first}:0"


def _to_month(day: date) -> tuple[str, str]:
    return phrases.month(day), f"look:month:{day.replace(day=1)}:0"


def _beside(before: tuple[str, str] | None, after: tuple[str, str] | None) -> list[Button]:
    row = []
    if before:
        row.append(Button(label=f"{phrases.BACK} {before[0]}", data=before[1]))
    if after:
        row.append(Button(label=f"{after[0]} {phrases.ON}", data=after[1]))
    return row


def in_rows(buttons: Sequence[Button], size: int) -> list[list[Button]]:
    return [list(buttons[at : at + size]) for at in range(0, len(buttons), size)]
