import asyncio
import os
import sys
from pathlib import Path

import pytest

from benchmarks import proc
from benchmarks.processes import Stopped, environment, python
from db.embedded import EmbeddedPostgres

ECHO = "import sys\nfor line in sys.stdin:\n    print('heard', line, end='', flush=True)\n"
FAILING = "import sys\nprint('ready', flush=True)\nsys.stdin.readline()\nsys.exit('no disk')\n"
WAITING = "import time\nprint('ready', flush=True)\ntime.sleep(600)\n"


COMPUTING = """
import time
while time.process_time() < 0.5: pass
print(time.process_time(), flush=True)
time.sleep(600)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "echoes.py").write_text(ECHO)
    (tmp_path / "fails.py").write_text(FAILING)
    (tmp_path / "waits.py").write_text(WAITING)
    (tmp_path / "computes.py").write_text(COMPUTING)
    return tmp_path


def command_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


async def test_lines_go_in_and_come_out(folder: Path) -> None:
    async with python("echoes", folder=folder) as program:
        await program.told("one")
        await program.told("two")
        assert [await program.line(), await program.line()] == ["heard one", "heard two"]
        await program.ends()
    assert program.process.returncode == 0


async def test_who_waits_for_a_program_that_ends_hears_why(folder: Path) -> None:
    async with python("fails", folder=folder) as program:
        await program.line()
        await program.told("go")
        with pytest.raises(Stopped, match="fails ended with 1: no disk"):
            await program.while_alive(asyncio.Event().wait())
        with pytest.raises(Stopped, match="no disk"):
            await program.line()


async def test_an_end_that_fails_is_no_end(folder: Path) -> None:
    async with python("fails", folder=folder) as program:
        with pytest.raises(Stopped, match="no disk"):
            await program.ends()


async def test_work_that_a_program_outlives_is_done(folder: Path) -> None:
    async with python("waits", folder=folder) as program:
        assert await program.while_alive(asyncio.sleep(0, "done")) == "done"


async def test_a_program_is_stopped_at_the_end(folder: Path) -> None:
    async with python("waits", folder=folder) as program:
        await program.line()
    assert program.process.returncode is not None


def test_programs_get_no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    found = environment({"HTTP_PORT": "0"})
    assert "ANTHROPIC_API_KEY" not in found
    assert found["HTTP_PORT"] == "0"
    assert found["PATH"] == os.environ["PATH"]


def test_the_parent_is_read_past_any_name() -> None:
    assert proc.parent("42 (a) b (c) S 7 42 42 0 -1 4194560") == 7


@pytest.mark.skipif(not proc.PROC.exists(), reason="there is no /proc")
async def test_memory_of_this_process_and_its_children(folder: Path) -> None:
    async with python("waits", folder=folder) as program:
        await program.line()
        assert program.pid in proc.family(os.getpid())
        assert 1 < proc.resident(program.pid) < proc.resident(os.getpid())
        together = proc.shared_out([os.getpid(), program.pid])
        assert proc.shared_out([program.pid]) < together
        assert together <= proc.resident(os.getpid()) + proc.resident(program.pid)


@pytest.mark.skipif(not proc.PROC.exists(), reason="there is no /proc")
async def test_the_processors_time_is_the_programs_own(folder: Path) -> None:
    async with python("computes", folder=folder) as program:
        own = float(await program.line())
        # The system counts in hundredths of a second.
        assert proc.computed(program.pid) == pytest.approx(own, abs=0.05)


@pytest.mark.skipif(not proc.PROC.exists(), reason="there is no /proc")
async def test_the_embedded_postgres_is_found_with_all_its_processes(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path / "postgres", settings={"fsync": "off"}):
        pids = proc.postgres(tmp_path / "postgres")
        commands = [command_of(pid) for pid in pids]
    assert sys.executable.encode() in commands[0]
    assert b"bin/postgres" in commands[1]
    assert sum(it.startswith(b"postgres: ") for it in commands) >= 3
