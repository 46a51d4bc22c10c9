"""An entry from the past, as it is shown again when a button opens it."""

from collections.abc import Mapping
from datetime import date
from html import escape
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal import numbers, panels
from bot.journal import phrases_back as phrases
from bot.journal.care import is_grave
from bot.journal.clock import zone_of
from bot.journal.coach import plain as without_tags
from bot.journal.message import Button, Reply
from bot.journal.panels import Panel
from bot.journal.phrases_correcting import day as short_day
from bot.journal.snippets import cut, isolated, plain
from db.queries import history, metrics
from db.queries.entries import EntryRecord
from db.queries.history import Line
from db.queries.people import Person

# Up to here an entry stands as it is; of a longer one a part does, and all of it in a quote.
SHORT, PART = 700, 400
# Beyond that a quote would fill the chat with messages.
LONGEST = 12_000
LONGEST_SAID = 3_000
SOURCES_IN_A_ROW = 3


async def screen(
    session: AsyncSession,
    entry: EntryRecord,
    person: Person,
    *,
    today: date,
    part: int = 0,
    said: bool = False,
    panel: Panel | None = None,
) -> Reply:
    """The entry with its day, its words, its numbers, and buttons that correct it or lead to what lies around
    it. `part` is where the part that matters begins, in characters; `said` shows the coach's words, too; an
    open `panel` stands in place of the buttons."""
    known = () if is_grave(entry.concern) else await metrics.of_entry(session, entry.user_id, entry.id)
    pieces = [_title(entry, person, today), _words(entry.body, part)]
    if panel is not None and panel.html:
        pieces.append(panel.html)
    elif line := numbers.line(known):
        pieces.append(f"<i>{escape(line, quote=False)}</i>")
    # Below zero is what a former bot received.
    there = entry.chat_id == person.chat_id and (entry.message_id or 0) > 0
    here = entry.message_id if there else None
    if panel is not None:
        return Reply(html="\n\n".join(pieces), buttons=panel.rows, reply_to=here)
    before, after = await history.entries_beside(session, entry.user_id, entry.id)
    rows: list[list[Button]] = []
    if said and entry.reply:
        pieces.append(phrases.i_said(cut(without_tags(entry.reply), LONGEST_SAID)))
    elif entry.reply:
        rows.append([Button(label=phrases.WHAT_I_SAID, data=f"said:{entry.id.hex}:{part}")])
    rows += [panels.corrections(entry, known), _beside(before, after, today)]
    return Reply(html="\n\n".join(pieces), buttons=[row for row in rows if row], reply_to=here)


def _title(entry: EntryRecord, person: Person, today: date) -> str:
    written = entry.written_at.astimezone(zone_of(person.time_zone))
    mark = f" {phrases.RECORDING}" if is_recording(entry.kind) else ""
    title = f"📖 <b>{phrases.full_day(entry.local_date)}</b>"
    if written.date() == entry.local_date:
        return f"{title} · {phrases.clock(written)}{mark}"
    return f"{title}{mark}\n{phrases.written_on(written, today.year)}"


def _words(body: str, part: int) -> str:
    if not body.strip():
        return phrases.WORDLESS
    if len(body) <= SHORT:
        return plain(body)
    part = part if part < len(body) else 0
    shown = ("…" if part else "") + isolated(plain(cut(body[part:], PART)))
    whole = cut(body, LONGEST)
    more = "" if len(body) <= LONGEST else f"\n<i>{phrases.LONG_ENTRY}</i>"
    return f"{shown}\n\n<blockquote expandable>{plain(whole)}</blockquote>{more}"


def _beside(before: Line | None, after: Line | None, today: date) -> list[Button]:
    row = []
    if before:
        label = f"{phrases.BACK} {short_day(before.local_date, today.year)}"
        row.append(Button(label=label, data=f"open:{before.id.hex}"))
    if after:
        label = f"{short_day(after.local_date, today.year)} {phrases.ON}"
        row.append(Button(label=label, data=f"open:{after.id.hex}"))
    return row


def is_recording(kind: str) -> bool:
    return kind in {"voice", "audio"}


def source_rows(days: Mapping[UUID, date], this_year: int) -> list[list[Button]]:
    """A button for each entry that a reply rests on; several of one day are told apart by a number."""
    labels: dict[str, int] = {}
    buttons = []
    for entry_id, day in days.items():
        label = f"📖 {short_day(day, this_year)}"
        labels[label] = labels.get(label, 0) + 1
        number = f" ({labels[label]})" if labels[label] > 1 else ""
        buttons.append(Button(label=label + number, data=f"open:{entry_id.hex}"))
    return [buttons[at : at + SOURCES_IN_A_ROW] for at in range(0, len(buttons), SOURCES_IN_A_ROW)]
