"""How much a summary says, step by step: from all of it to none."""

from typing import Any, Literal, get_args

from bot.journal import phrases_summary as phrases
from bot.journal.message import Button, Reply
from bot.journal.preferences import Evening, Preferences
from db.queries.people import Person

Level = Literal["full", "plain", "numbers", "weekdays", "off"]
LEVELS: tuple[Level, ...] = get_args(Level)


def of(person: Person) -> Level:
    preferences = Preferences.of(person.settings)
    return preferences.evening if preferences.wants_summary else "off"


def quieter(level: Level) -> Level:
    return LEVELS[min(LEVELS.index(level) + 1, len(LEVELS) - 1)]


def louder(level: Level) -> Level:
    return LEVELS[max(LEVELS.index(level) - 1, 0)]


def is_quieter(level: Level, than: Level) -> bool:
    return LEVELS.index(level) > LEVELS.index(than)


def chosen(level: Level) -> dict[str, Any]:
    """The preferences that make it so. Who wants none keeps how much it said."""
    return {"wants_summary": False} if level == "off" else {"wants_summary": True, "evening": level}


def screen(level: Level) -> Reply:
    """What holds from now on, with the ways back and further."""
    buttons = []
    if level != LEVELS[0]:
        buttons.append(_button(phrases.UNDO, louder(level)))
    if level != LEVELS[-1]:
        buttons.append(_button(phrases.EVEN_QUIETER, quieter(level)))
    return Reply(html=phrases.QUIETER_NOW[level], buttons=[buttons])


def _button(label: str, level: Level) -> Button:
    return Button(label=label, data=f"evening:level:{level}")


def soft(*, wants: bool) -> Reply:
    if wants:
        return Reply(html=phrases.SOFT_AGAIN)
    return Reply(html=phrases.NO_MORE_LINES, buttons=[[Button(label=phrases.UNDO, data="evening:soft")]])


def settings_screen(person: Person, back: Button) -> Reply:
    """All that can be chosen of a summary but its hour."""
    preferences = Preferences.of(person.settings)
    amounts: list[Evening] = list(get_args(Evening))
    rows = [
        [
            _choice("summary", it, phrases.LEVELS[it][0], preferences.evening == it)
            for it in amounts[at : at + 2]
        ]
        for at in range(0, len(amounts), 2)
    ]
    days = [
        _choice("review", str(number), name, preferences.review_weekday == number)
        for number, name in enumerate(phrases.WEEKDAYS)
    ]
    lines = [
        _choice("soft", "on", phrases.SOFT_ON, preferences.soft_line),
        _choice("soft", "off", phrases.SOFT_OFF, not preferences.soft_line),
    ]
    return Reply(html=phrases.settings_question(), buttons=[*rows, days[:4], days[4:], lines, [back]])


def _choice(name: str, value: str, label: str, is_chosen: bool) -> Button:
    return Button(label=f"✓ {label}" if is_chosen else label, data=f"set:{name}:{value}")
