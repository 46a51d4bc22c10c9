"""A text as terms: its words without endings, case and accents, each in its language.

A term is `language:stem`, so that a question meets only words that were cut in the same way. Scripts
that put no spaces between words give pairs of letters.
"""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import files
from uuid import UUID

import Stemmer

LONGEST_WORD = 64
# Han, kana, Hangul, Thai, Lao, Burmese, Khmer.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff"
)
NAMES = {"nb": "no", "nn": "no"}
# One small word may be there by chance, as "also" is German too: it tells only where nothing else does.
LEAST_COMMON_WORDS = 2


@dataclass(frozen=True, kw_only=True)
class Terms:
    """`counts` by term; `known` is each word as it was written, folded, with its term. `length` is how
    many words there are, without the small ones."""

    language: str
    counts: Counter[str]
    known: dict[str, str]
    length: int


@dataclass(frozen=True, kw_only=True)
class Language:
    stemmer: str
    stop: frozenset[str]


def read(text: str, language: str) -> Terms:
    """The terms of `text` in `language` ("" for an unknown one)."""
    counts: Counter[str] = Counter()
    known: dict[str, str] = {}
    small = small_words(language)
    length = 0
    for word in words(text):
        length += word not in small
        counts[term := term_of(word, language)] += 1
        known[fold(word)] = term
    return Terms(language=language, counts=counts, known=known, length=length)


@lru_cache(maxsize=20_000)
def term_of(word: str, language: str) -> str:
    """Words in pairs of letters and numbers are the same in every language."""
    if word.isdecimal() or _unspaced().match(word):
        return f":{fold(word)}"
    stem = fold(_stemmer(language).stemWord(word)) if language else ""
    return f"{language}:{stem or fold(word)}"


def words(text: str) -> list[str]:
    """The words in order, in lower case; unspaced scripts in overlapping pairs of letters."""
    found: list[str] = []
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    for word in _word().findall(plain):
        if not fold(word):
            continue
        if _unspaced().match(word):
            found += [word[at : at + 2] for at in range(max(len(word) - 1, 1))]
        else:
            found.append(word[:LONGEST_WORD])
    return found


def fold(word: str) -> str:
    """Without accents and other marks that people leave out when typing."""
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFKD", word).replace("ı", "i").replace("ł", "l").replace("ø", "o")
    # Hangul and kana come apart too, and belong together again.
    return unicodedata.normalize("NFC", "".join(c for c in parts if not _is_mark(c)))


def detect(text: str, hint: str | None) -> str:
    """The language whose small words `text` has most of; where that is not clear, the language of
    `hint` (a BCP 47 tag), or ""."""
    likely = base(hint)
    found = words(text[:4000])
    other = [word for word in found if not word.isascii()]
    if len(other) * 2 > len(found):
        for code, script in _scripts().items():
            if sum(1 for word in other if script.match(word)) * 2 > len(found):
                return code
    shares = Counter(code for word in found for code in _speakers().get(word, ())).most_common(2)
    if not shares or (len(shares) > 1 and shares[0][1] == shares[1][1]):
        return likely
    best, most = shares[0]
    return best if most >= LEAST_COMMON_WORDS or not likely else likely


def base(tag: str | None) -> str:
    """The language of a tag, as named here; "" for one without a stemmer."""
    code = (tag or "").replace("_", "-").partition("-")[0].lower()
    code = NAMES.get(code, code)
    return code if code in languages() else ""


def key(user_id: UUID, term: str) -> int:
    """64 bits that stand for this person's `term`."""
    digest = blake2b(term.encode(errors="replace"), digest_size=8, key=user_id.bytes).digest()
    return int.from_bytes(digest, "big", signed=True)


@cache
def languages() -> Sequence[str]:
    return tuple(_data())


@cache
def _data() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("bot.journal.recall").joinpath("words.toml").read_text(encoding="utf-8"))


@cache
def _language(code: str) -> Language:
    raw = _data()[code]
    return Language(stemmer=raw["stemmer"], stop=frozenset(words(raw["stop"])))


@cache
def _scripts() -> dict[str, re.Pattern[str]]:
    return {code: re.compile(f"[{raw['script']}]") for code, raw in _data().items() if "script" in raw}


@cache
def _speakers() -> dict[str, list[str]]:
    """The languages in which a word is a small one."""
    found: dict[str, list[str]] = {}
    for code in languages():
        for word in _language(code).stop:
            found.setdefault(word, []).append(code)
    return found


def small_words(language: str) -> frozenset[str]:
    """The words of a language that only hold a sentence together."""
    return _language(language).stop if language else frozenset()


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_language(language).stemmer)


@cache
def _word() -> re.Pattern[str]:
    """Letters and digits with the marks that sit on them; `\\w` alone would cut Hindi at its vowels."""
    marks = "".join(c for c in map(chr, range(0x10000)) if unicodedata.category(c)[0] == "M")
    return re.compile(f"[{UNSPACED}][{UNSPACED}{marks}]*|(?:(?![{UNSPACED}])[^\\W_][{marks}]*)+")


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{UNSPACED}]")


@cache
def _is_mark(character: str) -> bool:
    # The vowels of Indic scripts are marks of another kind (Mc, and Mn above U+0900), and are kept.
    return unicodedata.category(character) == "Mn" and (
        ord(character) < 0x0900 or unicodedata.combining(character) in {202, 230}
    )
