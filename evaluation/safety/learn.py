"""Learns how much a text is like those of people in danger, from entries: `scripts/learn`.

A logistic regression over the pieces of a text, each weighed by how much more often it is found in entries of
crisis (naive Bayes, as Wang and Manning 2012 combine the two). Of an entry of several sentences only the
worst one need tell, and nobody says which: it is found with what was learned so far, and then learned from.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from bot.journal.safety.grammar import grammar
from bot.journal.safety.judging import Judged, judge
from bot.journal.safety.likeness import BITS, FEW, FILE, Pieces, Weights, believed, weigh, windows
from bot.journal.safety.matching import Tagged
from bot.journal.safety.reading import read
from evaluation.safety.entries import fingerprint, learned, of_file
from tests.journal.safety.labelled import CRISIS, HARMLESS, HELP, Labelled

WHAT = "Learn the likeness to words of crisis from the entries that are kept. With an option, only show."
# Chosen by the figures that this prints. Each piece counts as seen `UNSEEN` times more in both kinds.
STRENGTH, UNSEEN, ROUNDS, FOLDS = 20.0, 1.0, 2, 5
# What fewer parts have tells of these alone, and takes the place of what others will write.
ENTRIES = 2
# A weight is kept in one byte.
MOST = 127

Mask = NDArray[np.bool_]


class Entries:
    """Entries of crisis and harmless ones, and the pieces of each: of the whole, and of its parts."""

    def __init__(self, entries: Sequence[Labelled]) -> None:
        vocabulary = grammar().vocabulary
        told = [it for it in entries if it.kind in (*CRISIS, *HARMLESS)]
        readings = [read(it.text, vocabulary) for it in told]
        # A picture alone has no words.
        self.entries = [it for it, reading in zip(told, readings, strict=True) if reading.words]
        self.readings = [it for it in readings if it.words]
        self.is_crisis = np.array([it.kind in CRISIS for it in self.entries])
        wholes, parts, self.begins = [], [], [0]
        for reading in self.readings:
            pieces = Pieces(reading.words)
            wholes.append(pieces.of(0, len(reading.words)))
            parts += [pieces.of(first, stop) for first, stop in windows(reading.sentences)]
            self.begins.append(len(parts))
        self._wholes, self._parts = _matrix(wholes), _matrix(parts)

    def learn(self, which: NDArray[np.intp]) -> Weights:
        """From these entries only."""
        rows, are_crisis = self._wholes[which], self.is_crisis[which]
        learned = _fit(rows, are_crisis)
        for _ in range(ROUNDS):
            scores = self._parts @ learned.of.astype(np.float32) * learned.unit + learned.bias
            chosen: list[int] = []
            answers: list[bool] = []
            for entry in which:
                begin, end = self.begins[entry], self.begins[entry + 1]
                if self.is_crisis[entry]:
                    chosen.append(begin + int(np.argmax(scores[begin:end])))
                    answers.append(True)
                elif end - begin > 1:
                    chosen += range(begin, end)
                    answers += [False] * (end - begin)
            both = vstack([rows, self._parts[chosen]]).tocsr()
            learned = _fit(both, np.concatenate([are_crisis, np.array(answers, bool)]))
        return learned

    def learned_unseen(self) -> list[Weights]:
        """For each entry what is learned from the others, a fifth left out at a time."""
        found: dict[int, Weights] = {}
        folds = KFold(FOLDS, shuffle=True, random_state=0).split(self.entries)
        for fold, (others, these) in enumerate(folds, 1):
            sys.stderr.write(f"\rlearning, part {fold} of {FOLDS}")
            found |= dict.fromkeys(map(int, these), self.learn(others))
        sys.stderr.write("\n")
        return [found[it] for it in range(len(self.entries))]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/learn", description=WHAT)
    parser.add_argument("--show", action="store_true", help="what it is worth on entries left out")
    parser.add_argument("--try-on", type=Path, help="the same on a file of entries")
    parser.add_argument("--without", metavar="PART", help="the same on a part of the labelled entries")
    options = parser.parse_args(arguments)
    every = learned()
    entries = Entries([it for it in every if it.part != options.without])
    if options.show:
        _show("each from the others", entries, entries.learned_unseen())
        return 0
    found = entries.learn(np.arange(len(entries.entries)))
    if options.try_on:
        tried = Entries(of_file(options.try_on))
        _show(options.try_on.name, tried, [found] * len(tried.entries))
    if options.without:
        left = Entries([it for it in every if it.part == options.without])
        _show(options.without, left, [found] * len(left.entries))
    if not (options.try_on or options.without):
        np.savez_compressed(FILE, **found._asdict(), learned_from=fingerprint())
    return 0


def _matrix(rows: Sequence[NDArray[np.intp]]) -> Any:
    """A row for each, by the numbers of its pieces."""
    values = [np.full(len(row), 1 / np.sqrt(len(row) + FEW)) for row in rows]
    begins = np.cumsum([0, *(len(row) for row in rows)])
    made = csr_matrix((np.concatenate(values), np.concatenate(rows), begins), shape=(len(rows), 1 << BITS))
    made.sum_duplicates()
    return made


def _fit(rows: Any, are_crisis: Mask) -> Weights:
    has = rows > 0
    found = np.flatnonzero(np.asarray(has.sum(axis=0)).ravel() >= ENTRIES)
    has, rows = has[:, found], rows[:, found]
    crisis, harmless = (UNSEEN + np.asarray(has[of].sum(axis=0)).ravel() for of in (are_crisis, ~are_crisis))
    told = np.log((crisis / crisis.sum()) / (harmless / harmless.sum()))
    model = LogisticRegression(C=STRENGTH, max_iter=3000).fit(rows @ diags(told), are_crisis)
    weights = np.zeros(1 << BITS)
    weights[found] = model.coef_[0] * told
    unit = float(np.abs(weights).max()) / MOST
    return Weights(np.round(weights / unit).astype(np.int8), unit, float(model.intercept_[0]))


def _show(name: str, entries: Entries, learned: Sequence[Weights]) -> None:
    """Help by kind, by patterns alone, by likeness alone, and by both; `learned` is for each entry."""
    rules = grammar()
    seen = [judge(Tagged(it, rules), rules) for it in entries.readings]
    each = list(zip(entries.readings, learned, seen, strict=True))
    for head, helped in {
        "patterns": [bool(it) and it[0].concern in HELP for it in seen],
        "likeness": [_helps(believed([], weigh(reading, its))) for reading, its, _ in each],
        "both": [_helps(believed(judged, weigh(reading, its, judged))) for reading, its, judged in each],
    }.items():
        told = "".join(f"  {kind} {_share(entries.entries, helped, kind)}" for kind in (*CRISIS, *HARMLESS))
        sys.stdout.write(f"{name}, {head}:{told}\n")


def _helps(found: Judged | None) -> bool:
    return found is not None and found.concern in HELP


def _share(entries: Sequence[Labelled], helped: Sequence[bool], kind: str) -> str:
    these = [it for entry, it in zip(entries, helped, strict=True) if entry.kind == kind]
    return f"{sum(these)}/{len(these)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
