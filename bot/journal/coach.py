"""Asking the coach: what it is told, and what the chat is shown of its answer."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot import prompts
from bot.ai.protocols import CoachReply, CoachRequest, KnownMetric
from bot.journal import phrases, recall
from bot.journal.message import clean
from bot.journal.tokens import fit
from db.models import Metric
from db.queries.entries import EntryRecord
from db.queries.people import Person
from db.queries.recall import Remembered

PROMPT = "coach"
# What the coach reads of one entry at most, in tokens.
LONGEST = 12_000
# What the chat is shown of a reply at most, in characters: far more than a coach is asked for.
LONGEST_REPLY = 16_000


def request(
    entry: EntryRecord, person: Person, earlier: list[Remembered], metrics: Sequence[Metric]
) -> CoachRequest:
    """The stable instructions first, then who it is, then the turn: what people wrote is escaped,
    so that nothing in it can end its quotation."""
    who = prompts.load("person").render(
        name=escape(person.name, quote=False),
        time_zone=person.time_zone,
    )
    turn = prompts.load("entry").render(
        earlier=recall.render(earlier),
        date=f"{entry.local_date:%A %Y-%m-%d}",
        written_at=f"{_local(entry.written_at, person):%Y-%m-%d %H:%M}",
        kind=entry.kind,
        text=escape(fit(entry.body, LONGEST), quote=False),
    )
    return CoachRequest(
        system=(prompts.load(PROMPT).render(), who),
        message=turn,
        metrics=tuple(KnownMetric(name=m.name, value=m.value, unit=m.unit) for m in metrics),
        language=entry.language or person.locale,
    )


def _local(moment: datetime, person: Person) -> datetime:
    return moment.astimezone(ZoneInfo(person.time_zone))


def words(answer: CoachReply) -> str:
    """What the chat shows of the coach's words, as HTML."""
    text = clean(answer.text[:LONGEST_REPLY]).strip()
    return phrases.REFUSED if answer.ending == "refused" or not text else text
