"""The process that draws the pictures, as `painter` starts it: it reads what to draw, answers with the PNG,
and ends when nobody can ask any more, as when the bot was killed."""

import logging
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from struct import Struct
from typing import BinaryIO

from bot.journal.charts import draw

# What is asked for, and what is answered, begin with their length.
LENGTH = Struct("!Q")
DRAWN, TROUBLE = b"+", b"-"
# The bot and its Postgres come first where the processor is short, though not so that a person who asked for
# a picture waits for ever.
NICER = 5


def main() -> None:
    os.nice(NICER)
    # A library that prints must not print into an answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    logging.disable()
    try:
        serve(sys.stdin.buffer, answers)
    except OSError:
        # Whoever asked is gone.
        os._exit(0)


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    while (question := take(questions.read)) is not None:
        # It was packed by the bot that started us: nobody else can write into this pipe.
        picture, theme = pickle.loads(question)  # noqa: S301
        try:
            answer = DRAWN + draw(picture, theme)
        except Exception as error:  # noqa: BLE001 - told to whoever asked
            answer = TROUBLE + _told(error).encode()
        give(answers.write, answer)
        answers.flush()


def take(read: Callable[[int], bytes]) -> bytes | None:
    """The next message; None at the end."""
    length = read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(length)
    message = read(size)
    return message if len(message) == size else None


def give(write: Callable[[bytes], object], message: bytes) -> None:
    write(LENGTH.pack(len(message)) + message)


def _told(error: BaseException) -> str:
    """Without the error's text, which may hold people's words."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f" at {Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else ""
    return f"{type(error).__name__}{where}"
