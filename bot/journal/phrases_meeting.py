"""What Daybook says when it meets somebody, and about itself, as Telegram HTML."""

from collections.abc import Iterable
from html import escape

from bot.journal import naming
from bot.journal.readers import Readers


def hello(name: str) -> str:
    shown = naming.shown(name)
    return f"Hello {shown}!" if shown else "Hello!"


def welcome(name: str, readers: Readers) -> str:
    """Four short lines."""
    return (
        f"{hello(name)} I'm Daybook. Tell me about your day, in writing or by voice note; "
        "I keep it, remember it and answer.\n"
        f"{stored(readers)}\n"
        "I'm a diary, not a therapist. In danger, please call your local emergency number.\n"
        "/help shows what I can do, /privacy who can read what."
    )


def stored(readers: Readers) -> str:
    """Where words are kept and who gets to see them, in a line."""
    kept = "What you send is stored in this bot's own database."
    names = " and ".join(escape(name, quote=False) for name in readers.names)
    if not names:
        return f"{kept} No AI company gets to see it."
    return f"{kept} To understand and answer you, I pass it on to {names}."


def welcome_back(name: str) -> str:
    shown = naming.shown(name)
    greeting = f"Welcome back, {shown}!" if shown else "Welcome back!"
    return f"{greeting} Just write or speak about your day."


CONTINUED = "One thing is still open from when we met."
NOT_NOW = "Not now"
SETTINGS_BUTTON = "⚙ Settings"


def met(zone_line: str, evening_line: str) -> str:
    return (
        f"That's all I need. {zone_line}\n{evening_line}\n\n"
        "So, how is your day going? Just write or speak. /settings changes any of this."
    )


def zone_line(zone: str, time_there: str, *, is_known: bool) -> str:
    there = f"{zone}, where it is {time_there} now."
    return f"Your time zone is {there}" if is_known else f"Until you tell me, I go by {there}"


HELP = (
    "<b>Just write or speak.</b> Every message is an entry: text, a voice note, an audio file, or a "
    "caption. ✍ means it is safely stored.\n"
    "• Edit a message, and the entry and my reply change with it.\n"
    "• Numbers you mention, such as <i>slept 6 hours, mood 7</i>, are noted.\n\n"
)


def help_text(commands: Iterable[tuple[str, str]]) -> str:
    return HELP + "\n".join(f"/{command} — {what}" for command, what in commands)


CANCELLED = "Alright, never mind. Just write or speak about your day."
NOTHING_TO_CANCEL = "There is nothing to cancel. Just write or speak about your day."


def privacy(readers: Readers) -> str:
    return "\n\n".join((_KEPT, "<b>Who can read it</b>\n" + "\n".join(_who(readers)), _YOURS))


_KEPT = (
    "<b>What I keep</b>\n"
    "• Your entries, word for word, and your recordings with their transcripts.\n"
    "• What I noted in them, such as mood or sleep, each with the words it came from, and my replies.\n"
    "• Your goals and reminders, the scores of your days, and my summaries.\n"
    "• Your settings, and the name, the user name and the language that Telegram tells me.\n"
    "• If you have an account: its e-mail, and a hash of its password, which tells nobody the password.\n"
    "• Each message as it came in, for three days, so that none is lost; for thirty if I could not "
    "handle it. Never where you are: a location only tells me your time zone."
)

_YOURS = (
    "<b>What you can do</b>\n"
    "• Edit a message, and what I keep changes with it.\n"
    "• /delete an entry: it can be brought back for a day, then it is gone for good.\n"
    "• Have everything deleted: /delete your entries one by one, or ask whoever runs this bot.\n"
    "• Deleting a message in Telegram deletes it only there: Telegram does not tell me."
)


_BY_COACH = (
    "your entries, with your name, your goals and earlier entries that have to do with them, to understand "
    "and answer you"
)
_BY_LISTENER = "your recordings, to write them down, and your entries, to find them again by their meaning"


def _who(readers: Readers) -> list[str]:
    lines = [
        "• Whoever runs this bot: it is all in their database, and Daybook does not encrypt it there.",
        "• Telegram, which carries our messages. Chats with bots are not end-to-end encrypted.",
        "• No other person who uses this bot, ever.",
    ]
    for name in readers.names:
        read = [(readers.coach, _BY_COACH), (readers.listener, _BY_LISTENER)]
        told = "; ".join(what for who, what in read if who == name)
        lines.append(f"• {escape(name, quote=False)}: {told}.")
    if not readers.names:
        lines.append("• No AI company: none is set up here.")
    return lines
