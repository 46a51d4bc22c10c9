"""`/search` within filters, typed or by buttons."""

from datetime import date, timedelta

import pytest

from db.models import Metric, Search

from .conftest import World
from .past import Past, past_of
from .searching import OFFLINE, labels, lines, no_trouble, searched, tapped


@pytest.fixture
async def past(world: World) -> Past:
    """The diary of a person whose bot has no minds."""
    await world.start(**OFFLINE)
    return await past_of(world, world.person())


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("mood>=7", {"good", "spoken"}),
        ("mood<7", {"bad"}),
        ("kind:voice", {"spoken"}),
        ("mood>=7 kind:text", {"good"}),
        ("from:{day3}", {"bad", "good"}),
        ("to:{day4}", {"spoken"}),
        ("from:{day3} to:{day3}", {"good"}),
        ("exercise>=60", {"good"}),
        ("exercise<60", {"bad"}),
        ("is:good", {"good", "spoken"}),
        ("sleep>1", set()),
    ],
)
@pytest.mark.parametrize("words", ["walk ", ""])
async def test_filters(past: Past, words: str, filters: str, found: set[str]) -> None:
    await past.write("A bad walk", 1, mood=3, exercise_minutes=20)
    await past.write("A good walk", 3, mood=7, exercise_minutes=60)
    await past.write("A spoken walk", 9, mood=9, kind="voice")
    days = {f"day{n}": (past.today - timedelta(days=n)).isoformat() for n in (3, 4)}
    screen = await searched(past, words + filters.format(**days))
    assert set(lines(screen)) == {f"A {it} walk" for it in found}
    assert ("I found nothing." in screen.text) is not bool(found)


async def test_readings_that_add_up_are_compared_by_their_sum(past: Past) -> None:
    entry = await past.write("Ran, then swam", 1, exercise_minutes=40)
    async with past.world.sessions.begin() as session:
        more = {"name": "exercise_minutes", "ordinal": 1, "value": 30, "unit": "minutes", "source": "model"}
        session.add(Metric(user_id=past.user_id, entry_id=entry, **more))
    assert lines(await searched(past, "exercise>=70")) == ["Ran, then swam"]
    assert not lines(await searched(past, "exercise<=60"))


async def test_a_filter_that_cannot_be_read_is_named(past: Past) -> None:
    await past.write("A walk", 1, mood=5)
    screen = await searched(past, "walk joy>=3 in:<nonsense>")
    assert lines(screen) == ["A walk"]
    assert "“joy”" in screen.text
    assert "“<nonsense>”" in screen.text


async def test_buttons_narrow_and_widen(past: Past) -> None:
    today = past.today
    await past.write("Tea now", today, mood=8)
    await past.write("Tea spoken", today, kind="voice", hour=13)
    await past.write("Tea of old", date(today.year - 1, 3, 3), mood=2)
    screen = await searched(past, "tea")
    assert len(lines(screen)) == 3
    assert labels(screen)[1:] == [["This month", "This year"], ["🎙 Voice only", "🙂 Good days"]]
    await tapped(past, screen, "This month")
    assert set(lines(screen)) == {"Tea now", "Tea spoken"}
    await tapped(past, screen, "🎙 Voice only")
    assert lines(screen) == ["Tea spoken"]
    assert labels(screen)[1:] == [["🙂 Good days", "✕ Without filters"]]
    await tapped(past, screen, "✕ Without filters")
    assert len(lines(screen)) == 3
    await tapped(past, screen, "🙂 Good days")
    assert set(lines(screen)) == {"Tea now", "Tea spoken"}
    assert await no_trouble(past.world)


async def test_nothing_found_says_so_and_suggests(past: Past) -> None:
    await past.write("A walk", 1)
    screen = await searched(past, "zeppelin kind:voice")
    assert "I found nothing." in screen.text
    assert "without the filters" in screen.text
    assert labels(screen) == [["✕ Without filters"]]
    await tapped(past, screen, "✕ Without filters")
    assert "without the filters" not in screen.text
    assert not screen.buttons


async def test_an_empty_diary(past: Past) -> None:
    screen = await searched(past, "anything")
    assert "still empty" in screen.text
    assert not screen.buttons
    assert not await past.world.rows(Search)
