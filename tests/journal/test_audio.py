import io

import numpy
import pytest
import soundfile

from bot.errors import AudioSilent, AudioTooLong, AudioUnreadable
from bot.journal import audio
from bot.journal.audio import clips, examine
from tests.recordings import recording, silence


@pytest.mark.parametrize(
    ("mime_type", "form", "codec", "rate"),
    [
        ("audio/ogg", "OGG", "OPUS", 48_000),
        ("audio/ogg; codecs=opus", "OGG", "OPUS", 16_000),
        ("audio/mpeg", "MP3", "MPEG_LAYER_III", 44_100),
        ("audio/wav", "WAV", "PCM_16", 8_000),
        ("audio/x-flac", "FLAC", "PCM_16", 44_100),
    ],
)
def test_readable_recordings(mime_type: str, form: str, codec: str, rate: int) -> None:
    data = recording(2, form=form, codec=codec, rate=rate)
    found = examine(data, mime_type)
    assert found.seconds == pytest.approx(2, abs=0.1)
    [clip] = clips(data, mime_type, found)
    assert (clip.data, clip.filename) == (data, f"note.{found.extension}")


@pytest.mark.parametrize(
    ("data", "mime_type"),
    [
        (b"", "audio/ogg"),
        (b"\x00" * 1000, "audio/ogg"),
        (b"OggS but nothing more", "audio/ogg"),
        (b"<html>", "audio/mpeg"),
        pytest.param(recording()[:40], "audio/ogg", id="cut off"),
        pytest.param(recording(), "audio/amr", id="unknown kind"),
        pytest.param(recording(), "", id="no kind"),
    ],
)
def test_unreadable_recordings(data: bytes, mime_type: str) -> None:
    with pytest.raises(AudioUnreadable):
        examine(data, mime_type)


def test_silence_is_told_from_a_quiet_voice() -> None:
    with pytest.raises(AudioSilent):
        examine(silence(3), "audio/ogg")
    assert examine(recording(3, loudness=0.02), "audio/ogg").seconds


@pytest.mark.parametrize("at", [0.0, 1.0, 1.7, 2.0, 2.1])
def test_a_tenth_of_a_second_is_enough(at: float) -> None:
    rate, samples = 1_000, numpy.zeros(2_150)
    samples[int(at * rate) :][:100] = 1.5 * audio.SILENCE
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format="WAV", subtype="FLOAT")
    assert examine(out.getvalue(), "audio/wav").seconds == 2.15


def test_hours_that_pack_into_few_bytes_are_not_decoded_to_their_end() -> None:
    data = silence(6 * 3600 + 10, form="FLAC", codec="PCM_16", rate=1_000)
    assert len(data) < audio.LARGEST
    with pytest.raises(AudioTooLong):
        examine(data, "audio/flac")


def test_a_truncated_recording_is_heard_as_far_as_it_goes() -> None:
    whole = recording(10)
    assert 0 < (examine(whole[: len(whole) // 2], "audio/ogg").seconds or 0) < 10


def test_what_only_the_vendor_can_decode_goes_to_the_vendor() -> None:
    found = examine(b"\x00\x00\x00\x20ftypM4A ", "audio/mp4")
    assert (found.extension, found.seconds) == ("m4a", None)


@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_a_long_recording_is_cut_and_its_silent_pieces_left_out(
    monkeypatch: pytest.MonkeyPatch, rate: int
) -> None:
    monkeypatch.setattr(audio, "CLIP_SECONDS", 20)
    monkeypatch.setattr(audio, "LONGEST_CLIP_SECONDS", 40)
    out = io.BytesIO()
    with soundfile.SoundFile(out, "w", rate, 1, format="FLAC", subtype="PCM_16") as sound:
        for loudness in (0.3, 0.0, 0.3):
            piece, _ = soundfile.read(
                io.BytesIO(recording(20, loudness=loudness, rate=rate, form="FLAC", codec="PCM_16"))
            )
            sound.write(piece)
    found = examine(out.getvalue(), "audio/flac")
    pieces = list(clips(out.getvalue(), "audio/flac", found))
    assert [round(piece.seconds or 0) for piece in pieces] == [20, 20]
    for piece in pieces:
        assert piece.filename == "note.ogg"
        assert soundfile.info(io.BytesIO(piece.data)).duration == pytest.approx(20, abs=0.5)
