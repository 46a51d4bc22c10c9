"""The entities that Telegram finds by itself: commands, mentions, hashtags, links, addresses."""

import re
from typing import Any

from bot.playground.text import Offsets

_TOP_LEVEL = "com|org|net|dev|io|me|app|info|edu|gov|de|uk|fr|it|es|nl|ru|us|eu|tv|ai|co"
_PATTERNS = (
    ("email", re.compile(r"(?<![\w.+@\-])[\w.+\-]{1,64}@(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,}(?![\w@])")),
    ("url", re.compile(
        r"(?<![\w@/.])(?:(?:https?|ftp)://[^\s<>\"]+|"
        rf"(?:[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?\.)+(?:{_TOP_LEVEL})(?![\w@\-])(?:[/?#][^\s<>\"]*)?)",
    )),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z0-9_]{3,32}(?!\w)")),
    ("cashtag", re.compile(r"(?<![\w$])\$[A-Z]{3,8}(?![\w$])")),
    ("hashtag", re.compile(r"(?<![\w#/])#(?=\w*[^\W\d])\w{1,256}(?!#)")),
)  # fmt: skip
_NOT_AT_THE_END = ".,:;!?'\")]}…"
_QUICK = re.compile(r"[/@#$.]")


def detected_entities(text: str) -> list[dict[str, Any]]:
    """In order of offset, none over another; close to Telegram's own rules, not equal to them."""
    if not _QUICK.search(text):
        return []
    found: list[tuple[int, int, str]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            begin, end = match.span()
            if kind == "url":
                end = begin + len(match.group().rstrip(_NOT_AT_THE_END))
            if all(end <= other or stop <= begin for other, stop, _ in found):
                found.append((begin, end, kind))
    offsets = Offsets(text)
    return [
        {"type": kind, "offset": offsets.unit(begin), "length": offsets.unit(end) - offsets.unit(begin)}
        for begin, end, kind in sorted(found)
    ]
