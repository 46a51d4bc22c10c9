"""The language files, as patterns over words.

A pattern is a row of elements, parted by blanks:

    word        that word (`die`), or a stem (`suicid*`)
    a|b+c|<d>   one of these; a + joins the words of a phrase
    <slot>      one of the words or phrases that the file lists under [words]
    word?       it may be missing
    _  _5       a gap of up to three, or five, words; _0, none, where a blank might be a slip
    ^  $        the first, the last word of a sentence; also a|b|$
    #  #few  #many    a number in digits; up to four; ten and more

docs/safety.md tells what the groups of patterns mean.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from bot.journal.safety.blanks import phrases_of, wrong_blank
from bot.journal.safety.reading import SPACELESS, fold_character
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
    "laugh",
    "of",
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
    number: int
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
    of: int | None  # after somebody, it makes them an owner: "母の薬"
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
    signs: Mapping[int, tuple[Pattern, ...]]  # by the slot that tells most: no need to try one without it
    contexts: Mapping[int, tuple[Pattern, ...]]
    languages: Mapping[str, Language]


_loaded: list[Grammar] = []
_loading = Lock()


def grammar() -> Grammar:
    """All language files, read once, at the first call; threads that call meanwhile wait for it."""
    if not _loaded:
        with _loading:
            if not _loaded:
                _loaded.append(compiled(language_files()))
    return _loaded[0]


def forget() -> None:
    """The next call reads the files again, as in a new process."""
    _loaded.clear()


def compiled(paths: Iterable[Path]) -> Grammar:
    """Raises ValueError for a pattern that can't be meant."""
    files = []
    for path in paths:
        text = path.read_text("utf-8")
        file = tomllib.loads(text)
        _check_blanks(path.name, text, file)
        files.append((path.stem, file))
    return _Compiler(files).compile()


def language_files() -> list[Path]:
    return sorted(FOLDER.glob("*.toml"))


def _check_blanks(name: str, text: str, file: dict[str, Any]) -> None:
    groups = (*file.get("signs", {}).values(), *file.get("context", {}).values())
    lists = [it for group in groups for it in (group.values() if isinstance(group, dict) else [group])]
    sources = [source for sources in lists for source in sources]
    phrases = phrases_of(file.get("words", {}).values(), sources)
    for source in sources:
        wrong = wrong_blank(source, phrases)
        if wrong:
            line = text.count("\n", 0, text.find(source)) + 1
            raise ValueError(
                f"{name}, line {line}: {wrong} in {source!r}; join the words of a phrase by a +, "
                "or part the two by _0 if each word is meant by itself"
            )


class _Compiler:
    def __init__(self, files: list[tuple[str, dict[str, Any]]]) -> None:
        self._files = files
        self._digraphs = {code: file.get("digraphs", {}) for code, file in files}
        self._numbers: dict[Phrase, int] = {}
        self._slots: dict[frozenset[int], int] = {}
        self._known: dict[tuple[str, str], frozenset[int]] = {}
        self._folding = _Folding()

    def compile(self) -> Grammar:
        patterns: list[Pattern] = []
        languages: dict[str, Language] = {}
        named = {
            (code, name): self._phrases(words, code)
            for code, file in self._files
            for name, words in file.get("words", {}).items()
        }
        elsewhere = {f"{owner}.{name}": it for (owner, name), it in named.items()}
        for code, file in self._files:
            here = {name: it for (owner, name), it in named.items() if owner == code}
            self._read(code, file, {**elsewhere, **here}, patterns)
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
                of=slots.get("of"),
                not_beside=re.compile(f"[{file['not_beside']}]") if "not_beside" in file else None,
                negation_reaches=int(file.get("negation_reaches", 1)),
                negation_follows=int(file.get("negation_follows", 0)),
            )
        misspelt = self._often_misspelt(named)
        spoken = _spoken(patterns)
        phrases = tuple(self._slots)
        filled = _filled(phrases, len(self._numbers))
        codes = tuple(frozenset(code for slot in slots for code in spoken[slot]) for slots in filled)
        return Grammar(
            vocabulary=Vocabulary(
                self._words(codes),
                misspelt,
                {collapse(it) for it in self._listed("real_words")},
                self._listed("not_doubled"),
            ),
            tree=_tree(self._numbers),
            slots=filled,
            phrases=phrases,
            spoken=codes,
            signs=_by_slot((it for it in patterns if it.role in SIGNS), phrases, filled),
            contexts=_by_slot((it for it in patterns if it.role in CONTEXTS), phrases, filled),
            languages=languages,
        )

    def _words(self, codes: Sequence[frozenset[str]]) -> dict[str, frozenset[str]]:
        """Each word of the phrases, with the languages of those it stands in; `codes` by phrase."""
        words: defaultdict[str, set[str]] = defaultdict(set)
        for phrase, number in self._numbers.items():
            for word in phrase:
                words[word] |= codes[number]
        return {word: frozenset(those) for word, those in words.items()}

    def _listed(self, name: str) -> set[str]:
        """Words that each file lists, parted by commas."""
        listed = (it.strip() for _, file in self._files for it in file.get(name, "").split(","))
        return {strip_marks(self._folded(it)) for it in listed if it}

    def _often_misspelt(self, named: Mapping[tuple[str, str], frozenset[int]]) -> set[str]:
        """The words that signs are made of, not those of their surroundings."""
        phrases = list(self._numbers)
        own = (numbers for (_, name), numbers in named.items() if name not in SURROUNDINGS)
        words = {word for numbers in own for number in numbers for word in phrases[number]}
        plain = (
            choice
            for _, file in self._files
            for source in file["signs"].get("acute", ())
            for written in source.split()
            for choice in written.removesuffix("?").split("|")
            if "<" not in choice
        )
        return words | {word for choice in set(plain) for word in self._cut(choice.replace("+", " "))}

    def _read(
        self, code: str, file: dict[str, Any], named: Mapping[str, frozenset[int]], patterns: list[Pattern]
    ) -> None:
        groups = {**file.get("signs", {}), **file.get("context", {})}
        for role, group in groups.items():
            if role not in SIGNS + CONTEXTS:
                raise ValueError(f"{code}: no such group of patterns: {role}")
            for theme, sources in (group if isinstance(group, dict) else {"": group}).items():
                for source in sources:
                    elements = tuple(self._element(it, code, source, named) for it in source.split())
                    slots = (it.slot for it in elements if not it.optional and not it.or_edge)
                    required = frozenset(slot for slot in slots if slot is not None and slot >= 0)
                    if not required:
                        raise ValueError(f"{code}: {source!r} would match anything")
                    patterns.append(Pattern(len(patterns), code, role, theme, elements, required, source))

    def _element(self, written: str, code: str, source: str, named: Mapping[str, frozenset[int]]) -> Element:
        if written[0] == "_" and (written == "_" or written[1:].isdecimal()):
            return Element(None, gap=int(written[1:] or DEFAULT_GAP))
        if written in {"^", "$"}:
            return Element(FIRST if written == "^" else LAST)
        optional = written.endswith("?")
        written_choices = written.removesuffix("?").split("|")
        or_edge = "$" in written_choices
        choices: set[int] = set()
        for choice in (it for it in written_choices if it != "$"):
            if choice.startswith("<") and choice.endswith(">"):
                if choice[1:-1] not in named:
                    raise ValueError(f"{code}: no words are listed for {choice} in {source!r}")
                choices |= named[choice[1:-1]]
            else:
                choices |= self._phrases(choice, code)
        return Element(self._slot(frozenset(choices)), 0, optional, or_edge)

    def _phrases(self, words: str, code: str) -> frozenset[int]:
        """`no longer, not+anymore` as the numbers of ("no", "longer") and ("not", "anymore"), each folded
        as a text is."""
        digraphs = self._digraphs[code]
        key = words, code if digraphs else ""
        known = self._known.get(key)
        if known is None:
            found = []
            for listed in filter(None, re.split(r" *[,\n] *", words.strip().replace("+", " "))):
                found.append(listed)
                found += [listed.replace(it, pair) for it, pair in digraphs.items() if it in listed]
            numbers = self._numbers
            known = frozenset(numbers.setdefault(self._cut(it), len(numbers)) for it in found)
            self._known[key] = known
        return known

    def _slot(self, phrases: frozenset[int]) -> int:
        return self._slots.setdefault(phrases, len(self._slots))

    def _cut(self, phrase: str) -> Phrase:
        """The words of a phrase, as reading cuts a text."""
        folded = self._folded(phrase)
        if folded.isascii() and folded.isalpha():
            return (collapse(folded),)
        pieces = [part for it in _PIECE.findall(folded) for part in parts_of(it)]
        return tuple(collapse(strip_marks(it)) for it in pieces if it)

    def _folded(self, words: str) -> str:
        return words.translate(self._folding)


class _Folding(dict[int, str]):
    """What each character folds to, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = fold_character(chr(code))
        return folded


def _tree(numbers: Mapping[Phrase, int]) -> Node:
    root = Node()
    for phrase, number in numbers.items():
        node = root
        for word in phrase:
            node = node.after.setdefault(word, Node())
        node.phrase = number
    return root


def _filled(slots: tuple[frozenset[int], ...], size: int) -> tuple[frozenset[int], ...]:
    """By phrase: the slots that it fills."""
    filled: list[set[int]] = [set() for _ in range(size)]
    for slot, phrases in enumerate(slots):
        for phrase in phrases:
            filled[phrase].add(slot)
    return tuple(map(frozenset, filled))


def _by_slot(
    patterns: Iterable[Pattern], phrases: tuple[frozenset[int], ...], filled: tuple[frozenset[int], ...]
) -> Mapping[int, tuple[Pattern, ...]]:
    """Each pattern under the slot it needs that is the least likely to be in a text: words that many
    slots name are common ones."""
    common = [sum(len(filled[phrase]) for phrase in slot) for slot in phrases]
    found: defaultdict[int, list[Pattern]] = defaultdict(list)
    for pattern in patterns:
        found[min(pattern.required, key=lambda slot: (common[slot], slot))].append(pattern)
    return {slot: tuple(these) for slot, these in found.items()}


def _spoken(patterns: Iterable[Pattern]) -> defaultdict[int, set[str]]:
    """By slot: the languages that use it."""
    spoken: defaultdict[int, set[str]] = defaultdict(set)
    for pattern in patterns:
        for element in pattern.elements:
            if element.slot is not None:
                spoken[element.slot].add(pattern.language)
    return spoken


def _first_person(named: Mapping[str, frozenset[int]]) -> frozenset[int]:
    own = (words for name, words in named.items() if name in {"i", "me", "my", "self"} or name[:2] == "i_")
    return frozenset(it for words in own for it in words)


_PIECE = re.compile(rf"[{SPACELESS}]|[^\s{SPACELESS}-]+")
