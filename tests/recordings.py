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
    time = numpy.arange(int(seconds * rate)) / rate
    wave = loudness * numpy.sin(2 * numpy.pi * 220 * time) * (0.6 + 0.4 * numpy.sin(2 * numpy.pi * 3 * time))
    out = io.BytesIO()
    with soundfile.SoundFile(out, "w", rate, 1, format=form, subtype=codec) as sound:
        if says is not None:
            sound.title = says
        for start in range(0, len(wave), rate):
            sound.write(wave[start : start + rate].astype("float32"))
    return out.getvalue()


def silence(seconds: float = 1.0, **kind: Any) -> bytes:
    return recording(seconds, loudness=0.0, **kind)
