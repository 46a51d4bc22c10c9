"""Recordings: whether there is anything to hear in one, and cutting a long one into clips."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.ai.protocols import AudioClip
from bot.errors import AudioSilent, AudioTooLong, AudioUnreadable

# soundfile and numpy are loaded by the functions that need them: they take a tenth of a second, and most
# starts have nothing to hear.
if TYPE_CHECKING:
    from soundfile import SoundFile

# What the vendors take, by type; the extension tells them the format.
EXTENSIONS = {
    "audio/ogg": "ogg",
    "audio/opus": "ogg",
    "application/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/vnd.wave": "wav",
    "audio/flac": "flac",
    "audio/x-flac": "flac",
    "audio/mp4": "m4a",
    "audio/m4a": "m4a",
    "audio/x-m4a": "m4a",
    "audio/aac": "m4a",
    "audio/webm": "webm",
    "video/mp4": "mp4",
    "video/webm": "webm",
}
DECODABLE = {"ogg", "mp3", "wav", "flac"}
LARGEST = 20 * 1024 * 1024
# Hours of silence pack into a few bytes, and take minutes to decode.
LONGEST_SECONDS = 6 * 3600
OPUS_RATES = {8000, 12000, 16000, 24000, 48000}
CLIP_SECONDS = 600
LONGEST_CLIP_SECONDS = 1200
# Loudness below which a tenth of a second counts as silent: -54 dB of full scale, under any speech.
SILENCE = 0.002
# As many tenths of a second are read at a time: one by one, the calls take longer than the decoding.
AT_ONCE = 10


@dataclass(frozen=True, kw_only=True)
class Recording:
    """`seconds` is None where the format can't be decoded here and the vendor must judge it."""

    extension: str
    seconds: float | None


def examine(data: bytes, mime_type: str) -> Recording:
    """Look at a whole recording. Blocks: call it in a thread.

    Raises `AudioUnreadable` for what is broken or of an unknown kind, `AudioTooLong` beyond six
    hours, `AudioSilent` where no tenth of a second is loud enough to be speech.
    """
    import soundfile

    extension = EXTENSIONS.get(mime_type.partition(";")[0].strip().lower())
    if not data or extension is None:
        raise AudioUnreadable("empty" if not data else "unknown kind of recording")
    if extension not in DECODABLE:
        return Recording(extension=extension, seconds=None)
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as sound:
            frames, loudest = _listen(sound)
            seconds = frames / sound.samplerate
    except soundfile.LibsndfileError as error:
        raise AudioUnreadable(f"not decodable: code {error.code}") from None
    if not frames:
        raise AudioUnreadable("no sound in it")
    if loudest < SILENCE:
        raise AudioSilent("nothing but silence")
    return Recording(extension=extension, seconds=seconds)


def _listen(sound: "SoundFile") -> tuple[int, float]:
    """Frames that can be decoded, and the root mean square of the loudest tenth of a second."""
    tenth, frames, loudest = _tenth(sound), 0, 0.0
    for block in sound.blocks(blocksize=AT_ONCE * tenth, dtype="float32", always_2d=True):
        frames += len(block)
        if frames > LONGEST_SECONDS * sound.samplerate:
            raise AudioTooLong("over six hours")
        loudest = max(loudest, _loudest(block, tenth))
    return frames, loudest


def clips(data: bytes, mime_type: str, recording: Recording) -> Iterator[AudioClip]:
    """The recording in pieces that a transcriber takes: itself, or OGG of ten minutes each where
    it is longer than twenty, without pieces that are silent. Blocks: use it in a thread."""
    if recording.seconds is None or recording.seconds <= LONGEST_CLIP_SECONDS:
        name = f"note.{recording.extension}"
        yield AudioClip(data=data, filename=name, mime_type=mime_type, seconds=recording.seconds)
        return
    import soundfile

    with soundfile.SoundFile(io.BytesIO(data)) as sound:
        while True:
            clip, seconds, loudest = _next_clip(sound)
            if not seconds:
                return
            if loudest >= SILENCE:
                yield AudioClip(data=clip, filename="note.ogg", mime_type="audio/ogg", seconds=seconds)


def _next_clip(sound: "SoundFile") -> tuple[bytes, float, float]:
    import soundfile

    out = io.BytesIO()
    tenth, frames, loudest = _tenth(sound), 0, 0.0
    codec = "OPUS" if sound.samplerate in OPUS_RATES else "VORBIS"
    with soundfile.SoundFile(
        out, "w", samplerate=sound.samplerate, channels=sound.channels, format="OGG", subtype=codec
    ) as clip:
        while frames < CLIP_SECONDS * sound.samplerate:
            block = sound.read(AT_ONCE * tenth, dtype="float32", always_2d=True)
            if not len(block):
                break
            frames += len(block)
            loudest = max(loudest, _loudest(block, tenth))
            clip.write(block)
    return out.getvalue(), frames / sound.samplerate, loudest


def _tenth(sound: "SoundFile") -> int:
    """The frames of a tenth of a second."""
    return max(int(sound.samplerate) // 10, 1)


def _loudest(block: Any, tenth: int) -> float:
    """The root mean square of the loudest `tenth` frames of an array of samples, a row each."""
    import numpy

    squares = numpy.square(block)
    whole = len(block) - len(block) % tenth
    means = squares[:whole].reshape(-1, tenth * block.shape[1]).mean(axis=1)
    rest = squares[whole:].mean() if len(block) > whole else 0.0
    return float(numpy.sqrt(max(means.max(initial=0.0), rest)))
