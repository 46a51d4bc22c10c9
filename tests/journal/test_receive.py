"""Incoming messages become entries, parts of one, or versions, whatever is repeated or late."""

import sys
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal import safety
from bot.journal.care import OVERLAP
from bot.journal.message import Identity, Incoming, Sound
from bot.journal.receive import Stored, receive
from db.models import Entry, Journey, Part, User

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
Sessions = async_sessionmaker[AsyncSession]


def incoming(message_id: int, text: str, *, seconds: float = 0, person: int = 7, **more: Any) -> Incoming:
    who = Identity(telegram_id=person, chat_id=person, first_name="Mina", language_code="en")
    at = NOON + timedelta(seconds=seconds)
    values: dict[str, Any] = {"identity": who, "message_id": message_id, "kind": "text", "text": text}
    return Incoming(**values | {"written_at": at} | more)


async def take(sessions: Sessions, message: Incoming) -> Stored:
    async with sessions.begin() as session:
        return await receive(session, message, "Asia/Tokyo")


async def entry(sessions: Sessions, stored: Stored) -> Entry:
    async with sessions() as session:
        return (await session.execute(select(Entry).where(Entry.id == stored.entry_id))).scalar_one()


async def count(sessions: Sessions, table: type) -> int:
    async with sessions() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def test_a_message_becomes_an_entry_and_sets_out(sessions: Sessions) -> None:
    stored = await take(sessions, incoming(1, "Slept 6 hours", seconds=4 * 3600))
    kept = await entry(sessions, stored)
    assert (kept.body, kept.kind, kept.version, kept.chat_id, kept.message_id) == (
        "Slept 6 hours",
        "text",
        1,
        7,
        1,
    )
    assert kept.local_date.isoformat() == "2026-05-04"
    async with sessions() as session:
        person = (await session.execute(select(User))).scalar_one()
    assert (person.name, person.time_zone, person.locale) == ("Mina", "Asia/Tokyo", "en")
    assert await count(sessions, Journey) == 1


async def test_the_same_message_again_changes_nothing(sessions: Sessions) -> None:
    first = await take(sessions, incoming(1, "once"))
    again = await take(sessions, incoming(1, "once"))
    assert (again.entry_id, again.is_changed) == (first.entry_id, False)
    assert await count(sessions, Entry) == await count(sessions, User) == 1


async def test_an_edit_is_a_new_version(sessions: Sessions) -> None:
    stored = await take(sessions, incoming(1, "before"))
    edited = await take(sessions, incoming(1, "after", edited_at=NOON + timedelta(minutes=1)))
    kept = await entry(sessions, stored)
    assert edited.is_changed
    assert (kept.body, kept.version, kept.coached_at) == ("after", 2, None)


async def test_an_edit_that_changes_no_words_is_none(sessions: Sessions) -> None:
    stored = await take(sessions, incoming(1, "same"))
    assert not (await take(sessions, incoming(1, "same", edited_at=NOON))).is_changed
    assert (await entry(sessions, stored)).version == 1


async def test_an_edit_of_a_message_never_seen_is_stored_as_new(sessions: Sessions) -> None:
    stored = await take(sessions, incoming(9, "first I hear of it", edited_at=NOON))
    assert (await entry(sessions, stored)).body == "first I hear of it"


async def test_a_message_id_belongs_to_one_person(sessions: Sessions) -> None:
    one = await take(sessions, incoming(1, "mine", person=7))
    two = await take(sessions, incoming(1, "yours", person=8))
    assert one.entry_id != two.entry_id
    edited = await take(sessions, incoming(1, "still mine", person=7, edited_at=NOON))
    assert edited.entry_id == one.entry_id
    assert (await entry(sessions, two)).body == "yours"


@pytest.mark.parametrize("parts", [2, 3, 5])
async def test_a_split_paste_is_one_entry(sessions: Sessions, parts: int) -> None:
    paste = "".join(f"{number:05d} " for number in range(700 * parts))[: 4096 * parts - 100]
    pieces = [paste[at : at + 4096] for at in range(0, len(paste), 4096)]
    stored = [await take(sessions, incoming(n, piece, seconds=n // 3)) for n, piece in enumerate(pieces, 1)]
    assert len({it.entry_id for it in stored}) == 1
    assert (await entry(sessions, stored[0])).body == paste
    assert await count(sessions, Journey) == 1
    again = await take(sessions, incoming(2, pieces[1], seconds=0))
    assert (again.entry_id, again.is_changed) == (stored[0].entry_id, False)
    assert await count(sessions, Part) == len(pieces)


async def test_the_words_of_a_paste_are_looked_at_once(sessions: Sessions) -> None:
    """However many parts it has, and what the client cut in two is seen whole."""
    told = "My friend wants to kill herself. " + "We walked. " * 1000
    paste = told[: 4096 * 2 - 12] + "I want to kill myself tonight. " + "We ate. " * 4000
    read: list[int] = []

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code is safety.look.__code__:
            read.append(len(frame.f_locals["text"]))

    pieces = [paste[at : at + 4096] for at in range(0, len(paste), 4096)]
    found = []
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        for number, piece in enumerate(pieces, 1):
            stored = await take(sessions, incoming(number, piece, seconds=number // 3))
            found.append((await entry(sessions, stored)).concern)
    finally:
        sys.setprofile(before)
    assert found == ["other"] * 2 + ["acute"] * (len(pieces) - 2)
    assert len(paste) < sum(read) <= len(paste) + OVERLAP * len(pieces)
    # An edit is looked at as a whole: it may take something back.
    kept = (await entry(sessions, stored)).body
    assert kept == paste
    await take(sessions, incoming(3, "", edited_at=NOON))
    assert (await entry(sessions, stored)).concern == "other"


async def test_an_edited_part_changes_its_place_in_the_whole(sessions: Sessions) -> None:
    stored = await take(sessions, incoming(1, "a" * 4096))
    await take(sessions, incoming(2, "b" * 50))
    await take(sessions, incoming(2, "c" * 50, edited_at=NOON))
    assert (await entry(sessions, stored)).body == "a" * 4096 + "c" * 50
    await take(sessions, incoming(1, "d", edited_at=NOON))
    assert (await entry(sessions, stored)).body == "d\n" + "c" * 50


@pytest.mark.parametrize(
    ("first", "second", "gap", "more"),
    [
        ("short", "next thought", 0, {}),
        ("a" * 4096, "much later", 3, {}),
        ("a" * 4096, "from elsewhere", 0, {"is_forwarded": True}),
        ("a" * 4096, "", 0, {"kind": "voice", "sound": Sound(file_id="f", mime_type="", bytes=1, seconds=1)}),
    ],
)
async def test_other_messages_stay_apart(
    sessions: Sessions, first: str, second: str, gap: int, more: dict[str, Any]
) -> None:
    one = await take(sessions, incoming(1, first))
    two = await take(sessions, incoming(2, second, seconds=gap, **more))
    assert one.entry_id != two.entry_id


async def test_what_postgres_cannot_hold_is_cleaned(sessions: Sessions) -> None:
    stored = await take(sessions, incoming(1, "nul\x00 half \ud83d rtl \u202e ok\n"))
    assert (await entry(sessions, stored)).body == "nul half \ufffd rtl \u202e ok\n"


async def test_a_new_caption_keeps_what_was_spoken(sessions: Sessions) -> None:
    sound = Sound(file_id="f", mime_type="audio/ogg", bytes=10, seconds=1)
    stored = await take(sessions, incoming(1, "old caption", kind="voice", sound=sound))
    async with sessions.begin() as session:
        voice = (await session.execute(select(Entry))).scalar_one()
        voice.body, voice.transcript, voice.transcribed_at = "old caption\n\nspoken", "spoken", NOON
    await take(sessions, incoming(1, "new", kind="voice", sound=sound, edited_at=NOON))
    kept = await entry(sessions, stored)
    assert (kept.body, kept.caption, kept.transcribed_at) == ("new\n\nspoken", "new", NOON)


async def test_another_recording_is_heard_anew(sessions: Sessions) -> None:
    sound = Sound(file_id="f", mime_type="audio/ogg", bytes=10, seconds=1)
    other = Sound(file_id="g", mime_type="audio/ogg", bytes=20, seconds=2)
    stored = await take(sessions, incoming(1, "", kind="audio", sound=sound))
    await take(sessions, incoming(1, "", kind="audio", sound=other, edited_at=NOON))
    kept = await entry(sessions, stored)
    assert (kept.audio_file_id, kept.version, kept.transcribed_at) == ("g", 2, None)


async def test_an_older_edit_that_comes_late_is_ignored(sessions: Sessions) -> None:
    stored = await take(sessions, incoming(1, "one"))
    await take(sessions, incoming(1, "three", edited_at=NOON + timedelta(seconds=20)))
    await take(sessions, incoming(1, "two", edited_at=NOON + timedelta(seconds=10)))
    assert (await entry(sessions, stored)).body == "three"


async def test_a_text_that_becomes_a_recording_is_heard(sessions: Sessions) -> None:
    sound = Sound(file_id="f", mime_type="audio/mpeg", bytes=10, seconds=1)
    stored = await take(sessions, incoming(1, "words"))
    await take(sessions, incoming(1, "a song", kind="audio", sound=sound, edited_at=NOON))
    kept = await entry(sessions, stored)
    assert (kept.kind, kept.body, kept.audio_file_id, kept.version) == ("audio", "a song", "f", 2)
