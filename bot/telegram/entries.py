"""Messages that are entries: text, voice notes, audio files, and anything with a caption."""

from datetime import timedelta

from telegram import Message, Update

from bot.journal.message import Incoming, Kind, Sound
from bot.telegram.context import Context, identity_of


async def take_entry(update: Update, context: Context) -> None:
    message = update.effective_message
    if message is None:
        return
    kind, sound = _kind(message)
    await context.parts.journey.take(
        Incoming(
            identity=identity_of(update),
            message_id=message.message_id,
            kind=kind,
            text=message.text or message.caption or "",
            written_at=message.date,
            edited_at=message.edit_date if update.edited_message else None,
            sound=sound,
            is_forwarded=message.forward_origin is not None,
        )
    )


def _kind(message: Message) -> tuple[Kind, Sound | None]:
    if message.text is not None:
        return "text", None
    if voice := message.voice:
        return "voice", Sound(
            file_id=voice.file_id,
            mime_type=voice.mime_type or "audio/ogg",
            bytes=voice.file_size,
            seconds=_seconds(voice.duration),
        )
    if audio := message.audio:
        return "audio", Sound(
            file_id=audio.file_id,
            mime_type=audio.mime_type or "audio/mpeg",
            bytes=audio.file_size,
            seconds=_seconds(audio.duration),
        )
    document = message.document
    if document and (document.mime_type or "").startswith("audio/"):
        return "audio", Sound(
            file_id=document.file_id,
            mime_type=document.mime_type or "",
            bytes=document.file_size,
            seconds=None,
        )
    if document:
        return "document", None
    return ("photo", None) if message.photo else ("video", None)


def _seconds(duration: int | timedelta | None) -> float | None:
    return duration.total_seconds() if isinstance(duration, timedelta) else duration
