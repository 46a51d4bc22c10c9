"""Against the font that is really used."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.journal.charts.fitting import drawable, fitted, lines, width_of
from bot.journal.charts.letters import LONGEST


@pytest.mark.parametrize(
    "words",
    [
        "Run three times a week",
        "Tiếng Việt, Ağrı, Žluťoučký kůň",
        "Καλημέρα",
        "Бегать три раза в неделю",
        "اركض ثلاث مرات",
        "می‌خواهم",
        "לרוץ שלוש פעמים",
        "$\\frac{1}{2}$ 100% {x} _y_ ^z^ \\alpha",
        "½ × 3² – 5 € «…»",
    ],
)
@pytest.mark.parametrize("bold", [False, True])
def test_what_the_font_has_is_drawn_as_it_is(words: str, bold: bool) -> None:
    assert drawable(words, bold=bold) == words


@pytest.mark.parametrize(
    ("words", "drawn"),
    [
        ("每周跑步三次", ""),
        ("Run 跑步", ""),
        ("नमस्ते", ""),
        ("วิ่ง", ""),
        ("한국어", ""),
        ("🏃🏽‍♀️ Run 👨‍👩‍👧 more 🇩🇪!", "Run more !"),
        ("1️⃣ first", "1 first"),
        ("I ❤️ running ☀", "I running ☀"),
        ("🏃✨", ""),
        ("", ""),
        (" \n\t ", ""),
        ("two\nlines\tand  spaces", "two lines and spaces"),
        ("\u202eturned\u202c \u2067around\u2069", "turned around"),
        ("nul\x00 and half \ud83d a pair", "nul and half a pair"),
        ("𝓱𝓮𝓵𝓵𝓸 Ｗｉｄｅ", "hello Wide"),
        ("\ue000private\uf8ff", "private"),
        ("Z" + "\u0335" * 40 + "algo", "Z" + "\u0335" * 3 + "algo"),
        ("e\u0301", "é"),
    ],
)
def test_what_it_lacks_is_left_out(words: str, drawn: str) -> None:
    assert drawable(words) == drawn


@settings(deadline=None)
@given(st.text(st.characters(), max_size=400), st.booleans())
def test_nothing_is_drawn_that_the_font_lacks(words: str, bold: bool) -> None:
    drawn = drawable(words, bold=bold)
    assert drawable(drawn, bold=bold) == drawn
    assert len(drawn) <= LONGEST * 4
    assert "\n" not in drawn


@settings(deadline=None, max_examples=60)
@given(
    st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0x6FF), max_size=120),
    st.integers(120, 900),
)
def test_words_fit_their_room(words: str, room: int) -> None:
    shown = fitted(words, 40, room)
    assert width_of(shown, 40) <= room
    broken = lines(words, 40, room, 2)
    assert len(broken) <= 2
    assert all(line and width_of(line, 40) <= room for line in broken)
    assert drawable(words).startswith(broken[0].rstrip("…") if broken else "")


def test_words_are_cut_between_words_and_marked() -> None:
    assert fitted("Read before sleep", 40, width_of("Read before sl…", 40)) == "Read before…"
    assert fitted("x" * 5000, 40, 200).endswith("x…")
    assert fitted("Read", 40, 900) == "Read"


def test_lines_break_between_words_and_lose_none() -> None:
    words = "Read before sleep instead of scrolling through the phone"
    broken = lines(words, 40, 500, 9)
    assert len(broken) > 2
    assert " ".join(broken) == words
    assert lines(words, 40, 500, 2)[1].endswith("…")
