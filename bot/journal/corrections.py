"""What a person says about an entry that the bot got wrong: a metric, the words heard, the day.

Each is called with the entry locked, and does nothing new when it is done twice.
"""

import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal import replies
from bot.journal.care import is_grave
from bot.journal.dates import find_dates
from bot.journal.dates.whole import is_ahead, is_date
from bot.journal.days import day_of, today_of
from bot.journal.message import clean
from bot.journal.metrics import ADDITIVE, KINDS
from bot.journal.receive import renew, with_caption
from db.models import Metric
from db.queries import entries, goal_progress, metrics, scores, scorings, summaries
from db.queries.entries import EntryRecord
from db.queries.people import Person

# Nobody keeps a diary about earlier days.
EARLIEST = date(1900, 1, 1)
_AHEAD = timedelta(days=366 * 50)


async def say_metric(
    session: AsyncSession, entry: EntryRecord, name: str, value: float, corrected: Metric | None = None
) -> None:
    """The person's value for a metric of the entry, `corrected` or new. It must be in range."""
    if corrected is not None:
        await metrics.correct(session, entry.user_id, corrected.id, value)
        return
    put = metrics.say_another if name in ADDITIVE else metrics.say
    await put(session, entry.user_id, entry.id, name=name, value=value, unit=KINDS[name].unit)


async def fix_transcript(
    session: AsyncSession, person: Person, entry: EntryRecord, text: str
) -> Literal["fixed", "same", "empty"]:
    """Make these the words of a recording. The entry travels again with them, and what was heard at
    first stays beside them."""
    spoken = clean(text).strip()
    # Blanks, and marks that nobody sees.
    if all(unicodedata.category(it)[0] in "ZC" for it in spoken):
        return "empty"
    body = with_caption(entry.caption, spoken)
    if body == entry.body:
        return "same"
    await renew(session, person, entry, {"body": body}, timedelta(0))
    await replies.show_transcript(session, replace(entry, body=body))
    return "fixed"


def written_on(entry: EntryRecord, person: Person) -> date:
    """The day that the entry belongs to when nobody says otherwise."""
    return day_of(person, entry.written_at)


async def move(session: AsyncSession, person: Person, entry: EntryRecord, day: date) -> EntryRecord:
    """The entry is about this day; from now on no edit moves it."""
    chosen = day != written_on(entry, person)
    await entries.write(session, entry.user_id, entry.id, local_date=day, day_is_chosen=chosen)
    await goal_progress.follow(session, entry.user_id, entry.id, day)
    if is_grave(entry.concern):
        await scores.withhold(session, entry.user_id, entry.id)
        # That day's summary may be ready, and know nothing of it.
        await summaries.hold_back(session, entry.user_id)
    await scorings.mark(session, entry.user_id, entry.local_date, day)
    if day < today_of(person):
        # It may never have been scored, and nobody looks for such days for long.
        await scorings.want(session, entry.user_id, day, scorings.DEBOUNCE)
    return replace(entry, local_date=day, day_is_chosen=chosen)


def is_possible(day: date, today: date) -> bool:
    return EARLIEST <= day <= today


def typed_day(text: str, today: date, language: str | None) -> date | Literal["future", "none"] | None:
    """The day that a message names and nothing else; "none" where it names what is no single day that has
    been, and "future" where that is still to come. None where it is something else."""
    words = text.strip().strip(".!")
    span = _whole(words, today, language)
    if span is not None and span[0] == span[1]:
        return span[0] if is_possible(span[0], today) else "none"
    tags = (language, "en")
    if any(is_ahead(words, tag) for tag in tags):
        return "future"
    if any(is_date(words, tag) for tag in tags):
        ahead = _whole(words, today + _AHEAD, language)
        return "future" if ahead is not None and ahead[0] > today else "none"
    # A word alone, such as "May", may be all that somebody has to say.
    return "none" if span is not None and len(words.split()) > 1 else None


def _whole(words: str, today: date, language: str | None) -> tuple[date, date] | None:
    """The first and the last day that the words name, if they do nothing else."""
    for tag in dict.fromkeys((language, "en")):
        found = find_dates(words, today, tag)
        if len(found) == 1:
            rest = words[: found[0].text_start] + words[found[0].text_stop :]
            if not any(it.isalnum() for it in rest):
                return found[0].start, found[0].stop
    return None
