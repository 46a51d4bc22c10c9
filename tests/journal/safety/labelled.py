"""The labelled entries: invented for this project, by kind, language and part."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.journal.safety import Concern, look

FILE = Path(__file__).with_name("labelled.jsonl")
PARTS = (
    *("tuning", "held_out", "second", "third", "fourth", "fifth"),
    *("sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
    *("thirteenth", "fourteenth"),
)
CRISIS = ("explicit", "indirect")
SOFTER = {"past": Concern.PAST, "other_person": Concern.OTHER, "danger": Concern.DANGER}
HARMLESS = ("idiom", "fiction", "ordinary")
HELP = {Concern.ACUTE, Concern.INDIRECT}


@dataclass(frozen=True, slots=True)
class Labelled:
    language: str
    kind: str
    part: str
    text: str

    def is_right(self) -> bool:
        """Crisis gets help, a softer kind its own card, and what is harmless none."""
        finding = look(self.text)
        concern = finding.concern if finding else None
        if self.kind in CRISIS:
            return concern in HELP
        return concern is SOFTER.get(self.kind)


def labelled() -> list[Labelled]:
    lines = FILE.read_text("utf-8").splitlines()
    return [Labelled(**json.loads(line)) for line in lines]


def wrong(entries: Iterable[Labelled]) -> list[Labelled]:
    return [entry for entry in entries if not entry.is_right()]
