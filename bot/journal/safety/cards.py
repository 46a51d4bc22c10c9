"""The card: a calm word in the person's language, and real people to turn to."""

import tomllib
from collections.abc import Mapping
from functools import cache
from html import escape
from urllib.parse import urlsplit

from bot.journal.safety.grammar import language_files
from bot.journal.safety.helplines import ALWAYS, Line, helplines
from bot.journal.safety.judging import Concern

ENGLISH = "en"
MOST_LINES = 3
# What happened or is about to comes first with an emergency number; the other cards end with it.
URGENT = {Concern.ACUTE, Concern.INDIRECT, Concern.DANGER}


def card(
    country: str | None,
    language: str | None,
    concern: Concern = Concern.ACUTE,
    *,
    is_kept: bool = True,
) -> str:
    """Telegram HTML, at most about 1,500 characters. `country` is an ISO 3166-1 code; `language` an
    IETF tag such as "de" or "pt-BR", English if we have no card in it. It says that the words are kept
    where that `is_kept`."""
    words = _words(language)
    code = (country or "").upper()
    emergency = _emergency(code, words)
    lines = "\n".join(_row(line, words) for line in _lines(code, language))
    links = " · ".join(_link(line) for line in helplines().international)
    elsewhere = words["elsewhere"].format(links=links)
    opening = words[concern.value]
    if concern in URGENT:
        parts = [opening, f"<b>{emergency}</b>", f"{words['lines']}\n{lines}" if lines else "", elsewhere]
    else:
        parts = [f"{opening}\n{lines}" if lines else opening, elsewhere, emergency]
    kept = words["kept"] if is_kept else ""
    return "\n\n".join(part for part in [*parts, kept] if part)


def _emergency(country: str, words: Mapping[str, str]) -> str:
    numbers = helplines().emergency.get(country)
    if not numbers:
        return words["emergency_unknown"]
    return words["emergency"].format(numbers=" / ".join(numbers))


def _lines(country: str, language: str | None) -> list[Line]:
    """Those who speak the person's language first."""
    spoken = _main(language)
    known = helplines().lines.get(country, ())
    return sorted(known, key=lambda line: spoken not in line.languages)[:MOST_LINES]


def _row(line: Line, words: Mapping[str, str]) -> str:
    parts = [f"<b>{escape(line.name, quote=False)}</b>", *map(escape, line.phone)]
    if line.text:
        parts.append(words["write"].format(to=escape(line.text, quote=False)))
    if line.hours:
        parts.append(words["always"] if line.hours == ALWAYS else line.hours)
    if line.url:
        parts.append(_link(line, urlsplit(line.url).netloc.removeprefix("www.")))
    return "• " + " · ".join(parts)


def _link(line: Line, title: str = "") -> str:
    return f'<a href="{escape(line.url)}">{escape(title or line.name, quote=False)}</a>'


def _main(language: str | None) -> str:
    return (language or ENGLISH).replace("_", "-").split("-")[0].lower()


def _words(language: str | None) -> Mapping[str, str]:
    cards = _all_words()
    return cards.get(_main(language), cards[ENGLISH])


@cache
def _all_words() -> dict[str, dict[str, str]]:
    return {path.stem: tomllib.loads(path.read_text("utf-8"))["card"] for path in language_files()}
