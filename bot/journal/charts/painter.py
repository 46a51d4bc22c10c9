"""The pictures are drawn by a process of their own, one for all bots of this process, started with the first.

Drawn in a thread they would hold the interpreter, for which everybody's entries and replies wait; and
matplotlib takes its memory there only. The process is asked by one thread, a picture at a time, in the order
in which pictures are asked for: a crowd's are to be asked for one after the other, so that a person's own
stands behind one of them at most. It holds nothing: killed, it is started anew. It ends with this one,
however that ends, because nobody holds the other end of its pipe then.
"""

import asyncio
import atexit
import json
import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer

from bot.journal.charts.painting import DRAWN, give, take
from bot.journal.charts.values import Picture, Theme

log = logging.getLogger(__name__)

# A process that was killed is no reason to be without a picture; one that dies of it each time is.
TRIES = 2
# Far longer than any picture takes, with matplotlib still to be loaded, on a machine with much else to do.
LONGEST = 30.0

ROOT = Path(__file__).parents[3]
# With this process's own way to its libraries, whatever that is.
BARE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from bot.journal.charts.painting import main; main()"
)
# Where programs, libraries and matplotlib's list of fonts are. No keys and tokens for it to inherit.
KNOWN = (
    *("PATH", "LD_LIBRARY_PATH", "HOME", "TMPDIR"),
    *("MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"),
)


class Painter:
    """`draw` is for one thread at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def draw(self, picture: Picture, theme: Theme) -> bytes | None:
        """None where it could not be drawn."""
        question = pickle.dumps((picture, theme))
        for _ in range(TRIES):
            answer = self._ask(question)
            if answer is None:
                self.stop()
            elif answer.startswith(DRAWN):
                return answer[len(DRAWN) :]
            else:
                log.error("a picture could not be drawn: %s", answer[1:].decode(errors="replace"))
                return None
        log.error("a picture was given up: the process that draws it was lost %d times", TRIES)
        return None

    def _ask(self, question: bytes) -> bytes | None:
        """None where the process was lost, or had to be killed."""
        try:
            process = self._process = self._process or _start()
            questions, answers = process.stdin, process.stdout
            assert questions is not None  # noqa: S101 - a pipe, as it was started
            assert answers is not None  # noqa: S101
            with _killed_after(LONGEST, process):
                give(questions.write, question)
                questions.flush()
                return take(answers.read)
        except OSError as error:
            log.warning("the process that draws: %s", type(error).__name__)
            return None

    def stop(self) -> None:
        """It has nothing to finish."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            # What it was not handed yet cannot be written any more.
            with suppress(OSError):
                process.communicate()


@contextmanager
def _killed_after(seconds: float, process: subprocess.Popen[bytes]) -> Iterator[None]:
    overdue = Timer(seconds, process.kill)
    overdue.daemon = True
    overdue.start()
    try:
        yield
    finally:
        overdue.cancel()


def _start() -> subprocess.Popen[bytes]:
    way = [str(ROOT), *(it for it in sys.path if it)]
    return subprocess.Popen(
        # One at a time on one core: numpy need not make threads.
        [sys.executable, "-I", "-S", "-c", BARE, json.dumps(way)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        # A Ctrl-C in the terminal is the bot's.
        start_new_session=True,
        env={name: os.environ[name] for name in KNOWN if name in os.environ} | {"OPENBLAS_NUM_THREADS": "1"},
    )


PAINTER = Painter()
_ASKS = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
atexit.register(PAINTER.stop)


async def drawn(picture: Picture, theme: Theme = "light") -> bytes | None:
    """The PNG that `draw` gives, too; None where it could not be drawn, which the log says."""
    return await asyncio.get_running_loop().run_in_executor(_ASKS, PAINTER.draw, picture, theme)
