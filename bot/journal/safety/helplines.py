"""The helplines of helplines.toml."""

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("helplines.toml")
ALWAYS = "24/7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    name: str
    phone: tuple[str, ...] = ()  # as dialled in its country
    hours: str = ""  # ALWAYS, or local time, or "" where we aren't sure
    text: str = ""  # where to write
    url: str = ""
    languages: tuple[str, ...] = ()  # the one spoken most first
    source: str
    how: str  # "read" or "published"; the file's head tells the difference
    checked: datetime.date


@dataclass(frozen=True, slots=True)
class Helplines:
    emergency: Mapping[str, tuple[str, ...]]  # by country
    lines: Mapping[str, tuple[Line, ...]]  # by country
    international: tuple[Line, ...]


@cache
def helplines() -> Helplines:
    data = tomllib.loads(FILE.read_text("utf-8"))
    countries = data["countries"]
    emergency = {code: country["emergency"] for code, country in countries.items()} | data["emergency"]
    return Helplines(
        emergency={code: tuple(numbers) for code, numbers in emergency.items()},
        lines={code: tuple(map(_line, country["lines"])) for code, country in countries.items()},
        international=tuple(map(_line, data["international"])),
    )


def _line(row: dict[str, Any]) -> Line:
    values: dict[str, Any] = {key: tuple(it) if isinstance(it, list) else it for key, it in row.items()}
    return Line(**values)
