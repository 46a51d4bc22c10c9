"""Numbers as people type and read them."""

from math import inf

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.ai.protocols import MetricKind
from bot.journal import numbers
from bot.journal import phrases_correcting as phrases
from bot.journal.metrics import KINDS, VOCABULARY

FINITE = st.floats(allow_nan=False, allow_infinity=False, width=32)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("sleep_hours", "7", 7),
        ("sleep_hours", " 7,5 ", 7.5),
        ("sleep_hours", "7.5 h", 7.5),
        ("sleep_hours", "7.5 Hours.", 7.5),
        ("sleep_hours", "90 min", 1.5),
        ("sleep_hours", "7h30", 7.5),
        ("sleep_hours", "7 h 30 min", 7.5),
        ("sleep_hours", "7:30", 7.5),
        ("sleep_hours", "٧", 7),
        ("sleep_hours", "٧٫٥", 7.5),
        ("sleep_hours", "७.५", 7.5),
        ("sleep_hours", "\uff17", 7),
        ("exercise_minutes", "30", 30),
        ("exercise_minutes", "1h15", 75),
        ("exercise_minutes", "1.5 h", 90),
        ("exercise_minutes", "1,200", 1200),
        ("steps", "12,000", 12_000),
        ("steps", "12.000 steps", 12_000),
        ("steps", "12 000", 12_000),
        ("steps", "8.5k", 8500),
        ("mood", "7/10", 7),
        ("mood", "7 out of 10", 7),
        ("mood", "-3", -3),
        ("mood", "−3", -3),
        ("distance_km", "3 mi", 4.83),
        ("distance_km", "5,250", 5.25),
        ("distance_km", "800 m", 0.8),
        ("weight_kg", "160 lb", 72.57),
        ("coffee_cups", "2 cups", 2),
        ("coffee_cups", "12,000", 12_000),
        ("sleep_hours", "1e309", inf),
        ("sleep_hours", "9" * 400, inf),
    ],
)
def test_a_typed_value_is_read_in_the_unit_of_its_metric(name: str, text: str, value: float) -> None:
    assert numbers.typed(text, KINDS[name]) == value


@pytest.mark.parametrize("text", ["none", "None.", " nothing", "-", "–", "remove"])
def test_no_value_can_be_typed(text: str) -> None:
    assert numbers.typed(text, KINDS["mood"]) == "none"


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", ".", "7 things went well today", "I slept 7 hours", "nan", "NaN", "inf", "seven",
        "7 kg", "7 8", "7/5", "7\n8", "½", "none of it mattered", "7h", "1.2.3", "--7", "👍",
    ],
)  # fmt: skip
def test_anything_else_is_a_diary_line(text: str) -> None:
    assert numbers.typed(text, KINDS["mood"]) is None


@given(text=st.text(max_size=30), kind=st.sampled_from(VOCABULARY))
def test_no_text_is_too_strange_to_be_typed(text: str, kind: MetricKind) -> None:
    found = numbers.typed(text, kind)
    assert found is None or found == "none" or found == found  # noqa: PLR0124 - not a number differs from itself


@given(value=st.integers(0, 99_999), kind=st.sampled_from(VOCABULARY))
def test_what_is_shown_can_be_typed_again(value: int, kind: MetricKind) -> None:
    number = round(value / 4, 2)
    assume(numbers.fits(kind, number))
    assert numbers.typed(numbers.plain(number), kind) == number


@given(value=FINITE, kind=st.sampled_from(VOCABULARY))
def test_a_step_stays_in_range_and_goes_its_way(value: float, kind: MetricKind) -> None:
    inside = min(max(value, kind.minimum), kind.maximum)
    up, down = numbers.step(kind, inside, "up"), numbers.step(kind, inside, "down")
    assert kind.minimum <= down <= kind.maximum
    assert kind.minimum <= up <= kind.maximum
    size = numbers.STEPS.get(kind.unit, 1.0)
    assert up > inside or inside + size > kind.maximum - 1e-6
    assert down < inside or inside - size < kind.minimum + 1e-6
    assert up - inside <= size + 0.006
    assert inside - down <= size + 0.006


@pytest.mark.parametrize(
    ("name", "value", "up", "down"),
    [
        ("mood", 7, 8, 6),
        ("mood", 10, 10, 9),
        ("mood", 1, 2, 1),
        ("sleep_hours", 6.33, 6.5, 6),
        ("sleep_hours", 24, 24, 23.5),
        ("exercise_minutes", 30, 35, 25),
        ("exercise_minutes", 2, 5, 0),
        ("steps", 12_345, 12_500, 12_000),
        ("weight_kg", 72.4, 72.5, 72.3),
    ],
)
def test_steps_fit_the_unit(name: str, value: float, up: float, down: float) -> None:
    assert numbers.step(KINDS[name], value, "up") == up
    assert numbers.step(KINDS[name], value, "down") == down


def test_every_metric_of_the_vocabulary_has_its_words() -> None:
    assert {kind.name for kind in VOCABULARY} == phrases.VALUES.keys()
    assert {kind.unit for kind in VOCABULARY} == phrases.EXAMPLES.keys()
    for unit, example in phrases.EXAMPLES.items():
        kind = next(kind for kind in VOCABULARY if kind.unit == unit)
        for one in example.replace(" or ", ", ").split(", "):
            assert isinstance(numbers.typed(one, kind), float), one
