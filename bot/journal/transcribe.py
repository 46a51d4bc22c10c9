"""Voice to text: fetch the audio, keep the original, turn it into words."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from bot.ai.protocols import AudioClip, Transcriber, Transcript, Usage
from bot.errors import (
    AudioError,
    AudioSilent,
    AudioTooLarge,
    AudioTooLong,
    AudioUnreadable,
    DeliveryRefused,
)
from bot.journal import audio
from bot.journal.message import Draft, Sender, clean
from db.audio import AudioStore
from db.queries.entries import EntryRecord


async def keep_original(entry: EntryRecord, sender: Sender, store: AudioStore) -> str:
    """Fetch the recording from Telegram and put it into the store; its URL there.

    Raises `AudioTooLarge` without fetching where it is over 20 MB.
    """
    if entry.audio_file_id is None:
        raise AudioUnreadable("no recording in it")
    if entry.audio_bytes is not None and entry.audio_bytes > audio.LARGEST:
        raise AudioTooLarge("over 20 MB")
    try:
        data = await sender.fetch(entry.audio_file_id)
    except DeliveryRefused:
        raise AudioUnreadable("Telegram does not have it any more") from None
    if not data:
        raise AudioUnreadable("empty")
    mime_type = (entry.audio_mime_type or "").partition(";")[0].lower()
    extension = audio.EXTENSIONS.get(mime_type, "bin")
    path = f"{recordings(entry.user_id, entry.written_at, entry.id)}{entry.version}.{extension}"
    return await store.put(path, data)


def recordings(user_id: UUID, written_at: datetime, entry_id: UUID) -> str:
    """How the paths of all recordings of an entry begin; the version follows."""
    return f"{user_id}/{written_at:%Y/%m}/{entry_id}.v"


async def transcribe(
    data: bytes, mime_type: str, transcriber: Transcriber, draft: Draft
) -> tuple[Transcript, float | None]:
    """The words of a whole recording, and its length in seconds where it can be told."""
    recording = await asyncio.to_thread(audio.examine, data, mime_type)
    pieces: list[str] = []
    usage = Usage(model=transcriber.model)
    clips = audio.clips(data, mime_type, recording)
    while (clip := await asyncio.to_thread(_next, clips)) is not None:
        if pieces:
            draft.show(f"🎙 Listening… {' '.join(pieces)[-200:]}")
        heard = await transcriber.transcribe(clip)
        usage = Usage(
            model=heard.usage.model,
            input_tokens=usage.input_tokens + heard.usage.input_tokens,
            output_tokens=usage.output_tokens + heard.usage.output_tokens,
            audio_seconds=usage.audio_seconds + (clip.seconds or 0.0),
        )
        pieces.append(clean(heard.text).strip())
    text = " ".join(piece for piece in pieces if piece)
    if not text:
        raise AudioSilent("no words in it")
    return Transcript(text=text, usage=usage), recording.seconds


def _next(clips: Iterator[AudioClip]) -> AudioClip | None:
    return next(clips, None)


def problem_code(error: AudioError) -> str:
    """What `journal_entries.problem` says."""
    codes = {
        AudioTooLarge: "audio_too_large",
        AudioTooLong: "audio_too_long",
        AudioSilent: "audio_silent",
    }
    return codes.get(type(error), "audio_unreadable")
