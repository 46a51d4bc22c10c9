from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from bot.journal.charts import CATEGORIES, DayPoint, Theme, Trend, caption, draw
from bot.journal.charts.style import COLOURS
from bot.journal.charts.trend import DOT, MAIN
from tests.journal.charts.looking import count, places, seen

LAST = date(2026, 11, 19)
LIGHT = COLOURS["light"]


def trend(scores: dict[int, int | None], length: int = 30, **more: object) -> Trend:
    """`scores` by how many days after the first."""
    first = LAST - timedelta(days=length - 1)
    days = [DayPoint(local_date=first + timedelta(days=it), overall=score) for it, score in scores.items()]
    return Trend(days=days, last=LAST, length=length, **more)  # type: ignore[arg-type]


def marks(picture: Trend, theme: Theme = "light") -> set[tuple[int, int]]:
    return places(seen(picture, theme), COLOURS[theme].accent)


def column(day: int, length: int = 30) -> float:
    return MAIN[0] + MAIN[2] * day / (length - 1)


def level(score: int) -> float:
    return MAIN[1] + MAIN[3] * (1 - score / 100)


def near(places: Iterable[tuple[int, int]], x: float, y: float) -> bool:
    return any(abs(at - x) < DOT / 2 and abs(down - y) < DOT / 2 for at, down in places)


@pytest.mark.parametrize("theme", COLOURS)
def test_each_day_has_its_dot(theme: Theme) -> None:
    drawn = marks(trend({0: 100, 10: 0, 20: 50, 29: 73}), theme)
    for day, score in {0: 100, 10: 0, 20: 50, 29: 73}.items():
        assert near(drawn, column(day), level(score))


def test_a_missing_day_is_a_gap_and_never_nought() -> None:
    for picture in (trend({9: 80, 11: 80}), trend({9: 80, 10: None, 11: 80})):
        drawn = marks(picture)
        assert not any(abs(x - column(10)) < DOT / 2 for x, _ in drawn)
        assert max(y for _, y in drawn) < level(70)


def test_days_that_follow_each_other_are_joined() -> None:
    drawn = marks(trend({9: 80, 10: 60}))
    assert near(drawn, (column(9) + column(10)) / 2, level(70))
    assert not near(marks(trend({9: 80, 11: 60})), column(10), level(70))


def test_nought_is_drawn() -> None:
    assert near(marks(trend({10: 0})), column(10), level(0))


def test_the_average_and_the_band_need_seven_days() -> None:
    six, seven = (trend({day: 40 + 5 * day for day in range(count)}) for count in (6, 7))
    assert count(seen(six), LIGHT.band) == 0
    band = places(seen(seven), LIGHT.band)
    inside = [y for _, y in band if y < MAIN[1] + MAIN[3]]
    assert min(inside) == pytest.approx(level(62), abs=3)
    assert max(inside) == pytest.approx(level(48), abs=3)
    # Also where all days are equal and there is no band.
    assert count(seen(trend(dict.fromkeys(range(9), 50))), LIGHT.band) == 0


def test_days_outside_and_earlier_tellings_of_a_day_do_not_count() -> None:
    plain = trend({10: 70, 12: 60})
    more = [
        DayPoint(local_date=LAST + timedelta(days=1), overall=1),
        DayPoint(local_date=LAST - timedelta(days=30), overall=1, categories={"mood": 3}),
        DayPoint(local_date=LAST - timedelta(days=19), overall=1),
    ]
    assert draw(Trend(days=[*more, *plain.days], last=LAST)) == draw(plain)


def test_the_order_of_the_days_does_not_matter() -> None:
    picture = trend({it: it for it in range(30)})
    assert draw(Trend(days=list(reversed(picture.days)), last=LAST)) == draw(picture)


def test_each_category_has_its_own_plot() -> None:
    def with_categories(names: tuple[str, ...]) -> Trend:
        return Trend(days=[DayPoint(local_date=LAST, categories=dict.fromkeys(names, 50))], last=LAST)

    panels = [count(seen(with_categories(CATEGORIES[:it])), LIGHT.panel) for it in range(1, 9)]
    assert panels == sorted(set(panels))
    heights = [seen(with_categories(CATEGORIES[:it])).height for it in range(1, 9)]
    assert heights == sorted(heights)
    assert len(set(heights)) == 4
    # Their order is that of the vocabulary, whatever the day says first.
    assert draw(with_categories(CATEGORIES)) == draw(with_categories(tuple(reversed(CATEGORIES))))


def test_gaps_of_a_category_stay_gaps() -> None:
    def of(scores: dict[int, int]) -> Trend:
        first = LAST - timedelta(days=29)
        days = [
            DayPoint(local_date=first + timedelta(days=it), categories={"calm": score})
            for it, score in scores.items()
        ]
        return Trend(days=days, last=LAST)

    joined, apart, one = (len(marks(of(it))) for it in ({9: 90, 10: 90}, {9: 90, 20: 90}, {9: 90}))
    assert apart == 2 * one
    assert joined > apart


def test_nothing_yet_is_said_kindly() -> None:
    image = seen(trend({}))
    assert image.height < 500
    assert not marks(trend({}))
    assert count(image, LIGHT.ink) > count(seen(trend({5: 50})), LIGHT.ink)


@pytest.mark.parametrize("length", [1, 2, 7, 8, 14, 28, 31, 90, 366])
def test_every_length_can_be_drawn(length: int) -> None:
    drawn = marks(trend({0: 20, length - 1: 80}, length))
    assert drawn
    assert all(MAIN[0] - DOT <= x <= MAIN[0] + MAIN[2] + DOT for x, _ in drawn)


@pytest.mark.parametrize("length", [0, -1, 367])
def test_no_trend_of_no_days_or_of_years(length: int) -> None:
    with pytest.raises(ValueError, match="no trend"):
        Trend(days=[], last=LAST, length=length)


def test_no_trend_before_the_first_day_of_all() -> None:
    assert Trend(days=[], last=date(1, 1, 30)).first == date.min
    with pytest.raises(ValueError, match="no trend"):
        Trend(days=[], last=date(1, 1, 29))


def test_a_title_takes_the_place_of_the_length() -> None:
    assert draw(trend({1: 50}, title="Your month")) != draw(trend({1: 50}))
    assert draw(trend({1: 50}, title="你的一个月")) == draw(trend({1: 50}))


def test_of_a_year_the_days_are_one_thin_line_and_a_lone_day_a_dot() -> None:
    scores: dict[int, int | None] = dict.fromkeys(range(100), 50)
    drawn = marks(trend(scores | {200: 50}, length=366))
    tall = {x: sum(1 for at, _ in drawn if at == x) for x, _ in drawn}
    line, alone = round(column(50, 366)), round(column(200, 366))
    assert 0 < tall[line] < max(tall.get(alone + it, 0) for it in (-1, 0, 1))


def test_days_still_to_come_are_told_apart_from_days_without_a_score() -> None:
    def week(scores: dict[int, int | None], today: date | None = None) -> Trend:
        return trend(scores, 7, title="This week", today=today)

    halfway = week({0: 50, 1: 60}, LAST - timedelta(days=4))
    assert (halfway.passed, week({0: 50}).passed) == (3, 7)
    assert caption(halfway).startswith("This week. 13–19 Nov 2026: 2 of 3 days scored.")
    assert draw(halfway) != draw(week({0: 50, 1: 60}))
    # One scored ahead of its day is no more than there are.
    assert "2 of 2 days scored" in caption(week({5: 50, 6: 60}, LAST - timedelta(days=40)))
    assert week({0: 50}, LAST + timedelta(days=9)).passed == 7
