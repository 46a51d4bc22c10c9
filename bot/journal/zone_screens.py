"""The screens on which somebody finds their time zone.

`flow` says where they came from and go back to: the first meeting or the settings. It travels in
the buttons, so that a screen works after any restart.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from bot.journal import phrases_meeting, zones
from bot.journal import phrases_settings as words
from bot.journal.clock import zone_of
from bot.journal.message import Button, Reply
from bot.journal.zones import Option

Flow = Literal["meet", "set"]

LIKELY = 6
CHOICES = 12
PAGE = 20


def time_in(zone: str, now: datetime) -> str:
    return f"{now.astimezone(zone_of(zone)):%H:%M}"


def question(flow: Flow, language: str | None, now: datetime, *, above: str = "") -> Reply:
    likely = [Option(label=zones.city(zone), zone=zone) for zone in zones.likely(language)[:LIKELY]]
    rows = [*_pairs(_zone_buttons(flow, likely, now)), [_all_zones(flow)], [leave(flow)]]
    return Reply(html=f"{above}\n\n{words.ZONE_QUESTION}".strip(), buttons=rows)


def choice(flow: Flow, html: str, options: Sequence[Option], now: datetime) -> Reply:
    """Of a few zones, each with the time it has now."""
    rows = [[button] for button in _zone_buttons(flow, options[:CHOICES], now)]
    return Reply(html=html, buttons=[*rows, [_all_zones(flow)], [leave(flow)]])


def regions(flow: Flow) -> Reply:
    found = [Button(label=name, data=f"zone:{flow}:in:{name}:0") for name in zones.regions()]
    return Reply(html=words.REGIONS, buttons=[*_pairs(found), [_back(flow)]])


def region(flow: Flow, name: str, page: int, now: datetime) -> Reply | None:
    """A page of the cities of a region; None where there is no such page."""
    places = zones.of_region(name)
    shown = places[page * PAGE : (page + 1) * PAGE]
    if not shown:
        return None
    options = [Option(label=place.name, zone=place.zone) for place in shown]
    turns = []
    if page:
        turns.append(Button(label=words.FEWER, data=f"zone:{flow}:in:{name}:{page - 1}"))
    if (page + 1) * PAGE < len(places):
        turns.append(Button(label=words.MORE, data=f"zone:{flow}:in:{name}:{page + 1}"))
    rows = [*_pairs(_zone_buttons(flow, options, now)), *([turns] if turns else [])]
    back = Button(label=words.BACK, data=f"zone:{flow}:list")
    pages = (len(places) + PAGE - 1) // PAGE
    return Reply(html=f"<b>{name}</b> {page + 1}/{pages}", buttons=[*rows, [back]])


def leave(flow: Flow) -> Button:
    """The way out without a choice."""
    if flow == "meet":
        return Button(label=phrases_meeting.NOT_NOW, data="zone:meet:later")
    return Button(label=words.BACK, data="set:menu")


def _all_zones(flow: Flow) -> Button:
    return Button(label=words.ALL_ZONES, data=f"zone:{flow}:list")


def _back(flow: Flow) -> Button:
    return Button(label=words.BACK, data=f"zone:{flow}:ask")


def _zone_buttons(flow: Flow, options: Sequence[Option], now: datetime) -> list[Button]:
    return [
        Button(label=f"{it.label} {time_in(it.zone, now)}", data=f"zone:{flow}:at:{it.zone}")
        for it in options
    ]


def _pairs(buttons: Sequence[Button]) -> list[list[Button]]:
    return [list(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
