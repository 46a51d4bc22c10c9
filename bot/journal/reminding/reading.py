"""The line as a whole: where it says when, and what is left."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo

from bot.journal.clock import moment_of, next_on
from bot.journal.reminding import when, words
from bot.journal.reminding.when import MOST_AHEAD, Problem, Schedule, Unclear

# More words than this say no time.
WIDEST = 8
LONGEST = 300
# Longer lines are no reminders; nothing in them is looked for.
READ = 1000
BARE_HOUR = re.compile(r"(?:1?\d|2[0-4])(?=[\s,:]|$)")
DOTTED = re.compile(r"\d{1,2}(?:\.\d{1,2})?")
BELOW = re.compile(r"[-−–]\d+(?:[.,]\d+)?[^\W\d]*")
TRIMMED = " \t\r\n,.;:!?–-"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A reminder as asked for: on these weekdays at `at`, or once, on a local day or, where that is None,
    at a moment counted from now. `next_at` is the first time, in UTC. `text` is empty where the line says
    no more than when."""

    text: str
    at: time
    weekdays: tuple[int, ...]
    once_on: date | None
    next_at: datetime


def read(line: str, now: datetime, zone: tzinfo, *, needs_text: bool = True) -> Wish | Problem:
    """What the line asks for, by the clock of `zone`, where it is `now` (any aware moment)."""
    try:
        text, schedule = _taken_apart(line, now.astimezone(zone))
        if needs_text and not text:
            raise Unclear("no_text")
        if schedule == Schedule() and text:
            raise Unclear("no_time")
        return _settled(text, schedule, now, zone)
    except Unclear as unclear:
        return unclear.problem


def amended(line: str, old: Wish, now: datetime, zone: tzinfo) -> Wish | Problem:
    """`old` with what the line says otherwise: only the hour, only the days, only the words, or all."""
    try:
        text, said = _taken_apart(line, now.astimezone(zone))
        if said == Schedule():
            if not text:
                raise Unclear("no_text")
            return replace(old, text=text)
        if said.at is None and said.hour is None and said.after is None:
            said = replace(said, at=old.at)
        elif not said.has_days and old.weekdays:
            said = replace(said, weekdays=old.weekdays)
        elif not said.has_days and old.once_on and old.once_on >= now.astimezone(zone).date():
            said = replace(said, once_on=old.once_on)
        return _settled(text or old.text, said, now, zone)
    except Unclear as unclear:
        return unclear.problem


def _settled(text: str, said: Schedule, now: datetime, zone: tzinfo) -> Wish:
    schedule = said.by_clock()
    if schedule.after is not None:
        next_at = now + schedule.after
        there = next_at.astimezone(zone)
        return Wish(text=text, at=there.time().replace(fold=0), weekdays=(), once_on=None, next_at=next_at)
    at = schedule.time()
    if at is None:
        raise Unclear("no_hour")
    if schedule.weekdays:
        next_at = next_on(schedule.weekdays, at, zone, now)
        return Wish(text=text, at=at, weekdays=schedule.weekdays, once_on=None, next_at=next_at)
    day = schedule.once_on
    if day is None:
        next_at = next_on(range(7), at, zone, now)
        day = next_at.astimezone(zone).date()
    next_at = moment_of(day, at, zone)
    if next_at <= now:
        raise Unclear("past")
    if next_at - now > MOST_AHEAD:
        raise Unclear("far")
    return Wish(text=text, at=at, weekdays=(), once_on=day, next_at=next_at)


def _taken_apart(line: str, now: datetime) -> tuple[str, Schedule]:
    """What is to be reminded of, and what is said about when."""
    rest = line.strip()
    if not rest or len(rest) > READ:
        raise Unclear("long" if rest else "empty")
    if opening := words.OPENINGS.match(rest):
        rest = rest[opening.end() :]
    schedule = Schedule()
    while found := _at_the_start(rest, schedule, now):
        rest, schedule = found
    if link := words.LINKS.match(rest):
        rest = rest[link.end() :]
    while found := _at_the_end(rest, schedule, now):
        rest, schedule = found
    text = rest.rstrip(",;:- ")
    if schedule.at and _says_an_hour_more(text, now):
        raise Unclear("several")
    if len(text) > LONGEST:
        raise Unclear("long")
    if words.UNSUPPORTED.match(text) or (not schedule.has_days and words.UNSUPPORTED.search(text)):
        raise Unclear("unsupported")
    return text, schedule


def _says_an_hour_more(text: str, now: datetime) -> bool:
    """“at 9 and 15:00 water”: the hour that is left would be lost among the words."""
    first, _, rest = text.partition(" ")
    if first.casefold() in words.AND:
        text = rest
        if BARE_HOUR.match(text):
            return True
    found = _at_the_start(text, Schedule(), now)
    return found is not None and found[1].at is not None


def _at_the_start(rest: str, so_far: Schedule, now: datetime) -> tuple[str, Schedule] | None:
    """What is left, and what is said by then, if the line begins with when."""
    tokens = rest.split(maxsplit=WIDEST)
    for width in range(min(WIDEST, len(tokens)), 0, -1):
        if said := _joined(tokens[:width], so_far, now):
            return " ".join(rest.split(maxsplit=width)[width:]), said
    return None


def _at_the_end(rest: str, so_far: Schedule, now: datetime) -> tuple[str, Schedule] | None:
    tokens = rest.rsplit(maxsplit=WIDEST)
    for width in range(min(WIDEST, len(tokens)), 0, -1):
        if said := _joined(tokens[-width:], so_far, now):
            return "".join(rest.rsplit(maxsplit=width)[:-width]), said
    return None


def _joined(tokens: Sequence[str], so_far: Schedule, now: datetime) -> Schedule | None:
    said = when.read([it for token in tokens if (it := _bare(token))], now)
    return so_far.joined(said) if said else None


def _bare(token: str) -> str:
    """Without what stands around it, unless that makes “5.12.” a date, or -5 another number."""
    bare = token.casefold().strip(TRIMMED)
    if BELOW.fullmatch(token):
        return f"-{bare}"
    return f"{bare}." if DOTTED.fullmatch(bare) and token.rstrip(",;:!?").endswith(".") else bare
