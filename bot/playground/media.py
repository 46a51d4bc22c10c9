"""sendPhoto, sendDocument, sendVoice, sendAudio, sendMediaGroup, getFile."""

import mimetypes
import secrets
from pathlib import PurePosixPath
from typing import Any

from bot.playground.errors import bad_request
from bot.playground.files import FileStore, StoredFile
from bot.playground.images import picture_size
from bot.playground.parameters import Parameters, Upload
from bot.playground.sending import caption_content, shared_content
from bot.playground.world import World

Json = dict[str, Any]

_PHOTO_LIMIT = 10 * 1024 * 1024
_ALBUMS = ({"photo"}, {"document"}, {"audio"})


def send_photo(world: World, given: Parameters) -> Json:
    return _send(world, given, "photo")


def send_document(world: World, given: Parameters) -> Json:
    return _send(world, given, "document")


def send_voice(world: World, given: Parameters) -> Json:
    return _send(world, given, "voice")


def send_audio(world: World, given: Parameters) -> Json:
    return _send(world, given, "audio")


def send_media_group(world: World, given: Parameters, uploads: dict[str, Upload]) -> list[Json]:
    chat = world.writable_chat(given["chat_id"])
    items = given["media"]
    if not 2 <= len(items) <= 10:
        raise bad_request("there must be 2 to 10 media in an album")
    if {item["type"] for item in items} not in _ALBUMS:
        raise bad_request("Can't use the media of the specified type in the album")
    contents = [item_content(world.files, item, uploads) for item in items]
    shared = shared_content(world, chat, given) | {"media_group_id": str(secrets.randbits(63))}
    return [world.say(chat, content | shared).payload for content in contents]


def get_file(world: World, given: Parameters) -> Json:
    return world.files.for_download(given["file_id"])


def item_content(files: FileStore, item: Json, uploads: dict[str, Upload]) -> Json:
    """What an InputMedia makes of a Message. Raises ApiRefused (400)."""
    kind = item["type"]
    content = media_content(files, kind, item | {kind: item["media"]}, uploads) | caption_content(item)
    return content | ({"has_media_spoiler": True} if item.get("has_spoiler") else {})


def media_content(files: FileStore, kind: str, given: Parameters, uploads: dict[str, Upload]) -> Json:
    """The `photo`, `document`, `voice` or `audio` of a Message. Raises ApiRefused (400)."""
    source = given[kind]
    if isinstance(source, str) and source.startswith("attach://"):
        source = uploads.get(source.removeprefix("attach://"))
        if source is None:
            raise bad_request(f"there is no {kind} in the request")
    if isinstance(source, str):
        if source.startswith(("http://", "https://")):
            raise bad_request("Failed to get HTTP URL content")
        return {kind: _resent(files.by_id(source), kind, given)}
    if not source.data:
        raise bad_request("file must be non-empty")
    return {kind: stored_media(files, kind, source, given)}


def stored_media(
    files: FileStore, kind: str, upload: Upload, given: Parameters, *, size: int | None = None
) -> Any:
    """Keep the file and describe it: an Audio, Document or Voice object, or a list of PhotoSize."""
    if kind == "photo":
        return _stored_photo(files, upload, size)
    name = PurePosixPath(upload.filename).name or "file"
    suffix = ".oga" if kind == "voice" else PurePosixPath(name).suffix
    folder = {"voice": "voice", "audio": "music"}.get(kind, "documents")
    stored = files.add(upload.data, folder=folder, suffix=suffix, size=size)
    guessed = "audio/ogg" if kind == "voice" else mimetypes.guess_type(name)[0] or upload.content_type
    described: Json = {**stored.ids, "mime_type": guessed}
    if kind != "voice":
        described["file_name"] = name
    if kind in {"voice", "audio"}:
        described["duration"] = given.get("duration", 0)
    if kind == "audio":
        described |= {name: given[name] for name in ("performer", "title") if name in given}
    return described


def _send(world: World, given: Parameters, kind: str) -> Json:
    chat = world.writable_chat(given["chat_id"])
    uploads = {kind: given[kind]} if isinstance(given[kind], Upload) else {}
    content = media_content(world.files, kind, given, uploads) | caption_content(given)
    if given.get("has_spoiler"):
        content["has_media_spoiler"] = True
    return world.say(chat, content | shared_content(world, chat, given)).payload


def _stored_photo(files: FileStore, upload: Upload, size: int | None) -> list[Json]:
    """Telegram makes smaller copies; here there is one, in its own size."""
    if len(upload.data) > _PHOTO_LIMIT:
        raise bad_request(
            f"file of size {len(upload.data)} bytes is too big for a photo; the maximum size is "
            f"{_PHOTO_LIMIT} bytes",
        )
    measured = picture_size(upload.data)
    if measured is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = measured
    if width + height > 10_000 or not width or not height or max(width / height, height / width) > 20:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    stored = files.add(upload.data, folder="photos", suffix=".jpg", size=size)
    return [{**stored.ids, "width": width, "height": height}]


def _resent(stored: StoredFile, kind: str, given: Parameters) -> Any:
    if kind == "photo":
        width, height = picture_size(stored.data) or (0, 0)
        if not width:
            raise bad_request("can't use file of type Document as Photo")
        return [{**stored.ids, "width": width, "height": height}]
    if kind in {"voice", "audio"}:
        return {**stored.ids, "duration": given.get("duration", 0)}
    return stored.ids
