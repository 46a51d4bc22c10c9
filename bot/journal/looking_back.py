"""Memories that nobody asked for by name: this day in earlier years and months, and a good day by
chance. None of a day on which the person was not well."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal import history
from bot.journal import phrases_back as phrases
from bot.journal.dates import spans
from bot.journal.message import Button, Reply
from bot.journal.phrases_correcting import day as short_day
from db.queries import history as queries
from db.queries import preferences
from db.queries.history import Line
from db.queries.people import Person

NEAR = 3
# What one screen shows: days, and entries of each.
MOST_DAYS, OF_ONE = 4, 3
# Years are looked through as far as the diary goes, and the months of one year.
MONTHS = 11
# Where the person's settings keep which day was shown last, and for which update.
SHOWN = "random_day"


@dataclass(frozen=True, kw_only=True)
class _Memory:
    """The entries of a day that lies whole `months` back, or, unless `exact`, close to that."""

    months: int
    exact: bool
    entries: Sequence[Line]

    @property
    def day(self) -> date:
        return self.entries[0].local_date


async def on_this_day(session: AsyncSession, person: Person, today: date) -> Reply:
    """A year ago first, then earlier years, then the months between."""
    first = await queries.first_day(session, person.user_id)
    if first is None:
        return Reply(html=phrases.NOTHING_WRITTEN)
    back = [12 * years for years in range(1, today.year - first.year + 1)] + list(range(1, MONTHS + 1))
    near = range(-NEAR, NEAR + 1)
    wanted = {_back(today, months) + timedelta(days=off) for months in back for off in near}
    by_day: dict[date, list[Line]] = {}
    for line in await queries.of_days(session, person.user_id, sorted(wanted)):
        by_day.setdefault(line.local_date, []).append(line)
    exact = [_exact(today, months, by_day) for months in back]
    found = [it for it in exact if it] or [it for it in (_close(today, m, by_day) for m in back) if it]
    return _screen(found[:MOST_DAYS], person, today) if found else Reply(html=phrases.NO_MEMORIES)


async def memory(session: AsyncSession, person: Person, today: date) -> tuple[str, Line] | None:
    """An entry from a year ago or, failing that, a month ago, or from close to that; with the words for
    how long ago. None of a day on which the person was not well."""
    near = range(-NEAR, NEAR + 1)
    for months in (12, 1):
        days = [_back(today, months) + timedelta(days=off) for off in near]
        by_day: dict[date, list[Line]] = {}
        for line in await queries.of_days(session, person.user_id, days):
            if line.body.strip():
                by_day.setdefault(line.local_date, []).append(line)
        found = _exact(today, months, by_day) or _close(today, months, by_day)
        if found:
            ago = phrases.ago(months)
            return ago if found.exact else phrases.about(ago), max(found.entries, key=lambda it: len(it.body))
    return None


def _back(today: date, months: int) -> date:
    return spans.months_before(today, months)


def _exact(today: date, months: int, by_day: dict[date, list[Line]]) -> _Memory | None:
    """None also where there is no such day, as a month before the 31st of May."""
    day = _back(today, months)
    if day.day != today.day or day not in by_day:
        return None
    return _Memory(months=months, exact=True, entries=by_day[day])


def _close(today: date, months: int, by_day: dict[date, list[Line]]) -> _Memory | None:
    middle = _back(today, months)
    days = [it for it in by_day if abs((it - middle).days) <= NEAR]
    if not days:
        return None
    nearest = min(days, key=lambda it: (abs((it - middle).days), it))
    return _Memory(months=months, exact=False, entries=by_day[nearest])


def _screen(found: Sequence[_Memory], person: Person, today: date) -> Reply:
    pieces = [phrases.ON_THIS_DAY if found[0].exact else phrases.AROUND_THIS_DAY]
    openers: list[Button] = []
    for memory in found:
        shown = memory.entries[:OF_ONE]
        ago = phrases.ago(memory.months)
        title = ago if memory.exact else phrases.about(ago)
        lines = [f"<b>{title}</b> · {short_day(memory.day, today.year)}"]
        lines += [history.entry_line(n, it, person) for n, it in enumerate(shown, len(openers) + 1)]
        if len(memory.entries) > OF_ONE:
            lines.append(phrases.more(len(memory.entries) - OF_ONE))
        openers += history.openers(shown, len(openers) + 1)
        pieces.append("\n".join(lines))
    days = [Button(label=short_day(it.day, today.year), data=history.to_day(it.day)) for it in found]
    rows = [*history.in_rows(openers, 6), *history.in_rows(days, 2)]
    return Reply(html="\n\n".join(pieces), buttons=rows)


async def random_day(session: AsyncSession, person: Person, today: date, update_id: int) -> Reply:
    """A good day, else any, and another one than last time. The same update shows the same day."""
    last, by_update = _shown_last(await preferences.read(session, person.user_id))
    if by_update == update_id and last is not None:
        good = await queries.is_good(session, person.user_id, last)
        return await _day(session, person, last, today, good=good)
    for good in (True, False):
        for besides in (last, None):
            day = await queries.some_day(session, person.user_id, good=good, before=today, besides=besides)
            if day is not None:
                await preferences.change(session, person.user_id, **{SHOWN: [day.isoformat(), update_id]})
                only = phrases.ONLY_THIS_ONE if day == last else ""
                return await _day(session, person, day, today, good=good, note=only)
    return Reply(html=phrases.NO_DAY)


def _shown_last(settings: dict[str, object]) -> tuple[date | None, int | None]:
    kept = settings.get(SHOWN)
    if not isinstance(kept, list) or len(kept) != 2:
        return None, None
    return history.parsed(str(kept[0])), kept[1]


async def _day(
    session: AsyncSession, person: Person, day: date, today: date, *, good: bool, note: str = ""
) -> Reply:
    shown = await history.screen(session, person, "day", day, today=today)
    title = phrases.A_GOOD_DAY if good else phrases.SOME_DAY
    html = "\n".join(filter(None, [title, note])) + "\n\n" + shown.html
    another = [] if note else [[Button(label=phrases.ANOTHER, data="random:another")]]
    return Reply(html=html, buttons=[*another, *shown.buttons])
