"""Messages that are entries: text, voice notes, audio files, and anything with a caption."""

import re
from datetime import timedelta

from telegram import Message, Update

from bot.journal import phrases
from bot.journal.care import concern_of, is_grave
from bot.journal.message import Incoming, Kind, Sound
from bot.telegram.context import Context, album_slot, identity_of
from db.queries import apart, entries, people

_ASK = re.compile(r"^/ask(@\w+)?(?=\s|$)", re.IGNORECASE)


async def take_entry(update: Update, context: Context) -> None:
    message = update.effective_message
    if message is None:
        return
    if message.media_group_id:
        await context.silence(update, album_slot(message))
    if update.edited_message and not is_grave(await concern_of(message.text or "")):
        async with context.own(update) as session:
            if await apart.is_apart(session, message.chat.id, message.message_id):
                return
    await context.parts.journey.take(incoming_of(update), context.standing.user_id)


def incoming_of(update: Update, *, text: str | None = None, is_question: bool = False) -> Incoming:
    """The message of an update that has one, `text` in place of its own words where given."""
    message = update.effective_message
    if message is None:
        raise ValueError("an update without a message")
    kind, sound = _kind(message)
    earlier = message.reply_to_message
    return Incoming(
        identity=identity_of(update),
        message_id=message.message_id,
        kind=kind,
        text=(message.text or message.caption or listed(message)) if text is None else text,
        written_at=message.date,
        edited_at=message.edit_date if update.edited_message else None,
        sound=sound,
        is_forwarded=message.forward_origin is not None,
        reply_to=earlier.message_id if earlier else None,
        is_question=is_question or bool(_ASK.match(message.text or "")),
    )


async def take_edit(update: Update, context: Context) -> None:
    """An edit that leaves no words, or a command. The entry follows what its message says now; a
    message that is no entry does not become one by it."""
    message = update.effective_message
    if message is None:
        return
    who = identity_of(update)
    async with context.own(update) as session:
        person = await people.by_identity(session, who.telegram_id)
        entry = person and await entries.find_by_message(session, person, who.chat_id, message.message_id)
    if entry is None and (message.text or "").startswith("/"):
        # As bots do: what a command did once, an edit can't take back, and others must not do it twice.
        await context.answer_sparingly(update, phrases.EDITED_COMMAND, about="edited command")
    if entry:
        incoming = incoming_of(update, text=without_ask(message.text or "") or None)
        await context.parts.journey.take(incoming, context.standing.user_id)


def without_ask(text: str) -> str:
    """The question that a command asks, and any other text as it is."""
    return _ASK.sub("", text).strip()


def listed(message: Message) -> str:
    """What a poll asks, or a checklist tells, line by line."""
    if poll := message.poll:
        return "\n".join([poll.question, *(it.text for it in poll.options)])
    if checklist := message.checklist:
        return "\n".join([checklist.title, *(it.text for it in checklist.tasks)])
    return ""


def _kind(message: Message) -> tuple[Kind, Sound | None]:
    if message.text is not None or message.poll or message.checklist:
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
