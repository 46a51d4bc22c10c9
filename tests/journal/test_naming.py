"""Names that people give themselves, or that Telegram hands over."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.journal import naming


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mina", "Mina"),
        ("  Mina   Lund ", "Mina Lund"),
        ("<b>Bob</b>", "<b>Bob</b>"),
        ("\u202eevil\u202c", "evil"),
        ("مينا", "مينا"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("Nul\x00", "Nul"),
    ],
)
def test_a_name_is_made_harmless(text: str, name: str) -> None:
    assert naming.as_name(text) == name


@pytest.mark.parametrize(
    "text",
    ["", "  ", "\u202e", "...", "M" * 4000, "Today was a long day", "Mina\nLund", "How are you?", "Wow!"],
)
def test_what_is_no_name(text: str) -> None:
    assert naming.as_name(text) is None


def test_a_name_shows_as_plain_text_of_a_bearable_length() -> None:
    assert naming.shown("<i>Eve</i> & Co") == "&lt;i&gt;Eve&lt;/i&gt; &amp; Co"
    assert naming.shown("M" * 4000) == "M" * naming.LONGEST
    assert naming.shown("\u202e \u200b") == ""


@given(st.text())
def test_no_name_turns_or_breaks_the_text_around_it(text: str) -> None:
    shown = naming.shown(text)
    assert "<" not in shown
    assert "\n" not in shown
    assert not {unicodedata.bidirectional(it) for it in shown} & {"RLO", "LRO", "RLE", "LRE", "RLI", "FSI"}
    name = naming.as_name(text)
    assert name is None or (name and naming.as_name(name) == name)
