"""The entries that the likeness to words of crisis is learned from."""

import hashlib
import json
from pathlib import Path

from tests.journal.safety import labelled as tested
from tests.journal.safety.labelled import Labelled, labelled

WRITTEN = Path(__file__).with_name("written.jsonl")


def learned() -> list[Labelled]:
    return [*labelled(), *of_file(WRITTEN)]


def of_file(file: Path) -> list[Labelled]:
    lines = file.read_text("utf-8").splitlines()
    return [Labelled(**{"part": file.stem} | json.loads(line)) for line in lines]


def fingerprint() -> str:
    """Of all of them, as SHA-256."""
    digest = hashlib.sha256()
    for file in (tested.FILE, WRITTEN):
        digest.update(file.read_bytes())
    return digest.hexdigest()
