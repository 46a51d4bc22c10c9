import io

import pytest

from benchmarks.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_bar_grows_in_its_line() -> None:
    screen = Terminal()
    progress = Progress(screen)
    progress.begin("loading", 4)
    progress.step(2)
    progress.step(2)
    progress.end()
    lines = screen.getvalue().split("\r\x1b[K")
    assert lines[1:] == [
        f"[{'.' * 30}] loading  0 of 4",
        f"[{'#' * 15}{'.' * 15}] loading  2 of 4",
        f"[{'#' * 30}] loading  4 of 4\n",
    ]


def test_elsewhere_every_quarter_is_a_line() -> None:
    screen = io.StringIO()
    progress = Progress(screen)
    progress.begin("asking", 1000)
    for _ in range(1000):
        progress.step()
    progress.end()
    assert screen.getvalue().splitlines() == [
        f"· asking  {done} of 1,000" for done in ("0", "250", "500", "750", "1,000")
    ]


@pytest.mark.parametrize("screen", [Terminal(), io.StringIO()])
def test_more_steps_than_were_told_show_as_done(screen: io.StringIO) -> None:
    progress = Progress(screen)
    progress.begin("asking", 3)
    progress.step(5)
    assert screen.getvalue().rstrip("\n").endswith("3 of 3")


def test_what_has_no_steps_is_done_at_once() -> None:
    screen = Terminal()
    Progress(screen).begin("nothing", 0)
    assert "#" * 30 in screen.getvalue()
