import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.figures import Figure, Target, of_times
from benchmarks.run import Run
from benchmarks.sections import SECTIONS, Section

SEEN: list[Run] = []


async def measured(run: Run) -> list[Figure]:
    SEEN.append(run)
    (run.folder / "file").write_text("x")
    return [of_times("a thing", [run.count(2, 1)], target=Target(statistic="p95", limit=1))]


async def broken(_: Run) -> list[Figure]:
    raise TimeoutError("nobody answered")


GOOD = Section(about="what works", measure=measured)
SOME = {"good": GOOD, "broken": Section(about="what does not", measure=broken), "better": GOOD}


def test_a_section_that_breaks_costs_only_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", str(tmp_path / "out.json")], SOME) == 1
    sections = {it["name"]: it for it in json.loads((tmp_path / "out.json").read_text())["sections"]}
    assert list(sections) == ["good", "broken", "better"]
    assert sections["broken"]["failure"] == "TimeoutError: nobody answered"
    assert sections["better"]["figures"][0]["name"] == "a thing"
    assert "could not be measured: broken (TimeoutError: nobody answered)" in capsys.readouterr().out


def test_a_figure_over_its_target_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["good", "--json", str(tmp_path / "out.json")], SOME) == 0
    found = json.loads((tmp_path / "out.json").read_text())
    assert [it["name"] for it in found["sections"]] == ["good"]
    assert found["sections"][0]["figures"][0]["verdict"] == "over"
    assert found["machine"]["cores"] >= 1
    assert found["machine"]["postgres"].startswith("18.")
    assert "over: good: a thing" in capsys.readouterr().out


def test_a_quick_run_measures_less_and_cleans_up(tmp_path: Path) -> None:
    main(["good", "--quick", "--json", str(tmp_path / "out.json")], SOME)
    found = json.loads((tmp_path / "out.json").read_text())
    assert found["quick"] is True
    assert found["sections"][0]["figures"][0]["samples"] == [1000.0]
    assert not SEEN[-1].folder.exists()


def test_an_unknown_section_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["speed"], SOME)
    assert "there is no section speed; there are good, broken, better" in capsys.readouterr().err


def test_every_section_says_what_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert all(name in told and section.about in told for name, section in SECTIONS.items())
