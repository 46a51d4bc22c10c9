"""The language files, as patterns over words.

A pattern is a row of elements, parted by blanks:

    word        that word (`die`), or a stem (`suicid*`)
    a|b+c|<d>   one of these; a + joins the words of a phrase
    <slot>      one of the words or phrases that the file lists under [words]
    word?       it may be missing
    _  _5       a gap of up to three, or five, words
    ^  $        the first, the last word of a sentence; also a|b|$
    #  #few  #many    a number in digits; up to four; ten and more

docs/safety.md tells what the groups of patterns mean.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.journal.safety.reading import fold_character
from bot.journal.safety.vocabulary import Vocabulary, collapse, parts_of, strip_marks

FOLDER = Path(__file__).parent / "languages"
DEFAULT_GAP = 3
FIRST, LAST = -1, -2

Phrase = tuple[str, ...]

SIGNS = ("acute", "done", "behind", "indirect", "mention", "weak", "danger", "other")
SURROUNDINGS = {
    "close",
    "other",
    "says",
    "song",
    "work",
    "game",
    "all",
    "pill",
    "better",
    "bridge",
    "many",
    "trivial",
    "ailment",
    "weapon",
}
CONTEXTS = (
    "idiom",
    "everyday",
    "grief",
    "denial",
    "past",
    "again",
    "today",
    "fiction",
    "topic",
    "game",
    "quoting",
)


@dataclass(frozen=True, slots=True)
class Element:
    """A gap of at most `gap` words if `slot` is None; FIRST and LAST stand for the ends of a sentence."""

    slot: int | None
    gap: int = 0
    optional: bool = False
    or_edge: bool = False  # the end of the sentence will do as well


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    language: str
    role: str
    theme: str
    elements: tuple[Element, ...]
    required: frozenset[int]
    source: str

    def around(self, slot: int) -> tuple[tuple[Element, ...], tuple[Element, ...]]:
        """The elements before this required one, the nearest first, and those after it."""
        at = next(
            k for k, it in enumerate(self.elements) if it.slot == slot and not it.optional and not it.or_edge
        )
        return self.elements[:at][::-1], self.elements[at + 1 :]


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    negation: int | None
    writer: int | None  # I, me, my and the like
    either: int | None  # forms of the verb that may be the writer's or anybody's
    subject: int | None  # I alone
    others: int | None
    close: int | None
    says: int | None
    not_beside: re.Pattern[str] | None  # a text with one of these characters is in another language
    negation_reaches: int  # how many words before a sign its negation may stand; further off, it denies
    # something else: "no puedo más quiero morir"
    negation_follows: int  # how many words after a sign its negation may stand


class Node:
    """A word of a phrase; `phrase` is the number of the one that ends here."""

    __slots__ = ("after", "phrase")

    def __init__(self) -> None:
        self.phrase: int | None = None
        self.after: dict[str, Node] = {}


@dataclass(frozen=True, slots=True)
class Grammar:
    vocabulary: Vocabulary
    tree: Node
    slots: tuple[frozenset[int], ...]  # by phrase: the slots that it fills
    phrases: tuple[frozenset[int], ...]  # by slot: the phrases that fill it
    spoken: tuple[frozenset[str], ...]  # by phrase: the languages that know it
    signs: tuple[Pattern, ...]
    contexts: tuple[Pattern, ...]
    languages: Mapping[str, Language]


@cache
def grammar() -> Grammar:
    """All language files; about a tenth of a second the first time."""
    return compiled(language_files())


def compiled(paths: Iterable[Path]) -> Grammar:
    """Raises ValueError for a pattern that can't be meant."""
    return _Compiler([(path.stem, tomllib.loads(path.read_text("utf-8"))) for path in paths]).compile()


def language_files() -> list[Path]:
    return sorted(FOLDER.glob("*.toml"))


class _Compiler:
    def __init__(self, files: list[tuple[str, dict[str, Any]]]) -> None:
        self._files = files
        self._digraphs = {code: file.get("digraphs", {}) for code, file in files}
        self._slots: dict[frozenset[Phrase], int] = {}

    def compile(self) -> Grammar:
        patterns: list[Pattern] = []
        languages: dict[str, Language] = {}
        named = {
            (code, name): self._phrases(words, code)
            for code, file in self._files
            for name, words in file.get("words", {}).items()
        }
        for code, file in self._files:
            here = {name: it for (owner, name), it in named.items() if owner == code}
            elsewhere = {f"{owner}.{name}": it for (owner, name), it in named.items()}
            patterns += self._patterns(code, file, {**elsewhere, **here})
            slots = {name: self._slot(words) for name, words in here.items()}
            languages[code] = Language(
                code=code,
                negation=slots.get("not"),
                writer=self._slot(_first_person(here)),
                either=slots.get("either"),
                subject=slots.get("i"),
                others=slots.get("other"),
                close=slots.get("close"),
                says=slots.get("says"),
                not_beside=re.compile(f"[{file['not_beside']}]") if "not_beside" in file else None,
                negation_reaches=int(file.get("negation_reaches", 1)),
                negation_follows=int(file.get("negation_follows", 0)),
            )
        other_words = {collapse(strip_marks(_folded(it))) for _, file in self._files for it in _listed(file)}
        numbers = {phrase: at for at, phrase in enumerate(sorted(set().union(*self._slots)))}
        spoken = _spoken(patterns)
        filled = _filled(self._slots, numbers)
        return Grammar(
            vocabulary=Vocabulary(
                {word for phrase in numbers for word in phrase}, self._often_misspelt(named), other_words
            ),
            tree=_tree(numbers),
            slots=filled,
            phrases=tuple(frozenset(numbers[it] for it in phrases) for phrases in self._slots),
            spoken=tuple(frozenset(code for slot in slots for code in spoken[slot]) for slots in filled),
            signs=tuple(it for it in patterns if it.role in SIGNS),
            contexts=tuple(it for it in patterns if it.role in CONTEXTS),
            languages=languages,
        )

    def _often_misspelt(self, named: Mapping[tuple[str, str], frozenset[Phrase]]) -> set[str]:
        """The words that signs are made of, not those of their surroundings."""
        own = (phrases for (_, name), phrases in named.items() if name not in SURROUNDINGS)
        words = {word for phrases in own for phrase in phrases for word in phrase}
        plain = (
            choice
            for _, file in self._files
            for source in file["signs"].get("acute", ())
            for written in source.split()
            for choice in written.removesuffix("?").split("|")
            if "<" not in choice
        )
        return words | {word for choice in plain for word in _cut(choice.replace("+", " "))}

    def _patterns(
        self, code: str, file: dict[str, Any], named: Mapping[str, frozenset[Phrase]]
    ) -> Iterable[Pattern]:
        groups = {**file.get("signs", {}), **file.get("context", {})}
        for role, group in groups.items():
            if role not in SIGNS + CONTEXTS:
                raise ValueError(f"{code}: no such group of patterns: {role}")
            for theme, sources in (group if isinstance(group, dict) else {"": group}).items():
                for source in sources:
                    yield self._pattern(code, role, theme, source, named)

    def _pattern(
        self, code: str, role: str, theme: str, source: str, named: Mapping[str, frozenset[Phrase]]
    ) -> Pattern:
        elements: list[Element] = []
        for written in source.split():
            gap = re.fullmatch(r"_(\d{0,2})", written)
            if gap:
                elements.append(Element(None, gap=int(gap[1] or DEFAULT_GAP)))
                continue
            if written in {"^", "$"}:
                elements.append(Element(FIRST if written == "^" else LAST))
                continue
            optional = written.endswith("?")
            written_choices = written.removesuffix("?").split("|")
            or_edge = "$" in written_choices
            choices: set[Phrase] = set()
            for choice in (it for it in written_choices if it != "$"):
                name = re.fullmatch(r"<([\w.]+)>", choice)
                if name and name[1] not in named:
                    raise ValueError(f"{code}: no words are listed for {choice} in {source!r}")
                choices |= named[name[1]] if name else self._phrases(choice.replace("+", " "), code)
            elements.append(Element(self._slot(frozenset(choices)), 0, optional, or_edge))
        slots = (it.slot for it in elements if not it.optional and not it.or_edge)
        required = frozenset(slot for slot in slots if slot is not None and slot >= 0)
        if not required:
            raise ValueError(f"{code}: {source!r} would match anything")
        return Pattern(code, role, theme, tuple(elements), required, source)

    def _phrases(self, words: str, code: str) -> frozenset[Phrase]:
        """`no longer, not anymore` as {("no", "longer"), ("not", "anymore")}, each folded as a text is."""
        found: set[Phrase] = set()
        for listed in re.split(r"[,\n]", words):
            phrase = listed.strip()
            if phrase:
                found.add(_cut(phrase))
                for letter, pair in self._digraphs[code].items():
                    if letter in phrase:
                        found.add(_cut(phrase.replace(letter, pair)))
        return frozenset(found)

    def _slot(self, phrases: frozenset[Phrase]) -> int:
        return self._slots.setdefault(phrases, len(self._slots))


def _tree(numbers: Mapping[Phrase, int]) -> Node:
    root = Node()
    for phrase, number in numbers.items():
        node = root
        for word in phrase:
            node = node.after.setdefault(word, Node())
        node.phrase = number
    return root


def _filled(
    slots: Mapping[frozenset[Phrase], int], numbers: Mapping[Phrase, int]
) -> tuple[frozenset[int], ...]:
    """By phrase: the slots that it fills."""
    filled: list[set[int]] = [set() for _ in numbers]
    for phrases, slot in slots.items():
        for phrase in phrases:
            filled[numbers[phrase]].add(slot)
    return tuple(map(frozenset, filled))


def _spoken(patterns: Iterable[Pattern]) -> defaultdict[int, set[str]]:
    """By slot: the languages that use it."""
    spoken: defaultdict[int, set[str]] = defaultdict(set)
    for pattern in patterns:
        for element in pattern.elements:
            if element.slot is not None:
                spoken[element.slot].add(pattern.language)
    return spoken


def _first_person(named: Mapping[str, frozenset[Phrase]]) -> frozenset[Phrase]:
    own = (words for name, words in named.items() if name in {"i", "me", "my", "self"} or name[:2] == "i_")
    return frozenset(it for words in own for it in words)


_SPACELESS = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_PIECE = re.compile(rf"[{_SPACELESS}]|[^\s{_SPACELESS}-]+")


def _cut(phrase: str) -> Phrase:
    """The words of a phrase, as reading cuts a text."""
    pieces = [part for it in _PIECE.findall(_folded(phrase)) for part in parts_of(it)]
    return tuple(collapse(strip_marks(it)) for it in pieces if it)


def _folded(words: str) -> str:
    return "".join(map(fold_character, words))


def _listed(file: dict[str, Any]) -> Iterable[str]:
    return (it.strip() for it in file.get("real_words", "").split(",") if it.strip())
