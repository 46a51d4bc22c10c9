"""Marks in the coach's words, and what they name."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.journal.citations import MOST, cited, without_marks

IDS = [uuid4() for _ in range(9)]


@pytest.mark.parametrize(
    ("text", "shown", "named"),
    [
        ("You slept well on 3 May [2].", "You slept well on 3 May.", [1]),
        ("Twice [1][3], and again [1, 2].", "Twice, and again.", [0, 2, 1]),
        ("No marks at all.", "No marks at all.", []),
        ("A number that names nothing [10] or [0].", "A number that names nothing or.", []),
        ("In [2024] it was another.", "In [2024] it was another.", []),
        ("[sic] stays, [a link](x) too", "[sic] stays, [a link](x) too", []),
        ("Half written [1", "Half written", []),
        ("Half written [", "Half written", []),
        ("Ranges [1-3] go", "Ranges go", [0, 2]),
    ],
)
def test_marks(text: str, shown: str, named: list[int]) -> None:
    assert without_marks(text) == shown
    assert cited(text, IDS) == [IDS[number] for number in named]


@given(st.text(alphabet="ab []0123456789,", max_size=80))
def test_whatever_comes_only_known_entries_are_named_and_no_mark_is_shown(text: str) -> None:
    named = cited(text, IDS)
    assert len(named) == len(set(named)) <= MOST
    assert set(named) <= set(IDS)
    shown = without_marks(text)
    assert not cited(shown, IDS) or shown != without_marks(shown)
