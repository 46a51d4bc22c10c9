"""What being found near counts for: how far an entry stands out, whatever the scale."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from db.queries.recall import Near, weighed
from db.queries.recall_sql import FEWEST, FOUND, REACH, WEIGHTS

# Sixteenths, so that what is moved and stretched below stays exact.
SCORES = some.lists(some.integers(0, 1600).map(lambda it: it / 16), min_size=1, max_size=REACH)
PATHS = some.sampled_from(sorted(WEIGHTS))


def counts(path: str, scores: Sequence[float]) -> list[float]:
    ranked = sorted(scores, reverse=True)
    found = [Near(entry_id=UUID(int=place), start=0, stop=1, score=it) for place, it in enumerate(ranked)]
    given_ = weighed(path, found)
    assert [it.found for it in given_] == found
    assert [it.rank for it in given_] == list(range(1, len(found) + 1))
    assert {it.path for it in given_} == {path}
    return [it.score for it in given_]


@given(PATHS, SCORES)
def test_the_nearer_never_counts_less_and_all_count_something(path: str, scores: list[float]) -> None:
    found = counts(path, scores)
    assert found == sorted(found, reverse=True)
    assert min(found) >= WEIGHTS[path] * FOUND


@given(PATHS, SCORES, some.sampled_from([0.25, 2.0, 16.0]))
def test_the_unit_of_the_scores_does_not_matter(path: str, scores: list[float], times: float) -> None:
    assert counts(path, [times * it for it in scores]) == pytest.approx(counts(path, scores))


@given(SCORES, some.integers(-100, 100))
def test_nor_where_a_scale_of_meaning_begins(scores: list[float], more: int) -> None:
    assert counts("meaning", [it + more for it in scores]) == pytest.approx(counts("meaning", scores))


@given(PATHS, SCORES)
def test_on_average_standing_out_comes_to_one(path: str, scores: list[float]) -> None:
    """Or to more, where words found so few that this alone says much."""
    beside = [it / WEIGHTS[path] - FOUND for it in counts(path, scores)]
    is_all = path == "words" and len(scores) < REACH
    if max(scores) > (0 if is_all else min(scores)):
        assert sum(beside) == pytest.approx(max(len(scores), FEWEST[path]))
    else:
        assert beside == pytest.approx([0] * len(scores))


def test_the_last_word_found_counts_unless_there_are_more() -> None:
    assert counts("words", [2.0] * 10) == pytest.approx([1.1] * 10)
    assert counts("words", [2.0] * REACH) == pytest.approx([0.1] * REACH)
    assert counts("meaning", [2.0, 1.0, 0.0]) == pytest.approx([0.65 * 2.1, 0.65 * 1.1, 0.65 * 0.1])
    assert weighed("words", []) == []
