"""The mapping from numbers to scores, the weights, and the document that tells people about both."""

import re
from fractions import Fraction
from math import floor
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.journal.charts import CATEGORIES
from bot.journal.metrics import KINDS
from bot.journal.scoring.rule import RULES, by_rule, standing, totals
from bot.journal.scoring.weights import LEAST_WEIGHT, WEIGHTS, overall
from db.queries.scores import CategoryReading, DayEntry, DayNumber
from tests.journal.scoring.diary import LONG_AGO

DOCUMENT = Path(__file__).parents[3] / "docs" / "scoring.md"
ENTRY = uuid4()


def number(name: str, value: float, quote: str | None = "so it was", entry: UUID = ENTRY) -> DayNumber:
    return DayNumber(
        entry_id=entry,
        name=name,
        ordinal=0,
        value=value,
        unit=KINDS[name].unit,
        quote=quote,
        source="model" if quote else "person",
    )


def scored(*known: DayNumber) -> dict[str, CategoryReading]:
    return {it.category: it for it in by_rule(totals(known))}


@pytest.mark.parametrize(
    ("name", "value", "category", "score"),
    [
        ("mood", 7, "mood", 67),
        ("mood", 1, "mood", 0),
        ("mood", 10, "mood", 100),
        ("mood", 5.5, "mood", 50),
        ("energy", 4, "energy", 33),
        ("focus", 8, "focus", 78),
        ("sleep_hours", 8, "sleep", 100),
        ("sleep_hours", 6.5, "sleep", 78),
        ("sleep_hours", 0, "sleep", 10),
        ("sleep_hours", 11, "sleep", 73),
        ("sleep_hours", 20, "sleep", 60),
        ("sleep_quality", 3, "sleep", 22),
        ("exercise_minutes", 45, "body", 88),
        ("steps", 8000, "body", 80),
        ("steps", 30000, "body", 100),
        ("pain", 3, "body", 70),
        ("social_minutes", 30, "connection", 60),
        ("reading_minutes", 30, "growth", 75),
        ("stress", 8, "calm", 22),
        ("anxiety", 1, "calm", 100),
    ],
)
def test_a_number_becomes_a_score(name: str, value: float, category: str, score: int) -> None:
    found = scored(number(name, value))
    assert {it.category: it.score for it in found.values()} == {category: score}
    assert found[category].quote == "so it was"
    assert found[category].entry_id == ENTRY


def test_several_metrics_of_a_category_are_averaged_and_named() -> None:
    sleep = scored(number("sleep_hours", 6), number("sleep_quality", 10, None))["sleep"]
    assert (sleep.score, sleep.quote) == (83, "so it was")
    assert sleep.reason == "Your numbers: slept 6 h, sleep quality 10/10."


def test_a_day_with_several_of_a_metric_counts_them_as_they_are_meant() -> None:
    known = [
        number("mood", 4),
        number("mood", 8),
        number("exercise_minutes", 20),
        number("exercise_minutes", 40),
        number("sleep_hours", 4),
        number("sleep_hours", 8),
    ]
    assert {name: it.value for name, it in totals(known).items()} == {
        "mood": 6,
        "exercise_minutes": 60,
        "sleep_hours": 8,
    }


def test_a_tapped_number_is_its_own_evidence() -> None:
    mood = scored(number("mood", 7, None))["mood"]
    assert (mood.quote, mood.entry_id, mood.reason) == (None, ENTRY, "You told me: mood 7/10.")


@pytest.mark.parametrize("name", ["coffee_cups", "work_hours", "weight_kg", "distance_km", "screen_hours"])
def test_what_tells_not_how_it_was_scores_nothing(name: str) -> None:
    assert scored(number(name, 40)) == {}


def test_a_number_stands_with_its_words_or_by_the_person() -> None:
    gone = uuid4()
    entry = DayEntry(id=ENTRY, body="Mood 7, they say", written_at=LONG_AGO)
    kept = [number("mood", 7, "mood 7"), number("energy", 5, None)]
    dropped = [number("focus", 3, "focus 3"), number("stress", 3, None, entry=gone)]
    assert standing([entry], [*kept, *dropped]) == kept


@given(st.dictionaries(st.sampled_from(list(KINDS)), st.floats(0, 1)))
def test_whatever_is_in_range_gives_a_score_in_range(shares: dict[str, float]) -> None:
    known = []
    for name, share in shares.items():
        kind = KINDS[name]
        known.append(number(name, kind.minimum + share * (kind.maximum - kind.minimum)))
    assert all(0 <= it.score <= 100 for it in scored(*known).values())


@given(st.dictionaries(st.sampled_from(CATEGORIES), st.integers(0, 100)))
def test_the_overall_is_the_weighted_mean_halves_up(scores: dict[str, int]) -> None:
    weight = sum(WEIGHTS[it] for it in scores)
    exact = Fraction(sum(WEIGHTS[it] * score for it, score in scores.items()), weight or 1)
    expected = floor(exact + Fraction(1, 2)) if weight >= LEAST_WEIGHT else None
    assert overall(scores) == expected


def test_every_category_has_a_weight() -> None:
    assert tuple(WEIGHTS) == CATEGORIES
    assert set(RULES) == set(CATEGORIES)
    assert {name for rules in RULES.values() for name in rules} <= set(KINDS)


def test_the_document_tells_the_weights_that_count() -> None:
    told = dict(re.findall(r"^\| `(\w+)` +\| (\d+) +\|", DOCUMENT.read_text(), re.MULTILINE))
    assert {name: int(weight) for name, weight in told.items()} == WEIGHTS
    assert f"add up to at least {LEAST_WEIGHT}" in DOCUMENT.read_text()


def test_the_document_tells_the_mapping_that_counts() -> None:
    rows = re.findall(r"^\| `(\w+)` (\S+) +\| `(\w+)` +\| (\d+) +\|", DOCUMENT.read_text(), re.MULTILINE)
    told = {name for name, *_ in rows}
    assert told == {name for rules in RULES.values() for name in rules}
    for name, value, category, score in rows:
        assert scored(number(name, float(value.replace(",", ""))))[category].score == int(score), name


def test_the_worked_example_comes_out() -> None:
    text = DOCUMENT.read_text()
    example = text[text.index("## An example") :]
    scores = {
        name: int(score) for name, score in re.findall(r"^\| (\w+) +\| (\d+) +\|", example, re.MULTILINE)
    }
    total = re.search(r"= \*\*(\d+)\*\*", example)
    assert total
    assert len(scores) >= 3
    assert overall(scores) == int(total[1])
