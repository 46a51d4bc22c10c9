"""A text as a string of symbols: one letter for each word that helps to name a day."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple
from unicodedata import combining, normalize

# The letter that each list of words gives; months and weekdays that need support are in lower case.
SIMPLE = {
    "before": "B", "after": "A", "last": "L", "this": "T", "next": "X", "around": "R", "early": "E",
    "mid": "I", "late": "Z", "then": "Y", "numbered": "C", "on_the": "G", "since": "F", "between": "f",
    "until": "K", "in": "P", "pronouns": "j", "skip": "s",
}  # fmt: skip
FIRST_YEAR, LAST_YEAR = 1900, 2100

ISO = r"(?P<iso>\d{4}-\d{1,2}-\d{1,2})(?!\d)"
NUMERIC = r"(?P<numeric>\d{1,2}(?:(?P<mark>[./])\d{1,2}(?:(?P=mark)(?:\d{4}|\d{2})(?!\d)|(?P=mark)(?!\d))))"
NUMBER = r"(?P<number>\d{1,4})(?![\d:,]*\d)(?P<suffix>[-ʼ’']?[^\W\d_]{1,4}|[º°ª])?"
WORD = r"(?P<word>[^\W\d_]+)"
PIECE = re.compile(rf"{ISO}|{NUMERIC}|{NUMBER}|\d[\d.,:]*|{WORD}|(?P<comma>,)|(?P<end>[.!?;:\n…()\"“”])")


class Symbol(NamedTuple):
    """`body[start:stop]` and what it may be: a letter for each reading, with its value."""

    start: int
    stop: int
    readings: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Words:
    """One language. Phrases are by their first word, the longest first."""

    phrases: Mapping[str, list[tuple[tuple[str, ...], dict[str, Any]]]]
    suffixes: frozenset[str]
    dotted: bool
    capital_nouns: bool


def symbols(text: str, language: str) -> list[Symbol]:
    words = of_language(language)
    pieces = list(_pieces(text, words))
    found: list[Symbol] = []
    at = 0
    while at < len(pieces):
        length, readings = _longest(pieces, at, words)
        start, stop = pieces[at][1].start, pieces[at + length - 1][1].stop
        found.append(Symbol(start=start, stop=stop, readings=readings))
        at += length
    return found


def _longest(pieces: list[tuple[str, Symbol]], at: int, words: Words) -> tuple[int, Mapping[str, Any]]:
    word, symbol = pieces[at]
    for phrase, readings in words.phrases.get(word, ()):
        if tuple(it[0] for it in pieces[at : at + len(phrase)]) == phrase:
            return len(phrase), readings
    return 1, symbol.readings


def _pieces(text: str, words: Words) -> Iterator[tuple[str, Symbol]]:
    done = 0
    for match in PIECE.finditer(text):
        if match.start() < done:
            # The full stop of a German "3." is taken already.
            continue
        stop = match.end()
        if match["word"]:
            # Where nouns are capital, a small word after a number is no noun that it counts.
            other = "j" if words.capital_nouns and match["word"][0].islower() else "x"
            yield fold(match["word"]), Symbol(start=match.start(), stop=stop, readings={other: None})
            continue
        if match["number"]:
            readings, stop = _number(text, match, words)
        elif match["iso"] or match["numeric"]:
            readings = {"#": match["iso"] or match["numeric"]}
        else:
            readings = {"," if match["comma"] else ".": None}
        yield "", Symbol(start=match.start(), stop=stop, readings=readings)
        done = stop
        if match["number"] and stop < match.end():
            rest = match["suffix"].lstrip("-ʼ’'")
            start = match.end() - len(rest)
            yield fold(rest), Symbol(start=start, stop=match.end(), readings={"x": None})


def _number(text: str, match: re.Match[str], words: Words) -> tuple[dict[str, Any], int]:
    value, suffix = int(match["number"]), match["suffix"] or ""
    if suffix and fold(suffix.lstrip("-ʼ’'")) in words.suffixes:
        return {"O": value}, match.end()
    stop = match.end("number")
    if words.dotted and value <= 31 and text[stop : stop + 1] == ".":
        return {"O": value, "N": value}, stop + 1
    if FIRST_YEAR <= value <= LAST_YEAR:
        return {"4": value}, stop
    return {"N": value}, stop


def fold(word: str) -> str:
    plain = word.casefold()
    if plain.isascii():
        return plain
    parts = normalize("NFKD", plain).replace("ł", "l")
    return "".join(c for c in parts if not combining(c))


@cache
def languages() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("bot.journal.dates").joinpath("languages.toml").read_text(encoding="utf-8"))


@cache
def of_language(code: str) -> Words:
    raw = languages().get(code, {})
    phrases: dict[tuple[str, ...], dict[str, Any]] = {}
    for letter, value, listed in _lists(raw):
        for phrase in listed.split():
            key = tuple(fold(word) for word in phrase.lstrip("?").split("_"))
            name = letter.lower() if phrase.startswith("?") else letter
            phrases.setdefault(key, {}).setdefault(name, value)
    by_first: dict[str, list[tuple[tuple[str, ...], dict[str, Any]]]] = {}
    for key, readings in sorted(phrases.items(), key=lambda it: -len(it[0])):
        by_first.setdefault(key[0], []).append((key, readings))
    suffixes = frozenset(fold(it) for it in raw.get("suffixes", "").split())
    return Words(
        phrases=by_first,
        suffixes=suffixes,
        dotted=raw.get("dotted", False),
        capital_nouns=raw.get("capital_nouns", False),
    )


def _lists(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Each list of words with its letter and what it stands for."""
    for name, letter in (("months", "M"), ("weekdays", "W"), ("seasons", "S"), ("in_season", "V")):
        for number, listed in enumerate(raw.get(name, "").split("|")):
            yield letter, number, listed
    for name, letter in (("units", "U"), ("single", "u"), ("holidays", "H")):
        for value, listed in raw.get(name, {}).items():
            yield letter, value, listed
    for offset, listed in raw.get("days", {}).items():
        yield "D", int(offset), listed
    for pair in raw.get("numbers", "").split():
        word, _, number = pair.partition("=")
        yield "n", int(number), word
    for number, word in enumerate(raw.get("ordinals", "").split(), 1):
        yield "o", number, word
    for name, letter in SIMPLE.items():
        yield letter, None, raw.get(name, "")
