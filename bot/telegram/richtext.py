"""Text with Telegram's formatting: read leniently from HTML, split without breaking anything.

Messages go out as text and entities and never as markup, so Telegram has nothing to refuse.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from html import unescape

from telegram import MessageEntity

from bot.journal.message import clean, utf16_length

LIMIT = 4096

TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
_TOKEN = re.compile(
    r"<(?P<end>/)?(?P<tag>b|strong|i|em|u|ins|s|strike|del|tg-spoiler|code|pre|blockquote|a)"
    r"(?P<attributes>\s[^<>]*)?>|(?P<bold>\*\*)",
    # Beyond ASCII, ı and ſ would pass for i and s.
    re.IGNORECASE | re.ASCII,
)
_HREF = re.compile(
    r"""\bhref\s*=\s*["'](?P<url>(?:https?|tg|mailto|tel):[^"'\s]{1,2000})["']""", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Span:
    """A format over `start` to `stop`, in characters."""

    type: str
    start: int
    stop: int
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class RichText:
    text: str
    spans: tuple[Span, ...] = field(default=())

    def entities(self) -> list[MessageEntity]:
        """The spans as Telegram counts them, in UTF-16 code units."""
        return [
            MessageEntity(
                type=span.type,
                offset=utf16_length(self.text[: span.start]),
                length=utf16_length(self.text[span.start : span.stop]),
                url=span.url,
            )
            for span in self.spans
        ]


def parse(html: str) -> RichText:
    """Read Telegram's HTML tags and `**bold**`; whatever is not a tag stays as it is written.

    Tags that are never closed end with the text; an end without a beginning is dropped.
    """
    pieces: list[str] = []
    spans: list[Span] = []
    opened: list[tuple[str, Span]] = []
    # How many of each are open: looking through them all would take long for a hostile text.
    depth: Counter[str] = Counter()
    length = at = 0
    for token in _TOKEN.finditer(html):
        pieces.append(clean(unescape(html[at : token.start()])))
        length += len(pieces[-1])
        at = token.end()
        tag = "**" if token["bold"] else token["tag"].lower()
        if not (token["end"] or (token["bold"] and depth["**"])):
            opened.append((tag, _open(tag, token["attributes"] or "", length)))
            depth[tag] += 1
        elif depth[tag]:
            _close(opened, spans, depth, tag, length)
    pieces.append(clean(unescape(html[at:])))
    text = "".join(pieces)
    spans += [replace(span, stop=len(text)) for _, span in opened]
    kept = (span for span in spans if span.stop > span.start and span.type)
    return RichText(text=text, spans=tuple(sorted(kept, key=lambda it: (it.start, -it.stop))))


def _open(tag: str, attributes: str, at: int) -> Span:
    link = _HREF.search(attributes) if tag == "a" else None
    kind = "bold" if tag == "**" else TYPES[tag]
    if tag == "blockquote" and "expandable" in attributes.lower():
        kind = "expandable_blockquote"
    if tag == "a" and link is None:
        kind = ""
    return Span(type=kind, start=at, stop=at, url=unescape(link["url"]) if link else None)


def _close(opened: list[tuple[str, Span]], spans: list[Span], depth: Counter[str], tag: str, at: int) -> None:
    """End the innermost open `tag`; what was opened within it ends there too."""
    name = ""
    while name != tag:
        name, span = opened.pop()
        depth[name] -= 1
        spans.append(replace(span, stop=at))


def split(rich: RichText, limit: int = LIMIT, *, first: int | None = None) -> list[RichText]:
    """The text in pieces of at most `limit` UTF-16 units, the `first` of as many as that says, cut at a
    paragraph, a sentence or a word where one is near, each with its share of the formatting; none for
    blank text."""
    pieces: list[RichText] = []
    start = 0
    while start < len(rich.text):
        stop = _cut(rich.text, start, limit if pieces or first is None else first)
        piece = _slice(rich, start, stop)
        if piece.text:
            pieces.append(piece)
        start = stop
    return pieces


def _cut(text: str, start: int, limit: int) -> int:
    if utf16_length(text[start : start + limit]) <= limit and len(text) - start <= limit:
        return len(text)
    latest = _fitting(text, start, limit)
    for mark in ("\n\n", "\n", ". ", "! ", "? ", "。", " "):
        at = text.rfind(mark, start + (latest - start) // 2, latest)
        if at > start:
            return at + len(mark)
    # Never between a letter and what is combined with it, such as the halves of an emoji.
    at = latest
    while at > latest - 16 and at > start + 1 and _joins(text[at - 1], text[at]):
        at -= 1
    return at


def _fitting(text: str, start: int, limit: int) -> int:
    """The furthest position to which `limit` units reach."""
    units = 0
    for at in range(start, len(text)):
        units += 2 if text[at] > "\uffff" else 1
        if units > limit:
            return at
    return len(text)


def _joins(before: str, after: str) -> bool:
    joiner, selectors = "\u200d", ("\ufe00", "\ufe0f")
    return (
        joiner in {before, after}
        or selectors[0] <= after <= selectors[1]
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or unicodedata.combining(after) > 0
    )


def _slice(rich: RichText, start: int, stop: int) -> RichText:
    text = rich.text[start:stop]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    stop = start + len(text)
    spans = (
        replace(span, start=max(span.start, start) - start, stop=min(span.stop, stop) - start)
        for span in rich.spans
        if span.start < stop and span.stop > start
    )
    return RichText(text=text, spans=tuple(spans))
