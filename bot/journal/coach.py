"""Asking the coach: what it is told, and what the chat is shown of its answer."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot import prompts
from bot.ai.protocols import CoachReply, CoachRequest, KnownMetric
from bot.journal import phrases, recall
from bot.journal.message import Button, Reply, clean
from bot.journal.metrics import KINDS
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


def reply(entry: EntryRecord, answer: CoachReply) -> Reply:
    """What the chat shows: the coach's words, and buttons where it asks for a number."""
    text = clean(answer.text[:LONGEST_REPLY]).strip()
    if answer.ending == "refused" or not text:
        return Reply(html=phrases.REFUSED)
    return Reply(html=text, buttons=check_in(entry, answer.check_in))


def check_in(entry: EntryRecord, name: str | None) -> list[list[Button]]:
    """Buttons for one whole number in the metric's range, in two rows; none for other metrics."""
    kind = KINDS.get(name or "")
    if kind is None or kind.maximum - kind.minimum > 10:
        return []
    values = range(int(kind.minimum), int(kind.maximum) + 1)
    row = [Button(label=str(v), data=f"check:{kind.name}:{v}:{entry.id.hex}") for v in values]
    half = (len(row) + 1) // 2
    return [row[:half], row[half:]]
