import math

import pytest

from bot.ai.protocols import ProposedMetric
from bot.journal.metrics import check

ENTRY = "Slept 6.5 hours, mood 7. Ran 30 minutes, then swam 20 minutes. Two coffees."


def proposed(name: object, value: object, quote: object = "mood 7") -> ProposedMetric:
    return ProposedMetric(name=name, value=value, quote=quote)


def test_a_good_metric_passes_with_its_unit_and_its_words() -> None:
    [reading] = check([proposed("sleep_hours", 6.5, "slept 6.5 HOURS")], ENTRY, "model")
    assert (reading.value, reading.unit, reading.quote, reading.source) == (
        6.5,
        "hours",
        "Slept 6.5 hours",
        "model",
    )


@pytest.mark.parametrize(
    "bad",
    [
        proposed("mood", 11),
        proposed("mood", 0),
        proposed("mood", -7),
        proposed("mood", "7"),
        proposed("mood", True),
        proposed("mood", None),
        proposed("mood", math.nan),
        proposed("mood", math.inf),
        proposed("mood", 10**400),
        proposed("mood", -(10**400)),
        proposed("mood", [7]),
        proposed("happiness", 7),
        proposed(None, 7),
        proposed(["mood"], 7),
        proposed("mood", 7, "mood 8"),
        proposed("mood", 7, ""),
        proposed("mood", 7, None),
        proposed("mood", 7, 7),
        proposed("sleep_hours", 25, "Slept 6.5 hours"),
    ],
)
def test_a_bad_one_is_dropped_and_the_rest_kept(bad: ProposedMetric) -> None:
    readings = check([bad, proposed("energy", 5)], ENTRY, "model")
    assert [(reading.name, reading.value) for reading in readings] == [("energy", 5.0)]


def test_several_activities_are_several_readings_but_there_is_one_mood() -> None:
    readings = check(
        [
            proposed("exercise_minutes", 30, "Ran 30 minutes"),
            proposed("exercise_minutes", 20, "swam 20 minutes"),
            proposed("exercise_minutes", 30, "Ran 30 minutes"),
            proposed("mood", 7),
            proposed("mood", 3, "Two coffees"),
        ],
        ENTRY,
        "rule",
    )
    assert [(r.name, r.ordinal, r.value) for r in readings] == [
        ("exercise_minutes", 0, 30.0),
        ("exercise_minutes", 1, 20.0),
        ("mood", 0, 7.0),
    ]
