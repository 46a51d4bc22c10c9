"""Telegram's HTML: a text with tags becomes the bare text and its entities."""

import re
from dataclasses import dataclass
from typing import Any

from bot.playground.links import link_entity
from bot.playground.markup import MarkupError, Open, Parser
from bot.playground.text import has_surrogates

_STYLES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler",
}  # fmt: skip
_TAGS = {*_STYLES, "a", "blockquote", "code", "pre", "tg-emoji", "tg-time"}
_SPACE = " \t\n\r\v\f"
_REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]*)|#(?P<decimal>[0-9]*)|(?P<name>[a-zA-Z]*));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")


@dataclass(kw_only=True)
class _Open(Open):
    tag: str
    attributes: dict[str, str]


class _Parser(Parser[_Open]):
    def run(self) -> tuple[str, list[dict[str, Any]]]:
        at = 0
        while at < len(self.source):
            character = self.source[at]
            if character == "<":
                at = self._end_tag(at) if self.source.startswith("</", at) else self._start_tag(at)
            elif character == "&":
                at = self._reference(at)
            else:
                end = _next_of(self.source, at)
                self.keep(self.source[at:end])
                at = end
        if self.stack:
            raise MarkupError(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"')
        text = "".join(self.kept)
        if has_surrogates(text):
            text = _joined(text)
        return text, self.entities

    def _reference(self, at: int) -> int:
        character, end = decode_reference(self.source, at)
        self.keep(character)
        return end

    def _start_tag(self, begin: int) -> int:
        at = _skip_until(self.source, begin + 1, _SPACE + ">")
        if at == len(self.source):
            raise MarkupError(f"Unclosed start tag at byte offset {self.byte(begin)}")
        tag = self.source[begin + 1 : at].lower()
        if tag not in _TAGS:
            raise MarkupError(f'Unsupported start tag "{tag}" at byte offset {self.byte(begin)}')
        attributes: dict[str, str] = {}
        while True:
            at = _skip_while(self.source, at, _SPACE)
            if self.source.startswith(">", at):
                break
            name, value, at = self._attribute(tag, begin, at)
            attributes[name] = value
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise MarkupError(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self.byte(begin)}',
            )
        self.stack.append(_Open(tag=tag, attributes=attributes, index=len(self.kept), unit=self.units))
        return at + 1

    def _attribute(self, tag: str, begin: int, at: int) -> tuple[str, str, int]:
        source = self.source
        start = at
        at = _skip_until(source, at, _SPACE + "=>")
        name = source[start:at]
        if not name:
            if at == len(source):
                raise MarkupError(f"Unclosed start tag at byte offset {self.byte(begin)}")
            raise MarkupError(
                f'Empty attribute name in the tag "{tag}" at byte offset {self.byte(begin)}',
            )
        at = _skip_while(source, at, _SPACE)
        if not source.startswith("=", at):
            if tag == "blockquote" and name == "expandable" and at < len(source):
                return name, "", at
            raise MarkupError(
                "Expected equal sign in declaration of an attribute of the tag "
                f'"{tag}" at byte offset {self.byte(begin)}',
            )
        at = _skip_while(source, at + 1, _SPACE)
        if at == len(source):
            raise MarkupError(f'Unclosed start tag "{tag}" at byte offset {self.byte(begin)}')
        value, at = self._attribute_value(at)
        if at >= len(source):
            raise MarkupError(f"Unclosed start tag at byte offset {self.byte(begin)}")
        return name, value, at

    def _attribute_value(self, at: int) -> tuple[str, int]:
        source = self.source
        quote = source[at]
        if quote not in "'\"":
            token = _NAME_TOKEN.match(source, at)
            end = token.end() if token else at
            if not (end < len(source) and source[end] in _SPACE + ">"):
                raise MarkupError(f"Unexpected end of name token at byte offset {self.byte(at)}")
            return source[at:end].lower(), end
        value = []
        at += 1
        while at < len(source) and source[at] != quote:
            character, end = decode_reference(source, at) if source[at] == "&" else (source[at], at + 1)
            value.append(character)
            at = end
        return "".join(value), at + 1

    def _end_tag(self, begin: int) -> int:
        if not self.stack:
            raise MarkupError(f"Unexpected end tag at byte offset {self.byte(begin)}")
        at = _skip_until(self.source, begin + 2, _SPACE + ">")
        tag = self.source[begin + 2 : at].lower()
        at = _skip_while(self.source, at, _SPACE)
        if not self.source.startswith(">", at):
            raise MarkupError(f"Unclosed end tag at byte offset {self.byte(begin)}")
        opened = self.stack.pop()
        if tag and tag != opened.tag:
            raise MarkupError(
                f"Unmatched end tag at byte offset {self.byte(begin)}, "
                f'expected "</{opened.tag}>", found "</{tag}>"',
            )
        if self.units > opened.unit:
            self._close(opened)
        return at + 1

    def _close(self, opened: _Open) -> None:
        place = self.place_of(opened)
        tag, attributes = opened.tag, opened.attributes
        if tag in _STYLES:
            self._add({"type": _STYLES[tag], **place})
        elif tag == "a":
            url = attributes.get("href") or self.kept_since(opened)
            self._add(link_entity(url, place))
        elif tag == "blockquote":
            kind = "expandable_blockquote" if "expandable" in attributes else "blockquote"
            self._add({"type": kind, **place})
        elif tag == "tg-emoji":
            self._add({"type": "custom_emoji", **place, "custom_emoji_id": _emoji_id(attributes)})
        elif tag == "tg-time":
            self._add(_date_time(attributes, place))
        else:
            self._close_code(tag, _language(attributes), place)

    def _close_code(self, tag: str, language: str, place: dict[str, Any]) -> None:
        """`<pre><code class="language-x">`, in either order, is one block with a language."""
        last = self.entities[-1] if self.entities else {}
        same = {key: last.get(key) for key in ("offset", "length")} == place
        if tag == "pre" and same and last["type"] == "code":
            language = last.pop("language", "")
            last["type"] = "pre"
            if language:
                last["language"] = language
        elif tag == "code" and same and last["type"] == "pre":
            if language:
                last["language"] = language
        else:
            self._add({"type": tag, **place} | ({"language": language} if language else {}))

    def _add(self, entity: dict[str, Any] | None) -> None:
        if entity is not None:
            self.entities.append(entity)


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The bare text and its entities in order of their ends. Raises MarkupError."""
    text, entities = _Parser(source).run()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return text, entities


def decode_reference(source: str, at: int) -> tuple[str, int]:
    """The character that `&…;` at `at` stands for, and where it ends; else the `&` itself."""
    match = _REFERENCE.match(source, at)
    if match is None:
        return "&", at + 1
    if match["name"] is not None:
        character = _NAMED.get(match["name"])
        return (character, match.end()) if character else ("&", at + 1)
    code = int(match["hex"] or "0", 16) if match["hex"] is not None else int(match["decimal"] or "0")
    digits = match.group().rstrip(";")
    if code == 0 or code >= 0x10FFFF or len(digits) >= 10:
        return "&", at + 1
    return chr(code), match.end()


def _joined(text: str) -> str:
    """Two references may spell one character as a surrogate pair; half a pair is refused."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise MarkupError(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units",
        ) from None


def _language(attributes: dict[str, str]) -> str:
    value = attributes.get("class", "")
    return value.removeprefix("language-") if value.startswith("language-") else ""


def _emoji_id(attributes: dict[str, str]) -> str:
    value = attributes.get("emoji-id", "")
    if not value.isdecimal() or int(value) == 0:
        raise MarkupError("Invalid custom emoji identifier specified")
    return value


def _date_time(attributes: dict[str, str], place: dict[str, Any]) -> dict[str, Any]:
    unix = attributes.get("unix", "")
    if not unix.isdecimal():
        raise MarkupError("Invalid date-time format specified")
    entity = {"type": "date_time", **place, "unix_time": int(unix)}
    return entity | ({"date_time_format": attributes["format"]} if attributes.get("format") else {})


def _next_of(source: str, at: int) -> int:
    ends = [place for place in (source.find("<", at), source.find("&", at)) if place >= 0]
    return min(ends, default=len(source))


def _skip_until(source: str, at: int, stop: str) -> int:
    while at < len(source) and source[at] not in stop:
        at += 1
    return at


def _skip_while(source: str, at: int, over: str) -> int:
    while at < len(source) and source[at] in over:
        at += 1
    return at
