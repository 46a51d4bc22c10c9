"""Diaries with questions whose answers are known: our own, or any in JSON lines.

Our own are in `people/`: a line for each entry (`id date text`), for each question about them
(`? kind question [@the day it is asked] = the entries that answer it`), and sentences of ordinary
days (`~`), of which the rest of a diary is made. A line of another set is one person:
`{"entries": [{"id", "date", "text"}], "questions": [{"text", "date", "relevant": [ids], "kind"}]}`.
"""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

PEOPLE = Path(__file__).parent / "people"
ORDINARY_DAYS = 80
QUESTION = re.compile(r"\? (?P<kind>\w+) (?P<text>.+?)(?: @(?P<date>\S+))?(?: = (?P<relevant>[\w ]+))?$")


@dataclass(frozen=True, kw_only=True)
class Told:
    id: str
    date: date
    text: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`relevant` is empty where the diary does not say."""

    text: str
    date: date
    relevant: tuple[str, ...]
    kind: str


@dataclass(frozen=True, kw_only=True)
class Diary:
    name: str
    entries: list[Told]
    questions: list[Asked]


def own() -> list[Diary]:
    return [_read(path) for path in sorted(PEOPLE.glob("*.txt"))]


def _read(path: Path) -> Diary:
    entries: list[Told] = []
    found: list[dict[str, str | None]] = []
    ordinary: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("~ "):
            ordinary.append(line[2:])
        elif line.startswith("? ") and (match := QUESTION.match(line)):
            found.append(match.groupdict())
        elif not line.startswith("#"):
            key, day, text = line.split(" ", 2)
            entries.append(Told(id=key, date=date.fromisoformat(day), text=text))
    last = max(it.date for it in entries) + timedelta(days=7)
    entries += _ordinary(ordinary, entries[0].date, last, random.Random(path.stem))
    questions = [
        Asked(
            text=str(it["text"]),
            date=date.fromisoformat(it["date"]) if it["date"] else last,
            relevant=tuple((it["relevant"] or "").split()),
            kind=str(it["kind"]),
        )
        for it in found
    ]
    entries.sort(key=lambda it: it.date)
    return Diary(name=path.stem, entries=entries, questions=questions)


def _ordinary(sentences: list[str], first: date, last: date, chance: random.Random) -> Iterator[Told]:
    """Days on which nothing much happened, in one to three sentences."""
    for number in range(ORDINARY_DAYS):
        day = first + timedelta(days=chance.randrange((last - first).days))
        text = " ".join(chance.sample(sentences, chance.randint(1, 3)))
        yield Told(id=f"o{number}", date=day, text=text)


def read(path: Path) -> list[Diary]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [_person(f"{path.stem}-{number}", json.loads(line)) for number, line in enumerate(lines, 1)]


def _person(name: str, raw: dict[str, Any]) -> Diary:
    entries = [
        Told(id=str(it["id"]), date=date.fromisoformat(it["date"][:10]), text=it["text"])
        for it in raw["entries"]
    ]
    last = max(it.date for it in entries)
    questions = [
        Asked(
            text=it["text"],
            date=date.fromisoformat(it["date"][:10]) if it.get("date") else last,
            relevant=tuple(map(str, it["relevant"])),
            kind=str(it.get("kind", "all")),
        )
        for it in raw["questions"]
    ]
    return Diary(name=name, entries=entries, questions=questions)


def write(diaries: list[Diary], path: Path) -> None:
    lines = (json.dumps(asdict(it), default=str, ensure_ascii=False) for it in diaries)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
