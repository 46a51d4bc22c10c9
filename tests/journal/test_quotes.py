import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.journal.quotes import find_quote

ENTRY = "I slept only 5\u00a0hours — “never again”, she said.\nMood: 7/10. Straße und Café. 今日は疲れた。"


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("slept only 5 hours", "slept only 5\u00a0hours"),
        ("SLEPT ONLY", "slept only"),
        ('"never again", she said', "never again”, she said"),
        ("…slept only 5 hours - ", "slept only 5\u00a0hours"),
        ("she said. Mood: 7/10", "she said.\nMood: 7/10"),
        ("STRASSE", "Straße"),
        ("疲れた", "疲れた"),
        ("Mood: 7/1", None),
        ("lept only", None),
        ("slept 5 hours", None),
        ("8 hours", None),
        ("", None),
        ("  …  ", None),
        ("—", None),
    ],
)
def test_a_quote_must_stand_in_the_entry(quote: str, found: str | None) -> None:
    assert find_quote(quote, ENTRY) == found


def test_an_endless_quote_is_none() -> None:
    text = "word " * 200
    assert find_quote(text, text) is None


@given(st.text(max_size=200), st.integers(0, 200), st.integers(1, 200))
def test_what_is_found_always_stands_in_the_text(text: str, start: int, length: int) -> None:
    found = find_quote(text[start : start + length], text)
    assert found is None or found in text


@given(st.lists(st.from_regex(r"[a-z0-9äñ]{1,8}", fullmatch=True), min_size=1, max_size=30), st.data())
def test_whole_words_of_the_text_are_found(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    stop = data.draw(st.integers(start + 1, len(words)))
    quote = " ".join(words[start:stop])
    assert find_quote(quote.upper(), "  ".join(words)) is not None
