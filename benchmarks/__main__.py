"""`scripts/bench [SECTION …] [--quick] [--json FILE]`: measure, show a table, keep the figures in a file."""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import machine, report
from benchmarks.progress import Progress
from benchmarks.report import Result
from benchmarks.run import Run
from benchmarks.sections import SECTIONS, Section

log = logging.getLogger("benchmarks")

RESULTS = machine.ROOT / "bench-results"


def main(arguments: Sequence[str] | None = None, sections: Mapping[str, Section] = SECTIONS) -> int:
    """0, also where a target is missed: machines differ. 1 where something could not be measured."""
    options = parse(arguments, sections)
    logging.basicConfig(level=logging.WARNING)
    facts = machine.facts()
    chosen = {name: sections[name] for name in options.sections or sections}
    results = asyncio.run(measure(chosen, quick=options.quick))
    facts["load_at_the_end"] = machine.load()
    path = options.json or RESULTS / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    report.write(path, report.as_json(results, facts, quick=options.quick))
    print("\n".join(f"{name}: {value}" for name, value in facts.items()), end="\n\n")
    print(report.render(results))
    print(f"figures: {path}")
    return int(any(it.failure for it in results))


def parse(arguments: Sequence[str] | None, sections: Mapping[str, Section]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="How fast Daybook is on this machine. Without a section, all of them.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {name:10} {it.about}" for name, it in sections.items()),
    )
    parser.add_argument("sections", nargs="*", metavar="section", help=f"of {', '.join(sections)}")
    parser.add_argument("--quick", action="store_true", help="fewer measurements and fewer rows")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the figures go")
    options = parser.parse_args(arguments)
    for name in options.sections:
        if name not in sections:
            parser.error(f"there is no section {name}; there are {', '.join(sections)}")
    return options


async def measure(sections: Mapping[str, Section], *, quick: bool) -> list[Result]:
    progress = Progress()
    found = [await one(name, it, quick=quick, progress=progress) for name, it in sections.items()]
    progress.end()
    return found


async def one(name: str, section: Section, *, quick: bool, progress: Progress) -> Result:
    """What keeps one section from measuring must not cost the figures of the others."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as folder:
        try:
            figures = await section.measure(Run(folder=Path(folder), quick=quick, progress=progress))
        except Exception as error:
            log.exception("%s could not be measured", name)
            failure = f"{type(error).__name__}: {error}".rstrip(": ")
            return Result(section=name, failure=failure, seconds=time.perf_counter() - begun)
    return Result(section=name, figures=figures, seconds=time.perf_counter() - begun)


if __name__ == "__main__":
    sys.exit(main())
