"""A text as words that can be compared: its tricks undone, every place in it kept.

Folding replaces one character by one, so a place in the folded text is the same place in the
person's own. What needs more than that (doubled letters, `k1ll`, `s u i c i d e`) is done word by
word, and only for words that are unknown as they stand.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.journal.safety.vocabulary import Vocabulary, collapse, parts_of, strip_marks

LONGEST = 20_000  # characters looked at; several times what one Telegram message can hold

FEW = 4
SHORT_STEM = 5  # with its *
SHORTEST_RUN, LONGEST_RUN = 8, 40
# Joined and masked words worth solving in one text; more are no person's writing.
MOST_JOINED = 120
MOST_MASKED = 30

_LOOKS_LATIN = str.maketrans("авсԁеһіјкӏмոорԛгѕтυԝхуαβεικνορτχɑɡ", "abcdehijklmnopqrstuwxyabeikvoptxag")
_LOOKS_CYRILLIC = str.maketrans("aceiopxykmhtb", "асеіорхукмнтв")
# There is no small capital X.
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True))
# Characters of the Chinese words we know, in pairs: the traditional one and the simplified one.
_TRADITIONAL = (
    "殺杀離离開开沒没個个這这會会們们媽妈過过說说話话對对寫写給给遺遗書书東东時时間间樓楼藥药體体傷伤單单獨独負负擔担麼么"
    "還还樣样來来後后裡里邊边斷断結结變变為为無无義义價价聽听愛爱誰谁覺觉夢梦難难轉转歡欢貴贵現现實实學学關关絕绝應应該该"
    "選选擇择點点淚泪緊紧車车鐵铁橋桥滿满輕轻當当幾几從从見见經经歷历認认識识讓让煩烦遠远親亲問问題题鬆松報报葉叶總总"
    "熱热飯饭兒儿萬万靜静氣气種种電电腦脑醫医院院險险電电歲岁勁劲圍围脫脱擺摆禮礼費费錯错討讨厭厌謝谢請请顧顾貓猫係系"
)
_SAME = {
    **_SMALL_CAPITALS,
    **dict(zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)),
    **dict.fromkeys("’‘ʼ`´", "'"),
    "ß": "s",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ı": "i",
    "æ": "a",
    "œ": "o",
    # Letters of Arabic and Devanagari that are written one for the other.
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ة": "ه",
    "ँ": "ं",
}

# "And" and "so" are written together with the word that follows.
_ARABIC_AND = "وف"
SHORTEST_AFTER_AND = 3

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\ufe00-\ufe0f\ufeff"
)
_MARKS = (
    "\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
)
SPACELESS = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_ONE = rf"(?![{SPACELESS}])[^\W\d_]"
_LETTER = rf"(?:(?![{SPACELESS}])[^\W_]|[{_INVISIBLE}{_MARKS}])"
_SYMBOL = r"[*@$!|'+#-]"
_TOKEN = re.compile(
    # Letters set apart: s u i c i d e, s.u.i.c.i.d.e; a full stop and a blank end it, or part all of them
    rf"(?P<apart>(?<![\w'])(?:(?:{_ONE}(?!\. )[ .\-_*·]{{1,2}}){{2,60}}|(?:{_ONE}\. ){{2,60}})"
    rf"{_ONE}(?![\w']))"
    rf"|(?P<word>[$@]?{_LETTER}+(?:{_SYMBOL}{{1,3}}{_LETTER}+)*\*?)"
    rf"|(?P<ideograph>[{SPACELESS}])"
    r"|(?P<pause>\.{2,}|…|[,:—–()]|\n|[.!?](?=[^\W_])|[、،])"
    r"|(?P<stop>[.!?;。！？؟۔।]+)"
    r"|(?P<picture>[\u2620\u26b0\U0001f480\U0001f52a\U0001f52b\U0001f48a\U0001faa6])"
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_QUOTED = re.compile(
    r'"[^"]{2,300}"|“[^“”]{2,300}”|„[^„“”"]{2,300}[“”"]|«[^«»]{2,300}»|「[^「」]{2,300}」'
    r"|『[^『』]{2,300}』|《[^《》]{1,300}》|(?<![\w'])'[^'\n]{3,300}'(?![\w'])"
)
# A capital I in the midst of small letters, where it looks like an l: kiII, but not kIll.
_FALSE_L = re.compile(r"(?<=[a-z])(?:II|I(?![A-Za-z]))")
_SPLIT = re.compile(r"[*@$!|'+#-]+")
_APART = re.compile(r"[ .\-_*·]")
_SINGLE = re.compile(r"[^\W_]")
_LEET = [
    str.maketrans("013457$@!|+", "oieastsaiit"),
    str.maketrans("013457$@!|+", "oleastsallt"),
]


@dataclass(slots=True)
class Reading:
    """The words of one text. All lists have one item a word."""

    folded: str = ""
    words: list[str] = field(default_factory=list)
    keys: list[tuple[str, ...]] = field(default_factory=list)  # the entries of the vocabulary it is
    starts: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    clauses: list[int] = field(default_factory=list)
    quotes: list[tuple[int, int]] = field(default_factory=list)  # places in the text

    def is_quoted(self, first: int, last: int) -> bool:
        start, stop = self.starts[first], self.stops[last]
        return any(begin < start and stop < end for begin, end in self.quotes)


def read(text: str, vocabulary: Vocabulary) -> Reading:
    folded = _fold(_FALSE_L.sub(lambda it: "l" * len(it.group()), text[:LONGEST]))
    reading = Reading(folded=folded, quotes=[match.span() for match in _QUOTED.finditer(folded)])
    blank_lines = {match.start() for match in _BLANK_LINE.finditer(folded)}
    cutter = _Cutter(vocabulary)
    sentence = clause = 0
    for match in _TOKEN.finditer(folded):
        kind, start = match.lastgroup, match.start()
        if kind == "stop" or start in blank_lines:
            sentence += 1
            clause += 1
        elif kind == "pause":
            clause += 1
        else:
            for piece in cutter.cut(match.group(), kind):
                reading.words.append(piece.word)
                reading.keys.append(piece.keys)
                reading.starts.append(start + piece.start)
                reading.stops.append(start + piece.stop)
                reading.sentences.append(sentence)
                reading.clauses.append(clause)
    return reading


def _fold(text: str) -> str:
    """Lower case, without accents, in plain forms; as long as before."""
    if text.isascii():
        return text.lower()
    return text.translate({ord(character): fold_character(character) for character in set(text)})


def fold_character(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    if len(plain) != 1:
        plain = character
    lower = plain.lower()
    plain = lower if len(lower) == 1 else lower[0]
    if plain in _SAME:
        return _SAME[plain]
    # Only where a mark is an ornament: in Kana, Hangul and the scripts of India it is a letter.
    if "\u0080" <= plain < "\u0700" or "\u1e00" <= plain < "\u2000":
        apart = unicodedata.normalize("NFKD", plain)
        if len(apart) > 1 and all(unicodedata.combining(mark) for mark in apart[1:]):
            return _SAME.get(apart[0], apart[0])
    return plain


class _Piece(NamedTuple):
    word: str
    keys: tuple[str, ...]  # the entries of the vocabulary that it is, or may stand for; mostly none
    start: int  # within the token
    stop: int


class _Cutter:
    """Tokens as words. Remembers those of one text, and gives up on puzzles in a text full of them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._done: dict[tuple[str, str | None], list[_Piece]] = {}
        self._resolved: dict[str, tuple[str, ...]] = {}
        self._joined, self._masked = MOST_JOINED, MOST_MASKED

    def cut(self, token: str, kind: str | None) -> list[_Piece]:
        pieces = self._done.get((token, kind))
        if pieces is None:
            if kind == "apart":
                pieces = self._set_apart(token)
            elif kind != "word" or not _SPLIT.search(token):
                pieces = self._run_together(strip_marks(token), len(token))
            else:
                pieces = self._with_symbols(token)
            self._done[token, kind] = pieces
        return pieces

    def _piece(self, word: str, start: int, stop: int) -> _Piece:
        return _Piece(word, self._resolve(word), start, stop)

    def _set_apart(self, token: str) -> list[_Piece]:
        """`s u i c i d e`"""
        joined = _APART.sub("", token)
        whole = [joined] if self._vocabulary.find(collapse(joined)) else self._segments(joined)
        if whole:
            return [self._piece(piece, 0, len(token)) for piece in whole]
        return [self._piece(it.group(), it.start(), it.end()) for it in _SINGLE.finditer(token)]

    def _run_together(self, word: str, size: int) -> list[_Piece]:
        """`killmyself`, `iwanttodie`"""
        keys = self._resolve(word)
        if not keys and SHORTEST_RUN <= len(word) <= LONGEST_RUN:
            return [self._piece(piece, 0, size) for piece in self._segments(word) or [word]]
        return [_Piece(word, keys, 0, size)]

    def _with_symbols(self, token: str) -> list[_Piece]:
        """One word if it is known as one (can't, su*c*de, k!ll, self-harm), several if not (j'en, l'ho)."""
        parts = parts_of(strip_marks(token))
        if len(parts) == 1 and self._vocabulary.is_other(parts[0]):
            # Of two words: od'd, and not odd.
            return self._run_together(collapse(parts[0]), len(token))
        if len(parts) == 1 and (not _SPLIT.search(parts[0]) or self._resolve(parts[0])):
            return self._run_together(parts[0], len(token))
        pieces, at = [], 0
        for word in (it for part in parts for it in _SPLIT.split(part) if it):
            at = max(token.find(word, at), at)
            pieces.append(self._piece(word, min(at, len(token) - 1), min(at + len(word), len(token))))
        return pieces

    def _segments(self, word: str) -> list[str]:
        self._joined -= 1
        return self._vocabulary.segment(word) if self._joined >= 0 else []

    def _resolve(self, word: str) -> tuple[str, ...]:
        keys = self._resolved.get(word)
        if keys is None:
            keys = self._resolved[word] = self._look_up(word)
        return keys

    def _look_up(self, word: str) -> tuple[str, ...]:
        if word.isdecimal():
            size = "#many" if len(word) > 1 else "#few" if int(word) <= FEW else "#"
            return tuple(
                {*self._vocabulary.find("#"), *self._vocabulary.find(size), *self._vocabulary.find(word)}
            )
        stripped = strip_marks(word)
        if self._vocabulary.is_other(stripped):
            return ()
        plain = collapse(stripped)
        found = self._vocabulary.find(plain)
        if found:
            # A short stem of one language may begin a slip in another: suç*, "sucidal".
            sure = plain in found or max(map(len, found)) > SHORT_STEM
            return found if sure else (*found, *self._vocabulary.find_misspelt(plain))
        if "*" in plain.strip("*") or "#" in plain:
            self._masked -= 1
            return self._vocabulary.find_masked(stripped) if self._masked >= 0 else ()
        # `d!e` may be "de" as well as "die".
        variants = (self._vocabulary.find(collapse(it)) for it in _variants(plain))
        found = tuple(dict.fromkeys(key for keys in variants for key in keys))
        return found or self._vocabulary.find_misspelt(plain)


def _variants(word: str) -> Iterator[str]:
    if word.isascii():
        if not word.isalpha() and any(letter.isalpha() for letter in word):
            yield re.sub(r"[^\w]", "", word)
            for table in _LEET:
                yield re.sub(r"[^\w]", "", word.translate(table))
    elif word[0] in _ARABIC_AND and len(word) > SHORTEST_AFTER_AND:
        yield word[1:]
    elif any("a" <= letter <= "z" for letter in word):
        # Two alphabets in one word: somebody hides it, or a keyboard was left on the other one.
        yield word.translate(_LOOKS_LATIN)
        yield word.translate(_LOOKS_CYRILLIC)
