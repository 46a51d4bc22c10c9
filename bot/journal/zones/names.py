"""What places are called in many languages: cities of time zones, and countries.

The names are those of Unicode's CLDR, which Babel carries, and of our own table of cities.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

from babel import Locale, UnknownLocaleError, localedata

from . import table

# Asked when neither English nor the person's own language knows a name.
_LANGUAGES = (
    "af am ar az bg bn bs ca cs da de el es et eu fa fi fil fr gl gu he hi hr hu hy id is it ja ka kk kn ko "
    "ky lo lt lv mk ml mn mr ms my nb ne nl pa pl pt pt_PT ro ru si sk sl sq sr sv sw ta te th tr uk ur uz "
    "vi zh zh_Hant"
)
# CLDR keeps the first name that it met; tzdata has moved on.
_RENAMED = {
    "Africa/Asmera": "Africa/Asmara",
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Catamarca": "America/Argentina/Catamarca",
    "America/Coral_Harbour": "America/Atikokan",
    "America/Cordoba": "America/Argentina/Cordoba",
    "America/Godthab": "America/Nuuk",
    "America/Indianapolis": "America/Indiana/Indianapolis",
    "America/Jujuy": "America/Argentina/Jujuy",
    "America/Louisville": "America/Kentucky/Louisville",
    "America/Mendoza": "America/Argentina/Mendoza",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Atlantic/Faeroe": "Atlantic/Faroe",
    "Europe/Kiev": "Europe/Kyiv",
    "Pacific/Enderbury": "Pacific/Kanton",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
}
_COUNTRIES = {
    "usa": "US", "the us": "US", "the usa": "US", "america": "US", "the united states": "US",
    "united states of america": "US", "uk": "GB", "the uk": "GB", "great britain": "GB", "britain": "GB",
    "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "holland": "NL",
    "the netherlands": "NL", "uae": "AE", "emirates": "AE", "czech republic": "CZ", "turkey": "TR",
    "korea": "KR", "ivory coast": "CI", "burma": "MM", "bosnia": "BA", "macedonia": "MK", "россия": "RU",
    "сша": "US", "ee uu": "US", "eeuu": "US", "etats unis": "US", "brd": "DE", "schweiz": "CH",
}  # fmt: skip
# Names of places that are words of a diary first.
_WORDS = {"center", "christmas", "easter", "wake", "midway", "troll", "نوم"}
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "þ": "th"})
_UMLAUTS = re.compile("([aou])e")


@dataclass(frozen=True, kw_only=True)
class Index:
    """Names, folded, to what they mean."""

    places: dict[str, dict[str, str]] = field(default_factory=dict)
    """Time zone -> what to call the place."""
    countries: dict[str, set[str]] = field(default_factory=dict)

    def add_place(self, name: str, zone: str, label: str) -> None:
        if (key := fold(name)) and key not in _WORDS:
            self.places.setdefault(key, {}).setdefault(label, zone)

    def add_country(self, name: str, country: str) -> None:
        if key := fold(name):
            self.countries.setdefault(key, set()).add(country)


def fold(name: str) -> str:
    """Without case, accents and punctuation: “São Paulo” and “sao-paulo” are one."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    letters = "".join(it for it in plain if unicodedata.category(it) != "Mn")
    return re.sub(r"[\W_]+", " ", letters).strip()


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a name stands for: cities, as {label: time zone}, and countries, ISO 3166 alpha-2."""

    places: dict[str, str] = field(default_factory=dict)
    countries: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.places or self.countries)


def meaning(name: str, language: str | None, *, in_others: bool = True) -> Meaning:
    """Of a name in English or the person's language, of a country's code, or else of a name in any
    other language (which takes half a second the first time)."""
    key = fold(name)
    if code := _country_code(name.strip()):
        return Meaning(countries={code})
    for it in dict.fromkeys((key, _UMLAUTS.sub(r"\1", key))):
        if found := _in(_first(language), it):
            return found
    return _in([_others()], key) if in_others else Meaning()


def zone_called(name: str) -> str | None:
    """The time zone with this IANA name, also an outdated one."""
    zone = table.spelled(name)
    return _RENAMED.get(zone, zone) if zone else None


def _in(indexes: list[Index], key: str) -> Meaning:
    found = Meaning()
    for index in indexes:
        found.places.update(index.places.get(key, {}))
        found.countries.update(index.countries.get(key, set()))
    return found


def _country_code(text: str) -> str | None:
    """Only in capitals: many a code is a word as well."""
    is_code = len(text) == 2 and text in {place.country for place in table.named()}
    return text if is_code else None


def resembling(name: str, language: str | None) -> dict[str, str]:
    """The cities whose names are within a slip of the finger of this, as {label: time zone}."""
    key = fold(name)
    if len(key) < 5:
        return {}
    found: dict[str, str] = {}
    for index in _first(language):
        near = [it for it in index.places if it[0] == key[0] and abs(len(it) - len(key)) <= 2]
        for match in get_close_matches(key, near, n=3, cutoff=0.83):
            found |= index.places[match]
    return found


def country_name(country: str) -> str:
    """In English."""
    return str(Locale("en").territories.get(country, country))


def _first(language: str | None) -> list[Index]:
    return [_english(), *([_of(tag)] if (tag := _tag(language)) else [])]


def _tag(language: str | None) -> str | None:
    """The language's name in CLDR, if it is one of ours."""
    tag = (language or "").replace("-", "_").partition("_")[0].casefold()
    return tag if tag in _LANGUAGES.split() else None


@lru_cache(maxsize=1)
def _english() -> Index:
    """With our own table, in which cities have the names that they have themselves too."""
    index = Index()
    _read("en", index)
    for place in table.named():
        index.add_place(place.zone.rpartition("/")[2], place.zone, place.name)
        index.add_place(place.name, place.zone, place.name)
    for city in table.cities():
        for name in (city.name, city.name.partition(",")[0], *city.aliases):
            index.add_place(name, city.zone, city.name)
    for name, country in _COUNTRIES.items():
        index.add_country(name, country)
    return index


@lru_cache(maxsize=16)
def _of(tag: str) -> Index:
    index = Index()
    _read(tag, index)
    return index


@lru_cache(maxsize=1)
def _others() -> Index:
    index = Index()
    for tag in _LANGUAGES.split():
        _read(tag, index)
    for known in (index.places, index.countries):
        # In some language every little word is a place.
        for name in [it for it in known if len(it) < 4 and it.isascii()]:
            del known[name]
    # Babel keeps all it ever read of a language, 50 MB by now, and offers no other way to let go.
    getattr(localedata, "_cache", {}).clear()
    return index


def _read(tag: str, index: Index) -> None:
    try:
        locale = Locale.parse(tag)
    except (UnknownLocaleError, ValueError):
        return
    known = {place.zone for place in table.named()}
    for zone, names in locale.time_zones.items():
        now_called = _RENAMED.get(zone, zone)
        if "city" in names and now_called in known:
            index.add_place(names["city"], now_called, table.city(now_called))
    for country, name in locale.territories.items():
        if len(country) == 2 and country.isalpha():
            index.add_country(name, country)
