"""What every section is handed."""

from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.progress import Progress


@dataclass(frozen=True, kw_only=True)
class Run:
    """`folder` is new and removed after the section; `quick` asks for smaller numbers."""

    folder: Path
    quick: bool = False
    progress: Progress = field(default_factory=Progress)

    def count(self, whole: int, quick: int) -> int:
        return quick if self.quick else whole
