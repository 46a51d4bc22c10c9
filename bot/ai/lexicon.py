"""The words by which the offline minds read and answer, one file of them for each language."""

import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "de", "es", "fr", "pt", "it", "ru", "tr", "ar")


class Phrases:
    """A set of phrases, found at a place in a sequence of folded words."""

    def __init__(self, phrases: Iterable[str]):
        self._by_first: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for words in {folded_words(phrase) for phrase in phrases}:
            self._by_first[words[0]].append(words)
        for found in self._by_first.values():
            found.sort(key=len, reverse=True)

    def length_at(self, words: Sequence[str], at: int) -> int:
        """How many words the longest phrase that begins at `at` has; 0 when none does."""
        for phrase in self._by_first.get(words[at], ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                return len(phrase)
        return 0

    @property
    def words(self) -> set[str]:
        return {word for phrases in self._by_first.values() for phrase in phrases for word in phrase}


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """One language, all words folded. A statement is a term and a value, with only `link` words
    between them; only `lead` words stand between it and the clause's beginning or its `speaker`,
    and a `follow` phrase or the clause's end comes after it.

    `joints` begin a new clause. `others`, `otherday`, `weekdays`, `unreal` and `negation` tell that
    a number is somebody else's, of another day, only thought of, or denied; `today` ends the other
    day. `first` and `until` frame a span of clock times, `ranges` make two numbers uncertain.
    `prefix_joint` is a letter that is written at a word's front for “and”."""

    code: str
    common: frozenset[str]
    speaker: frozenset[str]
    lead: frozenset[str]
    link: frozenset[str]
    chain: frozenset[str]
    first: frozenset[str]
    until: frozenset[str]
    prefix_joint: str
    ranges: Phrases
    joints: Phrases
    follow: Phrases
    others: Phrases
    today: Phrases
    otherday: Phrases
    weekdays: Phrases
    unreal: Phrases
    negation: Phrases
    half_before_unit: Phrases
    half_after_unit: Phrases
    numbers: Mapping[str, float]
    durations: Mapping[tuple[str, ...], float]
    terms: Mapping[str, Phrases]
    term_words: frozenset[str]
    known: frozenset[str]
    coach: Mapping[str, str]
    names: Mapping[str, str]
    units: Mapping[str, str]


@cache
def lexicon(code: str) -> Lexicon:
    file = files("bot.ai").joinpath("languages", f"{code}.toml")
    raw: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))

    def words(key: str) -> frozenset[str]:
        return frozenset(word for phrase in listed(raw[key]) for word in folded_words(phrase))

    def phrases(key: str) -> Phrases:
        return Phrases(listed(raw[key]))

    terms = {topic: Phrases(forms) for topic, forms in raw["terms"].items()}
    term_words = frozenset[str]().union(*(forms.words for forms in terms.values()))
    listing = [key for key, value in raw.items() if isinstance(value, list) or key in TEXTS]
    known = term_words.union(*map(words, listing), map(fold, raw["numbers"]))
    return Lexicon(
        code=code,
        common=words("common"),
        speaker=words("speaker"),
        lead=words("lead"),
        link=words("link"),
        chain=words("chain"),
        first=words("from"),
        until=words("until"),
        prefix_joint=raw.get("prefix_joint", ""),
        ranges=phrases("range"),
        joints=phrases("and"),
        follow=phrases("follow"),
        others=phrases("others"),
        today=phrases("today"),
        otherday=phrases("otherday"),
        weekdays=phrases("weekdays"),
        unreal=phrases("unreal"),
        negation=phrases("negation"),
        half_before_unit=phrases("half_before_unit"),
        half_after_unit=phrases("half_after_unit"),
        numbers={fold(word): float(value) for word, value in raw["numbers"].items()},
        durations={folded_words(phrase): float(value) for phrase, value in raw["durations"].items()},
        terms=terms,
        term_words=term_words,
        known=known,
        coach=raw["coach"],
        names=raw["names"],
        units=raw["units"],
    )


# Keys that hold their words in one text.
TEXTS = {"common", "lead", "link", "follow", "others"}


def listed(value: str | list[str]) -> list[str]:
    """A list, or a text of words in which `_` joins those of one phrase."""
    return value if isinstance(value, list) else [phrase.replace("_", " ") for phrase in value.split()]


def folded_words(phrase: str) -> tuple[str, ...]:
    """The words as the reader of a text sees them: apostrophes and hyphens part them."""
    return tuple(fold(word) for word in "".join(c if c.isalpha() else " " for c in phrase).split())


def fold(word: str) -> str:
    """The word without case, accents and the other marks that people leave out when typing. A single
    letter keeps its accent: it is often all that tells two words apart, as “e” and “è”."""
    folded = unicodedata.normalize("NFKC", word).casefold().replace("ı", "i").replace("ـ", "")
    if len(folded) == 1:
        return folded
    return "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
