import io

import numpy
import pytest
import soundfile
from openai import AsyncOpenAI

from bot.ai.openai import OpenAITranscriber
from bot.ai.protocols import AudioClip
from bot.errors import MindGarbled, MindRejected
from tests.vendors import Fault, OpenAIServer, Upload


def recording(said: str, seconds: float = 1.5) -> bytes:
    """An OGG/Opus file with a tone in it, its words in the title for the server to find."""
    file = io.BytesIO()
    tone = numpy.sin(numpy.arange(int(seconds * 16_000)) / 12) * 0.2
    with soundfile.SoundFile(file, "w", 16_000, 1, format="OGG", subtype="OPUS") as sound:
        sound.title = said
        sound.write(tone)
    return file.getvalue()


def clip(data: bytes, filename: str = "AwADBAAD.oga", seconds: float | None = 1.5) -> AudioClip:
    return AudioClip(data=data, filename=filename, mime_type="audio/ogg", seconds=seconds)


async def test_words_and_minutes(openai_server: OpenAIServer, openai_client: AsyncOpenAI) -> None:
    data = recording("Slept six hours, mood seven")
    found = await OpenAITranscriber(openai_client).transcribe(clip(data))
    assert found.text == "Slept six hours, mood seven"
    assert found.usage.model == "gpt-transcribe"
    assert found.usage.audio_seconds == 2.0  # the vendor counts whole seconds
    sent = openai_server.requests[-1].body
    assert sent == {
        "model": "gpt-transcribe",
        "response_format": "json",
        "file": Upload(filename="recording.ogg", content_type="audio/ogg", data=data),
    }


@pytest.mark.parametrize(
    ("filename", "sent", "mime_type"),
    [
        ("note.OGA", "recording.ogg", "audio/ogg"),
        ("Запись для мамы.opus", "recording.ogg", "audio/ogg"),
        ("memo.m4a", "recording.m4a", "audio/mp4"),
        ("memo.mp3", "recording.mp3", "audio/mpeg"),
        ("clip.mpga", "recording.mpga", "audio/ogg"),
    ],
)
async def test_names_are_ones_the_vendor_knows_and_nobodys_own(
    filename: str, sent: str, mime_type: str, openai_server: OpenAIServer, openai_client: AsyncOpenAI
) -> None:
    openai_server.hear("hello")
    await OpenAITranscriber(openai_client).transcribe(clip(b"sound", filename))
    upload = openai_server.requests[-1].body["file"]
    assert (upload.filename, upload.content_type) == (sent, mime_type)


async def test_silence_is_an_empty_text(openai_server: OpenAIServer, openai_client: AsyncOpenAI) -> None:
    openai_server.hear("  ")
    found = await OpenAITranscriber(openai_client).transcribe(clip(b"sound"))
    assert found.text == ""


async def test_without_the_vendors_count_the_clips_own_length_counts(
    openai_server: OpenAIServer, openai_client: AsyncOpenAI
) -> None:
    openai_server.hear("hello")
    found = await OpenAITranscriber(openai_client).transcribe(clip(b"not a recording", seconds=61.0))
    assert found.usage.audio_seconds == 61.0


async def test_whisper_can_be_chosen(openai_server: OpenAIServer, openai_client: AsyncOpenAI) -> None:
    found = await OpenAITranscriber(openai_client, model="whisper-1").transcribe(clip(recording("hello")))
    assert (found.text, found.usage.model) == ("hello", "whisper-1")


@pytest.mark.parametrize(
    ("data", "filename", "reason"),
    [
        (b"not a recording", "note.oga", "HTTP 400, invalid_value"),
        (b"sound", "note.aiff", "HTTP 400, unsupported_file"),
        (b"\0" * (25 * 1024 * 1024 + 1), "note.ogg", "HTTP 413, server_error"),
    ],
)
async def test_a_file_that_the_vendor_refuses(
    data: bytes, filename: str, reason: str, openai_client: AsyncOpenAI
) -> None:
    with pytest.raises(MindRejected, match=reason):
        await OpenAITranscriber(openai_client).transcribe(clip(data, filename))


async def test_a_clip_too_short(openai_client: AsyncOpenAI) -> None:
    with pytest.raises(MindRejected, match="HTTP 400, audio_too_short"):
        await OpenAITranscriber(openai_client).transcribe(clip(recording("hi", seconds=0.05)))


@pytest.mark.parametrize("kind", ["html", "empty", "invalid_json"])
async def test_what_is_no_transcript_is_garbled(
    kind: str, openai_server: OpenAIServer, openai_client: AsyncOpenAI
) -> None:
    openai_server.next(Fault(kind=kind))  # type: ignore[arg-type]
    with pytest.raises(MindGarbled):
        await OpenAITranscriber(openai_client).transcribe(clip(b"sound"))
