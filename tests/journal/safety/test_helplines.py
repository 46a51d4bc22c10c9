import datetime
import re
from urllib.parse import urlsplit

import pytest

from bot.journal.safety.countries import known_countries
from bot.journal.safety.helplines import Line, helplines

LINES = [(country, line) for country, lines in helplines().lines.items() for line in lines]
ALL = [*LINES, *(("international", line) for line in helplines().international)]


def test_there_are_lines_for_many_countries() -> None:
    assert len(helplines().lines) >= 45
    assert all(helplines().lines.values())


def test_countries_are_countries() -> None:
    assert set(helplines().emergency) <= known_countries()
    assert set(helplines().lines) <= set(helplines().emergency)


@pytest.mark.parametrize(("country", "line"), ALL, ids=lambda it: it.name if isinstance(it, Line) else it)
def test_a_line_can_be_reached_and_traced(country: str, line: Line) -> None:
    assert line.name
    assert line.phone or line.text or line.url
    assert all(re.fullmatch(r"[+*]?[0-9][0-9 ().-]*( ext\. \d+)?", number) for number in line.phone)
    assert all(re.fullmatch(r"[a-z]{2}", language) for language in line.languages)
    assert country == "international" or line.languages
    for address in (line.url, line.source):
        parts = urlsplit(address)
        assert parts.scheme in {"http", "https"}
        assert parts.netloc
    assert line.how in {"read", "published"}
    assert datetime.date(2026, 11, 1) <= line.checked <= datetime.datetime.now(datetime.UTC).date()
    assert re.fullmatch(r"(24/7|\d{1,2}:\d\d–\d{1,2}:\d\d)?", line.hours)


def test_emergency_numbers_are_numbers() -> None:
    for country, numbers in helplines().emergency.items():
        assert numbers, country
        assert all(re.fullmatch(r"\d{2,5}", number) for number in numbers), country


def test_there_is_an_international_default() -> None:
    assert any("findahelpline.com" in line.url for line in helplines().international)
