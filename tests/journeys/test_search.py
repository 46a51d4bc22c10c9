"""`/search`: by words, by meaning and by filters, page by page, and what opens from there."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.playground.person import Person
from db.models import ModelCall, Search, TelegramIdentity, Update
from tests.vendors import Fault, status

from .conftest import World
from .past import Past, past_of
from .searching import OFFLINE, labels, lines, no_trouble, opened, searched, tapped
from .test_telegram_taps import forge


@pytest.fixture
async def past(world: World) -> Past:
    """The diary of a person whose bot has no minds."""
    await world.start(**OFFLINE)
    return await past_of(world, world.person())


async def test_words_are_found_in_any_form_and_shown_in_bold(past: Past) -> None:
    await past.write("We kayaked down the river", 3)
    await past.write("Two kayaks, one paddle", 40, kind="voice")
    await past.write("A long day at work", 2)
    screen = await searched(past, "kayak")
    day = past.today - timedelta(days=40)
    assert "2 entries" in screen.text
    assert set(lines(screen)) == {"We kayaked down the river", "Two kayaks, one paddle"}
    assert {"kayaked", "kayaks"} <= set(screen.styled("bold"))
    assert f"{day:%a} {day.day} {day:%b}" in screen.text
    assert screen.text.count("🎙") == 1
    assert labels(screen)[0] == ["1", "2"]


async def test_a_slip_of_the_finger_finds_it_too(past: Past) -> None:
    await past.write("We kayaked down the river", 3)
    screen = await searched(past, "rivver")
    assert lines(screen) == ["We kayaked down the river"]
    assert "river" in screen.styled("bold")


async def test_pages_to_the_end_and_back_and_through_a_restart(past: Past) -> None:
    for number in range(12):
        await past.write(f"Coffee number {number}", number + 1)
    screen = await searched(past, "coffee")
    assert (len(lines(screen)), labels(screen)[1]) == (5, ["»"])
    first, seen = screen.text, lines(screen)
    await tapped(past, screen, "»")
    assert labels(screen)[:2] == [["6", "7", "8", "9", "10"], ["«", "»"]]
    seen += lines(screen)
    await past.world.stop()
    await past.world.start(**OFFLINE)
    await tapped(past, screen, "»")
    assert labels(screen)[:2] == [["11", "12"], ["«"]]
    assert "page 3 of 3" in screen.text
    seen += lines(screen)
    assert sorted(seen) == sorted(f"Coffee number {number}" for number in range(12))
    await tapped(past, screen, "«")
    await tapped(past, screen, "«")
    assert screen.text == first
    assert len([it for it in past.person.chat.bot_messages if "🔎" in it.text]) == 1
    assert await no_trouble(past.world)


async def test_a_page_shows_entries_as_they_are_now(past: Past) -> None:
    ids = [await past.write(f"Coffee number {number}", number + 1) for number in range(7)]
    screen = await searched(past, "coffee")
    changed, deleted = (int(line.split()[-1]) for line in lines(screen)[:2])
    await past.change(ids[changed], body="Tea after all")
    await past.delete(ids[deleted])
    await tapped(past, screen, "»")
    await tapped(past, screen, "«") if "«" in labels(screen)[1] else None
    assert "6 entries" in screen.text
    assert "Tea after all" in lines(screen)
    await opened(past, screen, str(lines(screen).index("Tea after all") + 1))


async def test_an_entry_opens_below_as_an_answer_to_its_message(past: Past) -> None:
    message = await past.person.writes("Kayak on the lake, mood 8")
    reply = await past.person.hears(lambda it: it.reply_to is None and it.from_bot and it.buttons)
    await past.world.settle()
    await past.write("The day before", 1)
    screen = await searched(past, "mood=8")
    shown = await opened(past, screen, "1")
    assert shown.reply_to == message.message_id
    assert f"{past.today:%A}, {past.today.day} {past.today:%B} {past.today.year}" in shown.text
    assert "Kayak on the lake, mood 8" in shown.text
    assert "mood 8" in shown.styled("italic")[0]
    before = past.today - timedelta(days=1)
    assert labels(shown) == [["💬 What I said"], ["✎", "⋯"], [f"« {before:%a} {before.day} {before:%b}"]]
    await tapped(past, shown, "💬 What I said")
    said = reply.text.split("\n\n")[0]
    assert said in shown.text
    assert len(labels(shown)) == 2
    neighbour = await opened(past, shown, labels(shown)[-1][0])
    assert "The day before" in neighbour.text
    assert await no_trouble(past.world)


async def test_an_entry_whose_message_is_gone_still_opens(past: Past) -> None:
    message = await past.person.writes("Kayak on the lake")
    await past.world.settle()
    screen = await searched(past, "from:2000")
    await past.person.deletes(message)
    shown = await opened(past, screen, "1")
    assert shown.reply_to is None
    assert "Kayak on the lake" in shown.text


async def test_a_deleted_entry_does_not_open(past: Past) -> None:
    entry = await past.write("Kayak", 1)
    screen = await searched(past, "kayak")
    await past.delete(entry)
    assert await tapped(past, screen, "1") == "This entry is gone."
    assert not [it for it in past.person.chat.bot_messages if "📖" in it.text]


async def test_a_long_entry_is_found_and_opened_at_its_part(past: Past) -> None:
    before, after = "We talked about nothing much. " * 120, "Then it rained again. " * 120
    await past.write(f"{before}A heron stood in the reeds. {after}", 5)
    screen = await searched(past, "heron")
    [line] = lines(screen)
    assert "A heron stood in the reeds" in line
    assert line.startswith("…")
    assert line.endswith("…")
    assert len(line) < 200
    await opened(past, screen, "1")
    shown = past.person.chat.bot_messages[past.person.chat.bot_messages.index(screen) + 1 :]
    quoted = [it for message in shown for it in message.styled("expandable_blockquote")]
    # More than fits into one message; the part stands above.
    assert " ".join(quoted).split() == f"{before}A heron stood in the reeds. {after}".split()
    assert "A heron stood in the reeds" in shown[0].text[:200]


async def test_what_looks_like_markup_is_shown_as_it_was_written(past: Past) -> None:
    text = '<b>bold</b> & "kayak" **stars** &amp; <a href="https://x.org">x</a> </blockquote>'
    await past.write(text, 1)
    screen = await searched(past, "kayak")
    assert lines(screen) == [text]
    assert screen.styled("bold") == ["kayak", "1", "kayak"]
    shown = await opened(past, screen, "1")
    assert text in shown.text
    assert not shown.styled("text_link")


async def test_emoji_and_right_to_left_words(past: Past) -> None:
    await past.write("🎂🎂🎂", 1)
    await past.write("ذهبت إلى البحر مع أخي", 2)
    screen = await searched(past, "🎂")
    assert lines(screen) == ["🎂🎂🎂"]
    screen = await searched(past, "البحر")
    assert "البحر" in screen.styled("bold")
    # The line around them keeps its direction.
    [line] = lines(screen)
    assert line == "\u2068ذهبت إلى البحر مع أخي\u2069"
    shown = await opened(past, screen, "1")
    assert "ذهبت إلى البحر مع أخي" in shown.text


async def test_a_search_without_words_asks_for_them(past: Past) -> None:
    await past.write("A heron by the lake", 1)
    asked = await searched(past, "")
    assert "What are you looking for?" in asked.text
    message = await past.person.writes("heron")
    screen = await past.person.hears("🔎")
    await past.world.settle()
    assert lines(screen) == ["A heron by the lake"]
    entries = await past.world.entries()
    assert len(entries) == 1
    # Neither is it an entry once it is edited, and the next message is.
    await past.person.edits(message, "herons")
    await past.world.settle()
    assert len(await past.world.entries()) == 1
    await past.person.writes("Heron soup")
    await past.world.settle()
    assert [it.body for it in await past.world.entries()][1:] == ["Heron soup"]


async def test_a_diary_line_is_no_answer(past: Past) -> None:
    await searched(past, "")
    story = "Today I walked along the canal for hours. " * 10
    await past.person.writes(story)
    await past.world.settle()
    assert [it.body for it in await past.world.entries()] == [story.strip()]


async def test_words_of_crisis_are_no_answer_and_get_help(past: Past) -> None:
    await past.write("A walk", 1)
    await searched(past, "")
    await past.person.writes("I want to kill myself")
    await past.world.settle()
    entries = await past.world.entries()
    assert [it.body for it in entries][1:] == ["I want to kill myself"]
    assert entries[1].concern
    helped = len(past.person.chat.bot_messages)
    await searched(past, "I want to kill myself")
    card, screen = past.person.chat.bot_messages[helped:]
    assert "emergency" in card.text.lower()
    assert "🔎" in screen.text


async def test_a_search_that_speaks_of_somebody_elses_crisis_gets_its_card(past: Past) -> None:
    """Whether it stands behind the command or answers it, and it stays a search."""
    await past.write("A walk", 1)
    for words in ("/search my friend killed herself", "ten years ago I wanted to die"):
        if not words.startswith("/"):
            await searched(past, "")
        before = len(past.person.chat.bot_messages)
        await past.person.writes(words)
        await past.world.settle()
        screen, card = past.person.chat.bot_messages[before:]
        assert "🔎" in screen.text
        assert "Find A Helpline" in card.text
        assert "kept" not in card.text
    assert len(await past.world.entries()) == 1


async def test_questions_and_deleted_entries_are_not_found(past: Past) -> None:
    await past.write("When did I last see the heron?", 1, is_question=True)
    await past.delete(await past.write("A heron", 2))
    await past.write("A heron, and I felt awful", 3, concern="acute")
    assert lines(await searched(past, "heron")) == ["A heron, and I felt awful"]
    assert lines(await searched(past, "from:2000")) == ["A heron, and I felt awful"]


async def test_only_ones_own_entries_are_found_and_opened(past: Past) -> None:
    mine = await past.write("My heron", 1)
    theirs = await past_of(past.world, past.world.person(first_name="Tom"))
    await theirs.write("Their heron", 1)
    screen = await searched(theirs, "heron")
    assert lines(screen) == ["Their heron"]
    own = await searched(past, "heron")
    assert lines(own) == ["My heron"]
    [foreign] = [row for row in await past.world.rows(Search) if row.user_id == past.user_id]
    shown = [it.text for it in theirs.person.chat.bot_messages]
    for data in (
        f"open:{mine.hex}", f"open:{mine.hex}:0", f"said:{mine.hex}:0", f"find:{foreign.id.hex}:0",
        f"find:{foreign.id.hex}:x", f"open:{mine.hex}x", "find:1:0", "look:day:9999-12-31:0",
        "look:day:2026-02-31:0",
    ):  # fmt: skip
        forge(past.world, theirs.person.sender, screen.payload, data)
    # Nor is anything of theirs shown in another's chat, whatever a changed client says.
    [their_search] = [row for row in await past.world.rows(Search) if row.user_id == theirs.user_id]
    for data in (f"find:{their_search.id.hex}:0", f"find:{their_search.id.hex}:m", "random:another"):
        forge(past.world, theirs.person.sender, own.payload, data)
    await past.world.settle()
    assert [it.text for it in theirs.person.chat.bot_messages] == shown
    everything = [*theirs.person.chat.bot_messages, *past.person.chat.bot_messages]
    assert not [it for it in everything if it.edits]
    assert lines(own) == ["My heron"]
    assert await no_trouble(past.world)


async def test_a_long_search_turns_its_pages(past: Past) -> None:
    for number in range(6):
        await past.write(f"Coffee number {number}", number + 1)
    screen = await searched(past, "coffee " + "and more words of no use " * 150)
    assert all(len((it.data or "").encode()) <= 64 for it in screen.buttons)
    await tapped(past, screen, "»")
    assert len(lines(screen)) == 1


async def test_only_the_latest_searches_are_kept(past: Past) -> None:
    await past.write("A heron", 1)
    for number in range(6):
        await past.write(f"Coffee number {number}", number + 1)
    oldest = await searched(past, "coffee")
    for number in range(30):
        await past.person.writes(f"/search heron {number}")
    await past.world.settle()
    assert len(await past.world.rows(Search)) == 30
    assert "too old" in await tapped(past, oldest, "»")


async def test_meaning_finds_what_the_words_do_not(world: World) -> None:
    await world.start(anthropic_api_key=None)
    past = await past_of(world, world.person())
    await past.write("paddling in a canoe", 1, embed=True)
    await past.write("paddle", 5)
    # The meaning is known by its vector alone: the words of this one are in no index.
    await past.write("unrelated bread recipe", 9, embed=True)
    screen = await searched(past, "canoe trip")
    assert lines(screen)[0] == "paddling in a canoe"
    assert "≈" in screen.text
    assert "near in meaning" in screen.text
    assert "words only" not in screen.text
    assert [row.stage for row in await world.rows(ModelCall)] == ["search"]
    asked = len(world.openai.requests)
    screen = await searched(past, "zeppelin")
    assert "No entry has these words" in screen.text
    await tapped(past, screen, "«") if len(lines(screen)) > 5 else None
    assert len(world.openai.requests) == asked + 1


@pytest.mark.parametrize("trouble", [status(400), status(500), Fault(kind="nan"), Fault(kind="invalid_json")])
async def test_with_the_embedder_down_the_words_do(world: World, trouble: Fault) -> None:
    await world.start(anthropic_api_key=None)
    past = await past_of(world, world.person())
    await past.write("A heron by the lake", 1)
    world.openai.next(trouble, trouble, trouble)
    screen = await searched(past, "heron")
    assert lines(screen) == ["A heron by the lake"]
    assert "can't search by meaning just now" in screen.text


async def test_no_transaction_is_open_while_the_embedder_is_asked(world: World) -> None:
    await world.start(anthropic_api_key=None)
    past = await past_of(world, world.person())
    await past.write("A heron by the lake", 1)
    world.openai.next(Fault(kind="stall"))
    await past.person.writes("/search heron")
    while not world.openai.requests:  # noqa: ASYNC110 - the server tells of no request
        await asyncio.sleep(0.02)
    # Others come and go; one that waited for the embedder would stay.
    while await _open_transactions(world):  # noqa: ASYNC110 - nor does Postgres
        await asyncio.sleep(0.02)
    assert not [it for it in past.person.chat.bot_messages if "🔎" in it.text]
    screen = await past.person.hears("🔎")
    assert lines(screen) == ["A heron by the lake"]
    assert "can't search by meaning just now" in screen.text


async def _open_transactions(world: World) -> int:
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
    )
    async with world.engine.connect() as connection:
        return int((await connection.execute(others)).scalar_one())


async def test_a_search_that_is_handled_again_is_shown_once(past: Past) -> None:
    await past.write("A heron by the lake", 1)
    await searched(past, "heron")
    [update] = [it for it in await past.world.rows(Update) if "search" in str(it.payload)]
    async with past.world.sessions.begin() as session:
        row = await session.get(Update, update.update_id)
        assert row is not None
        row.done_at = None
    await past.world.let_time_pass()
    await past.world.all_done()
    assert len([it for it in past.person.chat.bot_messages if "🔎" in it.text]) == 1
    assert len(await past.world.rows(Search)) == 1


async def test_under_a_reply_stand_the_entries_that_it_rests_on(world: World) -> None:
    await world.start()
    person: Person = world.person()
    past = await past_of(world, person)
    heron = await past.write("A heron by the lake", 30)
    world.anthropic.say("You saw one by the lake [1].")
    await person.writes("/ask When did I last see a heron?")
    reply = await person.hears("You saw one")
    await world.settle()
    day = past.today - timedelta(days=30)
    [button] = [it for it in reply.buttons if "📖" in it.text]
    assert button.text == f"📖 {day:%a} {day.day} {day:%b}" + (
        "" if day.year == past.today.year else f" {day.year}"
    )
    assert button.data == f"open:{heron.hex}"
    shown = await opened(past, reply, button.text)
    assert "A heron by the lake" in shown.text
    assert (await world.rows(TelegramIdentity))[0].user_id == past.user_id
