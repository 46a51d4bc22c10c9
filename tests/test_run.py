"""scripts/run, from wherever and by whatever name it is called."""

import subprocess
from pathlib import Path

import pytest

RUN = Path(__file__).parent.parent / "scripts" / "run"


@pytest.mark.parametrize("kind", ["file", "link", "link to a link", "link to the folder"])
def test_it_finds_the_project(tmp_path: Path, kind: str) -> None:
    command = RUN
    folder = tmp_path / "a folder"
    folder.mkdir()
    if kind.startswith("link to the folder"):
        (folder / "daybook").symlink_to(RUN.parent)
        command = folder / "daybook" / "run"
    elif kind.startswith("link"):
        command = folder / "daybook"
        command.symlink_to(RUN)
    if kind == "link to a link":
        command = tmp_path / "diary"
        command.symlink_to(Path("a folder", "daybook"))
    done = subprocess.run([command, "--help"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: python -m bot [-h] [command]")
