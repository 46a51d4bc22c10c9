"""What opens beneath a reply when somebody wants to correct its entry: words and buttons.

The buttons name the entry, and a metric by the last letters of its id: what is read again keeps its
id, so a tap on an old screen meets the metric that it shows, or none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.journal import numbers
from bot.journal import phrases_correcting as phrases
from bot.journal.dates import find_dates
from bot.journal.message import Button
from bot.journal.metrics import KINDS, VOCABULARY
from db.models import Metric
from db.queries.entries import EntryRecord

Rows = list[list[Button]]

PER_PAGE, NAMES_PER_PAGE = 6, 10
LONGEST_QUOTE = 60
# In characters: what an entry begins with, and how far in its day stands then.
BEGINNING, FIRST_WORDS = 300, 16


@dataclass(frozen=True, kw_only=True)
class Panel:
    """`html` stands below the coach's words."""

    html: str
    rows: Rows


def of_reply(entry: EntryRecord, known: Sequence[Metric]) -> Rows:
    """The one small row under a reply."""
    row = corrections(entry, known)
    if (day := day_told_of(entry)) is not None:
        label = phrases.is_about_day(phrases.day(day, entry.local_date.year))
        row.insert(0, Button(label=label, data=f"day:{day:%Y%m%d}:{entry.id.hex}"))
    # Nobody ends an entry so that was heard as a question by mistake.
    is_asked = entry.body.rstrip().endswith(("?", "？", "؟", ";"))
    return [row] if is_asked else [*_was_entry(entry), row]


def corrections(entry: EntryRecord, known: Sequence[Metric]) -> list[Button]:
    """What opens the menus, where the entry is shown."""
    row = [_button(phrases.MORE, "menu", "", entry)]
    if known:
        row.insert(0, _button(phrases.CORRECT, "list", "0", entry))
    return row


def day_told_of(entry: EntryRecord) -> date | None:
    """The day that the entry begins to tell of, as in “Yesterday I …”, where that is one of the week before
    and the beginning names no other. It is only asked about: “Yesterday's quarrel hurts” is of today."""
    if entry.day_is_chosen or entry.is_question:
        return None
    found = find_dates(entry.body[:BEGINNING], entry.local_date, entry.language)
    if len(found) != 1 or found[0].start != found[0].stop or found[0].text_start > FIRST_WORDS:
        return None
    day = found[0].start
    return day if timedelta(0) < entry.local_date - day <= timedelta(days=7) else None


def menu(entry: EntryRecord) -> Panel:
    rows = [
        [
            _button(phrases.METRICS, "list", "0", entry),
            Button(label=phrases.ANOTHER_DAY, data=f"day:which:{entry.id.hex}"),
        ],
        [
            Button(label=phrases.DELETE, data=f"del:ask:{entry.id.hex}"),
            _button(phrases.CLOSE, "close", "", entry),
        ],
    ]
    return Panel(html="", rows=[*_was_entry(entry), *rows])


def _was_entry(entry: EntryRecord) -> Rows:
    """Beneath the answer to a question: the person may not have asked one."""
    button = Button(label=phrases.WAS_ENTRY, data=f"was:{entry.id.hex}")
    return [[button]] if entry.is_question else []


def listed(entry: EntryRecord, every: Sequence[Metric], page: int) -> Panel:
    """The entry's metrics with their quotes and − and + for each; what was removed can come back."""
    there = numbers.in_order([it for it in every if it.removed_at is None])
    gone = numbers.in_order([it for it in every if it.removed_at is not None])
    last = max(0, (len(there) - 1) // PER_PAGE)
    page = min(page, last)
    seen = there[page * PER_PAGE : (page + 1) * PER_PAGE]
    lines = [_line(it) for it in seen] or [phrases.NO_METRICS]
    rows = [
        [
            _button(phrases.LESS, "down", key(it) + str(page), entry),
            _button(numbers.shown(it.name, it.value), "one", key(it), entry),
            _button(phrases.GREATER, "up", key(it) + str(page), entry),
        ]
        for it in seen
    ]
    if seen:
        lines.append(f"<i>{phrases.METRICS_ABOVE}</i>")
    if last:
        rows.append(_pages("list", page, last, entry))
    rows += [
        [_button(f"↩ {numbers.shown(it.name, it.value)}", "back", key(it), entry)] for it in gone[:PER_PAGE]
    ]
    end = [_button(phrases.CLOSE, "close", "", entry)]
    if missing(there):
        end.insert(0, _button(phrases.ADD, "add", "0", entry))
    return Panel(html="\n".join(lines), rows=[*rows, end])


def one(entry: EntryRecord, metric: Metric) -> Panel:
    """One metric, and all that can be done about it."""
    rows = [
        [
            _button(phrases.LESS, "down", key(metric), entry),
            _button(phrases.GREATER, "up", key(metric), entry),
        ],
        [
            _button(phrases.OTHER_VALUE, "value", key(metric), entry),
            _button(phrases.TAKE_OUT, "out", key(metric), entry),
        ],
        [_button(phrases.BACK, "list", "0", entry)],
    ]
    return Panel(html=_line(metric), rows=rows)


def typing(entry: EntryRecord, name: str) -> Panel:
    """The value is asked for: by buttons where they are few, and it may be typed."""
    rows = [*choices(entry, name), [_button(phrases.BACK, "list", "0", entry)]]
    return Panel(html=phrases.type_value(name, KINDS[name].unit), rows=rows)


def choices(entry: EntryRecord, name: str | None) -> Rows:
    """Buttons for one whole number in the range of the metric, in two rows; none for other metrics."""
    kind = KINDS.get(name or "")
    if kind is None or kind.maximum - kind.minimum > 10:
        return []
    values = range(int(kind.minimum), int(kind.maximum) + 1)
    row = [Button(label=str(it), data=f"check:{kind.name}:{it}:{entry.id.hex}") for it in values]
    half = (len(row) + 1) // 2
    return [row[:half], row[half:]]


def adding(entry: EntryRecord, known: Sequence[Metric], page: int) -> Panel:
    """The vocabulary, as far as the entry lacks it."""
    names = missing(known)
    last = max(0, (len(names) - 1) // NAMES_PER_PAGE)
    page = min(page, last)
    seen = names[page * NAMES_PER_PAGE : (page + 1) * NAMES_PER_PAGE]
    buttons = [_button(phrases.name_of(name).capitalize(), "new", name, entry) for name in seen]
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    if last:
        rows.append(_pages("add", page, last, entry))
    return Panel(html=phrases.WHICH_METRIC, rows=[*rows, [_button(phrases.BACK, "list", "0", entry)]])


def missing(known: Sequence[Metric]) -> list[str]:
    there = {it.name for it in known}
    return [kind.name for kind in VOCABULARY if kind.name not in there]


def days(entry: EntryRecord, written_on: date, today: date) -> Panel:
    """The day it was written and the two before; the one it is about now is marked."""
    near = {today: "Today", today - timedelta(days=1): "Yesterday"}
    rows: Rows = []
    for back in range(3):
        day = written_on - timedelta(days=back)
        shown = phrases.day(day, today.year)
        label = f"{near[day]}, {shown}" if day in near else shown
        mark = "• " if day == entry.local_date else ""
        rows.append([Button(label=mark + label, data=f"day:{day:%Y%m%d}:{entry.id.hex}")])
    rows.append([Button(label=phrases.OTHER_DAY, data=f"day:other:{entry.id.hex}")])
    return Panel(html=phrases.WHICH_DAY, rows=[*rows, [_button(phrases.BACK, "menu", "", entry)]])


def typing_day(entry: EntryRecord) -> Panel:
    back = Button(label=phrases.BACK, data=f"day:which:{entry.id.hex}")
    return Panel(html=phrases.TYPE_DAY, rows=[[back]])


def deleting(entry: EntryRecord) -> Panel:
    return Panel(html=phrases.ASK_DELETE, rows=delete_rows(entry))


def delete_rows(entry: EntryRecord) -> Rows:
    yes = Button(label=phrases.YES_DELETE, data=f"del:yes:{entry.id.hex}")
    return [[yes, Button(label=phrases.KEEP, data=f"del:no:{entry.id.hex}")]]


def undo_rows(entry: EntryRecord) -> Rows:
    return [[Button(label=phrases.UNDO, data=f"del:undo:{entry.id.hex}")]]


def key(metric: Metric) -> str:
    """The part of a metric's id that a button carries: random, unlike its beginning."""
    return metric.id.hex[-8:]


def by_key(metrics: Sequence[Metric], wanted: str) -> Metric | None:
    found = [it for it in metrics if key(it) == wanted]
    return found[0] if len(found) == 1 else None


def _line(metric: Metric) -> str:
    read = None
    if metric.source == "person" and metric.model_value not in {None, metric.value}:
        read = numbers.plain(metric.model_value or 0.0)
    return phrases.metric_line(numbers.shown(metric.name, metric.value), read, shortened(metric.quote))


def shortened(text: str | None, most: int = LONGEST_QUOTE) -> str | None:
    """On one line, cut at a word."""
    if text is None:
        return None
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    cut, blank, _ = flat[:most].rpartition(" ")
    return (cut if blank and len(cut) > most // 2 else flat[:most]) + "…"


def _pages(what: str, page: int, last: int, entry: EntryRecord) -> list[Button]:
    row = []
    if page > 0:
        row.append(_button(phrases.PREVIOUS, what, str(page - 1), entry))
    if page < last:
        row.append(_button(phrases.NEXT, what, str(page + 1), entry))
    return row


def _button(label: str, action: str, about: str, entry: EntryRecord) -> Button:
    return Button(label=label, data=f"num:{action}:{about}:{entry.id.hex}")
