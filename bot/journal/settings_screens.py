"""The settings, as one screen with others behind its buttons."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from html import escape
from typing import Any

from bot.journal import naming, phrases_meeting, phrases_reminders, reminder_screens, safety, zones
from bot.journal import phrases_settings as words
from bot.journal import phrases_summary as summary_words
from bot.journal.message import Button, Reply
from bot.journal.preferences import Preferences
from bot.journal.summary import levels
from bot.journal.zone_screens import Flow, time_in
from db.queries.people import Person

EVENINGS = [time(hour) for hour in range(19, 24)]
DAY_STARTS = [time(hour) for hour in range(7)]


def menu(person: Person, now: datetime) -> Reply:
    preferences = Preferences.of(person.settings)
    evening = f"{person.summary_time:%H:%M}" if preferences.wants_summary else "off"
    rows = [
        (words.ZONE, f"{zones.shown(person.time_zone)}, it is {time_in(person.time_zone, now)} there now"),
        (words.DAY, f"{person.day_starts_at:%H:%M}"),
        (words.EVENING, evening),
        (summary_words.SUMMARY, summary_words.LEVELS[preferences.evening][0].lower()),
        (phrases_reminders.QUIET, reminder_screens.quiet_line(person)),
        (words.MANNER, words.MANNERS[preferences.manner][0].lower()),
        (words.LENGTH, words.LENGTHS[preferences.length][0].lower()),
        (words.THEME, words.THEMES[preferences.theme][0].lower()),
        (words.COUNTRY, country(person)),
        (words.NAME, naming.shown(person.name) or "–"),
    ]
    names = ("zone", "day", "evening", "summary", "quiet", "manner", "length", "theme", "country", "name")
    buttons = [Button(label=label, data=f"set:{name}") for name, (label, _) in zip(names, rows, strict=True)]
    return Reply(html=words.menu(rows), buttons=_rows(buttons, 2))


def country(person: Person) -> str:
    """Where the helplines are for, as HTML."""
    code = Preferences.of(person.settings).country or safety.country_of(person.time_zone, person.locale)
    return escape(zones.country_name(code), quote=False) if code else words.NO_COUNTRY


def evening(flow: Flow, person: Person | None = None, *, above: str = "") -> Reply:
    """The question for the hour of the evening summary, with a mark at what `person` chose."""
    wants = person is not None and Preferences.of(person.settings).wants_summary
    now = person.summary_time if person and wants else None
    buttons = [
        Button(label=_marked(f"{it:%H:%M}", it == now), data=f"hour:{flow}:{it:%H:%M}") for it in EVENINGS
    ]
    is_off = person is not None and not wants
    buttons.append(Button(label=_marked(words.OFF, is_off), data=f"hour:{flow}:off"))
    leave = Button(label=phrases_meeting.NOT_NOW, data="hour:meet:later") if flow == "meet" else _back()
    return Reply(html=f"{above}\n\n{words.EVENING_QUESTION}".strip(), buttons=[*_rows(buttons, 3), [leave]])


def summary(person: Person) -> Reply:
    return levels.settings_screen(person, _back())


def day_start(person: Person) -> Reply:
    now = person.day_starts_at
    buttons = [
        Button(label=_marked(f"{it:%H:%M}", it == now), data=f"set:day:{it.hour}") for it in DAY_STARTS
    ]
    return Reply(html=words.DAY_QUESTION, buttons=[*_rows(buttons, 4), [_back()]])


def quiet_hours(person: Person) -> Reply:
    return reminder_screens.quiet_hours(person, _back())


def manner(person: Person) -> Reply:
    now = Preferences.of(person.settings).manner
    buttons = [
        Button(label=_marked(label, name == now), data=f"set:manner:{name}")
        for name, (label, _) in words.MANNERS.items()
    ]
    html = words.choices(words.MANNER_QUESTION, words.MANNERS)
    return Reply(html=html, buttons=[*_rows(buttons, 2), [_back()]])


def length(person: Person) -> Reply:
    now = Preferences.of(person.settings).length
    return _choice("length", words.LENGTH_QUESTION, words.LENGTHS, now)


def theme(person: Person) -> Reply:
    now = Preferences.of(person.settings).theme
    return _choice("theme", words.THEME_QUESTION, words.THEMES, now)


def _choice(name: str, question: str, options: Mapping[Any, tuple[str, str]], now: str) -> Reply:
    buttons = [
        Button(label=_marked(label, option == now), data=f"set:{name}:{option}")
        for option, (label, _) in options.items()
    ]
    return Reply(html=words.choices(question, options), buttons=[buttons, [_back()]])


def countries(person: Person) -> Reply:
    is_chosen = Preferences.of(person.settings).country is not None
    html = words.country_question(country(person), is_chosen=is_chosen)
    reset = [[Button(label=words.COUNTRY_FROM_ZONE, data="set:country:zone")]] if is_chosen else []
    return Reply(html=html, buttons=[*reset, [_back()]])


def which_country(codes: Iterable[str]) -> Reply:
    found = [[Button(label=zones.country_name(it), data=f"set:country:{it}")] for it in sorted(codes)]
    return Reply(html=words.WHICH_COUNTRY, buttons=[*found, [_back()]])


def names(person: Person) -> Reply:
    own = Button(label=words.USE_TELEGRAM_NAME, data="set:name:own")
    return Reply(html=words.name_question(person.name), buttons=[[own], [_back()]])


def _marked(label: str, is_chosen: bool) -> str:
    return f"✓ {label}" if is_chosen else label


def _back() -> Button:
    return Button(label=words.BACK, data="set:menu")


def _rows(buttons: list[Button], width: int) -> list[list[Button]]:
    return [buttons[start : start + width] for start in range(0, len(buttons), width)]
