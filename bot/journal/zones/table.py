"""The time zones of tzdata: where they lie, whose they are, and which of them agree."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel.core import get_global

# Whoever has one of these languages set most likely lives in one of these; for other languages the
# largest country that speaks them tells.
_LIKELY = {
    "ar": ("Africa/Cairo", "Asia/Riyadh", "Asia/Dubai", "Africa/Casablanca"),
    "de": ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich"),
    "en": ("Europe/London", "America/New_York", "America/Chicago", "America/Los_Angeles", "Asia/Kolkata"),
    "es": ("Europe/Madrid", "America/Mexico_City", "America/Bogota", "America/Argentina/Buenos_Aires"),
    "fr": ("Europe/Paris", "Europe/Brussels", "America/Toronto", "Africa/Abidjan"),
    "it": ("Europe/Rome", "Europe/Zurich"),
    "nl": ("Europe/Amsterdam", "Europe/Brussels"),
    "pt": ("America/Sao_Paulo", "Europe/Lisbon"),
    "ru": ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Asia/Almaty"),
    "uk": ("Europe/Kyiv",),
    "zh": ("Asia/Shanghai", "Asia/Taipei", "Asia/Hong_Kong", "Asia/Singapore"),
}
# The zone to name first in a country, where tzdata begins at an end of it.
_CHIEF = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}
_FAVOURITES = tuple(
    dict.fromkeys((*(zone for zones in _LIKELY.values() for zone in zones), *_CHIEF.values()))
)
_TURNED = str.maketrans("+-", "-+")
Clock = tuple[timedelta, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A place in a time zone, in degrees. `country` is ISO 3166 alpha-2, `aliases` are other names."""

    name: str
    zone: str
    country: str
    latitude: float
    longitude: float
    aliases: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def named() -> tuple[Place, ...]:
    """The places that time zones are named after, one for each zone that is anybody's own."""
    return tuple(
        Place(name=city(zone), zone=zone, country=country, latitude=latitude, longitude=longitude)
        for country, (latitude, longitude), zone in _rows("zone.tab")
    )


@lru_cache(maxsize=1)
def cities() -> tuple[Place, ...]:
    """Further large cities. What stands after a comma in the name tells namesakes apart."""
    table = tomllib.loads(files(__package__).joinpath("cities.toml").read_text("utf-8"))
    return tuple(
        Place(
            name=name,
            zone=zone,
            country=country_of(zone) or "",
            latitude=latitude,
            longitude=longitude,
            aliases=tuple(aliases),
        )
        for zone, rows in table.items()
        for name, (latitude, longitude, *aliases) in rows.items()
    )


@lru_cache(maxsize=1)
def _by_zone() -> dict[str, Place]:
    return {place.zone: place for place in named()}


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    known = files("tzdata").joinpath("zones").read_text("ascii").split()
    return {zone.casefold(): zone for zone in known if zone != "Factory"}


@lru_cache(maxsize=1)
def _main() -> dict[str, None]:
    """The zones that stand for all that agree with them from now on, in tzdata's order."""
    return {zone: None for _, _, zone in _rows("zonenow.tab")}


def spelled(name: str) -> str | None:
    """The time zone with this IANA name, however its letters are written."""
    return _spellings().get(name.casefold())


def country_of(zone: str) -> str | None:
    """The country, ISO 3166 alpha-2, whose time zone this is."""
    place = _by_zone().get(zone)
    return place.country if place else None


def is_country(code: str) -> bool:
    return any(place.country == code for place in named())


def shown(zone: str) -> str:
    """As people know it. The signs of tzdata's own fixed zones are turned round: Etc/GMT-2 is UTC+2."""
    if zone.startswith("Etc/GMT") and zone[7:8] in {"+", "-"}:
        return f"UTC{zone[7:].translate(_TURNED)}"
    return zone


def city(zone: str) -> str:
    """“Buenos Aires”, “Knox, Indiana”: a zone's own name without its region."""
    if zone.startswith("Etc/"):
        return shown(zone)
    _, *parts = zone.replace("_", " ").split("/")
    return ", ".join(reversed(parts)) or zone


def regions() -> list[str]:
    """Africa, America, …: those that people live in first by name."""
    found = {place.zone.partition("/")[0] for place in named()}
    return sorted(found, key=lambda it: (it in {"Antarctica", "Arctic"}, it))


def of_region(region: str) -> list[Place]:
    inside = (place for place in named() if place.zone.startswith(f"{region}/"))
    return sorted(inside, key=lambda it: it.name)


def of_country(country: str, now: datetime) -> list[str]:
    """One zone for each clock in the country, the chief one first."""
    own = [it.zone for it in named() if it.country == country]
    return _one_each((*_chief(country), *own), now)


def at_offset(offset: timedelta, language: str | None, now: datetime) -> list[str]:
    """One zone for each clock that shows this offset now: first where the language is spoken, then
    those that most zones agree with."""
    liked = likely(language)
    zones = [it for it in (*liked, *_FAVOURITES, *_main()) if _offset(it, now) == offset]
    agreeing = Counter(clock(place.zone, now) for place in named())
    zones.sort(key=lambda it: (it not in liked, -agreeing[clock(it, now)]))
    return _one_each((it for it in zones if not it.startswith("Antarctica/")), now)


def called(abbreviation: str, language: str | None, now: datetime) -> list[str]:
    """One zone for each clock whose time has this abbreviation, such as CET, within a year of now."""
    all_zones = (*likely(language), *_FAVOURITES, *_main(), *_by_zone())
    return _one_each((it for it in all_zones if abbreviation in _names(it, now)), now)


def likely(language: str | None) -> list[str]:
    """The zones where most people with this language (an IETF tag) live."""
    base, *rest = (language or "").casefold().replace("_", "-").split("-")
    by_country = (zone for part in rest for zone in _chief(part.upper()))
    return list(dict.fromkeys((*by_country, *(_LIKELY.get(base) or _largest(base)))))


def _largest(language: str) -> tuple[str, ...]:
    tag: str = get_global("likely_subtags").get(language, "")
    return _chief(tag.rpartition("_")[2])


def _chief(country: str) -> tuple[str, ...]:
    """The country's first zone, if there is such a country."""
    own = (it.zone for it in named() if it.country == country)
    return tuple(it for it in (_CHIEF.get(country) or next(own, None),) if it)


def _one_each(zones: Iterable[str], now: datetime) -> list[str]:
    """The first of those that agree, or a better known one among them, stands for all."""
    chosen: dict[Clock, str] = {}
    for zone in zones:
        first = chosen.setdefault(clock(zone, now), zone)
        if first not in _FAVOURITES and first not in _main() and zone in _main():
            chosen[clock(zone, now)] = zone
    return list(chosen.values())


def clock(zone: str, now: datetime) -> Clock:
    """What zones have in common whose clocks agree in the coming year."""
    return _clock(zone, now.year, now.month)


@lru_cache(maxsize=2048)
def _clock(zone: str, year: int, month: int) -> Clock:
    rules = ZoneInfo(zone)
    first = datetime(year, month, 1, 12, tzinfo=rules)
    return tuple((first + timedelta(days=days)).utcoffset() or timedelta(0) for days in range(366))


def _names(zone: str, now: datetime) -> set[str | None]:
    rules = ZoneInfo(zone)
    return {(now + timedelta(days=days)).astimezone(rules).tzname() for days in (0, 91, 182, 273)}


def _offset(zone: str, now: datetime) -> timedelta | None:
    return now.astimezone(ZoneInfo(zone)).utcoffset()


def _rows(name: str) -> Iterator[tuple[str, tuple[float, float], str]]:
    for line in files("tzdata.zoneinfo").joinpath(name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            country, coordinates, zone, *_ = line.split("\t")
            yield country, _degrees(coordinates), zone


def _degrees(coordinates: str) -> tuple[float, float]:
    """From ±DDMM±DDDMM or ±DDMMSS±DDDMMSS."""
    cut = max(coordinates.rfind("+"), coordinates.rfind("-"))
    return _angle(coordinates[:cut], 2), _angle(coordinates[cut:], 3)


def _angle(text: str, digits: int) -> float:
    sign, rest = (-1 if text[0] == "-" else 1), text[1:]
    return sign * (
        int(rest[:digits]) + int(rest[digits : digits + 2]) / 60 + int(rest[digits + 2 :] or 0) / 3600
    )
