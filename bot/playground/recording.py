"""A sound file from the disk as a voice note: OGG/Opus, as Telegram's clients send it."""

import io
from pathlib import Path
from typing import Any

_RATE = 48_000  # Hz, mono: what Opus works in
_BLOCK = 10  # seconds held in memory at once


class UnreadableRecording(ValueError):
    """The message is for the person at the terminal."""


def voice_note(path: Path) -> bytes:
    """The file's bytes when it is OGG/Opus already, else converted. Raises UnreadableRecording, OSError."""
    import soundfile

    data = path.read_bytes()
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as source:
            if (source.format, source.subtype) == ("OGG", "OPUS"):
                return data
            return _converted(source)
    except soundfile.LibsndfileError as error:
        raise UnreadableRecording(f"{path.name} is not a recording that can be read") from error


def _converted(source: Any) -> bytes:
    import soundfile

    output = io.BytesIO()
    with soundfile.SoundFile(
        output, "w", samplerate=_RATE, channels=1, format="OGG", subtype="OPUS"
    ) as target:
        for block in source.blocks(source.samplerate * _BLOCK, dtype="float32", always_2d=True):
            target.write(_resampled(block.mean(axis=1), source.samplerate))
    return output.getvalue()


def _resampled(samples: Any, rate: int) -> Any:
    """By straight lines between samples, which is good enough to be understood."""
    import numpy

    if rate == _RATE or not len(samples):
        return samples
    count = round(len(samples) * _RATE / rate)
    places = numpy.arange(count) * (rate / _RATE)
    return numpy.interp(places, numpy.arange(len(samples)), samples).astype("float32")
