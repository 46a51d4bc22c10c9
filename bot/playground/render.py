"""A formatted text as lines of styled pieces for a terminal, or as plain text.

A `Line` is a list of (style, text) pieces, as prompt_toolkit takes them.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from prompt_toolkit.utils import get_cwidth

from bot.playground.text import Offsets

Piece = tuple[str, str]
Line = list[Piece]

_STYLES = {
    "bold": "bold", "italic": "italic", "underline": "underline", "strikethrough": "strike",
    "spoiler": "reverse", "code": "ansiyellow", "pre": "ansiyellow", "url": "underline",
    "text_link": "underline", "expandable_blockquote": "dim",
}  # fmt: skip
_QUOTES = {"blockquote", "expandable_blockquote"}
_BAR = ("dim", "│ ")
# They would turn the rest of the screen around.
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class _Cell:
    """A character with its style; `quoted` when it stands in a quotation."""

    style: str
    character: str
    quoted: bool = False


def printable(text: str) -> str:
    """Without what a terminal would take for a command: escapes and other control characters."""
    return "".join(
        " " if one == "\t" else one
        for one in text
        if one in "\n\t" or (unicodedata.category(one) not in {"Cc", "Cs"} and one not in _DIRECTION)
    )


def plain_text(text: str, entities: Iterable[dict[str, Any]]) -> str:
    """As plain text: quotations behind `> `, the target of a link in brackets."""
    lines = _lines(list(_cells(text, list(entities))))
    return "\n".join(
        ("> " if any(cell.quoted for cell in line) else "") + "".join(cell.character for cell in line)
        for line in lines
    )


def styled_lines(text: str, entities: Iterable[dict[str, Any]], width: int, style: str = "") -> list[Line]:
    """Wrapped at words to `width` columns; `style` is put under every piece."""
    lines: list[Line] = []
    for line in _lines(list(_cells(text, list(entities), style))):
        quoted = any(cell.quoted for cell in line)
        parts = _wrapped(line, width - 2 if quoted else width)
        lines += [[_BAR, *_pieces(part)] if quoted else _pieces(part) for part in parts]
    return lines


def _cells(text: str, entities: list[dict[str, Any]], style: str = "") -> Iterator[_Cell]:
    offsets = Offsets(text)
    spans = [
        (offsets.index(one["offset"]) or 0, offsets.index(one["offset"] + one["length"]) or 0, one)
        for one in entities
    ]
    for index, character in enumerate(text):
        over = [one["type"] for begin, end, one in spans if begin <= index < end]
        names = [style, *(_STYLES[kind] for kind in over if kind in _STYLES)]
        quoted = not _QUOTES.isdisjoint(over)
        for one in printable(character):
            yield _Cell(" ".join(filter(None, names)), one, quoted)
        for begin, end, entity in spans:
            if end == index + 1 and entity.get("url", text[begin:end]) != text[begin:end]:
                yield from (_Cell("dim", one, quoted) for one in f" ({printable(entity['url'])})")


def _lines(cells: list[_Cell]) -> list[list[_Cell]]:
    """A quotation has lines of its own, also where the text has no break."""
    lines: list[list[_Cell]] = [[]]
    for cell in cells:
        if cell.character == "\n":
            lines.append([])
            continue
        if lines[-1] and lines[-1][-1].quoted != cell.quoted:
            lines.append([])
        lines[-1].append(cell)
    return lines


def _wrapped(line: list[_Cell], width: int) -> list[list[_Cell]]:
    """Greedy, at blanks. A word wider than a line is cut, but for an address: the terminal breaks it,
    and it can be clicked and copied whole."""
    parts: list[list[_Cell]] = []
    part: list[_Cell] = []
    columns = 0
    blank = -1
    for cell in line:
        room = get_cwidth(cell.character)
        is_full = columns + room > width and part
        if is_full and (cell.character == " " or blank >= 0 or not _is_address(part)):
            if cell.character == " ":
                parts.append(part)
                part, columns, blank = [], 0, -1
                continue
            end = blank + 1 if blank >= 0 else len(part)
            parts.append(part[:end])
            part = part[end:]
            columns = sum(get_cwidth(one.character) for one in part)
            blank = -1
        if cell.character == " ":
            blank = len(part)
        part.append(cell)
        columns += room
    return [*parts, part]


def _is_address(part: list[_Cell]) -> bool:
    beginning = "".join(cell.character for cell in part[:9]).removeprefix("(")
    return beginning.startswith(("http://", "https://"))


def _pieces(cells: list[_Cell]) -> Line:
    pieces: Line = []
    for cell in cells:
        if pieces and pieces[-1][0] == cell.style:
            pieces[-1] = (cell.style, pieces[-1][1] + cell.character)
        else:
            pieces.append((cell.style, cell.character))
    return pieces
