"""Files both ways."""

import io
from pathlib import Path

import pytest
from telegram import Bot, InputMediaDocument, InputMediaPhoto
from telegram.error import BadRequest, InvalidToken

from bot.playground.files import DOWNLOAD_LIMIT
from bot.playground.images import picture_size
from bot.playground.person import Person
from bot.playground.samples import png
from bot.playground.server import BotApiServer

from .conftest import Caller

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b080002000301011100")


async def test_a_voice_note_reaches_the_bot(bot: Bot, person: Person) -> None:
    await person.speaks(b"OggS...", duration=4, caption="at the /start")
    [update] = await bot.get_updates()
    assert update.message is not None
    sent = update.message.to_dict()
    assert sent["caption"] == "at the /start"
    voice = sent["voice"]
    assert (voice["duration"], voice["mime_type"], voice["file_size"]) == (4, "audio/ogg", 7)
    file = await bot.get_file(voice["file_id"])
    assert file.file_path is not None
    assert file.file_path.endswith(".oga")
    assert await file.download_as_bytearray() == b"OggS..."


async def test_the_length_of_a_voice_note_is_measured(person: Person, tmp_path: Path) -> None:
    import numpy
    import soundfile

    sound = io.BytesIO()
    soundfile.write(sound, numpy.zeros(48_000 * 3), 48_000, format="OGG", subtype="OPUS")
    assert (await person.speaks(sound.getvalue())).payload["voice"]["duration"] == 3
    path = tmp_path / "note.oga"
    path.write_bytes(sound.getvalue())
    assert (await person.speaks(path)).payload["voice"]["duration"] == 3
    assert (await person.speaks(b"noise")).payload["voice"]["duration"] == 0
    assert (await person.speaks(b"")).payload["voice"]["file_size"] == 0


async def test_a_file_that_is_too_big_to_fetch(call: Caller, person: Person) -> None:
    fits = await person.speaks(b"x", size=DOWNLOAD_LIMIT)
    await call("getFile", file_id=fits.payload["voice"]["file_id"])
    big = await person.speaks(b"x", size=DOWNLOAD_LIMIT + 1)
    refusal = await call.refused("getFile", file_id=big.payload["voice"]["file_id"])
    assert refusal == "Bad Request: file is too big"
    unknown = await call.refused("getFile", file_id="nothing")
    assert unknown == "Bad Request: wrong file_id or the file is temporarily unavailable"


async def test_files_of_the_bot(bot: Bot, server: BotApiServer, person: Person) -> None:
    photo = await bot.send_photo(person.id, png(30, 20), caption="<b>Week</b>", parse_mode="HTML")
    assert (photo.photo[-1].width, photo.photo[-1].height) == (30, 20)
    document = await bot.send_document(person.id, b"{}", filename="export.json")
    assert document.document is not None
    assert document.document.mime_type == "application/json"
    voice = await bot.send_voice(person.id, b"OggS", duration=2)
    assert voice.voice is not None
    audio = await bot.send_audio(person.id, b"ID3", title="Song", filename="a.mp3")
    assert audio.audio is not None
    assert (audio.audio.title, audio.audio.mime_type) == ("Song", "audio/mpeg")
    again = await bot.send_document(person.id, document.document.file_id)
    assert again.document is not None
    assert server.world.files.by_id(again.document.file_id).data == b"{}"
    assert person.chat.messages[0].styled("bold") == ["Week"]


async def test_an_album(bot: Bot, person: Person) -> None:
    first, second = await bot.send_media_group(
        person.id, [InputMediaPhoto(png(3, 2), caption="One"), InputMediaPhoto(png(2, 3))]
    )
    assert first.media_group_id == second.media_group_id
    assert first.caption == "One"
    with pytest.raises(BadRequest, match="album"):
        await bot.send_media_group(person.id, [InputMediaPhoto(png()), InputMediaDocument(b"x")])
    with pytest.raises(BadRequest, match="2 to 10"):
        await bot.send_media_group(person.id, [InputMediaPhoto(png())])
    assert len(person.chat.messages) == 2


async def test_refused_files(bot: Bot, call: Caller, person: Person) -> None:
    assert "no document" in await call.refused("sendDocument", chat_id=person.id)
    assert "wrong file_id" in await call.refused("sendDocument", chat_id=person.id, document="x")
    remote = await call.refused("sendPhoto", chat_id=person.id, photo="https://a.b/c.png")
    assert remote == "Bad Request: failed to get HTTP URL content"
    for data, reason in (
        (b"", "non-empty"),
        (b"text", "(?i)image_process_failed"),
        (png(21, 1), "(?i)photo_invalid_dimensions"),
        (png() + b"x" * 10 * 1024 * 1024, "too big for a photo"),
    ):
        with pytest.raises(BadRequest, match=reason):
            await bot.send_photo(person.id, data)
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_document(person.id, b"x", caption="x" * 1025)
    assert not person.chat.messages


async def test_a_download_needs_the_token_and_a_file(bot: Bot, server: BotApiServer, person: Person) -> None:
    message = await person.sends_document(b"x")
    file = await bot.get_file(message.payload["document"]["file_id"])
    assert file.file_path is not None
    with pytest.raises(InvalidToken):
        await bot.request.retrieve(file.file_path.replace(bot.token, "1:x"))
    with pytest.raises(InvalidToken, match="Not Found"):
        await bot.request.retrieve(file.file_path + "x")


@pytest.mark.parametrize(
    ("data", "size"),
    [(png(7, 9), (7, 9)), (JPEG, (3, 2)), (JPEG[:20], None), (b"", None), (b"GIF89a", None)],
)
def test_the_size_of_a_picture(data: bytes, size: tuple[int, int] | None) -> None:
    assert picture_size(data) == size
