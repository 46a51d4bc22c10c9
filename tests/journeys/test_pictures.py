"""The outbox shows pictures: with their words, in place of others, once, and never at the cost of words."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from bot.journal.message import Reply
from db.models import StoredPicture
from db.queries import outbox, pictures

from .conftest import World, texts
from .pictures import ONE, OTHER, gallery_of, now
from .test_telegram_refused import refuse


async def test_a_picture_comes_with_its_words_and_buttons_and_is_kept_no_longer(started: World) -> None:
    gallery = await gallery_of(started)
    await gallery.show("<b>71</b> of 100", ONE)
    message = await gallery.person.hears("71")
    await started.settle()
    assert gallery.file(message) == ONE
    assert message.styled("bold") == ["71"]
    assert [it.text for it in message.buttons] == ["Why"]
    assert await gallery.kept() == []
    row = await gallery.row()
    assert (row.state, row.message_ids, row.content) == ("shown", [message.message_id], None)


async def test_what_is_too_long_for_a_caption_follows_as_text(started: World) -> None:
    gallery = await gallery_of(started)
    # Outside the basic plane, where a character takes two units.
    words = " ".join(["🙂🙂🙂"] * 400)
    await gallery.show(words, ONE)
    await gallery.person.hears(lambda it: it.buttons)
    await started.settle()
    first, second = gallery.shown()
    assert gallery.file(first) == ONE
    assert 900 < len(first.text.encode("utf-16-le")) // 2 <= 1024
    assert "photo" not in second.payload
    assert not first.buttons
    assert texts([first, second])[0] + " " + second.text == words
    assert (await gallery.row()).message_ids == [first.message_id, second.message_id]


async def test_another_picture_takes_its_place(started: World) -> None:
    gallery = await gallery_of(started)
    await gallery.show("30 days", ONE)
    message = await gallery.person.hears("30 days")
    await started.settle()
    await gallery.show("A year", OTHER)
    await gallery.person.hears("A year", since=message)
    await started.settle()
    assert gallery.shown() == [message]
    assert (gallery.file(message), message.text) == (OTHER, "A year")
    assert message.buttons
    assert await gallery.kept() == []
    assert started.telegram.count("sendPhoto") == 1


async def test_a_picture_stays_when_its_words_change(started: World) -> None:
    gallery = await gallery_of(started)
    await gallery.show("The words follow", ONE)
    message = await gallery.person.hears("follow")
    await started.settle()
    await gallery.show("A <i>good</i> day", buttons=())
    await started.telegram.until(lambda: message.text == "A good day")
    await started.settle()
    assert (gallery.file(message), message.styled("italic"), message.buttons) == (ONE, ["good"], [])
    assert gallery.shown() == [message]


async def test_words_that_outgrow_the_caption_of_a_picture_go_on_below_it(started: World) -> None:
    gallery = await gallery_of(started)
    await gallery.show("The words follow", ONE)
    message = await gallery.person.hears("follow")
    await started.settle()
    words = "word " * 400 + "end"
    await gallery.show(words)
    await gallery.person.hears(lambda it: it.text.endswith("end"))
    await started.settle()
    first, second = gallery.shown()
    assert first is message
    assert gallery.file(first) == ONE
    assert f"{first.text} {second.text}" == words
    assert second.buttons
    assert not first.buttons
    # And back: what followed is taken away.
    await gallery.show("Short again")
    await started.telegram.until(lambda: message.text == "Short again")
    await started.settle()
    assert gallery.shown() == [message]
    assert (await gallery.row()).message_ids == [message.message_id]


async def test_a_text_gives_way_to_a_picture(started: World) -> None:
    gallery = await gallery_of(started)
    await gallery.show("Nothing yet")
    message = await gallery.person.hears("Nothing yet")
    await started.settle()
    await gallery.show("Here it is", ONE)
    await gallery.person.hears("Here it is", since=message)
    await started.settle()
    assert gallery.file(message) == ONE
    assert gallery.shown() == [message]


@pytest.mark.parametrize("fault", ["lost_answer", "unsent", "bad_gateway"])
async def test_a_picture_is_shown_once_whatever_becomes_of_the_answer(started: World, fault: str) -> None:
    gallery = await gallery_of(started)
    started.telegram.fail(fault, "sendPhoto")
    await gallery.show("Only once", ONE)
    message = await gallery.person.hears(lambda it: it.text == "Only once" and it.buttons)
    await started.all_done()
    assert gallery.shown() == [message]
    assert gallery.file(message) == ONE
    assert (await gallery.row()).message_ids == [message.message_id]
    assert await gallery.kept() == []


async def test_a_lost_answer_of_what_follows_a_picture_makes_no_second_copy(started: World) -> None:
    gallery = await gallery_of(started)
    started.telegram.fail("lost_answer", "sendMessage")
    words = "word " * 400 + "end"
    await gallery.show(words, ONE)
    await gallery.person.hears(lambda it: it.text.endswith("end") and it.buttons)
    await started.all_done()
    first, second = gallery.shown()
    assert f"{first.text} {second.text}" == words
    assert gallery.file(first) == ONE


async def test_a_lost_answer_of_what_follows_an_older_picture_makes_no_second_copy(started: World) -> None:
    gallery = await gallery_of(started)
    await gallery.show("The words follow", ONE)
    await gallery.person.hears("follow")
    await started.settle()
    started.telegram.fail("lost_answer", "sendMessage")
    words = "word " * 400 + "end"
    await gallery.show(words)
    await gallery.person.hears(lambda it: it.text.endswith("end") and it.buttons)
    await started.all_done()
    first, second = gallery.shown()
    assert f"{first.text} {second.text}" == words


async def test_a_picture_that_telegram_refuses_arrives_as_its_words(started: World) -> None:
    gallery = await gallery_of(started)
    await gallery.show("<b>71</b> of 100", b"no picture at all")
    message = await gallery.person.hears("71")
    await started.settle()
    assert "photo" not in message.payload
    assert (message.styled("bold"), len(message.buttons)) == (["71"], 1)
    assert (await gallery.row()).state == "shown"
    assert await gallery.kept() == []
    # And so where it was to take the place of another.
    await gallery.show("<b>72</b> of 100", b"no picture either")
    await gallery.person.hears("72", since=message)
    await started.settle()
    assert (message.text, message.styled("bold"), len(message.buttons)) == ("72 of 100", ["72"], 1)


async def test_words_arrive_though_picture_and_formatting_are_refused(started: World) -> None:
    gallery = await gallery_of(started)
    refuse(started, "sendPhoto", "not enough rights to send photos to the chat")
    refuse(started, "sendMessage", "can't parse entities")
    await gallery.show("<b>71</b> of 100", ONE)
    message = await gallery.person.hears("71 of 100")
    await started.settle()
    assert not message.styled("bold")
    assert gallery.shown() == [message]


async def test_a_refused_caption_of_a_picture_is_shown_as_plain_text(started: World) -> None:
    gallery = await gallery_of(started)
    await gallery.show("71", ONE)
    message = await gallery.person.hears("71")
    await started.settle()
    refuse(started, "editMessageCaption", "can't parse entities")
    await gallery.show("<b>72</b>")
    await started.telegram.until(lambda: message.text == "72")
    await started.settle()
    assert (gallery.file(message), message.styled("bold")) == (ONE, [])


async def test_a_picture_that_the_person_deleted_is_sent_anew(started: World) -> None:
    gallery = await gallery_of(started)
    await gallery.show("One", ONE)
    message = await gallery.person.hears("One")
    await started.settle()
    await gallery.person.deletes(message)
    await gallery.show("Other", OTHER)
    again = await gallery.person.hears("Other")
    await started.settle()
    assert gallery.shown() == [again]
    assert gallery.file(again) == OTHER


async def test_a_picture_that_was_purged_arrives_as_its_words(started: World) -> None:
    gallery = await gallery_of(started)
    started.telegram.fail("busy", "sendPhoto", retry_after=1000)
    await gallery.show("71 of 100", ONE)
    await started.telegram.until(lambda: started.telegram.count("sendPhoto"))
    async with started.sessions.begin() as session:
        await session.execute(delete(StoredPicture))
    await started.let_time_pass()
    message = await gallery.person.hears("71 of 100")
    await started.settle()
    assert "photo" not in message.payload


async def test_nobody_is_shown_anothers_picture(started: World) -> None:
    gallery = await gallery_of(started)
    other = await gallery_of(started, started.person(first_name="Tom"))
    async with started.sessions.begin() as session:
        theirs = await pictures.put(session, other.user_id, ONE)
        content = Reply(html="Mine", picture=theirs).as_content()
        await outbox.put(
            session,
            slot="x",
            purpose="answer",
            chat_id=gallery.person.id,
            user_id=gallery.user_id,
            content=content,
        )
    message = await gallery.person.hears("Mine")
    await started.settle()
    assert "photo" not in message.payload
    assert await gallery.kept() == [theirs]


async def test_what_came_too_late_is_not_shown(started: World) -> None:
    gallery = await gallery_of(started)
    late, early = now() - timedelta(seconds=1), now() + timedelta(hours=1)
    await gallery.show("Too late", ONE, slot="late", purpose="summary", stale_at=late)
    await gallery.show("Just in time", OTHER, slot="early", purpose="summary", stale_at=early)
    message = await gallery.person.hears("Just in time")
    await started.bot.ticks.expire()
    await started.settle()
    assert gallery.shown() == [message]
    row = await gallery.row("late")
    assert (row.state, row.error, row.content) == ("failed", "stale", None)
    # One that may be there is looked at all the same.
    assert started.telegram.count("sendPhoto") == 1


async def test_a_summary_waits_for_its_minute(started: World) -> None:
    gallery = await gallery_of(started)
    await gallery.show("Later", ONE, slot="later", purpose="summary", due_at=now() + timedelta(hours=1))
    await gallery.show("Now", OTHER, slot="now", purpose="summary")
    message = await gallery.person.hears("Now")
    await started.settle()
    assert gallery.shown() == [message]
    await gallery.change("later", due_at=now())
    later = await gallery.person.hears("Later")
    assert gallery.file(later) == ONE


async def test_what_goes_to_many_at_once_holds_up_no_reply(started: World) -> None:
    gallery = await gallery_of(started)
    crowd = 90
    async with started.sessions.begin() as session:
        for number in range(crowd):
            # Nobody knows these chats; a refusal takes its turn too.
            content = Reply(html="Evening").as_content()
            await outbox.put(
                session, slot=f"crowd:{number}", purpose="summary", chat_id=10_000 + number, content=content
            )
    await started.telegram.until(lambda: any(it.chat_id == 10_000 for it in started.telegram.calls))
    await gallery.person.writes("/cancel")
    await started.telegram.until(lambda: len(gallery.person.chat.bot_messages) == 2)
    sent = [it.chat_id for it in started.telegram.calls if it.method == "sendMessage"]
    assert sent[-1] == gallery.person.id
    # Those before it went out in the meantime; the others wait behind it.
    assert len(sent) < crowd
    await started.all_done()
    everybody = [it.chat_id or 0 for it in started.telegram.calls if it.method == "sendMessage"]
    assert sorted(set(everybody) - {gallery.person.id}) == [10_000 + it for it in range(crowd)]
    assert len(everybody) == crowd + 2
