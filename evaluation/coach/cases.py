"""The cases of `cases.toml`, as the journal's own records."""

import tomllib
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, model_validator

from bot.journal.coach import Known
from bot.journal.preferences import Length, Manner
from bot.journal.sources import numbered
from db.queries.entries import EntryRecord
from db.queries.people import Person
from db.queries.recall import Remembered

FILE = Path(__file__).with_name("cases.toml")
SPACE = UUID("6b2f3a54-8a43-4c0e-9f5e-0a4a8d1c7e21")
TODAY = date(2026, 11, 20)
NOW = datetime.combine(TODAY, time(20, 30), UTC)


class Case(BaseModel):
    """One entry, what is known beside it, and what must be true of the answers. The head of the file
    says what each field means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    text: str
    language: str = "en"
    languages: tuple[str, ...] = ()
    kind: str = "text"
    name: str = "Mina"
    manner: Manner = "coach"
    length: Length = "normal"
    question: bool = False
    concern: str | None = None
    earlier: tuple[tuple[date, str], ...] = ()
    said: tuple[str, ...] = ()
    rests_on: tuple[int, ...] = ()
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    nothing: bool = False
    metrics: dict[str, float] | None = None

    @model_validator(mode="after")
    def _rests_on_what_is_there(self) -> "Case":
        if not all(1 <= number <= len(self.earlier) for number in self.rests_on):
            raise ValueError(f"{self.id}: rests_on names an entry that is not in earlier")
        return self

    @property
    def may_be_in(self) -> tuple[str, ...]:
        return self.languages or (self.language,)

    def entry(self) -> EntryRecord:
        known: dict[str, Any] = dict.fromkeys(EntryRecord.__dataclass_fields__)
        return EntryRecord(
            **known
            | {
                "id": uuid5(SPACE, self.id),
                "user_id": SPACE,
                "kind": self.kind,
                "body": self.text,
                "language": self.language,
                "local_date": TODAY,
                "written_at": NOW,
                "created_at": NOW,
                "version": 1,
                "is_question": self.question,
                "concern": self.concern,
                "day_is_chosen": False,
            }
        )

    def person(self) -> Person:
        return Person(
            user_id=SPACE,
            chat_id=1,
            name=self.name,
            time_zone="UTC",
            locale=self.language,
            day_starts_at=time(4),
            summary_time=time(21),
            settings={"manner": self.manner, "length": self.length},
        )

    def known(self) -> Known:
        found = [
            Remembered(
                entry_id=uuid5(SPACE, f"{self.id} {number}"),
                body=text,
                local_date=day,
                written_at=datetime.combine(day, time(19), UTC),
                kind="text",
                start=0,
                stop=len(text),
                found_by=frozenset({"words"}),
                score=1.0,
            )
            for number, (day, text) in enumerate(self.earlier, 1)
        ]
        return Known(sources=numbered(found), said=self.said)


def load(path: Path = FILE) -> list[Case]:
    """Every case of the file. Raises `ValueError` for one that contradicts itself."""
    cases = [Case.model_validate(case) for case in tomllib.loads(path.read_text("utf-8"))["case"]]
    if len({case.id for case in cases}) < len(cases):
        raise ValueError(f"{path}: two cases have the same id")
    return cases
