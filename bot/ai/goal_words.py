"""What the words of a goal mean, read by rule: what is done, how often, and what is counted."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import Stemmer

from bot.ai.lexicon import LANGUAGES, Phrases, fold, lexicon
from bot.ai.pieces import Piece, pieces_of
from bot.ai.values import measures

Cadence = Literal["day", "week", "month"]

# A sentence is too short to tell its language by: two words are of one kind where any of these says so.
STEMMERS = ("english", "german", "spanish", "french", "portuguese", "italian", "russian", "turkish", "arabic")
LEAST_STEM = 3
PER = ("per", "pro", "por", "par")


@dataclass(frozen=True, kw_only=True)
class GoalWords:
    """All words folded. `families` tell for a word what it is about."""

    cadences: tuple[tuple[Cadence, Phrases], ...]
    times: frozenset[str]
    once: frozenset[str]
    twice: frozenset[str]
    clocks: frozenset[str]
    less: Phrases
    wants: Phrases
    stop: frozenset[str]
    general: frozenset[str]
    alone: frozenset[str]
    first: frozenset[str]
    families: dict[str, str]
    categories: dict[str, str]
    idioms: Phrases


@cache
def goal_words() -> GoalWords:
    raw = tomllib.loads(files("bot.ai").joinpath("languages", "goals.toml").read_text(encoding="utf-8"))
    times, title, families = raw["times"], raw["title"], raw["families"]

    def words(listed: str | Iterable[str]) -> frozenset[str]:
        return frozenset(map(fold, listed.split() if isinstance(listed, str) else listed))

    return GoalWords(
        cadences=(
            ("day", Phrases(raw["cadences"]["day"])),
            ("week", Phrases(raw["cadences"]["week"])),
            ("month", Phrases(raw["cadences"]["month"])),
        ),
        times=words(times["words"]),
        once=words(times["once"]),
        twice=words(times["twice"]),
        clocks=words(times["clocks"]),
        less=Phrases(raw["days"]["less"]),
        wants=Phrases(title["wants"]),
        stop=words(title["stop"]),
        general=words(title["general"]),
        alone=words(title["alone"]),
        first=words(title["first"]),
        families={word: name for name, it in families.items() for word in words(it["words"])},
        categories={name: it["category"] for name, it in families.items()},
        idioms=Phrases(raw["idioms"]["phrases"]),
    )


@cache
def _stemmers() -> tuple[Stemmer.Stemmer, ...]:
    return tuple(Stemmer.Stemmer(name) for name in STEMMERS)


def is_same(one: str, other: str) -> bool:
    """Whether two folded words are forms of one, or of one family."""
    if one == other:
        return True
    families = goal_words().families
    if one in families or other in families:
        return families.get(one) == families.get(other)
    return any(
        len(stem) >= LEAST_STEM and stem == stemmer.stemWord(other)
        for stemmer in _stemmers()
        for stem in [stemmer.stemWord(one)]
    )


@cache
def number_words() -> dict[str, float]:
    """Of every language together; those with two meanings are left out."""
    found: dict[str, set[float]] = {}
    for code in LANGUAGES:
        for word, value in lexicon(code).numbers.items():
            found.setdefault(word, set()).add(value)
    return {word: values.pop() for word, values in found.items() if len(values) == 1}


def times_in(word: str) -> float | None:
    """“twice”, “dreimal”: how many times a single word says."""
    words = goal_words()
    if word in words.once:
        return 1.0
    if word in words.twice:
        return 2.0
    return number_words().get(word.removesuffix("mal")) if word.endswith("mal") else None


def number_at(pieces: Sequence[Piece], at: int) -> float | None:
    piece = pieces[at] if at < len(pieces) else None
    if piece is None or piece.kind not in {"number", "word"}:
        return None
    return piece.number if piece.kind == "number" else number_words().get(piece.text)


def cadence_in(pieces: Sequence[Piece]) -> tuple[Cadence | None, range]:
    """How often, and where the words for it stand."""
    words = [piece.text for piece in pieces]
    for at, word in enumerate(words):
        for cadence, phrases in goal_words().cadences:
            if word and (length := phrases.length_at(words, at)):
                return cadence, range(at, at + length)
            # “3x/week”
            is_behind_slash = at > 0 and pieces[at - 1].kind == "bad"
            if is_behind_slash and any(phrases.length_at([per, word], 0) for per in PER):
                return cadence, range(at - 1, at + 1)
    return None, range(0)


@cache
def keys_of(title: str, unit: str) -> tuple[str, ...]:
    """The folded words by which an entry may be known to speak of a goal: what is left of its title
    without numbers, units and how often. None of them where the unit tells enough."""
    words = goal_words()
    pieces = pieces_of(title)
    counted = fold(unit)
    if counted in words.alone:
        return ()
    _, how_often = cadence_in(pieces)
    keys: list[str] = []
    for at, piece in enumerate(pieces):
        if at in how_often:
            continue
        word = piece.text
        is_amount = number_at(pieces, at) is not None or times_in(word) is not None
        is_counted = word in measures() or word in words.times or is_same(word, counted)
        if piece.kind != "word" or len(word) < 2 or is_amount or is_counted or word in words.stop:
            continue
        if not any(is_same(word, key) for key in keys):
            keys.append(word)
    telling = [key for key in keys if key not in words.general]
    return tuple(telling or keys)
