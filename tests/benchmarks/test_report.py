import json
from pathlib import Path

from benchmarks.figures import Figure, Target, of_times
from benchmarks.report import Result, as_json, render, summary, write

FAST = of_times("a fast thing", [0.01, 0.02], target=Target(statistic="p95", limit=60))
SLOW = of_times("a slow thing", [0.2], target=Target(statistic="p95", limit=60))
MEMORY = Figure(name="the bot", unit="MB", statistics={"memory": 123.4})
RESULTS = [
    Result(section="first", figures=[FAST, SLOW], seconds=1.26),
    Result(section="second", figures=[MEMORY]),
    Result(section="third", failure="Stopped: it ended"),
]


def test_the_table_has_a_line_for_every_figure() -> None:
    lines = render(RESULTS).splitlines()
    assert lines[0].split() == ["first", "n", "p50", "p95", "unit", "target"]
    assert lines[2].split() == ["a", "fast", "thing", "2", "10.0", "20.0", "ms", "p95", "<=", "60.0", "ok"]
    assert lines[3].split() == ["a", "slow", "thing", "1", "200", "200", "ms", "p95", "<=", "60.0", "over"]
    assert "second" in lines[5]
    assert "memory" in lines[5]
    assert lines[7].split() == ["the", "bot", "123", "MB"]


def test_its_columns_stand_below_each_other() -> None:
    head, rule, *rows = render(RESULTS[:1]).splitlines()[:4]
    assert all(row.index(" ms ") == head.index(" unit ") for row in rows)
    assert set(rule) == {"-"}
    assert len(rule) == max(map(len, [head, *rows])) or len(rule) >= len(rows[0])


def test_the_summary_names_what_is_over_and_what_is_missing() -> None:
    assert summary(RESULTS).splitlines() == [
        "1 of 2 targets are met.",
        "over: first: a slow thing",
        "could not be measured: third (Stopped: it ended)",
    ]


def test_the_file_holds_everything(tmp_path: Path) -> None:
    path = tmp_path / "new" / "figures.json"
    write(path, as_json(RESULTS, {"cores": 2}, quick=True))
    found = json.loads(path.read_text())
    assert found["quick"] is True
    assert found["machine"] == {"cores": 2}
    first, second, third = found["sections"]
    assert first["seconds"] == 1.3
    assert first["figures"][0] == {
        "name": "a fast thing",
        "unit": "ms",
        "statistics": {"p50": 10.0, "p95": 20.0},
        "target": {"statistic": "p95", "limit": 60, "at_least": False},
        "verdict": "ok",
        "samples": [10.0, 20.0],
    }
    assert second["figures"][0]["target"] is None
    assert third["figures"] == []
    assert third["failure"] == "Stopped: it ended"


def test_figures_without_targets_say_so() -> None:
    assert summary([Result(section="start")]) == "None of these figures has a target."
