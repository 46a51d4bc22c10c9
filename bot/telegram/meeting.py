"""What a start needs of Telegram: who we are, the menu of commands, and the way by which updates come."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, MenuButtonCommands
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.errors import ConfigurationError
from bot.telegram.application import ALLOWED_UPDATES, COMMANDS
from bot.telegram.context import DaybookApplication

log = logging.getLogger(__name__)


async def meet(application: DaybookApplication) -> None:
    await patiently(application.initialize)
    bot: Bot = application.bot
    try:
        commands = [BotCommand(*it) for it in COMMANDS]
        await bot.set_my_commands(commands, BotCommandScopeAllPrivateChats())
        await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    except TelegramError as error:
        # The commands work without being listed.
        log.warning("the list of commands is not set: %s", type(error).__name__)


async def patiently(step: Callable[[], Awaitable[object]]) -> None:
    """Do what a start needs of Telegram: the network may come up after us."""
    trouble = 0
    while True:
        try:
            await step()
        except InvalidToken:
            raise ConfigurationError(
                "TELEGRAM_BOT_TOKEN: Telegram refuses it: copy it again from @BotFather"
            ) from None
        except TelegramError as error:
            trouble += 1
            kind = type(error).__name__
            log.warning("no answer from Telegram yet (%s): check the network; trying again", kind)
            await asyncio.sleep(min(2.0**trouble, 30.0))
        else:
            return


async def set_webhook(bot: Bot, url: str, secret: str) -> None:
    """Have updates delivered to `url`, each with `secret`. Raises `ConfigurationError` where the server
    will not deliver there."""

    async def step() -> None:
        try:
            await bot.set_webhook(
                url, secret_token=secret, allowed_updates=ALLOWED_UPDATES, max_connections=40
            )
        except BadRequest:
            raise ConfigurationError(
                "PUBLIC_URL: Telegram refuses to deliver there: it must be reachable by https on port 443, "
                "80, 88 or 8443; only a Bot API server of your own with --local takes http and other ports"
            ) from None

    await patiently(step)


async def drop_webhook(bot: Bot) -> None:
    """Polling works only without one."""
    await patiently(bot.delete_webhook)
