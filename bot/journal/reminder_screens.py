"""The screens of reminders, of quiet hours and of silence."""

from collections.abc import Sequence
from datetime import datetime, time

from bot.journal import phrases_reminders as words
from bot.journal.clock import zone_of
from bot.journal.message import Button, Reply
from bot.journal.preferences import Preferences
from bot.journal.quiet import Quiet
from db.queries.people import Person
from db.queries.reminders import ReminderRecord

PAGE = 8
LABEL = 28
QUIET_HOURS = [(21, 7), (22, 7), (22, 8), (23, 7), (23, 8), (0, 8)]


def nudge(one: ReminderRecord) -> Reply:
    return Reply(
        html=words.nudge(one.text), buttons=[[Button(label=words.ONE, data=f"rem:open:{one.id.hex}")]]
    )


def when(one: ReminderRecord, person: Person, now: datetime) -> str:
    if one.weekdays:
        return words.every_week(one.weekdays, one.at)
    zone = zone_of(person.time_zone)
    if one.next_at is None:
        return words.once(datetime.combine(one.once_on or now.date(), one.at, zone), now.astimezone(zone))
    return words.once(one.next_at.astimezone(zone), now.astimezone(zone))


def detail(one: ReminderRecord, person: Person, now: datetime, *, above: str = "") -> Reply:
    """One reminder, with what can be done about it, and a word where quiet hours keep it away."""
    is_paused = one.state == "paused"
    lines = [above, words.detail(one.text, when(one, person, now), is_paused=is_paused), _hush(one, person)]
    stop = Button(label=words.RESUME, data=f"rem:resume:{one.id.hex}") if is_paused else None
    buttons = [
        stop or Button(label=words.PAUSE, data=f"rem:pause:{one.id.hex}"),
        Button(label=words.CHANGE, data=f"rem:change:{one.id.hex}"),
        Button(label=words.DELETE, data=f"rem:sure:{one.id.hex}"),
    ]
    return Reply(html="\n".join(it for it in lines if it), buttons=[buttons, [_all()]])


def _hush(one: ReminderRecord, person: Person) -> str:
    chosen = Preferences.of(person.settings)
    begins, ends = chosen.quiet_from, chosen.quiet_to
    if begins is None or ends is None or one.next_at is None:
        return ""
    over = Quiet(time_zone=person.time_zone, begins=begins, ends=ends).hours_end(one.next_at)
    if over is None:
        return ""
    if one.weekdays:
        return words.quiet_weekly(begins, ends)
    return words.quiet_once(f"{over.astimezone(zone_of(person.time_zone)):%H:%M}")


def sure(one: ReminderRecord, person: Person, now: datetime) -> Reply:
    buttons = [
        Button(label=words.DELETE, data=f"rem:delete:{one.id.hex}"),
        Button(label=words.KEEP, data=f"rem:open:{one.id.hex}"),
    ]
    is_paused = one.state == "paused"
    html = f"{words.SURE}\n{words.detail(one.text, when(one, person, now), is_paused=is_paused)}"
    return Reply(html=html, buttons=[buttons])


def listing(mine: Sequence[ReminderRecord], person: Person, now: datetime, *, page: int = 0) -> Reply:
    last = max((len(mine) - 1) // PAGE, 0)
    page = min(max(page, 0), last)
    shown = mine[page * PAGE : (page + 1) * PAGE]
    last_row = [Button(label=words.ADD, data="rem:add"), Button(label=words.SILENCE, data="quiet:ask")]
    if not shown:
        return Reply(html=words.NONE, buttons=[last_row])
    first = page * PAGE + 1
    lines = [
        words.item(number, one.text, when(one, person, now), is_paused=one.state == "paused")
        for number, one in enumerate(shown, first)
    ]
    rows = [
        [Button(label=_label(number, one.text), data=f"rem:open:{one.id.hex}")]
        for number, one in enumerate(shown, first)
    ]
    turns = [Button(label=words.PREVIOUS, data=f"rem:list:{page - 1}")] if page else []
    turns += [Button(label=words.NEXT, data=f"rem:list:{page + 1}")] if page < last else []
    html = "\n".join([words.HEADING, *lines])
    return Reply(html=html, buttons=[*rows, *([turns] if turns else []), last_row])


def _label(number: int, text: str) -> str:
    first = text.split("\n", 1)[0]
    return f"{number}. {first if len(first) <= LABEL else first[: LABEL - 1].rstrip() + '…'}"


def _all() -> Button:
    return Button(label=words.ALL, data="rem:list:0")


def silence(until: datetime | None, person: Person, now: datetime) -> Reply:
    zone = zone_of(person.time_zone)
    is_silent = until is not None and until > now
    told = words.SILENCE_QUESTION
    if until and is_silent:
        told = words.silent(until.astimezone(zone), now.astimezone(zone))
    rows = [[Button(label=label, data=f"quiet:{name}") for name, label in words.SILENCES.items()]]
    if is_silent:
        rows.append([Button(label=words.SILENCE_OVER, data="quiet:over")])
    return Reply(html=told, buttons=rows)


def quiet_line(person: Person) -> str:
    """The quiet hours, in a few words."""
    chosen = Preferences.of(person.settings)
    if chosen.quiet_from is None or chosen.quiet_to is None:
        return words.QUIET_OFF
    return words.span(chosen.quiet_from, chosen.quiet_to)


def quiet_hours(person: Person, back: Button) -> Reply:
    now = quiet_line(person)
    buttons = [
        Button(
            label=_marked(words.span(time(begins), time(ends)), now), data=f"set:quiet:{begins:02}{ends:02}"
        )
        for begins, ends in QUIET_HOURS
    ]
    rows = [
        buttons[:3],
        buttons[3:],
        [Button(label=_marked(words.QUIET_OFF, now), data="set:quiet:off"), back],
    ]
    return Reply(html=words.QUIET_QUESTION, buttons=rows)


def _marked(label: str, now: str) -> str:
    shown = label[:1].upper() + label[1:]
    return f"✓ {shown}" if label == now else shown
