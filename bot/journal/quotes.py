"""Whether a model's quote really stands in a text."""

import unicodedata

_SAME = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "‑": "-",
    }
)
_EDGES = " \t\n'\".…,;:!?()[]-"
LONGEST = 500


def letters(quote: str) -> int:
    """How many letters and digits it has. One of a script without spaces, where two often are a word, counts
    twice."""
    return sum(1 + _is_spaceless(it) for it in unicodedata.normalize("NFKC", quote) if it.isalnum())


def find_quote(quote: str, text: str) -> str | None:
    """The passage of `text` that `quote` repeats, as it stands in `text`; None if there is none.

    Case, white space, kinds of quotation marks and dashes, and compatibility forms don't count;
    neither do marks around the quote. A match starts and ends at the edges of words. Quotes
    longer than 500 characters are no quotes.
    """
    needle = _folded(quote)[0].strip(_EDGES)
    if not needle or len(quote) > LONGEST or not any(character.isalnum() for character in needle):
        return None
    haystack, origin = _folded(text)
    at = haystack.find(needle)
    while at >= 0:
        end = at + len(needle)
        if _is_edge(haystack, at) and _is_edge(haystack, end):
            return text[origin[at] : origin[end - 1] + 1]
        at = haystack.find(needle, at + 1)
    return None


def _folded(text: str) -> tuple[str, list[int]]:
    """The text for comparison, and for each of its characters where it came from."""
    folded: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        for piece in unicodedata.normalize("NFKC", character).translate(_SAME).casefold():
            if piece.isspace():
                if folded and folded[-1] == " ":
                    continue
                piece = " "  # noqa: PLW2901 - any white space is one space
            folded.append(piece)
            origin.append(index)
    return "".join(folded), origin


def _is_edge(text: str, at: int) -> bool:
    """Whether no word runs across this position. Scripts without spaces have no word edges."""
    if at in {0, len(text)}:
        return True
    before, after = text[at - 1], text[at]
    return not (before.isalnum() and after.isalnum()) or _is_spaceless(before) or _is_spaceless(after)


def _is_spaceless(character: str) -> bool:
    """Letters of Thai, Lao, Burmese and Khmer, and of Chinese, Japanese and their neighbours."""
    return (
        "\u0e00" <= character <= "\u0eff"
        or "\u1000" <= character <= "\u109f"
        or ("\u1780" <= character <= "\u17ff" or character > "\u2e7f")
    )
