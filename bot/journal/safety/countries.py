"""The country a person is probably in."""

from functools import cache
from importlib.resources import files

# Languages spoken chiefly in one country: a guess for those who have not said where they are.
_AT_HOME = {
    "cs": "CZ", "da": "DK", "el": "GR", "et": "EE", "fi": "FI", "he": "IL", "hi": "IN", "hu": "HU",
    "is": "IS", "it": "IT", "ja": "JP", "ko": "KR", "lt": "LT", "lv": "LV", "nb": "NO", "no": "NO",
    "pl": "PL", "ro": "RO", "sk": "SK", "sl": "SI", "th": "TH", "tr": "TR", "uk": "UA",
}  # fmt: skip


def country_of(time_zone: str | None, language_code: str | None) -> str | None:
    """The ISO 3166-1 code for a zone such as "Europe/Berlin"; if the zone tells nothing ("UTC"), for a
    language such as "pt-BR" or "ja"; None if that tells nothing either."""
    zones = _countries_of_zones()
    country = zones.get(time_zone or "") or zones.get(_present_names().get(time_zone or "", ""))
    return country or _of_language(language_code or "")


def _of_language(code: str) -> str | None:
    language, *subtags = code.replace("_", "-").split("-")
    for subtag in subtags:
        if subtag.upper() in known_countries():
            return subtag.upper()
    return _AT_HOME.get(language.lower())


@cache
def known_countries() -> frozenset[str]:
    return frozenset(line.split("\t")[0] for line in _lines("iso3166.tab"))


@cache
def _countries_of_zones() -> dict[str, str]:
    rows = (line.split("\t") for line in _lines("zone.tab"))
    return {row[2]: row[0] for row in rows}


@cache
def _present_names() -> dict[str, str]:
    """Former names of zones, such as Asia/Calcutta, and the present ones."""
    links = (line.split() for line in _lines("tzdata.zi") if line.startswith("L "))
    return {former: present for _, present, former in links}


def _lines(name: str) -> list[str]:
    text = (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
