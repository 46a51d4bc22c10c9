"""What a start asks of Telegram, and what a person hears when Telegram says no."""

from collections.abc import AsyncIterator

import pytest

from bot.errors import ConfigurationError
from bot.playground.server import BotApiServer
from bot.telegram import meeting
from bot.telegram.application import ALLOWED_UPDATES, make_bot

TOKEN = "123456:test-token-of-the-playground"


@pytest.fixture
async def telegram() -> AsyncIterator[BotApiServer]:
    async with BotApiServer(token=TOKEN) as server:
        yield server


async def test_a_webhook_where_telegram_will_not_deliver(telegram: BotApiServer) -> None:
    async with make_bot(TOKEN, telegram.url) as bot:
        with pytest.raises(ConfigurationError, match=r"PUBLIC_URL: .* https on port 443, 80, 88 or 8443"):
            await meeting.set_webhook(bot, "ftp://example.org", "secret")


async def test_a_webhook_by_http_is_for_the_server_to_judge(telegram: BotApiServer) -> None:
    async with make_bot(TOKEN, telegram.url) as bot:
        await meeting.set_webhook(bot, "http://127.0.0.1:9/webhook", "secret")
        info = await bot.get_webhook_info()
        assert (info.url, info.max_connections) == ("http://127.0.0.1:9/webhook", 40)
        assert set(info.allowed_updates or ()) == set(ALLOWED_UPDATES)
        await meeting.drop_webhook(bot)
        assert (await bot.get_webhook_info()).url == ""


async def test_a_token_that_telegram_refuses(telegram: BotApiServer) -> None:
    bot = make_bot("654321:another-token-altogether", telegram.url)
    with pytest.raises(ConfigurationError, match="TELEGRAM_BOT_TOKEN: Telegram refuses it"):
        await meeting.patiently(bot.initialize)
    await bot.shutdown()
