"""Telegram refuses, is slow, or loses an answer: one visible reply all the same, or none in vain."""

from sqlalchemy import update

from db.models import Outgoing, TelegramIdentity

from .conftest import World, texts


async def test_a_lost_answer_makes_no_second_copy(started: World) -> None:
    person = started.person()
    started.telegram.fail("lost_answer", "sendMessage")
    started.anthropic.say("Only once")
    await person.writes("Hello")
    await person.hears(lambda it: it.text == "Only once")
    await started.telegram.until(lambda: started.telegram.count("editMessageText"))
    await started.settle()
    assert texts(person.chat.bot_messages) == ["Only once"]
    [row] = await started.rows(Outgoing)
    assert (row.state, row.message_ids) == ("shown", [person.chat.bot_messages[0].message_id])
    [entry] = await started.entries()
    assert entry.reply_message_id == person.chat.bot_messages[0].message_id


async def test_a_lost_answer_in_the_middle_of_a_long_reply(started: World) -> None:
    person = started.person()
    await person.writes("first")
    await person.hears(lambda it: it.from_bot)
    started.anthropic.say("word " * 2000)
    started.telegram.fail("lost_answer", "sendMessage")
    await person.writes("Hello")
    await person.hears(lambda it: it.text.endswith("word") and len(person.chat.bot_messages) == 4)
    await started.settle()
    assert len(person.chat.bot_messages) == 4
    assert " ".join(texts(person.chat.bot_messages)[1:]).split() == ["word"] * 2000


async def test_a_request_that_never_arrived_is_sent_again(started: World) -> None:
    person = started.person()
    started.telegram.fail("unsent", "sendMessage")
    await person.writes("Hello")
    await person.hears(lambda it: it.from_bot)
    await started.settle()
    assert len(person.chat.bot_messages) == 1


async def test_a_bad_gateway_is_survived_without_a_second_copy(started: World) -> None:
    person = started.person()
    started.telegram.fail("bad_gateway", "sendMessage", times=2)
    await person.writes("Hello")
    await person.hears(lambda it: it.from_bot)
    await started.settle()
    assert len(person.chat.bot_messages) == 1


async def test_one_busy_chat_waits_alone(started: World) -> None:
    mina, tom = started.person(), started.person(first_name="Tom")
    started.telegram.fail("busy", "sendMessage", chat_id=mina.chat.id, retry_after=209)
    await mina.writes("Hello from Mina")
    await mina.writes("And again")
    await tom.writes("Hello from Tom")
    await tom.hears(lambda it: it.from_bot)
    await started.until(Outgoing, lambda rows: sum(row.chat_id == mina.chat.id for row in rows) == 2)
    # Whatever could be sent is sent before what comes later.
    await tom.writes("Hello again from Tom")
    await tom.hears("Hello again from Tom")
    assert not mina.chat.bot_messages
    await started.let_time_pass()
    await mina.hears(lambda it: "And again" in it.text)
    await started.settle()
    assert ["Hello" in text for text in texts(mina.chat.bot_messages)] == [True, False]
    assert len(tom.chat.bot_messages) == 2


async def test_a_person_who_blocked_the_bot_keeps_their_data_and_may_return(started: World) -> None:
    person = started.person()
    started.telegram.fail("forbidden", "sendMessage")
    await person.writes("Before I go")
    await started.telegram.until(lambda: started.telegram.count("sendMessage"))
    await started.settle()
    [identity] = await started.rows(TelegramIdentity)
    assert identity.blocked_at
    assert len(await started.entries()) == 1
    assert started.telegram.count("sendMessage") == 1
    await person.writes("Here again")
    await person.hears(lambda it: "Here again" in it.text)
    await started.settle()
    [identity] = await started.rows(TelegramIdentity)
    assert identity.blocked_at is None
    assert len(await started.entries()) == 2


async def test_blocking_and_unblocking_is_heard(started: World) -> None:
    person = started.person()
    await person.writes("Hello")
    await person.hears(lambda it: it.from_bot)
    await started.settle()
    await person.blocks()
    await started.settle()
    [identity] = await started.rows(TelegramIdentity)
    assert identity.blocked_at
    await person.unblocks()
    await started.settle()
    [identity] = await started.rows(TelegramIdentity)
    assert identity.blocked_at is None


async def test_a_reply_that_the_person_deleted_is_sent_anew_after_an_edit(started: World) -> None:
    person = started.person()
    started.anthropic.say("First")
    message = await person.writes("One")
    reply = await person.hears(lambda it: it.text == "First")
    await started.settle()
    await person.deletes(reply)
    started.anthropic.say("Second")
    await person.edits(message, "Two")
    await person.hears(lambda it: it.text == "Second")
    await started.settle()
    assert texts(person.chat.bot_messages) == ["Second"]


async def test_a_busy_chat_while_a_doubt_is_settled_makes_no_second_copy(started: World) -> None:
    person = started.person()
    started.telegram.fail("lost_answer", "sendMessage")
    started.telegram.fail("busy", "editMessageReplyMarkup", retry_after=1)
    started.anthropic.say("Only once")
    await person.writes("Hello")
    await person.hears("Only once")
    await started.telegram.until(lambda: started.telegram.count("editMessageText"))
    await started.settle()
    assert texts(person.chat.bot_messages) == ["Only once"]


async def test_a_reply_outlasts_any_number_of_failed_tries(started: World) -> None:
    person = started.person()
    started.telegram.fail("bad_gateway", "sendMessage", times=2)
    await person.writes("Hello")
    await started.until(Outgoing, lambda rows: any(row.error == "unknown" for row in rows))
    async with started.sessions.begin() as session:
        await session.execute(update(Outgoing).values(attempts=500))
    await started.let_time_pass()
    await started.until(Outgoing, lambda rows: rows[0].attempts > 500 and not rows[0].lease_token)
    await started.let_time_pass()
    await person.hears(lambda it: it.from_bot)
    await started.settle()
    assert len(person.chat.bot_messages) == 1


async def test_a_lost_answer_after_much_talk_elsewhere_makes_no_second_copy(started: World) -> None:
    mina, tom = started.person(), started.person(first_name="Tom")
    started.telegram.fail("bad_gateway", "sendMessage", chat_id=mina.chat.id)
    started.anthropic.say("Only once")
    await mina.writes("Hello")
    await started.until(Outgoing, lambda rows: any(row.error == "unknown" for row in rows))
    for number in range(40):
        await tom.writes(f"/help {number}")
    await started.telegram.delivered()
    started.telegram.fail("lost_answer", "sendMessage", chat_id=mina.chat.id)
    await mina.hears("Only once")
    await started.telegram.until(lambda: started.telegram.count("editMessageText"))
    await started.settle()
    assert texts(mina.chat.bot_messages) == ["Only once"]
