"""What a chat sees while an answer is made: it never holds the answer up, and leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from telegram import Bot

from bot.playground.person import Person
from bot.playground.server import BotApiServer
from bot.telegram.application import make_bot
from bot.telegram.sender import TelegramSender

TOKEN = "123456:test-token-of-the-playground"
# Far more than leaving may take, and less than a call that hangs.
BOUND = 10.0


@dataclass
class Stage:
    telegram: BotApiServer
    bot: Bot
    sender: TelegramSender
    person: Person

    def methods(self) -> list[str]:
        return [call.method for call in self.telegram.calls]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with BotApiServer(token=TOKEN) as telegram, make_bot(TOKEN, telegram.url) as bot:
        sender = TelegramSender(bot, lambda: None)
        yield Stage(telegram, bot, sender, telegram.person())
        telegram.faults.release_all()
        await sender.stop()


async def test_a_draft_on_its_way_arrives_before_the_message(stage: Stage) -> None:
    held = stage.telegram.fail("hold", "sendMessageDraft")

    async def answer() -> None:
        async with stage.sender.thinking(stage.person.id) as draft:
            draft.show("Almost")
            await stage.telegram.until(lambda: held.met)
        await stage.bot.send_message(stage.person.id, "Done")

    answering = asyncio.create_task(answer())
    await stage.telegram.until(lambda: held.met)
    await stage.bot.get_me()
    held.release()
    await answering
    methods = stage.methods()
    assert methods.index("getMe", 1) < methods.index("sendMessageDraft") < methods.index("sendMessage")
    assert not stage.person.chat.drafts


@pytest.mark.parametrize("method", ["sendMessageDraft", "sendChatAction"])
async def test_a_call_that_hangs_does_not_hold_up_the_reply(stage: Stage, method: str) -> None:
    held = stage.telegram.fail("hold", method)
    async with asyncio.timeout(BOUND):
        async with stage.sender.thinking(stage.person.id) as draft:
            if method == "sendMessageDraft":
                draft.show("Almost")
            await stage.telegram.until(lambda: held.met)
        await stage.bot.send_message(stage.person.id, "Done")
    assert "Done" in [it.text for it in stage.person.chat.bot_messages]


@pytest.mark.parametrize("ends", ["well", "with an error", "cancelled"])
async def test_nothing_goes_on_after_the_block(stage: Stage, ends: str) -> None:
    before = asyncio.all_tasks()
    inside = asyncio.Event()

    async def think() -> None:
        async with stage.sender.thinking(stage.person.id) as draft:
            draft.show("Almost")
            inside.set()
            if ends == "with an error":
                raise LookupError
            if ends == "cancelled":
                await asyncio.Event().wait()

    thinking = asyncio.create_task(think())
    await inside.wait()
    if ends == "cancelled":
        thinking.cancel()
    await asyncio.wait([thinking])
    assert thinking.cancelled() is (ends == "cancelled")
    if ends == "with an error":
        assert isinstance(thinking.exception(), LookupError)
    assert asyncio.all_tasks() == before


async def test_a_second_cancellation_leaves_nothing_behind(stage: Stage) -> None:
    held = stage.telegram.fail("hold", "sendMessageDraft")
    before = asyncio.all_tasks()
    leaving = asyncio.Event()

    async def think() -> None:
        async with stage.sender.thinking(stage.person.id) as draft:
            draft.show("Almost")
            await stage.telegram.until(lambda: held.met)
            leaving.set()

    thinking = asyncio.create_task(think())
    await leaving.wait()
    # It waits for the draft now.
    thinking.cancel()
    async with asyncio.timeout(BOUND):
        await asyncio.wait([thinking])
    assert thinking.cancelled()
    assert {task for task in asyncio.all_tasks() - before if "keep_" in repr(task)} == set()


async def test_typing_waits_as_long_as_telegram_asks(stage: Stage) -> None:
    stage.telegram.fail("busy", "sendChatAction", retry_after=209)
    assert await stage.sender.type(stage.person.id) == 209
    assert await stage.sender.type(stage.person.id) < 5
