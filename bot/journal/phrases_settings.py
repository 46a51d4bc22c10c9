"""What Daybook says about time zones, hours and its other settings, as Telegram HTML."""

from collections.abc import Mapping
from datetime import time
from html import escape
from typing import Any

from bot.journal import naming
from bot.journal.preferences import Length, Manner, Theme

BACK = "‹ Back"
MORE = "More ›"
FEWER = "‹ Less"
ALL_ZONES = "All time zones"
OFF = "Off"

ZONE_QUESTION = (
    "<b>Where do you live?</b> Your days and evenings go by your time zone.\n"
    "Tap one, or type your city, your country, an offset such as UTC+5:30, or what your clock shows, "
    "such as 14:05. Or share your location with the 📎: I keep the time zone, never the place."
)
ZONE_FROM_NOW_ON = "A new time zone holds for what you write from now on."
REGIONS = "In which part of the world?"
WHICH_ZONE = "Which of these is it? The hour is the one there now. None of them? Type a larger city near you."
WHICH_NEAR = (
    "These are near you; which is it? The hour is the one there now. "
    "I haven't kept your location, only the time zone that you tap will be."
)
NO_SUCH_OFFSET = (
    "No clock on earth shows that just now. Try the time on your clock to the minute, such as 14:05, "
    "an offset such as UTC+5:30, or a city."
)
ZONE_REMEDIES = (
    "the nearest large city, your country, an offset such as UTC+5:30, the time on your clock, "
    "or 📎 and your location"
)

EVENING_QUESTION = (
    "<b>When shall I sum up your day?</b> A short summary comes each evening at an hour you choose.\n"
    "Tap one, or type it: 21:30, 9pm, half past nine. Or off."
)
NO_SUCH_HOUR = "There is no such hour. Try one like 21:30, 9pm or half past nine; or off."
EVENING_REMEDIES = "an hour such as 21:30, 9pm or half past nine; or off"

DAY_QUESTION = (
    "<b>When does your day start?</b> What you write before this hour still belongs to the day before. "
    "It holds for what you write from now on."
)
DAY_REMEDIES = "a full hour from 00:00 to 06:00, such as 4am"

MANNERS: dict[Manner, tuple[str, str]] = {
    "listener": ("Listener", "hears you out, and asks little"),
    "coach": ("Coach", "reflects, and asks what could help"),
    "challenger": ("Challenger", "kindly questions what you take for granted"),
    "silent": ("Just log it", "keeps and marks your entries, and says nothing"),
}
LENGTHS: dict[Length, tuple[str, str]] = {
    "short": ("Short", "a sentence or two"),
    "normal": ("Normal", "a few sentences"),
    "long": ("Long", "a paragraph or two, where there is something to say"),
}

THEMES: dict[Theme, tuple[str, str]] = {
    "light": ("Light", "dark words on a bright card"),
    "dark": ("Dark", "bright words on a dark card"),
}

COUNTRY_FROM_ZONE = "From my time zone"
COUNTRY_REMEDIES = "the name of a country, or its two letters, such as DE"
WHICH_COUNTRY = "Which of these is it?"
NAME_REMEDIES = "a name of three words at most"
USE_TELEGRAM_NAME = "As on Telegram"


def unknown(text: str, remedies: str, *, resembling: bool = False) -> str:
    """An answer that was none, which is kept as an entry."""
    words = escape(naming.tidy(text)[:60], quote=False)
    guess = " Did you mean one of these?" if resembling else ""
    kept = f"I can't read “{words}” as an answer, so I keep it as an entry.{guess}"
    return f"{kept} What I understand: {remedies}."


def noted(what: str) -> str:
    """In a few words that fade, without formatting."""
    return f"Noted: {what}"


def evening_line(hour: time, *, is_wanted: bool) -> str:
    if not is_wanted:
        return "No evening summary."
    return f"Your evening summary comes at {hour:%H:%M}."


def menu(rows: list[tuple[str, str]]) -> str:
    return "<b>Settings</b>\n" + "\n".join(f"{label}: <b>{value}</b>" for label, value in rows)


ZONE, DAY, EVENING, MANNER = "Time zone", "Day starts at", "Evening summary", "Manner"
LENGTH, COUNTRY, NAME, THEME = "Replies", "Helplines", "Name", "Pictures"


def choices(question: str, table: Mapping[Any, tuple[str, str]]) -> str:
    return "\n".join([f"<b>{question}</b>", *(f"• <b>{label}</b> {what}." for label, what in table.values())])


MANNER_QUESTION = "How shall I answer?"
THEME_QUESTION = "How shall my pictures look?"
LENGTH_QUESTION = "How long shall my replies be?"


def country_question(shown: str, *, is_chosen: bool) -> str:
    source = "as you chose" if is_chosen else "going by your time zone"
    return (
        f"<b>Which country's helplines shall I show</b> if things get dark? Now: {shown}, {source}.\n"
        "Type another country's name, or its two letters, such as DE."
    )


NO_COUNTRY = "the international ones"


def name_question(name: str) -> str:
    now = f"I call you <b>{naming.shown(name)}</b>. " if naming.shown(name) else ""
    return f"{now}Type the name I shall use."
