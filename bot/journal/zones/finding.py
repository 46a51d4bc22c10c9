"""The time zone that a person's own words name: a city, a country, an offset, or their clock."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.journal import hours

from . import names, table

LONGEST = 60
# A clock is read out after a moment, and shows whole minutes.
SLACK = timedelta(minutes=7)
QUARTER = timedelta(minutes=15)

_OFFSET = re.compile(
    r"(?:(?:utc|gmt|z)\s*)?(?P<sign>[+\-−–±])\s*(?P<hours>\d{1,2})(?:[:.]?(?P<minutes>\d{2}))?(?:\s*(?:h|hours?))?",
    re.IGNORECASE,
)
_UTC = re.compile(r"utc|zulu|coordinated universal time", re.IGNORECASE)
_ABBREVIATION = re.compile(r"[A-Z]{3,5}")
# The words around a place in an answer to “where do you live?”.
_LEAD = re.compile(
    r"(?:(?:i live|i'?m|i’m|i am|we live|we are|living|based|ich wohne|ich lebe|ich bin|wohne|lebe|"
    r"vivo|vivimos|estoy|moro|estou|j'habite|j’habite|je vis|je suis|abito|я живу|живу)\s+)?"
    r"(?:in|near|from|bei|aus|en|de|em|à|au|aux|a|в|во)\s+",
    re.IGNORECASE,
)
_TRAIL = re.compile(r"\s+(?:time|zone|time ?zone|please|bitte|zeit)$", re.IGNORECASE)
_COLLOQUIAL = {
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """A time zone, and what to call it."""

    label: str
    zone: str


def find(text: str, language: str | None, now: datetime) -> list[Option] | None:
    """The zones that the whole text may mean: one where it is clear, more where the person has to
    choose, none where it surely means an offset or a clock that there is not. None where it does not
    look like an answer at all. `now` is the moment at which it was written."""
    words = " ".join(text.split()).strip(" .,!?;")
    if not words or len(text) > LONGEST or "\n" in text.strip():
        return None
    if _UTC.fullmatch(words):
        return [Option(label="UTC", zone="UTC")]
    if match := _OFFSET.fullmatch(words):
        return _by_offset(match, language, now)
    try:
        times = hours.possible(words)
    except ValueError:
        return []
    if times:
        clocks = [timedelta(hours=it.hour, minutes=it.minute) for it in times]
        return _by_clock(clocks, language, now)
    return _by_name(words, language, now)


def countries(text: str, language: str | None) -> set[str]:
    """The countries, ISO 3166 alpha-2, that the whole text names, or in which the city lies that it
    names."""
    words = " ".join(text.split()).strip(" .,!?;")
    if not words or len(text) > LONGEST:
        return set()
    found = names.meaning(words, language)
    of_cities = {table.country_of(zone) for zone in found.places.values()}
    return found.countries or {it for it in of_cities if it}


def _by_offset(match: re.Match[str], language: str | None, now: datetime) -> list[Option]:
    minutes = int(match["minutes"] or 0)
    offset = timedelta(hours=int(match["hours"]), minutes=minutes)
    if minutes > 59 or match["sign"] == "±":
        return []
    return _at([-offset if match["sign"] in "-−–" else offset], language, now, with_fixed=True)


def _by_clock(clocks: Iterable[timedelta], language: str | None, now: datetime) -> list[Option]:
    """Where a clock shows this now. The date is not said, so that it may be yesterday or tomorrow."""
    utc = now.astimezone(UTC)
    midnight = utc.replace(hour=0, minute=0, second=0, microsecond=0)
    offsets = []
    for shown in clocks:
        for days in (-1, 0, 1):
            ahead = midnight + timedelta(days=days) + shown - utc
            offset = round(ahead / QUARTER) * QUARTER
            if abs(ahead - offset) <= SLACK and timedelta(hours=-12) <= offset <= timedelta(hours=14):
                offsets.append(offset)
    return _at(offsets, language, now)


def _at(
    offsets: list[timedelta], language: str | None, now: datetime, *, with_fixed: bool = False
) -> list[Option]:
    zones = [zone for offset in offsets for zone in table.at_offset(offset, language, now)]
    found = _cities(zones)
    whole, rest = divmod(offsets[0], timedelta(hours=1)) if offsets else (0, timedelta(1))
    # The signs in these names are turned round: Etc/GMT-2 is two hours ahead.
    fixed = table.spelled(f"Etc/GMT{-whole:+d}" if whole else "UTC") if not rest else None
    if with_fixed and fixed:
        found += _cities([fixed])
    return found


def _by_name(words: str, language: str | None, now: datetime) -> list[Option] | None:
    if "/" in words and (zone := names.zone_called(words.replace(" ", "_"))):
        return _cities([zone])
    if _ABBREVIATION.fullmatch(words) and (zones := table.called(words, language, now)):
        return _cities(zones)
    bare = _TRAIL.sub("", words)
    if bare != words and (zone := _COLLOQUIAL.get(bare.casefold())):
        return _cities([zone])
    lead = _LEAD.match(bare)
    for candidate in (bare, bare[lead.end() :] if lead else ""):
        if candidate and (found := _named(candidate, language, now)):
            return found
    return None


def resembling(text: str, language: str | None) -> list[Option]:
    """The cities that the whole text may be a slip of the finger for, or else any other word."""
    words = " ".join(text.split())[:LONGEST]
    return [Option(label=label, zone=zone) for label, zone in names.resembling(words, language).items()]


def _named(name: str, language: str | None, now: datetime) -> list[Option]:
    """“Berlin”, “Deutschland”, “Portland, Maine”, “Augsburg, Germany”."""
    place, comma, land = name.partition(",")
    if found := names.meaning(name, language, in_others=not comma):
        return _options(found, now)
    if not comma:
        return []
    within, around = names.meaning(place, language), names.meaning(land, language)
    key = names.fold(land)
    noted = {
        label: zone for label, zone in within.places.items() if key in names.fold(label.partition(",")[2])
    }
    inside = {label: it for label, it in within.places.items() if table.country_of(it) in around.countries}
    return _options(names.Meaning(places=noted or inside) or around or within, now)


def _options(found: names.Meaning, now: datetime) -> list[Option]:
    """Of a city-state the city is enough."""
    options = [Option(label=label, zone=zone) for label, zone in found.places.items()]
    zones = set(found.places.values())
    for country in sorted(found.countries):
        own = table.of_country(country, now)
        if not zones & set(own) or len(own) > 1:
            options += _cities(zone for zone in own if zone not in zones)
    return options


def _cities(zones: Iterable[str]) -> list[Option]:
    return [Option(label=table.city(zone), zone=zone) for zone in zones]
