"""The bot's handlers, as one table: the first that fits an update takes it."""

from collections.abc import Sequence
from typing import Any, cast

from telegram import User
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    ContextTypes,
    ExtBot,
    MessageHandler,
    filters,
)

from bot.telegram import (
    about,
    account,
    answers,
    ask,
    careful,
    checkins,
    corrections,
    days,
    deletion,
    dialogs,
    entries,
    evening,
    goal_taps,
    goals,
    history,
    looking_back,
    membership,
    misheard,
    opening,
    passwords,
    questions,
    reminders,
    score,
    search,
    settings,
    silence,
    stats,
    summary,
    taps,
    transcripts,
    welcome,
    zones,
)
from bot.telegram.context import Context, DaybookApplication, Parts
from bot.telegram.secrets_in import ARRIVAL, TYPED, TYPED_WITHIN
from bot.telegram.transport import Transport
from bot.telegram.who import NAMES_US, PERSON, Command

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

# In the order in which they are of use.
COMMANDS = (
    ("help", "What I can do"),
    ("ask", "Ask your diary a question"),
    ("search", "Find entries"),
    ("history", "Your days, weeks and months"),
    ("goals", "What you want, and how far you have come"),
    ("score", "How today is going, and why"),
    ("stats", "Your last 30 days, your year and your goals as pictures"),
    ("week", "How this week went, or another"),
    ("month", "How this month went, or another"),
    ("onthisday", "This day in earlier years and months"),
    ("random", "A good day, by chance"),
    ("delete", "Delete an entry"),
    ("remind", "Set a reminder, such as: at 13:00 on weekdays to drink water"),
    ("reminders", "Your reminders"),
    ("silence", "Hear nothing from me for a while"),
    ("settings", "Your time zone, your evening, and how I answer"),
    ("account", "The ways into your diary: an account, your chats"),
    ("privacy", "What I keep, and who can read it"),
    ("cancel", "Drop what I just asked"),
    ("start", "Who I am"),
)

PRIVATE = filters.ChatType.PRIVATE & PERSON
GROUP = filters.ChatType.GROUPS & PERSON
ENTRY = filters.TEXT | filters.VOICE | filters.AUDIO | filters.CAPTION | filters.Document.AUDIO
COMMAND = filters.COMMAND
LIST = filters.POLL | filters.CHECKLIST
NEW, EDITED = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE
SERVICE = filters.StatusUpdate.ALL
NO_ANSWER = NEW & (COMMAND | ~filters.TEXT) & ~SERVICE & ~Command("cancel")
# The library hands a tap without data to the first handler that has a pattern, whichever that is.
NOTHING = r"(?!)"

# Who hears the answer to what the bot asked, by the question's name.
ANSWERS: dialogs.Hears = {
    "ask": ask.hear,
    "number": corrections.hear,
    "day": days.hear,
    "score": score.hear,
    "transcript": transcripts.hear,
    "goal": dialogs.Prepared(prepare=goals.prepare, hear=goals.hear),
    "goal_words": goals.hear_words,
    "goal_number": goals.hear_number,
    "remind": reminders.hear,
    "reminder": reminders.hear_change,
    "search": dialogs.Prepared(prepare=search.prepare, hear=search.hear),
    questions.ZONE: dialogs.Prepared(prepare=zones.prepare, hear=zones.hear),
    questions.DAY: settings.hear_day,
    questions.EVENING: evening.hear,
    questions.COUNTRY: dialogs.Prepared(prepare=settings.prepare_country, hear=settings.hear_country),
    questions.NAME: settings.hear_name,
}
# What comes before the handler that takes the update.
FIRST, SECOND, THIRD = -3, -2, -1
# And what comes after it.
LAST = 1


def handlers() -> dict[int, Sequence[Any]]:
    return {
        FIRST: [MessageHandler(PRIVATE & (NEW | EDITED), membership.returned)],
        SECOND: [MessageHandler(PRIVATE & (NEW | EDITED) & (COMMAND | LIST), careful.look)],
        THIRD: [CallbackQueryHandler(dialogs.passed), MessageHandler(PRIVATE & NO_ANSWER, dialogs.passed)],
        0: [
            ChatMemberHandler(membership.changed, ChatMemberHandler.MY_CHAT_MEMBER),
            CallbackQueryHandler(taps.unknown, NOTHING),
            CallbackQueryHandler(checkins.tapped, checkins.PATTERN),
            CallbackQueryHandler(corrections.tapped, corrections.PATTERN),
            CallbackQueryHandler(days.tapped, days.PATTERN),
            CallbackQueryHandler(transcripts.tapped, transcripts.PATTERN),
            CallbackQueryHandler(deletion.tapped, deletion.PATTERN),
            CallbackQueryHandler(misheard.question, misheard.QUESTION),
            CallbackQueryHandler(misheard.search, misheard.SEARCH),
            CallbackQueryHandler(zones.tapped, zones.PATTERN),
            CallbackQueryHandler(evening.tapped, evening.PATTERN),
            CallbackQueryHandler(settings.tapped, settings.PATTERN),
            CallbackQueryHandler(reminders.tapped, reminders.PATTERN),
            CallbackQueryHandler(silence.tapped, silence.PATTERN),
            CallbackQueryHandler(opening.open_, opening.OPEN),
            CallbackQueryHandler(opening.said, opening.SAID),
            CallbackQueryHandler(search.turned, search.TURN),
            CallbackQueryHandler(search.narrowed, search.NARROW),
            CallbackQueryHandler(history.looked, history.LOOK),
            CallbackQueryHandler(score.tapped, score.PATTERN),
            CallbackQueryHandler(summary.explained, summary.WHY),
            CallbackQueryHandler(summary.quieter, summary.QUIETER),
            CallbackQueryHandler(summary.other, summary.OTHER),
            CallbackQueryHandler(goals.listed, goals.LISTS),
            CallbackQueryHandler(goal_taps.tapped, goal_taps.PATTERN),
            CallbackQueryHandler(stats.turned, stats.PATTERN),
            CallbackQueryHandler(looking_back.another, looking_back.ANOTHER),
            CallbackQueryHandler(account.tapped, account.PATTERN),
            CallbackQueryHandler(taps.unknown),
            MessageHandler((PRIVATE | GROUP) & (NEW | EDITED) & TYPED, passwords.typed),
            MessageHandler(PRIVATE & NEW & Command("password"), account.password),
            MessageHandler(PRIVATE & NEW & Command("start") & ARRIVAL, account.arrive),
            MessageHandler(PRIVATE & NEW & Command("start"), welcome.start),
            MessageHandler(PRIVATE & NEW & Command("help"), about.helping(COMMANDS)),
            MessageHandler(PRIVATE & NEW & Command("settings"), settings.open_),
            MessageHandler(PRIVATE & NEW & Command("account"), account.open_),
            MessageHandler(PRIVATE & NEW & Command("privacy"), about.privacy),
            MessageHandler(PRIVATE & NEW & Command("cancel"), about.cancel),
            MessageHandler(PRIVATE & NEW & Command("ask"), ask.ask),
            MessageHandler(PRIVATE & NEW & Command("search"), search.search),
            MessageHandler(PRIVATE & NEW & Command("history"), history.history),
            MessageHandler(PRIVATE & NEW & Command("score"), score.score),
            MessageHandler(PRIVATE & NEW & Command("goals"), goals.goals_),
            MessageHandler(PRIVATE & NEW & Command("stats"), stats.stats),
            MessageHandler(PRIVATE & NEW & Command("week"), stats.week),
            MessageHandler(PRIVATE & NEW & Command("month"), stats.month),
            MessageHandler(PRIVATE & NEW & Command("onthisday"), looking_back.on_this_day),
            MessageHandler(PRIVATE & NEW & Command("random"), looking_back.random),
            MessageHandler(PRIVATE & NEW & Command("delete"), deletion.delete),
            MessageHandler(PRIVATE & NEW & Command("remind"), reminders.remind),
            MessageHandler(PRIVATE & NEW & Command("reminders"), reminders.open_list),
            MessageHandler(PRIVATE & NEW & Command("silence"), silence.silence),
            MessageHandler(PRIVATE & NEW & COMMAND, answers.unknown_command),
            MessageHandler(
                PRIVATE & NEW & filters.TEXT & ~COMMAND, transcripts.fixing(dialogs.listening(ANSWERS))
            ),
            MessageHandler(PRIVATE & (NEW | EDITED) & ENTRY & ~COMMAND, entries.take_entry),
            MessageHandler(PRIVATE & EDITED, entries.take_edit),
            MessageHandler(PRIVATE & NEW & filters.LOCATION, zones.located),
            MessageHandler(PRIVATE & NEW & ~SERVICE, answers.not_an_entry),
            MessageHandler(GROUP & NEW & NAMES_US, answers.group),
        ],
        LAST: [MessageHandler(PRIVATE & (NEW | EDITED) & TYPED_WITHIN, passwords.typed_within)],
    }


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


class _Bot(ExtBot[None]):
    async def get_me(self, *arguments: Any, **options: Any) -> User:
        try:
            return await super().get_me(*arguments, **options)
        except (TypeError, KeyError, ValueError, AttributeError):
            # Some other server, as at a mistaken TELEGRAM_API_URL.
            raise TelegramError("getMe: this is no answer of a Bot API server") from None


def make_bot(token: str, api_url: str) -> ExtBot[None]:
    """A client for Telegram or a server that speaks its API at `api_url`."""
    return _Bot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=Transport(),
        # Polling has a transport of its own; the library insists on a second one.
        get_updates_request=Transport(connections=1),
    )
