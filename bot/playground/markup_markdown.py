"""Telegram's MarkdownV2: a text with marks becomes the bare text and its entities."""

from dataclasses import dataclass
from typing import Any

from bot.playground.links import link_entity
from bot.playground.markup import MarkupError, Open, Parser

_RESERVED = "_*[]()~`>#+-=|{}.!"
_MARKS = {"||": "spoiler", "__": "underline", "```": "pre", "![": "custom_emoji"} | {
    "*": "bold", "_": "italic", "~": "strikethrough", "`": "code", "[": "text_link",
}  # fmt: skip
_NAMES = {
    "bold": "Bold", "italic": "Italic", "underline": "Underline", "strikethrough": "Strikethrough",
    "spoiler": "Spoiler", "code": "Code", "pre": "Pre", "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji", "blockquote": "BlockQuote",
}  # fmt: skip


@dataclass(kw_only=True)
class _Open(Open):
    kind: str
    begin: int
    language: str = ""


class _Parser(Parser[_Open]):
    def run(self) -> tuple[str, list[dict[str, Any]]]:
        at = 0
        while at < len(self.source):
            at = self._step(at)
        self._end_quote()
        if self.stack:
            self._unfinished()
        return "".join(self.kept), self.entities

    def _step(self, at: int) -> int:
        source = self.source
        character = source[at]
        if character == "\\" and at + 1 < len(source) and "\x00" < source[at + 1] <= "~":
            self.keep(source[at + 1])
            return at + 2
        if self.stack and self.stack[-1].kind in {"code", "pre"} and character != "`":
            self.keep(character)
            return at + 1
        if character == ">" and _begins_line(source, at):
            return self._quoted_line(at)
        return self._line_end(at) if character == "\n" else self._mark_or_text(at)

    def _mark_or_text(self, at: int) -> int:
        closing = self._closing_mark(at)
        if closing:
            return self._close(at, closing)
        if self.source[at] in _RESERVED:
            return self._open(at)
        self.keep(self.source[at])
        return at + 1

    def _quoted_line(self, at: int) -> int:
        if not any(opened.kind == "blockquote" for opened in self.stack):
            self.stack.append(_Open(kind="blockquote", index=len(self.kept), unit=self.units, begin=at))
        return at + 1

    def _line_end(self, at: int) -> int:
        self.keep("\n")
        if not self.source.startswith(">", at + 1):
            self._end_quote()
        return at + 1

    def _end_quote(self) -> None:
        """A quotation ends with its last `>` line; a `||` left open there makes it expandable."""
        if not any(opened.kind == "blockquote" for opened in self.stack):
            return
        expandable = self.stack[-1].kind == "spoiler" and self.stack[-1].unit in {self.units, self.units - 1}
        if expandable:
            self.stack.pop()
        opened = self.stack.pop()
        if opened.kind != "blockquote":
            self.stack.append(opened)
            self._unfinished()
        kind = "expandable_blockquote" if expandable else "blockquote"
        if self.units > opened.unit:
            self.entities.append({"type": kind, **self.place_of(opened)})

    def _closing_mark(self, at: int) -> str:
        if not self.stack:
            return ""
        kind = self.stack[-1].kind
        mark = {"text_link": "]", "custom_emoji": "]"}.get(kind) or next(
            (mark for mark, of in _MARKS.items() if of == kind), "",
        )  # fmt: skip
        if not mark or not self.source.startswith(mark, at):
            return ""
        if mark == "_" and self.source.startswith("__", at):
            return ""
        return mark

    def _open(self, at: int) -> int:
        mark = next((mark for mark in _MARKS if self.source.startswith(mark, at)), "")
        if not mark:
            raise MarkupError(
                f"Character '{self.source[at]}' is reserved and must be escaped with the preceding '\\'",
            )
        opened = _Open(kind=_MARKS[mark], index=len(self.kept), unit=self.units, begin=at)
        self.stack.append(opened)
        at += len(mark)
        return self._language(opened, at) if mark == "```" else at

    def _language(self, opened: _Open, at: int) -> int:
        end = at
        while end < len(self.source) and not self.source[end].isspace() and self.source[end] != "`":
            end += 1
        if at < end < len(self.source) and self.source[end] != "`":
            opened.language = self.source[at:end]
            at = end
        return at + 1 if self.source.startswith("\n", at) else at

    def _close(self, at: int, mark: str) -> int:
        opened = self.stack.pop()
        place = self.place_of(opened)
        at += len(mark)
        entity: dict[str, Any] | None = {"type": opened.kind, **place}
        if opened.kind in {"text_link", "custom_emoji"}:
            url, at = self._url(at)
            if opened.kind == "custom_emoji":
                entity = {**place, "type": "custom_emoji", "custom_emoji_id": _emoji_id(url)}
            else:
                entity = link_entity(url or self.kept_since(opened), place)
        elif opened.language and entity is not None:
            entity["language"] = opened.language
        if entity is not None and place["length"]:
            self.entities.append(entity)
        return at

    def _url(self, at: int) -> tuple[str, int]:
        if not self.source.startswith("(", at):
            return "", at
        begin = at = at + 1
        url = []
        while at < len(self.source) and self.source[at] != ")":
            if self.source[at] == "\\" and at + 1 < len(self.source):
                at += 1
            url.append(self.source[at])
            at += 1
        if at >= len(self.source):
            raise MarkupError(f"Can't find end of a URL at byte offset {self.byte(begin)}")
        return "".join(url), at + 1

    def _unfinished(self) -> None:
        opened = self.stack[-1]
        name = "PreCode" if opened.language else _NAMES[opened.kind]
        raise MarkupError(f"Can't find end of {name} entity at byte offset {self.byte(opened.begin)}")


def parse_markdown_v2(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The bare text and its entities in order of their ends. Raises MarkupError."""
    return _Parser(source).run()


def _begins_line(source: str, at: int) -> bool:
    """An empty bold, `**`, may stand before the `>` to keep a quotation apart from the one above."""
    line = source[source.rfind("\n", 0, at) + 1 : at]
    return line in {"", "**"}


def _emoji_id(url: str) -> str:
    identifier = url.removeprefix("tg://emoji?id=")
    if identifier == url or not identifier.isdecimal():
        raise MarkupError("Custom emoji entity must contain a tg://emoji URL")
    return identifier
