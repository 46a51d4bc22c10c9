from datetime import date

import pytest
from PIL import Image

from bot.journal.charts import CATEGORIES, Category, DayCard, Theme, draw
from bot.journal.charts.style import COLOURS, WIDTH
from tests.journal.charts.looking import count, places, seen

DAY = date(2026, 11, 19)
LIGHT = COLOURS["light"]


def card(*scores: int | None, overall: int | None = None, **more: object) -> DayCard:
    categories = [Category(name=name, score=it) for name, it in zip(CATEGORIES, scores, strict=False)]
    return DayCard(local_date=DAY, overall=overall, categories=categories, **more)  # type: ignore[arg-type]


def bar(image: Image.Image, colour: str) -> int:
    """How long the longest level run of pixels of the colour is."""
    rows: dict[int, int] = {}
    for _, y in places(image, colour):
        rows[y] = rows.get(y, 0) + 1
    return max(rows.values(), default=0)


@pytest.mark.parametrize("score", [5, 20, 39, 40, 66, 80, 100])
@pytest.mark.parametrize("theme", COLOURS)
def test_a_bar_is_as_long_as_its_score(score: int, theme: Theme) -> None:
    whole = bar(seen(card(0), theme), COLOURS[theme].track)
    drawn = bar(seen(card(score), theme), COLOURS[theme].of(score))
    assert drawn == pytest.approx(whole * score / 100, abs=6)


def test_nought_is_no_gap() -> None:
    ring = count(seen(card()), LIGHT.track)
    assert count(seen(card(None)), LIGHT.track) == ring
    assert count(seen(card(0)), LIGHT.track) > ring + 10_000
    assert count(seen(card(0)), LIGHT.ramp[0]) == 0
    assert draw(card(0)) != draw(card(None))


@pytest.mark.parametrize("overall", [1, 25, 50, 72, 99, 100])
def test_the_ring_is_closed_as_far_as_the_score(overall: int) -> None:
    ring = count(seen(card()), LIGHT.track)
    image = seen(card(overall=overall))
    assert count(image, LIGHT.of(overall)) == pytest.approx(ring * overall / 100, rel=0.06, abs=250)
    assert count(image, LIGHT.track) == pytest.approx(ring * (1 - overall / 100), rel=0.06, abs=250)


def test_the_ring_begins_at_its_top_and_goes_to_the_right() -> None:
    marks = places(seen(card(overall=25)), LIGHT.of(25))
    rest = places(seen(card(overall=25)), LIGHT.track)
    middle = (min(x for x, _ in rest) + max(x for x, _ in marks)) / 2
    assert min(x for x, _ in marks) >= middle - 2
    assert max(y for _, y in marks) <= (min(y for _, y in rest) + max(y for _, y in rest)) / 2 + 2


def test_each_part_has_its_place() -> None:
    heights = [
        seen(it).height
        for it in (card(overall=50), card(50), card(*[50] * 8), card(*[50] * 8, numbers=[("sleep", "7 h")]))
    ]
    assert heights == sorted(set(heights))


def test_numbers_are_drawn_and_the_many_are_counted() -> None:
    numbers = [(f"steps {it}", f"{it},000") for it in range(9)]
    pictures = [draw(card(50, numbers=numbers[:it])) for it in range(10)]
    assert len(set(pictures)) == 10
    assert draw(card(50, numbers=[*numbers, ("more", "1")])) != pictures[9]


def test_what_the_font_lacks_is_left_to_the_caption() -> None:
    plain = draw(card(50, overall=60))
    assert draw(card(50, overall=60, title="今日はいい日だった")) == plain
    assert draw(card(50, overall=60, title="🙂✨")) == plain
    assert draw(card(50, overall=60, numbers=[("睡眠", "7 h"), ("", "")])) == plain
    assert draw(card(50, overall=60, title="So far 🙂")) == draw(card(50, overall=60, title="So far"))
    assert draw(card(50, overall=60, title="So far")) != plain


def test_no_formula_is_read_into_a_title() -> None:
    # As a formula it would be one letter.
    letters = count(seen(card(title="$\\alpha$")), LIGHT.ink) - count(seen(card()), LIGHT.ink)
    one = count(seen(card(title="α")), LIGHT.ink) - count(seen(card()), LIGHT.ink)
    assert letters > 4 * one > 0


@pytest.mark.parametrize("title", ["x" * 5000, "long words " * 500, "مرحبا " * 800])
def test_an_endless_title_keeps_to_its_place(title: str) -> None:
    image = seen(card(50, overall=60, title=title))
    assert image.size == seen(card(50, overall=60)).size
    across = [x for x, _ in places(image, LIGHT.ink)]
    assert max(across) <= WIDTH - 60


def test_a_day_without_anything_says_so_kindly() -> None:
    image = seen(card())
    assert image.height > 400
    # The words stand below the ring.
    assert any(y > 360 for _, y in places(image, LIGHT.muted))


@pytest.mark.parametrize("score", [-1, 101])
def test_no_score_beyond_the_scale(score: int) -> None:
    with pytest.raises(ValueError, match="score"):
        Category(name="mood", score=score)
    with pytest.raises(ValueError, match="score"):
        DayCard(local_date=DAY, overall=score)
