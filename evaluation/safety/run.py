"""Recall and false alarms on the labelled entries, as tables on the screen: `scripts/evaluate safety`."""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence

from bot.journal.safety import look
from tests.journal.safety.labelled import CRISIS, HARMLESS, PARTS, SOFTER, Labelled, labelled, wrong

WHAT = "Show what the check for words of crisis sees and misses, on the labelled entries."
KINDS = (*CRISIS, *SOFTER, *HARMLESS)
LONG = 4096  # characters, as many as one Telegram message holds
RUNS = 20
HOSTILE = {
    "a wall of one sign": "I want to die ",
    "a wall of sign words": "kill want die myself life end not ",
    "masked words": "s*i*c*d k#ll ",
    "letters set apart": "a b c d ",
    "joined words": "killmyselfnow ",
    "stacked quotes": "“'«「 ",
    "one word": "a",
    "a wall of Chinese": "我想死不想活了",
}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/evaluate safety", description=WHAT)
    parser.parse_args(arguments)
    entries = labelled()
    started = time.perf_counter()
    look("")
    reading = time.perf_counter() - started
    _print(
        f"{len(entries)} entries. For explicit and indirect: how many get help; for past, other person and "
        "danger: how many get their own card; for the rest: how many are left in peace.\n"
    )
    _table("language", sorted({it.language for it in entries}), entries, lambda entry: entry.language)
    _table("part", PARTS, entries, lambda entry: entry.part)
    for entry in wrong(entries):
        _print(f"{entry.language} {entry.kind}: {entry.text[:100]}")
    _print("")
    ordinary = [_fastest(it.text) for it in entries if it.kind == "ordinary"]
    _print(f"reading the rules: {reading:.2f} s, once in a process")
    _print(
        f"an ordinary entry: {statistics.median(ordinary):.2f} ms in the median, "
        f"{statistics.mean(ordinary):.2f} ms in the mean, {max(ordinary):.1f} ms at most"
    )
    for name, piece in HOSTILE.items():
        text = piece * (LONG // len(piece))
        _print(f"{name}: {len(text)} characters, {_fastest(text):.1f} ms")
    for language in sorted({it.language for it in entries}):
        text = " ".join(it.text for it in entries if it.language == language and it.kind == "ordinary")
        length, took = len(text[:LONG]), _fastest(text[:LONG])
        _print(f"{language}: {length} characters of ordinary entries, {took:.1f} ms")
    return 0


def _table(head: str, rows: Iterable[str], entries: list[Labelled], of: Callable[[Labelled], str]) -> None:
    _print(head.ljust(10) + "".join(kind.rjust(14) for kind in KINDS))
    for row in [*rows, "all"]:
        cells = []
        for kind in KINDS:
            these = [it for it in entries if it.kind == kind and row in {of(it), "all"}]
            cells.append(f"{len(these) - len(wrong(these))}/{len(these)}")
        _print(row.ljust(10) + "".join(cell.rjust(14) for cell in cells))
    _print("")


def _fastest(text: str) -> float:
    """In milliseconds, the best of several runs."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        look(text)
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
