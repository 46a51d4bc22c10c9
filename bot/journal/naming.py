"""The name that the bot uses for a person: what they typed, or what Telegram says, made harmless."""

import unicodedata
from html import escape

from bot.journal.message import clean

LONGEST = 40
# Emoji and some scripts are joined by them.
_JOINERS = "\u200c\u200d"


def tidy(name: str) -> str:
    """The name on one line, and without marks that turn the text around it; may be empty."""
    kept = (it for it in clean(name) if it in _JOINERS or unicodedata.category(it) != "Cf")
    return " ".join("".join(kept).split()).strip(_JOINERS)


def as_name(text: str) -> str | None:
    """The whole text as a name, where it may be one: a few words on one line, no sentence."""
    name = tidy(text)
    looks_so = len(name) <= LONGEST and len(name.split()) <= 3 and not name.endswith(("!", "?", "…"))
    has_letters = any(unicodedata.category(it)[0] in "LS" for it in name)
    return name if looks_so and has_letters and "\n" not in text.strip() else None


def shown(name: str) -> str:
    """As HTML, in a length that suits a line; empty where there is no name."""
    return escape(tidy(name)[:LONGEST].strip(), quote=False)
