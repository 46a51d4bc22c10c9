"""Real recordings, made for the tests."""

import io
from typing import Any

import numpy
import soundfile


def recording(
    seconds: float = 1.0,
    *,
    says: str | None = None,
    loudness: float = 0.3,
    rate: int = 48_000,
    form: str = "OGG",
    codec: str | None = "OPUS",
) -> bytes:
    """A warbling tone; `says` stands in the title, where a test's transcriber finds it."""
    out = io.BytesIO()
    with soundfile.SoundFile(out, "w", rate, 1, format=form, subtype=codec) as sound:
        if says is not None:
            sound.title = says
        frames = int(seconds * rate)
        for start in range(0, frames, rate):
            time = numpy.arange(start, min(start + rate, frames)) / rate
            sound.write(_wave(time, loudness).astype("float32"))
    return out.getvalue()


def _wave(time: Any, loudness: float) -> Any:
    if not loudness:
        return numpy.zeros(len(time))
    warble = 0.6 + 0.4 * numpy.sin(2 * numpy.pi * 3 * time)
    return loudness * numpy.sin(2 * numpy.pi * 220 * time) * warble


def silence(seconds: float = 1.0, **kind: Any) -> bytes:
    return recording(seconds, loudness=0.0, **kind)
