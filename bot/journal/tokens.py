"""How much text fits into a prompt, without asking any vendor."""


def estimate_tokens(text: str) -> int:
    """Tokens of `text`, rather too many than too few: a token covers about four bytes of English
    and three of most other scripts, and newer tokenizers cut finer."""
    return -(-len(text.encode(errors="replace")) // 3)


def fit(text: str, tokens: int) -> str:
    """The longest beginning of `text` within `tokens`, cut at a word, marked with an ellipsis."""
    if estimate_tokens(text) <= tokens:
        return text
    room = text.encode(errors="replace")[: max(tokens - 1, 0) * 3].decode(errors="ignore")
    at_word = room.rsplit(maxsplit=1)[0] if " " in room[len(room) // 2 :] else room
    return at_word + "…" if tokens > 0 else ""


def chunks(text: str, size: int = 2000) -> list[tuple[int, int]]:
    """Spans `(start, stop)` that cover `text` without its outer white space, each at most `size`
    characters, cut at a paragraph, a sentence or a word where one is near."""
    spans: list[tuple[int, int]] = []
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    while end - start > size:
        stop = _cut(text, start + size // 2, start + size)
        spans.append((start, stop))
        start = stop
    if start < end:
        spans.append((start, end))
    return spans


def _cut(text: str, earliest: int, latest: int) -> int:
    for mark in ("\n\n", "\n", ". ", "! ", "? ", "。", " "):
        at = text.rfind(mark, earliest, latest)
        if at >= 0:
            return at + len(mark)
    return latest
