"""From the text of a request to the text and entities of a message, as Telegram would keep them."""

from dataclasses import dataclass
from typing import Any

from bot.playground.detection import detected_entities
from bot.playground.errors import bad_request
from bot.playground.markup import MarkupError
from bot.playground.markup_html import parse_html
from bot.playground.markup_markdown import parse_markdown_v2
from bot.playground.text import Offsets, clean, has_surrogates, moved, utf8_length, utf16_length

Entity = dict[str, Any]

_FORMATS = {"bold", "italic", "underline", "strikethrough", "spoiler"}
_QUOTES = {"blockquote", "expandable_blockquote"}
_CODE = {"code", "pre"}
_LINKS = {"text_link", "text_mention", "custom_emoji", "date_time"}
_FOUND = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
_ORDER = [*sorted(_QUOTES), *sorted(_LINKS), *sorted(_FOUND), *sorted(_CODE), *sorted(_FORMATS)]
_NEEDED = {
    "text_link": "url",
    "text_mention": "user",
    "custom_emoji": "custom_emoji_id",
    "date_time": "unix_time",
}
_MOST = 100
_PARSERS = {"html": parse_html, "markdownv2": parse_markdown_v2}


@dataclass(frozen=True, kw_only=True)
class FormattedText:
    """`entities` are Bot API MessageEntity objects, sorted, possibly nested, never crossing."""

    text: str
    entities: list[Entity]

    @property
    def length(self) -> int:
        return utf16_length(self.text)


def formatted(
    text: str,
    *,
    parse_mode: str | None = None,
    entities: list[Entity] | None = None,
    may_be_empty: bool = False,
) -> FormattedText:
    """Parse, check, clean, trim, and add what Telegram finds by itself. Raises ApiRefused (400).

    `entities` beside a `parse_mode` are ignored, as Telegram ignores them.
    """
    if has_surrogates(text):
        raise bad_request("strings must be encoded in UTF-8")
    if utf8_length(text) > 1 << 15:
        raise bad_request("Text is too long")
    if parse_mode and text:
        text, entities = _parsed(text, parse_mode)
    else:
        entities = _checked(text, entities or [])
    text, entities = _trimmed(*_cleaned(text, entities))
    if not text and not may_be_empty:
        raise bad_request("text must be non-empty")
    return FormattedText(text=text, entities=_merged(entities[:_MOST], detected_entities(text)))


def _parsed(text: str, parse_mode: str) -> tuple[str, list[Entity]]:
    parser = _PARSERS.get(parse_mode.lower())
    if parser is None:
        raise bad_request("Unsupported parse_mode")
    try:
        return parser(text)
    except MarkupError as error:
        raise bad_request(f"Can't parse entities: {error}") from error


def _checked(text: str, entities: list[Entity]) -> list[Entity]:
    """Explicit entities. Telegram mends crossing ones and skips unknown types; here they are refused."""
    if not entities:
        return []
    offsets = Offsets(text)
    for entity in entities:
        _check_type(entity)
        begin, end = entity["offset"], entity["offset"] + entity["length"]
        if begin < 0 or entity["length"] < 0:
            name = "offset" if begin < 0 else "length"
            raise bad_request(f"Receive an entity with incorrect {name} {entity[name]}")
        if begin > offsets.length:
            raise bad_request(f"Entity begins after the end of the text at UTF-16 offset {begin}")
        if end > offsets.length:
            raise bad_request(
                f"Entity beginning at UTF-16 offset {begin} ends after the end of the text "
                f"at UTF-16 offset {end}",
            )
        if offsets.index(begin) is None or offsets.index(end) is None:
            raise bad_request(f"Entity beginning at UTF-16 offset {begin} splits a UTF-16 symbol")
    _check_nesting(entities)
    return [dict(entity) for entity in entities if entity["length"]]


def _check_type(entity: Entity) -> None:
    kind = entity["type"]
    if kind not in _ORDER:
        raise bad_request("Can't parse MessageEntity: Unsupported type specified")
    if kind in _NEEDED and _NEEDED[kind] not in entity:
        raise bad_request(f"Can't parse MessageEntity: Can't find field \"{_NEEDED[kind]}\"")


def _check_nesting(entities: list[Entity]) -> None:
    open_ends: list[int] = []
    for entity in _sorted(entities):
        begin, end = entity["offset"], entity["offset"] + entity["length"]
        while open_ends and open_ends[-1] <= begin:
            open_ends.pop()
        if open_ends and end > open_ends[-1]:
            raise bad_request(f"Entity beginning at UTF-16 offset {begin} crosses another entity")
        open_ends.append(end)


def _cleaned(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    cleaned = clean(text)
    if len(cleaned) == len(text) or not entities:
        return cleaned, entities
    new = moved(text)
    for entity in entities:
        end = new(entity["offset"] + entity["length"])
        entity["offset"] = new(entity["offset"])
        entity["length"] = end - entity["offset"]
    return cleaned, entities


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without blanks at both ends; an entity starts at its first visible character, or goes."""
    blank = " \n"
    offsets = Offsets(text)
    first = len(text) - len(text.lstrip(blank))
    last = len(text.rstrip(blank))
    kept = []
    for entity in entities:
        begin = offsets.index(entity["offset"]) or 0
        end = min(offsets.index(entity["offset"] + entity["length"]) or 0, last)
        while begin < end and text[begin] in blank:
            begin += 1
        if begin < end:
            start = offsets.unit(begin)
            kept.append(entity | {"offset": start - first, "length": offsets.unit(end) - start})
    return text[first:last] if first < last else "", kept


def _merged(entities: list[Entity], found: list[Entity]) -> list[Entity]:
    """Telegram's nesting: nothing in code, no quote in a quote, no link in a link, no format in its like."""
    kept: list[Entity] = []
    for entity in _sorted(entities):
        around = [other for other in kept if _overlap(other, entity)]
        if not any(_excludes(other["type"], entity["type"]) for other in around):
            kept.append(entity)
    kept += [
        entity
        for entity in found
        if not any(
            _overlap(other, entity)
            and (other["type"] in _CODE | _LINKS or (not _within(entity, other) and other["type"] in _QUOTES))
            for other in kept
        )
    ]
    return _sorted(kept)


def _excludes(outer: str, inner: str) -> bool:
    if outer in _CODE:
        return True
    for group in (_QUOTES, _LINKS | _FOUND | _CODE):
        if outer in group and inner in group:
            return True
    return outer == inner


def _sorted(entities: list[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda one: (one["offset"], -one["length"], _ORDER.index(one["type"])))


def _overlap(one: Entity, other: Entity) -> bool:
    return bool(
        one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"],
    )


def _within(inner: Entity, outer: Entity) -> bool:
    return bool(
        outer["offset"] <= inner["offset"]
        and inner["offset"] + inner["length"] <= outer["offset"] + outer["length"],
    )
