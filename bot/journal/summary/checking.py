"""What the coach gave, checked field by field: what is wrong is left out, the rest is kept.

No field may hold a link, an address to tap, or a number that was not among the facts it was given; a quote
must stand in one of the day's entries.
"""

import logging
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from bot.ai.protocols import SummaryWords
from bot.journal.message import clean
from bot.journal.quotes import find_quote
from bot.journal.snippets import cut
from bot.journal.summary.number_words import LEAST_CHECKED, spelled_in
from db.queries.summing import Told

log = logging.getLogger(__name__)

# In characters. What is longer than `TOO_LONG` is no answer to what was asked.
STORY, LINE, QUOTE, TOO_LONG = 460, 170, 140, 4_000
SENTENCES = 3

_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"</?[a-z][^<>]{0,200}>", re.IGNORECASE)
# Also what clients make a link of by themselves: domains, mentions, commands.
_LINK = re.compile(
    r"https?:|tg:|www\.|(?<![\w@])@\w{3}|(?<![\w/])/[a-z]\w*"
    r"|\b[a-z0-9-]+\.(?:[a-z]{2,6}/|(?:com|net|org|io|me|ru|de|info|app|dev|xyz|top|link|ly|gg|co)\b)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r".+?(?:[.!?…؟।]+[\"'”’»)\]]*(?=\s|$)|[。！？]+[」』”]*|$)", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:[.,:٫]\d+)*")
_ASKS = re.compile(r"[?？؟՞]|;\s*$")


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the words must rest on: the entries, all the text that the coach was given as facts, how many
    goals it was told, the questions that were asked lately, and the language that it was to answer in, where
    that is known."""

    entries: Sequence[Told]
    facts: str
    goals: int = 0
    asked: Collection[str] = ()
    language: str | None = None

    @property
    def is_english(self) -> bool:
        return (self.language or "en").lower().startswith("en")


@dataclass(frozen=True, kw_only=True)
class Words:
    """Plain text, checked; `goal` is the place of the suggestion's goal, from 0."""

    story: str | None = None
    helped: str | None = None
    quote: str | None = None
    quote_entry_id: UUID | None = None
    suggestion: str | None = None
    goal: int | None = None
    question: str | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.story or self.helped or self.suggestion or self.question)


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Those that the coach was given. Where it answers in English, `checks_words`: numbers in letters count
    as those in digits do."""

    given: Collection[float]
    checks_words: bool

    @classmethod
    def of(cls, ground: Ground) -> "Numbers":
        given, checks_words = numbers_in(ground.facts), ground.is_english
        if checks_words:
            given = given.union(*spelled_in(ground.facts))
        return cls(given=given, checks_words=checks_words)

    def hold(self, text: str) -> bool:
        """Whether each number in the text is one of them."""
        if not are_given(text, self.given):
            return False
        spelled = spelled_in(text) if self.checks_words else ()
        return all(max(it) < LEAST_CHECKED or not it.isdisjoint(self.given) for it in spelled)


def check(given: SummaryWords, ground: Ground) -> Words:
    allowed = Numbers.of(ground)
    story = _story(given.story, allowed)
    quote, entry_id = _quote(given.helped_quote, ground.entries)
    helped = _line(given.helped, allowed) if quote else None
    goal = _goal(given.goal, ground.goals)
    suggestion = _line(given.suggestion, allowed) if goal is not None else None
    question = _question(given.question, allowed, ground.asked)
    kept = (story, helped, suggestion, question)
    gave = (given.story, given.helped, given.suggestion, given.question)
    if dropped := sum(1 for was, it in zip(gave, kept, strict=True) if was and not it):
        log.info("%d of 4 parts of a summary did not pass", dropped)
    return Words(
        story=story,
        helped=helped,
        quote=quote if helped else None,
        quote_entry_id=entry_id if helped else None,
        suggestion=suggestion,
        goal=goal if suggestion else None,
        question=question,
    )


def _text(value: object) -> str:
    """On one line; nothing for what is no text, or far too long."""
    if not isinstance(value, str) or len(value) > TOO_LONG:
        return ""
    return _SPACE.sub(" ", _TAG.sub("", clean(value))).strip()


def _story(value: object, allowed: Numbers) -> str | None:
    """The first sentences that hold nothing wrong and fit together."""
    kept = ""
    for number, sentence in enumerate(_sentences(_text(value))):
        longer = f"{kept} {sentence}".strip()
        if number < SENTENCES and len(longer) <= STORY and _is_fine(sentence, allowed):
            kept = longer
    return kept or None


def _line(value: object, allowed: Numbers) -> str | None:
    text = _text(value)
    return text if text and len(text) <= LINE and _is_fine(text, allowed) else None


def _question(value: object, allowed: Numbers, asked: Collection[str]) -> str | None:
    """The one question in it, unless it was asked lately."""
    questions = [it for it in _sentences(_text(value)) if _ASKS.search(it)]
    text = _line(questions[0], allowed) if questions else None
    return text if text and _folded(text) not in {_folded(it) for it in asked} else None


def _quote(value: object, entries: Sequence[Told]) -> tuple[str | None, UUID | None]:
    if not isinstance(value, str):
        return None, None
    for entry in entries:
        if (found := find_quote(value, entry.body)) and not _LINK.search(found):
            return cut(_SPACE.sub(" ", found), QUOTE), entry.id
    return None, None


def _goal(value: object, goals: int) -> int | None:
    # bool is an int to Python.
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value - 1 if is_number and isinstance(value, int) and 1 <= value <= goals else None


def _is_fine(text: str, allowed: Numbers) -> bool:
    if _LINK.search(text) or not any(it.isalnum() for it in text):
        return False
    return allowed.hold(text)


def _sentences(text: str) -> list[str]:
    return [it.strip() for it in _SENTENCE.findall(text) if it.strip()]


def numbers_in(text: str) -> set[float]:
    """The numbers that a text states in digits of any script, however they may be read; the parts of a
    time or a date count each by itself, too."""
    found: set[float] = set()
    for parts, mark in _numbers(text):
        found |= _readings(parts)
        if _is_date(parts, mark):
            found.update(float(it) for it in parts)
    return found


def are_given(text: str, allowed: Collection[float]) -> bool:
    """Whether each number in the text is one of those."""
    for parts, mark in _numbers(text):
        by_parts = _is_date(parts, mark) and all(float(it) in allowed for it in parts)
        if not by_parts and _readings(parts).isdisjoint(allowed):
            return False
    return True


def _numbers(text: str) -> list[tuple[list[str], str]]:
    """Each number in its parts, with the first mark between them."""
    digits = "".join(str(unicodedata.decimal(it)) if it.isdecimal() else it for it in text)
    found = (it.group() for it in _NUMBER.finditer(digits))
    return [(re.split(r"[.,:٫]", it), next((c for c in it if not c.isdigit()), "")) for it in found]


def _is_date(parts: Sequence[str], mark: str) -> bool:
    return len(parts) > 2 or mark == ":"


def _readings(parts: Sequence[str]) -> set[float]:
    if len(parts) == 1:
        return {float(parts[0])}
    read = {float(".".join(parts))} if len(parts) == 2 else set()
    # “12,000” is twelve thousand to some.
    return read | ({float("".join(parts))} if all(len(it) == 3 for it in parts[1:]) else set())


def _folded(text: str) -> str:
    return "".join(it for it in text.casefold() if it.isalnum())
