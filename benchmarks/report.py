"""What a run found, as a table on the screen and as JSON in a file."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures import OVER, Figure, number

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Result:
    """One section's figures, or why there are none."""

    section: str
    figures: Sequence[Figure] = ()
    seconds: float = 0.0
    failure: str | None = None


def render(results: Sequence[Result]) -> str:
    return "\n\n".join(_table(result) for result in results) + "\n\n" + summary(results)


def summary(results: Sequence[Result]) -> str:
    """One line: how many targets are met, which are not, and what could not be measured."""
    judged = [(result.section, it) for result in results for it in result.figures if it.target]
    over = [f"{section}: {it.name}" for section, it in judged if it.verdict == OVER]
    met = f"{len(judged) - len(over)} of {len(judged)} targets are met."
    lines = [met if judged else "None of these figures has a target."]
    lines += [f"over: {name}" for name in over]
    lines += [f"could not be measured: {it.section} ({it.failure})" for it in results if it.failure]
    return "\n".join(lines)


def _table(result: Result) -> str:
    if result.failure:
        return f"{result.section}: could not be measured: {result.failure}"
    # In the order in which the figures bring them.
    columns = list(dict.fromkeys(name for it in result.figures for name in it.statistics))
    heads = [result.section, "n", *columns, "unit", "target", ""]
    rows = [_cells(it, columns) for it in result.figures]
    widths = [max(len(row[place]) for row in [heads, *rows]) for place in range(len(heads))]
    lines = [_line(heads, widths), "-" * (sum(widths) + 2 * len(widths) - 2)]
    return "\n".join([*lines, *(_line(row, widths) for row in rows)])


def _cells(figure: Figure, columns: Iterable[str]) -> list[str]:
    values = [number(figure.statistics[it]) if it in figure.statistics else "" for it in columns]
    count = str(len(figure.samples)) if figure.samples else ""
    target = str(figure.target) if figure.target else ""
    return [figure.name, count, *values, figure.unit, target, figure.verdict or ""]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *numbers, unit, target, verdict = cells
    wide, *middle, unit_width, target_width, _ = widths
    parts = [first.ljust(wide), *(it.rjust(width) for it, width in zip(numbers, middle, strict=True))]
    return "  ".join([*parts, unit.ljust(unit_width), target.ljust(target_width), verdict]).rstrip()


def as_json(results: Sequence[Result], facts: Mapping[str, Any], *, quick: bool) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "quick": quick,
        "machine": dict(facts),
        "sections": [
            {
                "name": result.section,
                "seconds": round(result.seconds, 1),
                "failure": result.failure,
                "figures": [_figure(it) for it in result.figures],
            }
            for result in results
        ],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    target = figure.target
    return {
        "name": figure.name,
        "unit": figure.unit,
        "statistics": {name: round(value, 4) for name, value in figure.statistics.items()},
        "target": target
        and {"statistic": target.statistic, "limit": target.limit, "at_least": target.at_least},
        "verdict": figure.verdict,
        "samples": [round(value, 3) for value in figure.samples],
    }


def write(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", encoding="utf-8")
