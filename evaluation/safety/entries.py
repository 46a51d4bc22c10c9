"""The entries that the likeness to words of crisis is learned from."""

import hashlib
import json
from pathlib import Path

from bot.journal.safety.grammar import grammar
from bot.journal.safety.likeness import Pieces, windows
from bot.journal.safety.reading import read
from tests.journal.safety import labelled as tested
from tests.journal.safety.labelled import Labelled, labelled

WRITTEN = Path(__file__).with_name("written.jsonl")
SOME = 20


def learned() -> list[Labelled]:
    return [*labelled(), *of_file(WRITTEN)]


def of_file(file: Path) -> list[Labelled]:
    lines = file.read_text("utf-8").splitlines()
    return [Labelled(**{"part": file.stem} | json.loads(line)) for line in lines]


def fingerprint() -> str:
    """Of all of them, and of the pieces that some are cut into, as SHA-256."""
    digest = hashlib.sha256()
    for file in (tested.FILE, WRITTEN):
        digest.update(file.read_bytes())
    vocabulary = grammar().vocabulary
    for entry in learned()[::SOME]:
        reading = read(entry.text, vocabulary)
        pieces = Pieces(reading.words)
        for first, stop in windows(reading.sentences):
            digest.update(pieces.of(first, stop).astype("<i8").tobytes())
    return digest.hexdigest()
