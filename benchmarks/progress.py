"""A line that tells how far a run is: a bar on a terminal, elsewhere a line at every quarter."""

import sys
from typing import TextIO

WIDTH = 30
QUARTERS = 4


class Progress:
    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._is_terminal = self._stream.isatty()
        self._label = ""
        self._done = self._total = 0

    def begin(self, label: str, total: int) -> None:
        """`total` steps of `label` come now. What was begun before is over."""
        self.end()
        self._label, self._done, self._total = label, 0, total
        self._show()

    def step(self, steps: int = 1) -> None:
        before, self._done = self._done, min(self._done + steps, self._total)
        if self._is_terminal or quarter(before, self._total) != quarter(self._done, self._total):
            self._show()

    def end(self) -> None:
        if self._is_terminal and self._label:
            self._write("\n")
        self._label = ""

    def _show(self) -> None:
        told = f"{self._label}  {self._done:,} of {self._total:,}"
        if not self._is_terminal:
            self._write(f"· {told}\n")
            return
        filled = WIDTH * self._done // self._total if self._total else WIDTH
        self._write(f"\r\x1b[K[{'#' * filled}{'.' * (WIDTH - filled)}] {told}")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def quarter(done: int, total: int) -> int:
    return QUARTERS * done // total if total else QUARTERS
