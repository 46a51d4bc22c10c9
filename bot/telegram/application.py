"""The bot's handlers, as one table: the first that fits an update takes it."""

from typing import Any, cast

from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    ExtBot,
    MessageHandler,
    filters,
)

from bot.telegram import answers, checkins, entries, membership
from bot.telegram.context import Context, DaybookApplication, Parts
from bot.telegram.transport import Transport

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

COMMANDS = (("start", "What I am"), ("help", "What I can do"))

PRIVATE = filters.ChatType.PRIVATE & ~filters.VIA_BOT
ENTRY = filters.TEXT | filters.VOICE | filters.AUDIO | filters.CAPTION | filters.Document.AUDIO
NEW, EDITED = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE
SERVICE = filters.StatusUpdate.ALL


def handlers() -> list[Any]:
    return [
        ChatMemberHandler(membership.changed, ChatMemberHandler.MY_CHAT_MEMBER),
        CallbackQueryHandler(checkins.tapped, checkins.PATTERN),
        CallbackQueryHandler(checkins.unknown_tap),
        CommandHandler("start", answers.start, PRIVATE & NEW),
        CommandHandler("help", answers.help_, PRIVATE & NEW),
        MessageHandler(PRIVATE & NEW & filters.COMMAND, answers.unknown_command),
        MessageHandler(PRIVATE & ENTRY & ~filters.COMMAND & (NEW | EDITED), entries.take_entry),
        MessageHandler(PRIVATE & NEW & ~SERVICE & ~filters.COMMAND, answers.not_an_entry),
        MessageHandler(filters.ChatType.GROUPS & NEW & filters.COMMAND, answers.group),
    ]


class _Application(Application[Any, Any, Any, Any, Any, Any]):
    async def process_error(
        self, update: object, error: Exception, job: Any = None, coroutine: Any = None
    ) -> bool:
        """Let a handler's error reach the inbox, which tries the update again."""
        raise error


def build(bot: ExtBot[None], parts: Parts) -> DaybookApplication:
    application = (
        ApplicationBuilder()
        .application_class(_Application)
        .bot(bot)
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes(context=Context))
        .build()
    )
    application.bot_data["parts"] = parts
    application.add_handlers(handlers())
    return cast("DaybookApplication", application)


def make_bot(token: str, api_url: str) -> ExtBot[None]:
    """A client for Telegram or a server that speaks its API at `api_url`."""
    return ExtBot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=Transport(),
        # Polling has a transport of its own; the library insists on a second one.
        get_updates_request=Transport(connections=1),
    )
